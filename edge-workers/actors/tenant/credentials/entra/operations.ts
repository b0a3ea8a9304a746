// The rows of the driver of Microsoft Entra Verified ID in the table of operations.
import type { OperationRows } from '../../operation.ts'
import { readAuthority, rotateAuthority, verifyDomain } from './authority.ts'
import type { EntraOperations } from './contracts.ts'

export const entraOperations: OperationRows<EntraOperations> = {
  'authority.read': { action: 'issuer.read', run: (context) => readAuthority(context) },
  'authority.rotate': { action: 'issuer.write', run: rotateAuthority },
  'authority.verify': { action: 'issuer.write', run: (context) => verifyDomain(context) },
}

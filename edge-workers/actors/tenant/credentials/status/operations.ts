// The rows of credentials and their status in the table of operations.
import type { OperationRows } from '../../operation.ts'
import type { StatusOperations } from './contracts.ts'
import { changeCredential, listCredentials, readCredentialView } from './operate.ts'

export const statusOperations: OperationRows<StatusOperations> = {
  'credentials.list': { action: 'credentials.read', run: listCredentials },
  'credentials.read': { action: 'credentials.read', run: readCredentialView },
  'credentials.change': { action: 'credentials.status', run: changeCredential },
}

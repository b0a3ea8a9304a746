// The rows of the issuer itself in the table of operations.
import { ok } from '../../../../../schemas/result.ts'
import type { OperationRows } from '../../operation.ts'
import { driversOf } from './abilities.ts'
import {
  createConfiguration,
  listConfigurations,
  readConfiguration,
  updateConfiguration,
  withdrawConfiguration,
} from './configure.ts'
import type { IssuerOperations } from './contracts.ts'
import { readOwnIssuer, updateIssuer } from './operate.ts'
import { retireKey, rotateKeys } from './rotate.ts'

export const issuerOperations: OperationRows<IssuerOperations> = {
  'issuer.read': { action: 'issuer.read', run: (context) => readOwnIssuer(context) },
  'issuer.update': { action: 'issuer.write', run: updateIssuer },
  'issuer.rotate': { action: 'issuer.write', run: rotateKeys },
  'issuer.retireKey': { action: 'issuer.write', run: retireKey },
  // There are two: all on the first page.
  'issuer.drivers': {
    action: 'issuer.read',
    run: (context, _, { after }) =>
      ok({ items: after === null ? driversOf(context) : [], next: null }),
  },
  'configurations.create': { action: 'configurations.write', run: createConfiguration },
  'configurations.list': { action: 'configurations.read', run: listConfigurations },
  'configurations.read': { action: 'configurations.read', run: readConfiguration },
  'configurations.update': { action: 'configurations.write', run: updateConfiguration },
  'configurations.withdraw': { action: 'configurations.write', run: withdrawConfiguration },
}

// The rows of this concern in the table of operations.
import type { OperationRows } from '../operation.ts'
import { createChallenge } from './challenges.ts'
import type { ForgeAccountOperations } from './contracts.ts'
import { proveBySignature, readAccount, unlink } from './link.ts'
import { authorize, comeBack } from './oauth.ts'

export const forgeAccountOperations: OperationRows<ForgeAccountOperations> = {
  'forge-accounts.challenge': { action: 'forge-accounts.link', run: createChallenge },
  'forge-accounts.prove': { action: 'forge-accounts.link', run: proveBySignature },
  'forge-accounts.authorize': { action: 'forge-accounts.link', run: authorize },
  'forge-accounts.return': { action: 'forge-accounts.link', run: comeBack },
  'forge-accounts.read': { action: 'members.read', run: readAccount },
  'forge-accounts.unlink': { action: 'forge-accounts.link', run: unlink },
}

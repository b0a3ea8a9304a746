// The rows of secrets and keys in the table of operations.
import { ok } from '../../../../schemas/result.ts'
import type { OperationRows } from '../operation.ts'
import type { SecretOperations } from './contracts.ts'
import {
  createKey,
  deleteKey,
  keyVersions,
  purgeKey,
  readKey,
  recoverKey,
  rotateKey,
  updateKey,
} from './keys.ts'
import {
  deleteSecret,
  purgeSecret,
  readSecret,
  recoverSecret,
  secretVersions,
  updateSecret,
} from './states.ts'
import { putSecret, rotateSecret } from './values.ts'
import { listKeys, listSecrets } from './views.ts'

export const secretOperations: OperationRows<SecretOperations> = {
  'secrets.put': { action: 'secrets.write', run: putSecret },
  'secrets.list': {
    action: 'secrets.read',
    run: (context, _, page) => ok(listSecrets(context, page)),
  },
  'secrets.read': { action: 'secrets.read', run: (context, _, name) => readSecret(context, name) },
  'secrets.versions': {
    action: 'secrets.read',
    run: (context, _, name) => secretVersions(context, name),
  },
  'secrets.update': { action: 'secrets.close', run: updateSecret },
  'secrets.rotate': { action: 'secrets.write', run: rotateSecret },
  'secrets.delete': { action: 'secrets.close', run: deleteSecret },
  'secrets.recover': { action: 'secrets.write', run: recoverSecret },
  'secrets.purge': { action: 'secrets.purge', run: purgeSecret },
  'keys.create': { action: 'secrets.write', run: createKey },
  'keys.list': { action: 'secrets.read', run: (context, _, page) => ok(listKeys(context, page)) },
  'keys.read': { action: 'secrets.read', run: (context, _, name) => readKey(context, name) },
  'keys.versions': {
    action: 'secrets.read',
    run: (context, _, name) => keyVersions(context, name),
  },
  'keys.update': { action: 'secrets.close', run: updateKey },
  'keys.rotate': { action: 'secrets.write', run: rotateKey },
  'keys.delete': { action: 'secrets.close', run: deleteKey },
  'keys.recover': { action: 'secrets.write', run: recoverKey },
  'keys.purge': { action: 'secrets.purge', run: purgeKey },
}

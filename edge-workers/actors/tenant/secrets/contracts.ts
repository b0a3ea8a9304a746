// Operations on secrets and keys: one row each, its input and its output. Values go in and are in no output.
import type {
  CreateKey,
  KeyView,
  PurgeSecret,
  PutSecret,
  RotateSecret,
  SecretVersions,
  SecretView,
  UpdateKey,
  UpdateSecret,
} from '../../../../schemas/secret-view.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'

/** `id` is the name in all of them. */
type Named<Body> = Keyed<Body> & { id: string }

export interface SecretOperations {
  'secrets.put': { input: Named<PutSecret>; output: Versioned<SecretView> }
  /** By name. */
  'secrets.list': { input: PageRequest; output: Page<SecretView> }
  'secrets.read': { input: string; output: Versioned<SecretView> }
  'secrets.versions': { input: string; output: SecretVersions }
  'secrets.update': { input: Conditional<UpdateSecret>; output: Versioned<SecretView> }
  'secrets.rotate': { input: Named<RotateSecret>; output: Versioned<SecretView> }
  'secrets.delete': { input: Conditional<null>; output: Versioned<SecretView> }
  'secrets.recover': { input: Named<null>; output: Versioned<SecretView> }
  'secrets.purge': { input: Named<PurgeSecret>; output: Versioned<SecretView> }
  'keys.create': { input: Keyed<CreateKey>; output: Versioned<KeyView> }
  'keys.list': { input: PageRequest; output: Page<KeyView> }
  'keys.read': { input: string; output: Versioned<KeyView> }
  'keys.versions': { input: string; output: SecretVersions }
  'keys.update': { input: Conditional<UpdateKey>; output: Versioned<KeyView> }
  'keys.rotate': { input: Named<null>; output: Versioned<KeyView> }
  'keys.delete': { input: Conditional<null>; output: Versioned<KeyView> }
  'keys.recover': { input: Named<null>; output: Versioned<KeyView> }
  'keys.purge': { input: Named<PurgeSecret>; output: Versioned<KeyView> }
}

// What is asked of a vault and not answered yet, as it is kept until it is. A value is in none of them.
import type { SecretGenerator } from './secret.ts'
import type { UpdateKey, UpdateSecret } from './secret-view.ts'

type Plain = `${'rotate' | 'delete' | 'recover' | 'purge'}-key` | 'delete' | 'recover' | 'purge'
/** `brought`: somebody sent the value, and nobody here has it. */
export type VaultRequest =
  | {
      what: 'put'
      brought: boolean
      generator: SecretGenerator | null
      contentType: string | null
      expiresAt: string | null
      rotateDays: number | null
    }
  | { what: 'rotate'; brought: boolean }
  | { what: 'update'; body: UpdateSecret }
  | { what: 'update-key'; body: UpdateKey }
  | { [Kind in Plain]: { what: Kind } }[Plain]
export type VaultRequestKind = VaultRequest['what']

/**
 * `by`: member, or `phoenix`. `sentAt`: in milliseconds since 1970, when it was last begun. `lost`: the vault has not got it, nobody
 * asks again, and whoever has the value sends it anew.
 */
export type UnfinishedRequest = VaultRequest & { by: string; sentAt: number; lost?: true }

// Operations on accounts at the forge: whose each is, by a proof.
import type {
  ForgeAccountView,
  ForgeChallenge,
  LinkForgeAccount,
  NewForgeChallenge,
} from '../../../../schemas/forge-account.ts'
import type { Versioned } from '../../contracts.ts'
import type { Conditional, Keyed } from '../operation-inputs.ts'

/** What the forge sent a browser back with. */
export interface ForgeReturn {
  challenge: string
  code: string
  /** Binds the way out to the way back: see oauth.ts. */
  binding: string
}

export interface ForgeAccountOperations {
  'forge-accounts.challenge': { input: Keyed<NewForgeChallenge>; output: ForgeChallenge }
  'forge-accounts.prove': { input: Keyed<LinkForgeAccount>; output: Versioned<ForgeAccountView> }
  /** Where the browser goes, to come back with a code. */
  'forge-accounts.authorize': { input: null; output: { url: string } }
  'forge-accounts.return': { input: ForgeReturn; output: Versioned<ForgeAccountView> }
  /** By the member's id, or `me`. */
  'forge-accounts.read': { input: string; output: Versioned<ForgeAccountView> }
  'forge-accounts.unlink': { input: Conditional<null>; output: Versioned<ForgeAccountView> }
}

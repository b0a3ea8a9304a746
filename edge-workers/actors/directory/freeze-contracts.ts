// What the Directory offers about the freeze of every promotion, types only.
import type { FreezeView } from '../../../schemas/freeze.ts'
import type { Result } from '../../../schemas/result.ts'
import type { Vote } from '../../auth/one-person.ts'
import type { Versioned } from '../contracts.ts'
import type { Keyed } from '../tenant/operation-inputs.ts'

/** Who may vote: operators that were so when the freeze began, or, where too few of them are left, for a day. The installation's root credential is not among them and counts. */
export type Voters = readonly string[]

/** `voters`: null where nobody can say who they are now. */
export type FreezeInput = Keyed<{ reason: string }> & { by: string; voters: Voters | null }
export interface LiftInput extends Vote {
  voters: Voters
  ifVersion: number | '*'
}

export interface FreezeApi {
  /** Asked right before `live` moves, and never kept. Null: nothing is frozen. */
  frozen(): Promise<{ reason: string; since: string } | null>
  /** `null`: nobody can say who they are now, and the full number is needed. */
  readFreeze(voters: Voters | null): Promise<Versioned<FreezeView>>
  /** While one is on, another is not begun. A key begins one freeze in its life. */
  setFreeze(input: FreezeInput): Promise<Result<null>>
  /** One vote, of nobody who could have given another. The last one needed ends the freeze. Without one that is on it changes nothing. */
  liftFreeze(input: LiftInput): Promise<Result<null>>
}

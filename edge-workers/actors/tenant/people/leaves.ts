// What happens to people, tokens and invitations, as events and leaves of the tenant's log. Pseudonyms and roles only: what
// is in the log stays there.
import { record, type Tx } from '../context.ts'

export interface Happening {
  /** Of the member, token or invitation. */
  id: string
  /** Of its row after the step: one leaf each. */
  version: number
  from: string
  to: string
  /** Pseudonym of who did it. */
  by: string
  at: string
  /** Words of ours: roles, ids. Never what somebody wrote. */
  about?: readonly string[]
}

/** In the transaction of the step itself. */
export const leaf = (tx: Tx, { id, version, from, to, by, at, about }: Happening): void =>
  record(tx, {
    ...{ changeId: id, version, from, to, actor: by, at },
    reason: about === undefined || about.length === 0 ? null : about.join(' '),
  })

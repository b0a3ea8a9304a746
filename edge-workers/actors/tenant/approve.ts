// Who may approve a change now, and what an approval does once it is given, whichever door it comes through: the API, or a
// presentation of a credential. Synchronous: ask it again after every await.
import type { ChangeState } from '../../../schemas/change.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import { OPERATOR_SUBJECT } from '../../auth/operator.ts'
import {
  addApproval,
  isApproved,
  isApprovedAgain,
  isApprover,
  isByCredential,
  type NewApproval,
  standingApprovals,
  votesOn,
} from './approvals.ts'
import type { ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, StaleChange, step } from './context.ts'
import { pushedByNobody } from './forge-accounts/accounts.ts'

/** `behind`: who could act in his place (people/lineage.ts, credentials/powers/offerers.ts). */
type Approver = Pick<Principal, 'subject' | 'person' | 'behind'>

export const notRequester = (who: Approver, change: ChangeRow): Result<null> => {
  if (!who.person) return refuse('forbidden', { detail: 'Only people approve and merge.' })
  if (who.subject === change.requester) return refuse('separation-of-duties')
  if (change.behind.includes(who.subject)) {
    return refuse('separation-of-duties', {
      detail:
        'You stand behind this: your own machine asked for it, or you pushed to its branch. Somebody else must approve it.',
    })
  }
  const asked = [change.requester, ...change.behind]
  // The installation's own credential makes first tokens for everybody, and asks for nothing in a tenant.
  if (who.behind.some((id) => id !== OPERATOR_SUBJECT && asked.includes(id))) {
    return refuse('separation-of-duties', {
      detail:
        'Whoever asked for this could act in your place: he offered you the credential that you come with. Come with another one, offered by somebody else.',
    })
  }
  return ok(null)
}

export const inState = (change: ChangeRow, ...states: ChangeState[]): Result<null> =>
  states.includes(change.state)
    ? ok(null)
    : refuse('wrong-state', { detail: `The change is ${change.state}.` })

/** The head on the forge is the one that was proposed, and nobody but Phoenix or a known person put it there. */
export const untouched = (change: ChangeRow): Result<null> =>
  change.commitSha !== null && change.headSha === change.commitSha && !pushedByNobody(change)
    ? ok(null)
    : refuse('wrong-state', {
        detail: 'The head of the pull request is not what was planned: ask for a revision.',
      })

/** The tenant's own rules may ask for fewer roles than may approve at all: an approval that would not count is none. */
const hasTheRole = (db: Db | Tx, who: Approver, change: ChangeRow): Result<null> =>
  isApprover(db, who.subject, change)
    ? ok(null)
    : refuse('forbidden', {
        detail: `The tenant’s rules ask for approvals by people with the role ${votesOn(db, change).roles.join(' or ')}.`,
      })

/** One answer for each thing that an approval needs; the first refusal counts. */
export const approvable = (db: Db | Tx, who: Approver, change: ChangeRow): Result<null>[] => [
  notRequester(who, change),
  inState(
    change,
    ...(['proposed', 'approved'] as const),
    ...(isApprovedAgain(db, change) ? (['merged'] as const) : []),
  ),
  untouched(change),
  hasTheRole(db, who, change),
]

/** Refuses what would not count: the tenant's rules ask for presentations. */
export const byCredentialOnly = (context: TenantContext, change: ChangeRow): Result<null> => {
  if (!isByCredential(context.db, change)) return ok(null)
  const at = `/v1/tenants/${context.tenant().slug}/changes/${change.id}`
  return refuse('credential-required', {
    detail: `The tenant’s rules ask for approvals by credential. POST ${at}/approval-requests gives a link for your wallet: the approval is your presentation of a phoenix-approver credential. An owner or admin offers one (POST /v1/tenants/${context.tenant().slug}/credential-offers).`,
  })
}

/**
 * In the caller's transaction. Of a merged change it is what its promotion waits for. Throws StaleChange before anything is
 * written: an approval of the same person and moment may stand there, void.
 */
export const takeApproval = (tx: Tx, change: ChangeRow, approval: NewApproval): ChangeRow => {
  const { subject: actor, at } = approval
  if (readChangeRow(tx, change.id)?.version !== change.version) throw new StaleChange()
  const again = isApprovedAgain(tx, change)
  const already = standingApprovals(tx, change).some(({ subject }) => subject === actor)
  if (!already) addApproval(tx, change, approval)
  const next = !again && isApproved(tx, change) ? 'approved' : change.state
  if (again) enqueue(tx, 'promote', change.id, Date.parse(at))
  return step(tx, change, next, { actor, at, reason: null })
}

// What a credential's new status does here, in the transaction that changes it: sign-ins by it end, and approvals that were given
// with it are void for good. What comes back to life afterwards approves and signs in anew.
import { and, eq, isNull } from 'drizzle-orm'
import type { CredentialStatus } from '../../../../../schemas/credential.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { isApproved, liveApprovals, voidApproval } from '../../approvals.ts'
import { type ChangeRow, type Db, enqueue, readChangeRow, step, type Tx } from '../../context.ts'
import { MEMBER_CONFIGURATION } from '../issuer/configurations.ts'
import type { CredentialRow } from '../status/positions.ts'
import { BY_CREDENTIAL } from './sign-in-identity.ts'

const { approvals, presentationRequests: requests, sessions } = tables

const WORDS: Record<Exclude<CredentialStatus, 'valid'>, string> = {
  invalid: 'revoked',
  suspended: 'suspended',
}

const endSessions = (tx: Tx, { member }: CredentialRow, at: string): void => {
  if (member === null) return
  const his = and(eq(sessions.memberId, member), eq(sessions.issuer, BY_CREDENTIAL))
  tx.update(sessions)
    .set({ endedAt: at })
    .where(and(his, isNull(sessions.endedAt)))
    .run()
}

/** Approvals with it that still count for something, by change. */
const changesApprovedBy = (tx: Db | Tx, { id }: CredentialRow): ChangeRow[] => {
  const ids = tx
    .selectDistinct({ changeId: approvals.changeId })
    .from(approvals)
    .innerJoin(requests, eq(requests.id, approvals.presentationId))
    .where(and(eq(requests.credentialId, id), isNull(approvals.voidedAt)))
    .all()
  return ids.flatMap(({ changeId }) => readChangeRow(tx, changeId) ?? [])
}

const WAITING = new Set(['proposed', 'approved', 'merged'])

/** What is promoted was approved when it was: that stays. */
const voidIn = (tx: Tx, change: ChangeRow, credential: CredentialRow, step_: Step): void => {
  if (!WAITING.has(change.state)) return
  const { at, reason } = step_
  const given = tx
    .select({ id: requests.id })
    .from(requests)
    .where(eq(requests.credentialId, credential.id))
    .all()
  const lost = liveApprovals(tx, change).filter(({ presentationId }) =>
    given.some(({ id }) => id === presentationId),
  )
  if (lost.length === 0) return
  for (const approval of lost) voidApproval(tx, approval, at, reason)
  const merged = change.state === 'merged'
  const next = merged || isApproved(tx, change) ? change.state : 'proposed'
  if (merged) enqueue(tx, 'promote', change.id, Date.parse(at))
  const why = merged ? `${reason}: not promoted until somebody approves it again` : reason
  step(tx, change, next, { actor: 'phoenix', at, reason: why, ...(merged ? {} : GATE) })
}
interface Step {
  at: string
  reason: string
}
const GATE = { work: ['gate' as const] }

/** Whether anything waits that was approved with it. */
export const approvesSomething = (db: Db | Tx, credential: CredentialRow): boolean =>
  changesApprovedBy(db, credential).some(({ state }) => WAITING.has(state))

/** Its time is over: the same as if it had been revoked, but for the sign-ins, which end by themselves. */
export const approverExpired = (tx: Tx, credential: CredentialRow, at: string): void => {
  const reason = 'the approver’s credential has expired'
  for (const change of changesApprovedBy(tx, credential))
    voidIn(tx, change, credential, { at, reason })
}

/** `credential`: as it is now. Called with every change of a status. */
export const statusChanged = (tx: Tx, credential: CredentialRow, at: string): void => {
  const { status } = credential
  if (status === 'valid') return
  if (credential.configuration === MEMBER_CONFIGURATION) endSessions(tx, credential, at)
  const reason = `the approver’s credential was ${WORDS[status]}`
  for (const change of changesApprovedBy(tx, credential))
    voidIn(tx, change, credential, { at, reason })
}

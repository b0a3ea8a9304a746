// What a verified presentation may do here, by what it was asked for. In the transaction that settles it: what it does and that it
// was verified are one step, or neither.
import { eq } from 'drizzle-orm'
import type { ApprovalSubject, PresentationFault } from '../../../../../schemas/presentation.ts'
import { presentationRequests as requests } from '../../../../../schemas/tables/tenant/credentials.ts'
import { commitsTo } from '../../../../credentials/approval-nonce.ts'
import type { Presented } from '../../../../credentials/verify-presentation.ts'
import { approvable, takeApproval } from '../../approve.ts'
import {
  type ChangeRow,
  enqueue,
  readChangeRow,
  readPlanRow,
  type TenantContext,
  type Tx,
} from '../../context.ts'
import { APPROVER_CONFIGURATION, MEMBER_CONFIGURATION } from '../issuer/configurations.ts'
import type { RequestRow } from '../presentations/rows.ts'
import { watchEnd } from './due.ts'
import { heldBy } from './held.ts'
import { offererOf } from './offerers.ts'

/** The revision, head, tree and reading of the world that the nonce commits to are those of now. */
const isStillAbout = (tx: Tx, change: ChangeRow, about: ApprovalSubject): boolean =>
  change.revision === about.revision &&
  change.commitSha === about.headSha &&
  change.treeSha === about.treeSha &&
  readPlanRow(tx, change).plan.reads === about.reads

const approveBy = (
  context: TenantContext,
  tx: Tx,
  row: RequestRow,
  presented: readonly Presented[],
): PresentationFault | null => {
  const { about } = row
  // Nobody approves meanwhile (lifecycle/suspend.ts), whichever door he comes through.
  if (context.tenant().state === 'suspended') return 'not-permitted'
  const held = heldBy(context, tx, row, { presented, configuration: APPROVER_CONFIGURATION })
  if (typeof held === 'string') return held
  const change = about === null ? undefined : readChangeRow(tx, about.changeId)
  if (!about || !change || !commitsTo(row.nonce, about)) return 'not-permitted'
  const { member } = held
  if (member.id !== about.member || !isStillAbout(tx, change, about)) return 'not-permitted'
  const behind = offererOf(tx, held.credential)
  const who = { subject: member.id, person: true, behind }
  if (!approvable(tx, who, change).every(({ ok }) => ok)) return 'not-permitted'
  const now = context.now()
  const at = now.toISOString()
  enqueue(tx, 'gate', change.id, now.getTime())
  watchEnd(tx, held.credential)
  // First: whether the approval counts is asked by it.
  const { id: credentialId } = held.credential
  tx.update(requests).set({ credentialId }).where(eq(requests.id, row.id)).run()
  takeApproval(tx, change, {
    ...{ subject: member.id, source: 'credential', presentationId: row.id, at },
  })
  return null
}

/** Null: taken. `row.credentialId`: the tenant's own credential that was presented, for what signs in or approves. */
export const takeVerified = (
  context: TenantContext,
  tx: Tx,
  row: RequestRow,
  presented: readonly Presented[],
): PresentationFault | null => {
  switch (row.kind) {
    case 'request':
      return null
    case 'sign-in': {
      const held = heldBy(context, tx, row, { presented, configuration: MEMBER_CONFIGURATION })
      return typeof held === 'string' ? held : null
    }
    case 'approval':
      return approveBy(context, tx, row, presented)
  }
}

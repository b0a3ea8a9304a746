// Approvals: each binds a person to one revision, one head, one tree and the digest of what the plan read.
import { and, asc, eq, inArray, isNull, sql } from 'drizzle-orm'
import {
  APPROVERS,
  changeKindOf,
  type Demanded,
  demandedBy,
  hasRolesFor,
  rolesIn,
} from '../../../gitops/approval-rules.ts'
import type { ChangeState } from '../../../schemas/change.ts'
import { mayDo, type Role } from '../../../schemas/principal.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { base32, hmacSha256 } from '../../digest.ts'
import { statement, transaction } from '../database.ts'
import type { ApprovalRow, ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { readPlanRow, step } from './context.ts'
import { holds, wasByCredential } from './credentials/powers/standing.ts'
import { pushedByNobody } from './forge-accounts/accounts.ts'
import { rolesOf } from './people/roles.ts'

export interface NewApproval {
  subject: string
  source: ApprovalRow['source']
  at: string
  /** Of `credential`: the presentation that it is. */
  presentationId?: string | null
}

export const addApproval = (
  tx: Tx,
  change: ChangeRow,
  { subject, source, at, presentationId = null }: NewApproval,
): void => {
  const { plan } = readPlanRow(tx, change)
  const of = `${change.id}\u0000${change.version}\u0000${subject}\u0000${at}`
  const seed = presentationId === null ? of : `${of}\u0000${presentationId}`
  tx.insert(tables.approvals)
    .values({
      id: `apv_${base32(hmacSha256('approval', seed), 26)}`,
      changeId: change.id,
      revision: change.revision,
      subject,
      source,
      headSha: change.commitSha ?? '',
      treeSha: change.treeSha ?? '',
      reads: plan.reads,
      presentationId,
      at,
    })
    .run()
}

/** Who asked, and who could have by the same credential. */
export type Asker = Pick<ChangeRow, 'requester' | 'behind'>

/** The roles by which somebody may approve what these people asked for; none for themselves, and for whoever may not. */
const approvingRoles = (
  db: Tx | Db,
  member: string,
  { requester, behind }: Asker,
): readonly Role[] => {
  if (member === requester || behind.includes(member)) return []
  const roles = rolesOf(db, member)
  return mayDo({ roles: [...roles], scopes: ['changes:approve'] }, 'changes.approve') ? roles : []
}

/** Whether this member could approve now: a person with the roles for it, who does not stand behind the request. */
export const isApprover = (db: Tx | Db, member: string, change: ChangeRow): boolean => {
  const roles = approvingRoles(db, member, change)
  return roles.length > 0 && hasRolesFor(roles, demandOn(db, change).roleSets)
}

/** The roles of each person who could approve what these people ask for. */
export const approversBeside = (db: Tx | Db, asker: Asker): string[][] =>
  db
    .select({ id: tables.members.id })
    .from(tables.members)
    .where(and(eq(tables.members.state, 'active'), eq(tables.members.kind, 'person')))
    .orderBy(asc(tables.members.id))
    .all()
    .map(({ id }) => [...approvingRoles(db, id, asker)])
    .filter((roles) => roles.length > 0)

const settingsOf = statement((db: Tx | Db) =>
  db.select({ settings: tables.tenant.settings }).from(tables.tenant).prepare(),
)

/**
 * What a change needs: its plan, and the tenant's rules. Those in force when it was planned and those of now both count, so
 * that nobody lowers them for what he has asked for already; a merge is judged by the rules it was merged under.
 */
const demandOn = (db: Tx | Db, change: ChangeRow): Demanded => {
  const { plan, snapshot } = readPlanRow(db, change)
  const settings = settingsOf(db).get()?.settings
  const now = change.mergeSha === null ? (settings?.approvals ?? []) : []
  const rules = demandedBy(
    [...(snapshot.tenant.approvals ?? []), ...now],
    changeKindOf(change.request),
  )
  const credential = rules.credential || (change.mergeSha !== null && wasByCredential(db, change))
  return { ...rules, credential, needed: Math.max(plan.reviewers.needed, rules.needed) }
}

/** Whether only presentations of a credential count; of a merge, whether they were what it was approved by. */
export const isByCredential = (db: Tx | Db, change: ChangeRow): boolean =>
  demandOn(db, change).credential

const approvalsOf = statement((db: Tx | Db) =>
  db
    .select()
    .from(tables.approvals)
    .where(
      and(
        eq(tables.approvals.changeId, sql.placeholder('id')),
        eq(tables.approvals.revision, sql.placeholder('revision')),
        isNull(tables.approvals.voidedAt),
      ),
    )
    .prepare(),
)

/** Of this revision, and not voided. */
export const liveApprovals = (db: Tx | Db, change: ChangeRow): ApprovalRow[] =>
  approvalsOf(db).all({ id: change.id, revision: change.revision })

/**
 * Approvals that count: of this revision, on this head, not voided, by people other than the requester who may approve; and where
 * credentials are asked for, given with one that holds at this moment.
 */
export const standingApprovals = (db: Tx | Db, change: ChangeRow): ApprovalRow[] =>
  liveApprovals(db, change)
    .filter(({ headSha }) => headSha === change.commitSha && !pushedByNobody(change))
    .filter(({ subject }) => isApprover(db, subject, change))
    .filter((approval) =>
      approval.source === 'credential' ? holds(db, approval) : !isByCredential(db, change),
    )

export interface Votes {
  /** Different people whose approvals count now. */
  given: number
  /** As many as the plan asks for, or the tenant's rules. */
  needed: number
  /** Roles of whom they count. */
  roles: string[]
  /** Only presentations of a credential count. */
  credential: boolean
}

export const votesOn = (db: Tx | Db, change: ChangeRow): Votes => {
  const { needed, roleSets, credential } = demandOn(db, change)
  return {
    credential,
    given: new Set(standingApprovals(db, change).map(({ subject }) => subject)).size,
    needed,
    roles: rolesIn([[...APPROVERS], ...roleSets]),
  }
}

/** As the gate says it. */
export const BY_CREDENTIAL = ', by presenting a credential'

/** Of whom approvals are waited for, in words. */
export const whoApproves = ({
  needed,
  roles,
  credential,
}: Pick<Votes, 'needed' | 'roles' | 'credential'>): string => {
  const role = roles.length === 1 && roles[0] === 'owner' ? 'owner' : 'approver'
  const how = credential ? BY_CREDENTIAL : ''
  return needed === 1
    ? `an ${role} who is not the requester${how}`
    : `${needed} ${role}s who are not the requester${how}`
}

export const isApproved = (db: Tx | Db, change: ChangeRow): boolean => {
  const { given, needed } = votesOn(db, change)
  return given >= needed
}

/** What a change says at its merge where that was found after its approvals had been lost with the database. */
export const MERGED_BEFORE_LOSS =
  'merged before the database was lost, and its approvals with it: approve it again'

/**
 * Merged, and approved again only now: it is promoted when it has what it needs. A credential that ended after the merge takes its
 * approval with it, and another can take its place.
 */
export const isApprovedAgain = (
  db: Tx | Db,
  { id, revision, state }: Pick<ChangeRow, 'id' | 'revision' | 'state'>,
): boolean => state === 'merged' && (wasByCredential(db, { id, revision }) || isAfterLoss(db, id))

const isAfterLoss = (db: Tx | Db, id: string): boolean =>
  db
    .select({ seq: tables.transitions.seq })
    .from(tables.transitions)
    .where(
      and(
        eq(tables.transitions.changeId, id),
        eq(tables.transitions.to, 'merged'),
        eq(tables.transitions.reason, MERGED_BEFORE_LOSS),
      ),
    )
    .limit(1)
    .get() !== undefined

export const voidApproval = (tx: Tx, { id }: ApprovalRow, at: string, reason: string): void => {
  tx.update(tables.approvals)
    .set({ voidedAt: at, voidReason: reason })
    .where(eq(tables.approvals.id, id))
    .run()
}

export const voidApprovals = (tx: Tx, change: ChangeRow, at: string, reason: string): void => {
  tx.update(tables.approvals)
    .set({ voidedAt: at, voidReason: reason })
    .where(and(eq(tables.approvals.changeId, change.id), isNull(tables.approvals.voidedAt)))
    .run()
}

const WAITING: ChangeState[] = ['proposed', 'approved']

/**
 * Somebody may no longer approve, or more must: approvals that do not count any more are void for good, also where others
 * are still waited for, and changes that are not approved any more go back to being proposed. What others said stays.
 */
export const judgeApprovalsAgain = (context: TenantContext): void => {
  const at = context.now().toISOString()
  const reason = 'the approver may no longer approve'
  transaction(context.db, (tx) => {
    const open = tx
      .select()
      .from(tables.changes)
      .where(inArray(tables.changes.state, WAITING))
      .all()
    for (const change of open) {
      const lost = liveApprovals(tx, change).filter(
        ({ subject }) => !isApprover(tx, subject, change),
      )
      const short = change.state === 'approved' && !isApproved(tx, change)
      if (lost.length === 0 && !short) continue
      for (const approval of lost) voidApproval(tx, approval, at, reason)
      const next = isApproved(tx, change) ? change.state : 'proposed'
      const asked = isByCredential(tx, change) ? 'approvals by credential' : 'more approvals'
      const why = lost.length > 0 ? reason : `the tenant’s rules ask for ${asked} now`
      step(tx, change, next, { actor: 'phoenix', at, reason: why, work: ['gate'] })
    }
    return null
  })
  context.changed()
}

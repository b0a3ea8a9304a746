// The required check: green for exactly one pair of pull request and head, and only while the approvals stand.
// Level-triggered: computed from the rows each time, so posting it twice is posting it once.
import { and, eq, type Placeholder, sql } from 'drizzle-orm'
import { counted } from '../../../gitops/counted.ts'
import { isOver } from '../../../schemas/change.ts'
import { sizeText } from '../../../schemas/quantity.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement, transaction } from '../database.ts'
import { BY_CREDENTIAL, votesOn, whoApproves } from './approvals.ts'
import type { ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, readPlanRow, StaleChange, step } from './context.ts'
import { pushedByNobody } from './forge-accounts/accounts.ts'
import { noteInCheck, placeInLog, signNewest } from './log/checkpoint.ts'
import { planLost } from './reads.ts'
import { roomLost, roomReason } from './room.ts'

export interface GateVerdict {
  green: boolean
  reason: string
}

/** `lost`: why an open change has no room any more, or its plan no ground. Its approvals stand: what comes back counts. */
export const judgeGate = (
  context: TenantContext,
  change: ChangeRow,
  lost: string | null = null,
): GateVerdict => {
  if (isOver(change.state) && change.mergeSha === null)
    return { green: false, reason: `the change is ${change.state}` }
  if (context.tenant().state === 'suspended')
    return { green: false, reason: 'the tenant is suspended: an operator resumes it' }
  if (change.commitSha === null)
    return { green: false, reason: `revision ${change.revision} is being written` }
  if (change.headSha !== change.commitSha)
    return { green: false, reason: 'the head was changed outside Phoenix: approvals are void' }
  if (pushedByNobody(change)) {
    return {
      green: false,
      reason: 'an account that is nobody’s pushed to the branch: ask for a revision',
    }
  }
  if (lost !== null) return { green: false, reason: lost }
  const { given, needed, roles, credential } = votesOn(context.db, change)
  const how = credential ? BY_CREDENTIAL : ''
  if (change.state !== 'approved') {
    const role = roles.length === 1 && roles[0] === 'owner' ? 'owners' : 'approvers'
    const reason =
      needed === 1
        ? `waiting for ${whoApproves({ needed, roles, credential })}`
        : `${given} of ${needed} approvals: waiting for ${role} who are not the requester${how}`
    return { green: false, reason }
  }
  if (given < needed) return { green: false, reason: 'the approvals are void' }
  return {
    green: true,
    reason: `approved by ${given} ${given === 1 ? 'person' : 'people'} on exactly this head${how}`,
  }
}

const lossOf = async (
  context: TenantContext,
  change: ChangeRow,
  planHolds: boolean,
): Promise<string | null> => {
  const room = await roomLost(context, change)
  if (room.length > 0) return roomReason(room)
  return planHolds ? null : planLost(context, change)
}

const { outbox } = tables
const unheard = (id: string | Placeholder) =>
  and(eq(outbox.kind, 'gate-again'), eq(outbox.changeId, id))
const generationOf = statement((db: Db | Tx) =>
  db
    .select({ generation: outbox.generation })
    .from(outbox)
    .where(unheard(sql.placeholder('id')))
    .prepare(),
)

/** A posting that was not heard of is looked at again after this. */
const AGAIN_MILLISECONDS = 60_000

/** Which posting of this check has not been heard of; null when what is recorded is what the forge has. */
export const unheardOf = (db: Db | Tx, id: string): number | null =>
  generationOf(db).get({ id })?.generation ?? null

/**
 * Whether the forge may show it green. Of a posting that nobody has heard of only the forge knows whether it came through: then
 * it is what is true now that counts. Room is not asked for here: the promotion does, also of what was merged behind green.
 */
export const mayBeGreen = (context: TenantContext, change: ChangeRow): boolean =>
  change.gate === 'green' ||
  (unheardOf(context.db, change.id) !== null && judgeGate(context, change).green)

/**
 * A posting is written down before it is made: of one whose answer was lost nobody knows which way the forge's check is, and
 * judged as before it would not be posted again. Returns what to forget once it was heard of; that of others stays.
 */
const intend = ({ db, now }: TenantContext, id: string, own: number | null): number | null =>
  transaction(db, (tx) => {
    const known = unheardOf(tx, id)
    if (known !== null && known === own) return own
    enqueue(tx, 'gate-again', id, now().getTime() + AGAIN_MILLISECONDS)
    return known === null ? unheardOf(tx, id) : null
  })

const forget = (tx: Tx, id: string, intent: number | null): void => {
  if (intent === null) return
  tx.delete(outbox)
    .where(and(unheard(id), eq(outbox.generation, intent)))
    .run()
}

/** Posts the gate for the head that the forge shows, and records what was posted. */
export const postGate = async (
  context: TenantContext,
  id: string,
  {
    planHolds = false,
    intent = null,
  }: {
    /** Whoever has just read the world again need not have it read once more. */
    planHolds?: boolean
    /** Of an earlier posting, which this one goes on with. */
    intent?: number | null
  } = {},
): Promise<Result<ChangeRow>> => {
  const change = readChangeRow(context.db, id)
  if (!change) return refuse('not-found')
  // Once merged, nothing waits for the check any more.
  if (change.pullNumber === null || change.mergeSha !== null) return ok(change)
  const headSha = change.headSha ?? change.commitSha
  if (headSha === null) return ok(change)
  const lost = await lossOf(context, change, planHolds)
  // What was asked about its room was about another revision or state.
  if (readChangeRow(context.db, id)?.version !== change.version)
    return postGate(context, id, { intent })
  const { green, reason } = judgeGate(context, change, lost)
  const state = green ? 'green' : 'red'
  const isShown = change.gate === state && change.gateReason === reason
  if (isShown && unheardOf(context.db, id) === null) return ok(change)
  const checkpoint = await signNewest(context)
  const own = intend(context, id, intent)
  await context.arm()
  // It moved while the checkpoint was signed: what is posted is what is true now.
  if (readChangeRow(context.db, id)?.version !== change.version)
    return postGate(context, id, { intent: own })
  const posted = await context.repository().gate(context.tenant().repository, {
    headSha,
    green,
    title: reason,
    summary: [...summaryOf(context, change), placeInLog(context, change, checkpoint)].join('\n'),
    text: noteInCheck(context, checkpoint),
    detailsUrl: `${context.env.PUBLIC_URL}/changes/${change.id}`,
    externalId: `${change.id}#${change.pullNumber}@${headSha}`,
  })
  if (!posted.ok) return posted
  const now = readChangeRow(context.db, id)
  if (!now || now.version !== change.version) {
    // It moved while the check was posted: the next run computes it again from what is true then.
    return now ? postGate(context, id, { intent: own }) : refuse('not-found')
  }
  try {
    const at = context.now().toISOString()
    const patch = { gate: state, gateReason: reason } as const
    const row = transaction(context.db, (tx) => {
      forget(tx, id, own)
      return isShown ? now : step(tx, now, now.state, { actor: 'phoenix', at, patch })
    })
    context.changed()
    return ok(row)
  } catch (error) {
    if (error instanceof StaleChange) return postGate(context, id, { intent: own })
    throw error
  }
}

const summaryOf = (context: TenantContext, change: ChangeRow): string[] => {
  const { plan } = readPlanRow(context.db, change)
  const count = (severity: string) =>
    plan.findings.filter((found) => found.severity === severity).length
  return [
    `Change ${change.id}, revision ${change.revision}, tenant ${plan.tenant}.`,
    `${counted(plan.totals.vms, 'machine')}, ${counted(plan.totals.cores, 'core')}, ${sizeText(plan.totals.memory)} of memory, ${sizeText(plan.totals.disk)} of disk.`,
    `${counted(count('warn'), 'warning')}, ${counted(count('info'), 'note')}. Step ${change.version} of this change in the tenant’s log.`,
  ]
}

// A request becomes an accepted change: planned outside, then taken in one transaction.
// What was read before an await is checked again inside the transaction.
import { and, eq, inArray, or, sql } from 'drizzle-orm'
import { findSystem, isPhase } from '../../../gitops/catalog.ts'
import { judgeTerm, ownerOf, ownerUnknown } from '../../../gitops/exceptions.ts'
import { blocks, finding } from '../../../gitops/finding.ts'
import { type Planned, plan } from '../../../gitops/plan.ts'
import { branchName } from '../../../gitops/propose.ts'
import { requestPointer } from '../../../gitops/request-pointer.ts'
import { canonicalJson, ordered } from '../../../schemas/canonical-json.ts'
import {
  type ChangeRequest,
  type ChangeView,
  mayMove,
  OPEN_STATES,
} from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import type { Principal } from '../../../schemas/principal.ts'
import { ok, type Refused, type Result, refuse } from '../../../schemas/result.ts'
import type { Snapshot } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import type { ApprovalRule } from '../../../schemas/tenant-settings.ts'
import { base32, deriveKey, hmacSha256, sha256Hex } from '../../digest.ts'
import type { CreateChangeInput } from '../contracts.ts'
import { amongListed, statement, transaction } from '../database.ts'
import type { Asker } from './approvals.ts'
import type { ChangeRow, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, record, typeOfChange } from './context.ts'
import { planStep } from './lifecycle/doomed.ts'
import { byPseudonym } from './people/answerable.ts'
import { formsOfKey } from './people/erasures.ts'
import { findMember } from './people/members.ts'
import { signReceipt } from './receipt.ts'
import { gatherSnapshot } from './snapshot.ts'
import { strayOf } from './strays.ts'
import { changeView, previewView } from './views.ts'

/** The id is a function of tenant and key: a retry after any loss names the same change. */
export const changeIdOf = (context: TenantContext, key: string): string => {
  const secret = deriveKey(context.env.PLATFORM_KEY, 'change-id')
  return `chg_${base32(hmacSha256(secret, `${context.tenant().id}\u0000${key}`), 26)}`
}

export interface PlannedRequest {
  request: ChangeRequest
  snapshot: Snapshot
  planned: Planned
}

export interface PlanOptions {
  previewOnly: boolean
  /** Absent: whoever asks is not known yet. */
  asker?: Asker
  /** Of an earlier revision: a change is not waved through by lowering them and asking again. */
  earlierRules?: ApprovalRule[]
  /** Of a revert: the change that it takes back. */
  reverts?: string | undefined
}

export const withRules = (snapshot: Snapshot, earlier: ApprovalRule[]): Snapshot => {
  const now = snapshot.tenant.approvals ?? []
  const known = new Set(now.map((rule) => canonicalJson(rule)))
  const approvals = [...now, ...earlier.filter((rule) => !known.has(canonicalJson(rule)))]
  return approvals.length === now.length
    ? snapshot
    : { ...snapshot, tenant: { ...snapshot.tenant, approvals } }
}

/** Plans a request against the present world; blocking findings and missing confirmations are refusals. */
export const planRequest = async (
  context: TenantContext,
  asked: ChangeRequest,
  { previewOnly, asker, earlierRules = [], reverts }: PlanOptions,
): Promise<Result<PlannedRequest>> => {
  if (asked.name === DELETION_NAME)
    return planStep(context, asked, { ...(asker ? { asker } : {}), earlierRules })
  // Kept in the order in which it is planned, so that it renders the same again.
  const parameters = ordered(asked.parameters)
  const request = byPseudonym(context, { ...asked, parameters })
  const gathered = await gatherSnapshot(context, request, asker)
  if (!gathered.ok) return gathered
  const snapshot = {
    ...withRules(gathered.value, earlierRules),
    ...(reverts === undefined ? {} : { reverts }),
  }
  const planned = plan(request, snapshot, sha256Hex)
  if (!planned.ok) return planned
  const { plan: made } = planned.value
  const { destroys, files } = made
  const day = context.now().toISOString().slice(0, 10)
  const findings = [...judgeTerm(made, day), ...judgeOwner(context, made), ...made.findings]
  if (blocks(findings)) {
    const { parameters } = request
    const errors = pointers(findings, { parameters, residency: made.residency })
    return refuse('plan-blocked', { findings, errors })
  }
  if (files.length === 0) {
    return refuse('conflict', {
      detail: 'Nothing would change: the repository already holds exactly this.',
    })
  }
  const confirmed =
    request.confirm === destroys?.digest || (previewOnly && request.confirm === undefined)
  if (destroys && !confirmed) {
    return refuse('confirm-required', {
      errors: [
        {
          pointer: '/confirm',
          detail: 'Must be the digest of the present destroy list, as the preview returns it.',
        },
      ],
    })
  }
  return ok({ request, snapshot, planned: planned.value })
}

/** Whoever answers for an exception is somebody the tenant knows: an active member. */
const judgeOwner = (context: TenantContext, made: Planned['plan']): Finding[] => {
  const owner = ownerOf(made)
  if (owner === null) return []
  return findMember(context.db, owner)?.state === 'active' ? [] : [ownerUnknown()]
}

/** What blocks, as errors of the request. */
export const pointers = (
  findings: Finding[],
  asked: Parameters<typeof requestPointer>[1] = { parameters: {}, residency: [] },
) =>
  findings
    .filter(({ severity }) => severity === 'block')
    .map((found) => ({
      pointer: requestPointer(found, asked),
      detail: found.message,
      rule: found.rule,
    }))

const openByName = statement((db: Tx | TenantContext['db']) =>
  db
    .select()
    .from(tables.changes)
    .where(
      and(
        eq(tables.changes.name, sql.placeholder('name')),
        inArray(tables.changes.state, [...OPEN_STATES]),
      ),
    )
    .prepare(),
)
export const openChangeOf = (db: Tx | TenantContext['db'], name: string): ChangeRow | undefined =>
  openByName(db).get({ name })

const refuseForOpen = ({ id, state }: ChangeRow): Refused =>
  refuse('open-change', {
    detail: `The resource has an open change, ${id} (${state}): ${mayMove(state, 'closed') ? 'finish, cancel or revise it' : 'it has to end'} first.`,
  })

const changeByKey = statement((db: Tx | TenantContext['db']) =>
  db
    .select()
    .from(tables.changes)
    .where(
      or(
        amongListed(tables.changes.idempotencyKey, sql.placeholder('forms')),
        eq(tables.changes.id, sql.placeholder('id')),
      ),
    )
    .prepare(),
)
/** The change that an earlier request with this key made. */
export const replayOf = (
  context: TenantContext,
  db: Tx | TenantContext['db'],
  key: string,
): ChangeRow | undefined =>
  changeByKey(db).get({
    forms: JSON.stringify(formsOfKey(context, key)),
    // Found in Git after a restore, which has no keys: the id is made of this one.
    id: changeIdOf(context, key),
  })

export const askerOf = ({ subject, behind }: Principal): Asker => ({ requester: subject, behind })

/** POST …/changes: a preview, an accepted change, or the change an earlier request with this key made. */
export const createChange = async (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, request, validateOnly }: CreateChangeInput,
): Promise<Result<ChangeView & { replayed?: boolean }>> => {
  if (key !== null) {
    const earlier = replayOf(context, context.db, key)
    if (earlier) return replay(context, earlier, fingerprint)
  }
  const outside = phaseWithoutRollout(request)
  if (outside) return outside
  const open = openChangeOf(context.db, request.name)
  if (open) return refuseForOpen(open)
  if (strayOf(context.db, request.name)) {
    return refuse('conflict', {
      detail:
        'A merge that went around the gate stands on main for this resource: revert it first.',
    })
  }
  if (validateOnly || key === null) {
    const planned = await planRequest(context, request, {
      previewOnly: validateOnly,
      asker: askerOf(who),
    })
    return planned.ok ? ok(previewView(context, who, request, planned.value.planned.plan)) : planned
  }
  const accepted = await inTurn(context, async () => {
    const planned = await planRequest(context, request, { previewOnly: false, asker: askerOf(who) })
    if (!planned.ok) return planned
    const { subject: requester, behind } = who
    const asker = { key, fingerprint, requester, behind, follows: null }
    return acceptChange(context, planned.value, asker)
  })
  if (!accepted.ok) return accepted
  const row = accepted.value
  if (row.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
  await context.arm()
  return ok(changeView(context, row, { plan: true, receipt: await receiptOf(context, row) }))
}

/** A phase comes to be in its rollout only; what it made is updated and deleted like anything else. */
const phaseWithoutRollout = ({ action, template }: ChangeRequest): Result<never> | null => {
  if (action !== 'create' || !(isPhase(template) || findSystem(template))) return null
  const findings = [
    finding('ROLLOUT-ONLY', 'This is a system, or a phase of one.', { pointer: '/template' }),
  ]
  return refuse('plan-blocked', { findings, errors: pointers(findings) })
}

const turns = new WeakMap<TenantContext, Promise<unknown>>()

/**
 * One after the other: what is planned sees what was accepted before it. Two requests planned at the same moment would
 * otherwise be promised the same VM id, or the same rest of the quota, and one of them be turned down after its 202.
 */
export const inTurn = <T>(context: TenantContext, run: () => Promise<T>): Promise<T> => {
  const mine = (turns.get(context) ?? Promise.resolve()).then(run)
  turns.set(
    context,
    mine.catch(() => undefined),
  )
  return mine
}

const replay = async (
  context: TenantContext,
  row: ChangeRow,
  fingerprint: string,
): Promise<Result<ChangeView & { replayed?: boolean }>> => {
  if (row.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
  const receipt = await receiptOf(context, row)
  return ok({
    ...changeView(context, readChangeRow(context.db, row.id) ?? row, { plan: true, receipt }),
    replayed: true,
  })
}

const receiptOf = async (context: TenantContext, row: ChangeRow): Promise<string> => {
  const leaf = context.db
    .select({ leafHash: tables.transitions.leafHash })
    .from(tables.transitions)
    .where(and(eq(tables.transitions.changeId, row.id), eq(tables.transitions.version, 1)))
    .get()
  return signReceipt(context.env, row, context.tenant().id, leaf?.leafHash ?? '')
}

/** One transaction: the change, its plan, its first event and leaf, and the work it causes. */
export const acceptChange = (
  context: TenantContext,
  { request, snapshot, planned }: PlannedRequest,
  {
    key,
    fingerprint,
    requester,
    behind,
    follows,
    rollout = null,
    reason = null,
    also,
  }: {
    key: string
    fingerprint: string
    requester: string
    /** Whoever could act by the credential that asked. */
    behind: string[]
    follows: string | null
    rollout?: string | null
    /** Words of whoever asked. */
    reason?: string | null
    /** More that is true from then on, in the same transaction. */
    also?: (tx: Tx) => void
  },
): Result<ChangeRow> => {
  const at = context.now().toISOString()
  const id = changeIdOf(context, key)
  return transaction(context.db, (tx): Result<ChangeRow> => {
    // Two requests with one key may both have planned: the first to get here wins, the other answers with it.
    const earlier = replayOf(context, tx, key)
    if (earlier) return ok(earlier)
    const open = openChangeOf(tx, request.name)
    if (open) return refuseForOpen(open)
    const [row] = tx
      .insert(tables.changes)
      .values({
        id,
        idempotencyKey: key,
        fingerprint,
        request,
        name: request.name,
        state: 'accepted',
        version: 1,
        revision: 1,
        requester,
        behind,
        acceptedAt: at,
        updatedAt: at,
        branch: branchName(context.tenant().slug, id),
        gate: 'absent',
        gateReason: 'the pull request is not open yet',
        follows,
        rollout,
      })
      .returning()
      .all()
    if (!row) throw new Error('the change was not written')
    insertPlan(tx, id, 1, { request, snapshot, planned })
    record(tx, {
      ...typeOfChange(row),
      changeId: id,
      version: 1,
      from: 'none',
      to: 'accepted',
      reason,
      actor: requester,
      at,
    })
    enqueue(tx, 'reserve', id, Date.parse(at))
    also?.(tx)
    return ok(row)
  })
}

/** Keeps the world as it was read, without the neighbours' use: enough to render the same files again. */
export const insertPlan = (
  tx: Tx,
  changeId: string,
  revision: number,
  { request, snapshot, planned }: PlannedRequest,
): void => {
  const parts = snapshot.deletion?.map((part) => ({ ...part, snapshot: kept(part.snapshot) }))
  tx.insert(tables.plans)
    .values({
      changeId,
      revision,
      request,
      plan: planned.plan,
      snapshot: { ...kept(snapshot), ...(parts ? { deletion: parts } : {}) },
      stands: planned.stands,
    })
    .run()
}

const kept = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  uses: [],
  takenVmIds: [],
  takenAddresses: [],
  takenNames: [],
  takenPaths: [],
  namespaces: [],
  priceBook: null,
  placeFindings: [],
})

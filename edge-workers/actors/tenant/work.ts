// What each piece of outgoing work does. Every handler may run any number of times and after any crash:
// it reads the row, does what the row still asks for, and takes one step.
import { and, eq, isNotNull, ne } from 'drizzle-orm'
import { BY_HAND, MAIN_UNKNOWN } from '../../../gitops/propose.ts'
import { Outage, type Refusal } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../digest.ts'
import { transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import type { Proposed } from '../repository-contracts.ts'
import { acceptChange, planRequest } from './accept.ts'
import { readArc } from './arc/read.ts'
import { backUp } from './backup/take.ts'
import type { ChangeRow, Db, PlanRow, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, readPlanRow, step } from './context.ts'
import { expireOffer } from './credentials/issuance/expiry.ts'
import { endApprovals, revokeEnded } from './credentials/powers/due.ts'
import { ageRequest } from './credentials/presentations/age.ts'
import { takeBranchAway } from './drift/branches.ts'
import { lookAtForge } from './drift/forge.ts'
import { stoodFor } from './drift/stood.ts'
import { renderChange, StaleTemplate } from './files.ts'
import { postGate, unheardOf } from './gate.ts'
import { goOnWithLife } from './lifecycle/steps.ts'
import { unlessSuspended } from './lifecycle/suspend.ts'
import { tellHead } from './log/tell.ts'
import { observe } from './observe.ts'
import type { Handlers } from './outbox.ts'
import { observeOpen, passUndone, promote } from './promotion.ts'
import { keep } from './records.ts'
import { undoStray } from './revert.ts'
import { advance } from './rollouts/advance.ts'
import { giveRoomBack } from './room.ts'
import { sealOf } from './seal.ts'
import { makeKeyInTurn, rotateDue } from './secrets/due.ts'
import { finishRequest } from './secrets/finish.ts'
import { claimUnseenMerge } from './unseen-merge.ts'
import { lookNow, watch } from './watch.ts'
import { firstWait, noteOpened } from './watch-times.ts'
import { deliver } from './webhooks/deliver.ts'
import { fanOut } from './webhooks/fan-out.ts'

export const createHandlers = (context: TenantContext): Handlers =>
  unlessSuspended(context, allHandlers(context))

const allHandlers = (context: TenantContext): Handlers => ({
  reserve: (id) => reserve(context, id),
  propose: (id) => proposeChange(context, id),
  gate: async (id) => throwIfOutage(await postGate(context, id)),
  'gate-again': async (id) =>
    throwIfOutage(await postGate(context, id, { intent: unheardOf(context.db, id) })),
  observe: (id) => observe(context, id, false),
  'observe-reviews': (id) => lookNow(context, id),
  watch: (id) => watch(context, id),
  promote: (id) => promote(context, id),
  // Whether it was merged after all the forge says.
  unclaim: async (id) => {
    await observe(context, id, false)
    await giveRoomBack(context, id)
  },
  settle: (id) => context.inventory().settle(id),
  keep: (id) => keep(context, id),
  release: (id) => context.inventory().release(id),
  'close-pull': (id) => closePull(context, id),
  'delete-branch': (id) => deleteBranch(context, id),
  'undo-stray': async (id) => {
    // Somebody may have undone it on main before anybody told us of it.
    await passUndone(context)
    return undoStray(context, id)
  },
  look: () => lookAtForge(context),
  prune: (id) => prune(context, id),
  'follow-up': (id) => followUp(context, id),
  advance: (id) => advance(context, id),
  lifecycle: (id) => goOnWithLife(context, id),
  notify: async () => fanOut(context),
  deliver: async () => deliver(context),
  backup: async () => backUp(context),
  head: async () => tellHead(context),
  offer: async (id) => expireOffer(context, id),
  presentation: async (id) => ageRequest(context, id),
  'credential-end': async (id) => endApprovals(context, id),
  'credential-revoke': (id) => revokeEnded(context, id),
  rotate: (id) => rotateDue(context, id),
  'make-key': (id) => makeKeyInTurn(context, id),
  'finish-vault': (id) => finishRequest(context, id),
  'read-arc': (id) => readArc(context, id),
})

const WRITING = new Set(['accepted', 'proposed'])

const reserve = async (context: TenantContext, id: string): Promise<void> => {
  const before = readChangeRow(context.db, id)
  if (!before || !WRITING.has(before.state) || before.commitSha !== null) return
  const { plan } = readPlanRow(context.db, before)
  if (plan.action !== 'delete' && plan.placement.length > 0) {
    const reserved = await context.inventory().reserve({
      changeId: id,
      tenantId: context.tenant().id,
      resource: before.name,
      items: plan.placement,
    })
    if (!reserved.ok) return turnDown(context, id, reserved.refusal)
  }
  const change = readChangeRow(context.db, id)
  if (!change || change.revision !== before.revision || !WRITING.has(change.state)) return
  transaction(context.db, (tx) => enqueue(tx, 'propose', id, context.now().getTime()))
}

/** The room was lost between the plan and the reservation. */
const turnDown = (context: TenantContext, id: string, { findings, detail }: Refusal): void => {
  const change = readChangeRow(context.db, id)
  if (!change || !WRITING.has(change.state)) return
  const numbers = (values: Record<string, number> | undefined) =>
    values
      ? ` (${Object.entries(values)
          .map(([name, value]) => `${name} ${value}`)
          .join(', ')})`
      : ''
  const reason =
    findings
      ?.map((found) => `${found.rule}: ${found.message}${numbers(found.numbers)}`)
      .join(' ') ??
    detail ??
    'the reservation was refused'
  transaction(context.db, (tx) =>
    step(tx, change, 'rejected', {
      actor: 'phoenix',
      at: context.now().toISOString(),
      reason,
      work: ['close-pull', 'release'],
    }),
  )
  context.changed()
}

const proposalDue = (db: Db, id: string) => {
  const { kind, changeId } = tables.outbox
  const due = and(eq(kind, 'propose'), eq(changeId, id))
  return db.select().from(tables.outbox).where(due).get()
}

const proposeChange = async (context: TenantContext, id: string): Promise<void> => {
  const before = readChangeRow(context.db, id)
  if (!before || !WRITING.has(before.state) || before.commitSha !== null) return
  const files = renderOrNull(context, before)
  if (!files)
    return fail(context, id, {
      problem: 'conflict',
      detail: 'its template changed before it was proposed: ask again',
    })
  const stood = stoodFor(context, before)
  // Where nothing was promoted yet the proposal does not look at main: it would open a second pull request.
  const retried = stood === null && Boolean(proposalDue(context.db, id)?.attempts)
  if (retried && (await claimUnseenMerge(context, before))) return
  const { plan } = readPlanRow(context.db, before)
  const { revision, fingerprint, requester, acceptedAt, branch, pullNumber, headSha } = before
  const recorded = { id, revision, fingerprint, requester }
  const proposed = await context.repository().propose(context.tenant().repository, {
    change: { ...recorded, acceptedAt, seal: sealOf(context, recorded, plan) },
    branch,
    plan,
    files,
    earlier: pullNumber !== null && headSha !== null ? { pullNumber, headSha } : null,
    stood,
  })
  if (!proposed.ok) {
    noteHeldUp(context, id, proposed.refusal)
    throwIfOutage(proposed)
    if (await claimUnseenMerge(context, before)) return
    await unlessMerged(context, id, proposed.refusal)
    return fail(context, id, proposed.refusal)
  }
  claim(context, id, revision, proposed.value)
}

/** What may take as long as somebody lets main be is shown on the change, from the second time on. */
const noteHeldUp = ({ db, now, changed }: TenantContext, id: string, { detail }: Refusal): void => {
  const row = readChangeRow(db, id)
  const reason = `the proposal waits: the forge ${MAIN_UNKNOWN}`
  if (
    detail !== `The forge ${MAIN_UNKNOWN}.` ||
    !row ||
    !WRITING.has(row.state) ||
    row.reason === reason
  )
    return
  if (!proposalDue(db, id)?.attempts) return
  const at = now().toISOString()
  transaction(db, (tx) => step(tx, row, row.state, { actor: 'phoenix', at, reason }))
  changed()
}

const unexplained = () => new Outage('forge', 'shows on main what no known merge brought', 5)
/** As often in a row, a few seconds in all: a forge may show a pull request later than main. */
const UNEXPLAINED_AT_MOST = 3

/** What looks made by hand may be a merge that nobody told us of: before a change ends for it the pull requests are read. */
const unlessMerged = async (
  context: TenantContext,
  id: string,
  { detail }: Refusal,
): Promise<void> => {
  if (!detail?.startsWith(BY_HAND)) return
  if ((await observeOpen(context)) === 0) return
  const row = proposalDue(context.db, id)
  const again = unexplained()
  if (row?.lastError !== again.message || row.attempts < UNEXPLAINED_AT_MOST) throw again
}

const renderOrNull = (context: TenantContext, change: ChangeRow) => {
  try {
    return renderChange(context, change)
  } catch (error) {
    if (error instanceof StaleTemplate) return null
    throw error
  }
}

/** Records the canonical pull request. Only this pair of number and commit can ever turn green. */
const claim = (
  context: TenantContext,
  id: string,
  revision: number,
  { pull, baseSha, commitSha, treeSha, written }: Proposed,
): void => {
  const change = readChangeRow(context.db, id)
  if (!change || change.revision !== revision) return
  const at = context.now().toISOString()
  const patch = {
    pullNumber: pull.number,
    pullUrl: pull.url,
    baseSha,
    commitSha,
    treeSha,
    headSha: commitSha,
  }
  transaction(context.db, (tx) => {
    keepWritten(tx, change, written ?? null)
    if (!WRITING.has(change.state)) {
      // It was withdrawn while the pull request was on its way: close what has just been opened.
      return step(tx, change, change.state, { actor: 'phoenix', at, patch, work: ['close-pull'] })
    }
    const row = step(tx, change, 'proposed', {
      actor: 'phoenix',
      at,
      reason: null,
      patch,
      work: ['gate'],
    })
    noteOpened(tx, Date.parse(at))
    enqueue(tx, 'watch', id, Date.parse(at) + firstWait())
    return row
  })
  context.changed()
}

/** What was proposed, byte by byte: a later release may word its plans another way. */
const keepWritten = (tx: Tx, change: ChangeRow, written: PlanRow['written']): void => {
  const { changeId, revision } = tables.plans
  tx.update(tables.plans)
    .set({ written })
    .where(and(eq(changeId, change.id), eq(revision, change.revision)))
    .run()
}

const fail = (context: TenantContext, id: string, { detail }: Refusal): void => {
  const change = readChangeRow(context.db, id)
  if (!change || !WRITING.has(change.state)) return
  const reason = detail ?? 'the forge refused the proposal'
  transaction(context.db, (tx) =>
    step(tx, change, 'failed', {
      actor: 'phoenix',
      at: context.now().toISOString(),
      reason,
      work: ['close-pull', 'release'],
    }),
  )
  context.changed()
}

const closePull = async (context: TenantContext, id: string): Promise<void> => {
  const change = readChangeRow(context.db, id)
  if (!change) return
  const { repository } = context.tenant()
  if (change.pullNumber !== null)
    throwIfOutage(await context.repository().closePull(repository, change.pullNumber))
  throwIfOutage(await takeBranchAway(context, change))
}

const deleteBranch = async (context: TenantContext, id: string): Promise<void> => {
  const change = readChangeRow(context.db, id)
  if (change) throwIfOutage(await takeBranchAway(context, change))
}

/**
 * A later change of the same resource has merged: what it brought must stay, and its own prune will tidy up. A merge past the gate
 * brings nothing that an engine sees.
 */
const isOvertaken = ({ db }: TenantContext, { id, name, livePlace }: ChangeRow): boolean =>
  db
    .select({
      state: tables.changes.state,
      livePlace: tables.changes.livePlace,
    })
    .from(tables.changes)
    .where(
      and(
        eq(tables.changes.name, name),
        ne(tables.changes.id, id),
        isNotNull(tables.changes.mergeSha),
      ),
    )
    .all()
    .some((other) =>
      other.livePlace === null ? other.state === 'merged' : other.livePlace > (livePlace ?? 0),
    )

/** The engines report the new state: machines that are no longer in it are gone. */
const prune = async (context: TenantContext, id: string): Promise<void> => {
  const change = readChangeRow(context.db, id)
  if (change?.state !== 'applied') return
  const { plan, snapshot } = readPlanRow(context.db, change)
  if (snapshot.deletion) return pruneAll(context, snapshot.deletion)
  if (isOvertaken(context, change)) return
  const keep = plan.phase === 'remove' ? [] : plan.placement.map(({ name }) => name)
  await context.inventory().prune({ tenantId: context.tenant().id, resource: change.name, keep })
}

/** While a tenant is being deleted nothing new can have taken the place of what went. */
const pruneAll = async (
  context: TenantContext,
  parts: readonly { request: { name: string } }[],
): Promise<void> => {
  const tenantId = context.tenant().id
  for (const { request } of parts)
    await context.inventory().prune({ tenantId, resource: request.name, keep: [] })
}

/** The guards are lifted everywhere: the second half of the decommission, as a pull request of its own. */
const followUp = async (context: TenantContext, id: string): Promise<void> => {
  const change = readChangeRow(context.db, id)
  const resource = change && resourceOf(context, change.name)
  // Somebody has asked for something else since: the decommission is not continued behind his back.
  if (!change || resource?.changeId !== id) return
  const { requester, behind } = change
  const { plan: first, snapshot } = readPlanRow(context.db, change)
  const planned = await planRequest(context, change.request, {
    ...{ previewOnly: false, asker: { requester, behind }, reverts: first.reverts },
    // The second half of what was asked for under them.
    earlierRules: snapshot.tenant.approvals ?? [],
  })
  if (!planned.ok) {
    throwIfOutage(planned)
    return noteEnd(context, change, `the second half was refused: ${planned.refusal.problem}`)
  }
  const accepted = acceptChange(context, planned.value, {
    // With blanks, so that no caller's key can be the same.
    key: `follow-up of ${id}`,
    fingerprint: sha256Hex(`follow-up\u0000${id}`),
    ...{ requester, behind },
    follows: id,
  })
  if (!accepted.ok)
    noteEnd(context, change, 'the second half was refused: the resource has an open change')
}

const resourceOf = ({ db }: TenantContext, name: string) =>
  db.select().from(tables.resources).where(eq(tables.resources.name, name)).get()

const noteEnd = (context: TenantContext, change: ChangeRow, reason: string): void => {
  transaction(context.db, (tx) =>
    step(tx, change, change.state, { actor: 'phoenix', at: context.now().toISOString(), reason }),
  )
  context.changed()
}

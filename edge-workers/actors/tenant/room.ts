// Whether an open change still has its room: on the hosts by the Inventory's word, in the quota by this tenant's own rows.
// Whoever is merged first gets it. A claim is written down before it is made, so that a merge that broke off gives it back.
import { and, asc, eq, gte, inArray, isNotNull, ne, sql } from 'drizzle-orm'
import { addUse, NO_USE, useOf } from '../../../gitops/capacity.ts'
import { lostQuota } from '../../../gitops/quota.ts'
import type { ChangeState } from '../../../schemas/change.ts'
import { withoutRoom } from '../../../schemas/gate.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Use } from '../../../schemas/snapshot.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement, transaction } from '../database.ts'
import type { ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { enqueue, readChangeRow, readPlanRow } from './context.ts'
import { beforeWriting } from './log/standing.ts'

const { changes, outbox, resources } = tables

/** A claim whose merge was not heard of is looked at again after this. */
const CLAIM_MILLISECONDS = 120_000
const OPEN: ChangeState[] = ['proposed', 'approved']

/** Whether the change asks for machines at all. */
const needsRoom = (db: Db | Tx, change: ChangeRow): boolean =>
  change.request.action !== 'delete' && readPlanRow(db, change).plan.placement.length > 0

/** What a change adds to what its resource had when it was planned. */
const growthOf = (db: Db | Tx, change: ChangeRow): Use => {
  const { plan, snapshot } = readPlanRow(db, change)
  const after = useOf(change.request.action === 'delete' ? [] : plan.placement)
  const before = useOf(snapshot.existing?.placement ?? [])
  const more = (kind: keyof Use) => Math.max(0, after[kind] - before[kind])
  return {
    ...{ vms: more('vms'), cores: more('cores') },
    ...{ memoryMiB: more('memoryMiB'), diskGiB: more('diskGiB') },
  }
}

const claimed = statement((db: Db | Tx) =>
  db.select({ id: outbox.changeId }).from(outbox).where(eq(outbox.kind, 'unclaim')).prepare(),
)
const unsettled = statement((db: Db | Tx) =>
  db
    .select()
    .from(changes)
    .where(and(ne(changes.id, sql.placeholder('id')), inArray(changes.state, ['merged', ...OPEN])))
    .prepare(),
)

/** Other changes that are merged and not yet resources, and those whose merge is under way. */
const firmOthers = (db: Db | Tx, id: string): ChangeRow[] => {
  const claiming = claimed(db).all()
  return unsettled(db)
    .all({ id })
    .filter(
      (row) => row.state === 'merged' || claiming.some(({ id: claimer }) => claimer === row.id),
    )
}

const mergedFrom = statement((db: Db | Tx) =>
  db
    .select()
    .from(changes)
    .where(
      and(
        ne(changes.id, sql.placeholder('id')),
        isNotNull(changes.mergeSha),
        gte(changes.mergedAt, sql.placeholder('acceptedAt')),
      ),
    )
    .orderBy(asc(changes.mergedAt))
    .prepare(),
)

/** This tenant's changes that were merged since another was asked for, oldest first. */
const mergedSince = (db: Db | Tx, { id, acceptedAt }: ChangeRow): ChangeRow[] =>
  mergedFrom(db).all({ id, acceptedAt })

const whatStands = statement((db: Db | Tx) =>
  db
    .select({ name: resources.name, placement: resources.placement })
    .from(resources)
    .where(ne(resources.state, 'removed'))
    .prepare(),
)

/** Why the quota has no room for the change beside what is used and what `others` will use; empty while it has. */
const quotaLost = (
  context: TenantContext,
  change: ChangeRow,
  others: ChangeRow[] = firmOthers(context.db, change.id),
): Finding[] => {
  const { db } = context
  if (!needsRoom(db, change)) return []
  const standing = whatStands(db).all()
  const own = standing.find(({ name }) => name === change.name)
  return lostQuota({
    limit: context.tenant().quota,
    asked: useOf(readPlanRow(db, change).plan.placement),
    own: useOf(own?.placement ?? []),
    used: standing
      .filter((row) => row !== own)
      .reduce((sum, { placement }) => addUse(sum, useOf(placement)), NO_USE),
    merged: others.reduce((sum, row) => addUse(sum, growthOf(db, row)), NO_USE),
    takers: mergedSince(db, change).map((row) => ({ id: row.id, use: growthOf(db, row) })),
  })
}

/** Why an open change does not fit any more, now; empty while it does. */
export const roomLost = async (context: TenantContext, change: ChangeRow): Promise<Finding[]> => {
  if (!OPEN.includes(change.state) || !needsRoom(context.db, change)) return []
  const hosts = await context.inventory().room(change.id)
  return [...hosts, ...quotaLost(context, change)]
}

export const roomReason = (findings: Finding[]): string =>
  withoutRoom([...new Set(findings.map(({ message }) => message))].join('; '))

const refusedFor = (findings: Finding[]): Result<never> =>
  refuse('wrong-state', { detail: `It ${roomReason(findings)}.`, findings })

/** Another change was merged first: the check is to show it at once, and what it says is the answer. */
export const noRoom = async (
  context: TenantContext,
  id: string,
  refused: Extract<Result<null>, { ok: false }>,
): Promise<Result<never>> => {
  transaction(context.db, (tx) => judgeRoomAgain(tx, [id], context.now().getTime()))
  await context.arm()
  return refused
}

/** The change may be approved as far as its room goes. */
export const stillFits = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<Result<null>> => {
  const findings = await roomLost(context, change)
  return findings.length === 0 ? ok(null) : refusedFor(findings)
}

/** Takes the room for the merge that follows. */
export const claimRoom = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<Result<null>> => {
  if (!needsRoom(context.db, change)) return ok(null)
  // What the quota leaves is decided and written down in one go: of two merges at once the second sees the first.
  const lost = transaction(context.db, (tx) => {
    const findings = quotaLost(context, change)
    if (findings.length === 0)
      enqueue(tx, 'unclaim', change.id, context.now().getTime() + CLAIM_MILLISECONDS)
    return findings
  })
  if (lost.length > 0) return refusedFor(lost)
  await context.arm()
  const claimed = await context.inventory().claim(change.id)
  if (claimed.ok) return ok(null)
  forgetClaim(context.db, change.id)
  const { findings, detail } = claimed.refusal
  return findings
    ? refusedFor(findings)
    : refuse('wrong-state', { detail: detail ?? 'Nothing is held for this change any more.' })
}

/**
 * Why a merged change may not be applied for want of room; null when the room is its own from now on. `before`: merged
 * changes that come before it on main and are no resources yet.
 */
export const lostAtPromotion = async (
  context: TenantContext,
  change: ChangeRow,
  before: ChangeRow[],
): Promise<string | null> => {
  if (!needsRoom(context.db, change)) return null
  const quota = quotaLost(context, change, before)
  if (quota.length > 0) return roomReason(quota)
  const claimed = await context.inventory().claim(change.id)
  const { placement } = readPlanRow(context.db, change).plan
  if (claimed.ok) {
    return claimed.value.held === placement.length ? null : 'its reservation no longer stands'
  }
  const { findings } = claimed.refusal
  return findings ? roomReason(findings) : 'its reservation no longer stands'
}

/** The merge is known: the claim needs no looking after. */
export const forgetClaim = (db: Db | Tx, id: string): void => {
  db.delete(outbox)
    .where(and(eq(outbox.kind, 'unclaim'), eq(outbox.changeId, id)))
    .run()
}

/** The merge did not happen: the room is anybody's again. */
export const giveRoomBack = async (context: TenantContext, id: string): Promise<void> => {
  const change = readChangeRow(context.db, id)
  if (change && OPEN.includes(change.state) && change.mergeSha === null)
    await context.inventory().unclaim(id)
  forgetClaim(context.db, id)
}

/** The room of these is judged again: their gates show what comes of it. */
export const judgeRoomAgain = (tx: Tx, ids: readonly string[], at: number): void => {
  const open = tx
    .select({ id: changes.id, pullNumber: changes.pullNumber })
    .from(changes)
    .where(and(inArray(changes.id, [...ids]), inArray(changes.state, OPEN)))
    .all()
  for (const { id, pullNumber } of open) if (pullNumber !== null) enqueue(tx, 'gate', id, at)
}

/** The Inventory's hint. Rejects with Outage while this database is not level. */
export const roomChanged = async (
  context: TenantContext,
  changeIds: readonly string[],
): Promise<void> => {
  await beforeWriting(context)
  transaction(context.db, (tx) => judgeRoomAgain(tx, changeIds, context.now().getTime()))
  await context.arm()
}

/** What a merge took from the quota, what came back to it, a record that holds now: any may decide over every open change. */
export const judgeOthersAgain = (tx: Tx, id: string | null, at: string): void => {
  const others = id === null ? undefined : ne(changes.id, id)
  const open = tx
    .select({ id: changes.id })
    .from(changes)
    .where(and(others, inArray(changes.state, OPEN)))
    .all()
  judgeRoomAgain(
    tx,
    open.map((row) => row.id),
    Date.parse(at),
  )
}

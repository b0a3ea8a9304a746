// What the engines report. A report counts for a commit that `live` has had, from a cluster it is rendered to,
// and never takes a newer report back: the place in `live` orders them, not the clock.
import { and, desc, eq, inArray, notInArray, sql } from 'drizzle-orm'
import type { ChangeState } from '../../../schemas/change.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { StatusReport } from '../../../schemas/status.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement, transaction } from '../database.ts'
import { throwIfOutage } from '../outage.ts'
import { endService, noteHealth } from './availability.ts'
import type { ChangeRow, Db, TenantContext, Tx } from './context.ts'
import { readPlanRow, step } from './context.ts'
import { noteCluster } from './drift/cluster.ts'
import { judgeOthersAgain } from './room.ts'

/** Leaf of the template tenant-base on every cluster. */
const BASE_COMPONENT = '10-tenant'
const UNDER_WAY: ChangeState[] = ['promoted', 'applying', 'failed']
/** Delivered bodies are remembered this long; after that an old report changes nothing anyway. */
const DELIVERIES_KEPT = 5_000

/** Remembers a delivery; false when it was taken before. In the caller's transaction, so that a failed one can be repeated. */
export const takeDelivery = (tx: Tx, digest: string, at: string): boolean => {
  const [row] = tx
    .insert(tables.deliveries)
    .values({ digest, at })
    .onConflictDoNothing()
    .returning()
    .all()
  return row !== undefined
}

export const reportStatus = async (
  context: TenantContext,
  { bodyDigest, report }: { bodyDigest: string; report: StatusReport },
): Promise<Result<{ taken: boolean }>> => {
  if (context.tenant().state === 'erased') return refuse('not-found')
  await learnFirstCommit(context)
  const at = context.now().toISOString()
  const result = transaction(context.db, (tx): Result<{ taken: boolean }> => {
    if (tx.select().from(tables.deliveries).where(eq(tables.deliveries.digest, bodyDigest)).get())
      return refuse('webhook-replayed')
    const live = tx.select().from(tables.lives).where(eq(tables.lives.sha, report.revision)).get()
    if (!live) return refuse('unknown-revision')
    const concerned = concernedBy(tx, report)
    if (concerned.length === 0 && !isAdoptedBase(context, report)) {
      return refuse('not-found', { detail: 'Nothing of this name is rendered to this cluster.' })
    }
    takeDelivery(tx, bodyDigest, at)
    let taken = false
    for (const { target, change } of concerned) {
      if (change.livePlace === null || change.livePlace > live.place) continue
      if (isOlder(tx, target.revision, live.place)) continue
      noteCluster(tx, change, report, at)
      // That it is out of sync is news also where the commit was healthy before.
      if (isLate(target, report)) {
        taken ||= report.differs !== undefined
        continue
      }
      applyReport(tx, change, report, at)
      taken = true
    }
    return ok({ taken })
  })
  context.changed()
  await context.arm()
  return result
}

const hasLives = (on: Db | Tx): boolean =>
  on.select().from(tables.lives).limit(1).get() !== undefined

/** `live` has a commit before Phoenix ever moved it: the repository's first. It is asked for once. */
const learnFirstCommit = async (context: TenantContext): Promise<void> => {
  if (hasLives(context.db)) return
  const pending = await context.repository().pending(context.tenant().repository)
  throwIfOutage(pending)
  if (!pending.ok) return
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    // Somebody else may have learnt it meanwhile: where `live` is since then, it was not put by us.
    if (!hasLives(tx)) tx.insert(tables.lives).values({ sha: pending.value.live, at }).run()
    return null
  })
}

/** A base that was in the repository's first commit: no change of ours made it, and its reports change nothing. */
const isAdoptedBase = (context: TenantContext, { cluster, component }: StatusReport): boolean =>
  component === BASE_COMPONENT && context.tenant().basesOn.includes(cluster)

const here = and(
  eq(tables.targets.cluster, sql.placeholder('cluster')),
  eq(tables.targets.component, sql.placeholder('component')),
)
const targetsOf = (tx: Tx) =>
  tx
    .select({ target: tables.targets, change: tables.changes })
    .from(tables.targets)
    .innerJoin(tables.changes, eq(tables.changes.id, tables.targets.changeId))
const targetsUnderWay = statement((tx: Tx) =>
  targetsOf(tx)
    .where(and(here, inArray(tables.changes.state, UNDER_WAY)))
    .prepare(),
)
const latestTarget = statement((tx: Tx) =>
  targetsOf(tx).where(here).orderBy(desc(tables.changes.livePlace)).limit(1).prepare(),
)

/** The changes a report can still tell something about: those under way, and the one that stands there now. */
const concernedBy = (tx: Tx, { cluster, component }: StatusReport) => {
  const underWay = targetsUnderWay(tx).all({ cluster, component })
  const [present] = latestTarget(tx).all({ cluster, component })
  const known = new Set(underWay.map(({ change }) => change.id))
  return present && !known.has(present.change.id) ? [...underWay, present] : underWay
}

const isOlder = (tx: Tx, revision: string | null, place: number): boolean => {
  if (revision === null) return false
  const known = tx.select().from(tables.lives).where(eq(tables.lives.sha, revision)).get()
  return known !== undefined && known.place > place
}

/** Reports carry no order within one commit: that it was being applied is no news once it was healthy. */
const isLate = (
  target: typeof tables.targets.$inferSelect,
  { revision, state }: StatusReport,
): boolean => target.revision === revision && target.state === 'healthy' && state === 'progressing'

const applyReport = (tx: Tx, change: ChangeRow, report: StatusReport, at: string): void => {
  const { cluster, component, revision, state, message, simulated } = report
  tx.update(tables.targets)
    .set({ state, revision, message, simulated })
    .where(
      and(
        eq(tables.targets.changeId, change.id),
        eq(tables.targets.cluster, cluster),
        eq(tables.targets.component, component),
      ),
    )
    .run()
  const all = tx.select().from(tables.targets).where(eq(tables.targets.changeId, change.id)).all()
  const broken = all.find((target) => target.state === 'failed' || target.state === 'degraded')
  const healthy = all.every((target) => target.state === 'healthy')
  writeHealth(tx, change, {
    at,
    healthy,
    broken: broken?.message ?? null,
    simulated: all.some((target) => target.simulated),
  })
  // Whatever a view shows counts its version up: a note where nothing moves.
  if (change.state === 'applied') {
    step(tx, change, 'applied', { actor: cluster, at })
    return
  }
  if (healthy) {
    finish(tx, change, at, cluster)
    return
  }
  const reason = broken ? `${broken.component} on ${broken.cluster}: ${broken.message}` : null
  step(tx, change, broken ? 'failed' : 'applying', { actor: cluster, at, reason })
}

/** Every target is healthy at or after the change's place. */
export const finish = (tx: Tx, change: ChangeRow, at: string, cluster: string): void => {
  const { plan } = readPlanRow(tx, change)
  const applying =
    change.state === 'promoted'
      ? step(tx, change, 'applying', { actor: cluster, at, reason: null })
      : change
  const work = plan.phase === 'lift-guards' ? (['follow-up'] as const) : (['prune'] as const)
  step(tx, applying, 'applied', { actor: cluster, at, reason: null, work: [...work] })
  if (plan.phase === 'remove') {
    // One resource, or all that the deletion of the tenant removed by this change.
    const gone = tx
      .update(tables.resources)
      .set({ state: 'removed', placement: [] })
      .where(eq(tables.resources.changeId, change.id))
      .returning({ name: tables.resources.name })
      .all()
    for (const name of new Set([change.name, ...gone.map((row) => row.name)]))
      endService(tx, name, at)
    judgeOthersAgain(tx, change.id, at)
  }
}

const writeHealth = (
  tx: Tx,
  change: ChangeRow,
  {
    at,
    healthy,
    broken,
    simulated,
  }: { at: string; healthy: boolean; broken: string | null; simulated: boolean },
): void => {
  const health = broken !== null ? 'degraded' : healthy ? 'healthy' : 'progressing'
  const message = broken ?? (healthy ? 'every target is healthy' : 'being applied')
  const present = tx
    .update(tables.resources)
    .set({
      ...{ health, healthMessage: message, healthSimulated: simulated },
      version: sql`${tables.resources.version} + 1`,
    })
    .where(eq(tables.resources.changeId, change.id))
    .returning({ name: tables.resources.name })
    .all()
  // What an older change's engines say is not about what stands now.
  for (const { name } of present) noteHealth(tx, { resource: name, health, message, simulated, at })
}

/** Keeps the memory of deliveries bounded. */
export const forgetOldDeliveries = ({ db }: TenantContext): void => {
  const kept = db
    .select({ digest: tables.deliveries.digest })
    .from(tables.deliveries)
    .orderBy(desc(tables.deliveries.at))
    .limit(DELIVERIES_KEPT)
  db.delete(tables.deliveries).where(notInArray(tables.deliveries.digest, kept)).run()
}

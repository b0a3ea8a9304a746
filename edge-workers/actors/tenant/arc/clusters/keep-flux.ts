// A Flux configuration's way from Git into Azure: judged when it is planned and before it is promoted; once it is, its file is read at
// that commit, and what it says is put by the outbox (read-flux.ts). The change is applied when Azure has taken it, or it is gone.
import { and, count, eq, gte, inArray, isNull, min, ne } from 'drizzle-orm'
import { finding } from '../../../../../gitops/finding.ts'
import { FLUX_CONFIGURATIONS_AT_MOST } from '../../../../../schemas/arc.ts'
import { type FluxProperties, FluxRecord, fluxFile } from '../../../../../schemas/flux.ts'
import { FluxConfigurationParameters } from '../../../../../schemas/parameters/flux-configuration.ts'
import type { Finding, Plan } from '../../../../../schemas/plan.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { transaction } from '../../../database.ts'
import { throwIfOutage } from '../../../outage.ts'
import type { ChangeRow, Db, TenantContext, Tx } from '../../context.ts'
import { readPlanRow, record } from '../../context.ts'
import { judgeKept } from './one-writer.ts'
import { idFrom, keyed } from './register.ts'
import {
  type ClusterRow,
  clusterView,
  type FluxRow,
  findCluster,
  moveFlux,
  readAgain,
} from './rows.ts'

const { arcClusters, fluxConfigurations, resources } = tables
/** Whatever happens to its row puts it before us at once; this is for what nobody has heard of. */
const LOOK_MILLISECONDS = 300_000
const PATIENCE_MILLISECONDS = 3_600_000

const clusterNamed = (on: Db | Tx, name: string): ClusterRow | undefined =>
  on
    .select()
    .from(arcClusters)
    .where(and(eq(arcClusters.name, name), ne(arcClusters.state, 'removed')))
    .all()
    .find(({ state }) => state !== 'removing')

/** An earlier release may have made one of a name on each of several clusters; Git has one of a name. */
const standingOf = (on: Db | Tx, name: string): FluxRow[] =>
  on
    .select()
    .from(fluxConfigurations)
    .where(and(eq(fluxConfigurations.name, name), ne(fluxConfigurations.state, 'removed')))
    .all()

/** Only on a cluster of its own may a tenant's configuration reach another namespace, those of the system, or all of it. */
const judgeReach = async (
  context: TenantContext,
  { cluster }: ClusterRow,
  { namespace, scope }: FluxConfigurationParameters,
): Promise<Finding[]> => {
  const { slug } = context.tenant()
  const beyond = scope === 'cluster' ? 'scope' : namespace === slug ? null : 'namespace'
  if (beyond === null) return []
  const found = await context.inventory().readCluster(cluster)
  if (found?.value.owner === slug) return []
  const message = `The tenant does not own this cluster: scope \`namespace\` and the namespace ${slug} are its own there.`
  return [finding('FLUX-REACH', message, { pointer: `/parameters/${beyond}` })]
}

const judgeRoom = (db: Db, { id }: ClusterRow, name: string): Finding[] => {
  const others = and(
    eq(fluxConfigurations.arcClusterId, id),
    ne(fluxConfigurations.state, 'removed'),
    ne(fluxConfigurations.name, name),
  )
  const standing = db.select({ n: count() }).from(fluxConfigurations).where(others).get()?.n ?? 0
  if (standing < FLUX_CONFIGURATIONS_AT_MOST) return []
  const message = `A cluster has at most ${FLUX_CONFIGURATIONS_AT_MOST} Flux configurations.`
  const numbers = { standing, most: FLUX_CONFIGURATIONS_AT_MOST }
  return [finding('FLUX-CLUSTER', message, { pointer: '/parameters/arcCluster', numbers })]
}

/** Azure has none of what stood on a cluster that is gone. */
const isGone = (on: Db | Tx, { arcClusterId }: FluxRow): boolean =>
  findCluster(on, arcClusterId)?.state === 'removed'

/** Names of what an earlier release put and Git does not have, on clusters that are there. */
export const fluxInNoFile = (on: Db): string[] =>
  on
    .select()
    .from(fluxConfigurations)
    .where(and(isNull(fluxConfigurations.changeId), ne(fluxConfigurations.state, 'removed')))
    .all()
    .filter((row) => row.put && !isGone(on, row))
    .map(({ name }) => name)

const judgeFixed = (
  on: Db,
  rows: FluxRow[],
  { id }: ClusterRow,
  asked: FluxConfigurationParameters,
): Finding[] => {
  const kept = rows.find((row) => row.changeId !== null && !isGone(on, row))
  const there = rows.find(({ arcClusterId }) => arcClusterId === id)
  const moved =
    kept && kept.arcClusterId !== id
      ? 'arcCluster'
      : (['namespace', 'scope'] as const).find(
          (field) => there !== undefined && there.spec[field] !== asked[field],
        )
  if (moved === undefined) return []
  const message = 'Cluster, namespace and scope stay as they were made.'
  return [finding('FLUX-FIXED', message, { pointer: `/parameters/${moved}` })]
}

/** What speaks against it now. A cluster of another tenant and one that never was are told apart by nothing. */
export const judgeFlux = async (
  context: TenantContext,
  request: Pick<Plan, 'template' | 'name' | 'action' | 'parameters'>,
): Promise<Finding[]> => {
  const { name, action, parameters } = request
  if (action === 'delete') return []
  const asked = FluxConfigurationParameters.parse(parameters)
  const cluster = clusterNamed(context.db, asked.arcCluster)
  if (!cluster) {
    const message = 'The tenant has registered no cluster of this name in Azure Arc.'
    return [finding('FLUX-CLUSTER', message, { pointer: '/parameters/arcCluster' })]
  }
  return [
    ...(await judgeReach(context, cluster, asked)),
    ...judgeRoom(context.db, cluster, name),
    ...judgeFixed(context.db, standingOf(context.db, name), cluster, asked),
    ...judgeKept(context, clusterView(context.db, cluster).value.resourceId, request),
  ]
}

interface Filed {
  cluster: ClusterRow
  properties: FluxProperties
}

const parsed = (text: string | null): FluxRecord | undefined => {
  try {
    return FluxRecord.safeParse(JSON.parse(text ?? '')).data
  } catch {
    return undefined
  }
}

/** What its file says at a commit that `live` was moved to. Throws Outage where the forge does not answer. */
const readFile = async (
  context: TenantContext,
  name: string,
  commit: string,
): Promise<Result<Filed>> => {
  const path = fluxFile(name)
  const file = await context.repository().file(context.tenant().repository, path, commit)
  throwIfOutage(file)
  if (!file.ok) return file
  const said = parsed(file.value)
  if (said?.tenant !== context.tenant().slug || said.name !== name)
    return refuse('conflict', { detail: `${path} is not as Phoenix writes it.` })
  const cluster = clusterNamed(context.db, said.arcCluster)
  return cluster
    ? ok({ cluster, properties: said.body.properties })
    : refuse('conflict', { detail: 'Its cluster is not registered in Azure Arc any more.' })
}

const take = (context: TenantContext, change: ChangeRow, { cluster, properties }: Filed): void =>
  transaction(context.db, (tx) => {
    const now = context.now()
    const at = now.toISOString()
    const { arcCluster: _, ...spec } = FluxConfigurationParameters.parse(
      readPlanRow(tx, change).plan.parameters,
    )
    const said = {
      ...{ spec, properties, commit: change.liveSha, changeId: change.id, put: false },
      // Of what was put before.
      status: null,
    }
    const standing = standingOf(tx, change.name)
    for (const row of standing.filter((one) => one.changeId !== null && isGone(tx, one)))
      moveFlux(tx, row, 'removed', { fault: null, pending: null }, { actor: 'phoenix', at })
    const there = standing.find((row) => row.arcClusterId === cluster.id)
    if (there) {
      const patch = { ...said, fault: null, pending: null }
      moveFlux(tx, there, 'pending', patch, { actor: 'phoenix', at })
      readAgain(tx, there.id, now.getTime())
      return
    }
    const id = idFrom('flx', keyed(context, 'flux', change.id))
    tx.insert(fluxConfigurations)
      .values({
        ...{ id, arcClusterId: cluster.id, name: change.name, state: 'pending', ...said },
        ...{ requestKey: keyed(context, 'flux-key', change.id), fingerprint: change.fingerprint },
        ...{ createdBy: change.requester, createdAt: at, updatedAt: at, version: 1 },
      })
      .run()
    record(tx, {
      ...{ changeId: id, version: 1, from: 'none', to: 'pending', reason: null },
      ...{ actor: 'phoenix', at },
    })
    readAgain(tx, id, now.getTime())
  })

/** Its file is gone from `live`. Returns whether Azure may still have it. */
export const endFlux = (
  tx: Tx,
  { name, changeId, at }: { name: string; changeId: string; at: string },
): boolean => {
  const rows = standingOf(tx, name).filter((row) => row.changeId !== null)
  const ended = (row: FluxRow) => row.state === 'removing' && row.changeId === changeId
  for (const row of rows.filter((one) => !ended(one))) {
    const patch = { changeId, fault: null, pending: null }
    moveFlux(tx, row, 'removing', patch, { actor: 'phoenix', at })
    readAgain(tx, row.id, Date.parse(at))
  }
  return rows.length > 0
}

/**
 * Repeatable. Refuses with what Azure, or the file, has against it; `again`: Azure has not said yet. Of a resource that a later change
 * was promoted for nothing is done any more.
 */
export const keepFlux = async (
  context: TenantContext,
  change: ChangeRow,
): Promise<Result<{ taken: boolean; again?: number | undefined }>> => {
  const { db } = context
  const resource = db.select().from(resources).where(eq(resources.name, change.name)).get()
  if (resource?.changeId !== change.id) return ok({ taken: false })
  if (readPlanRow(db, change).plan.action === 'delete') {
    const ends = { name: change.name, changeId: change.id, at: context.now().toISOString() }
    const standing = transaction(db, (tx) => endFlux(tx, ends))
    if (!standing) return ok({ taken: true })
    return isLate(context, change)
      ? late('has not removed it within an hour: it is looked at on, or an update brings it back')
      : waits
  }
  const row = standingOf(db, change.name).find(({ changeId }) => changeId === change.id)
  if (row?.put) return ok({ taken: true })
  if (row?.state === 'error')
    return refuse('conflict', { detail: `Azure does not take it: ${row.fault}` })
  if (!row) {
    const filed = await readFile(context, change.name, change.liveSha ?? '')
    if (!filed.ok) return filed
    take(context, change, filed.value)
    return waits
  }
  const { state } = findCluster(db, row.arcClusterId) ?? { state: 'removed' }
  if (ENDED.has(state))
    return refuse('conflict', { detail: `Its cluster is ${state} in Azure Arc.` })
  return isLate(context, change) ? late('has not taken it within an hour') : waits
}

/** Nothing is put on these any more, or not before somebody has done something about it. */
const ENDED: ReadonlySet<string> = new Set(['removing', 'removed', 'expired', 'error'])
const waits = ok({ taken: true, again: LOOK_MILLISECONDS })
/** The change has failed and can be reverted; what Azure does later still counts. */
const isLate = ({ db, now }: TenantContext, { name, updatedAt }: ChangeRow): boolean => {
  const { transitions } = tables
  const ids = standingOf(db, name).map(({ id }) => id)
  const since = and(inArray(transitions.changeId, ids), gte(transitions.at, updatedAt))
  // From when it was read in `live`, which may be long after.
  const first = db
    .select({ at: min(transitions.at) })
    .from(transitions)
    .where(since)
    .get()?.at
  return first != null && now().getTime() - Date.parse(first) > PATIENCE_MILLISECONDS
}
const late = (what: string): Result<never> => refuse('conflict', { detail: `Azure ${what}.` })

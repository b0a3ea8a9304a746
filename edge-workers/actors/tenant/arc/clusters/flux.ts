// Flux configurations of a cluster: asked for here, put and read back by the outbox (read-back.ts).
import { and, asc, count, eq, ne } from 'drizzle-orm'
import {
  FLUX_CONFIGURATIONS_AT_MOST,
  type FluxConfigurationView,
  type FluxSpec,
} from '../../../../../schemas/arc.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Page, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { record, type TenantContext, type Tx } from '../../context.ts'
import type { ArcClusterOperations } from './contracts.ts'
import { idFrom, keyed } from './register.ts'
import { type FluxRow, findCluster, findFlux, fluxView, moveFlux, readAgain } from './rows.ts'

const { fluxConfigurations } = tables
type Answer = Result<Versioned<FluxConfigurationView>>

const judge = (tx: Tx, cluster: string, name: string): Result<null> => {
  const standing = and(
    eq(fluxConfigurations.arcClusterId, cluster),
    ne(fluxConfigurations.state, 'removed'),
  )
  const there = tx.select({ n: count() }).from(fluxConfigurations).where(standing).get()
  if ((there?.n ?? 0) >= FLUX_CONFIGURATIONS_AT_MOST)
    return refuse('conflict', {
      detail: `A cluster has at most ${FLUX_CONFIGURATIONS_AT_MOST} Flux configurations.`,
    })
  const same = tx
    .select({ id: fluxConfigurations.id })
    .from(fluxConfigurations)
    .where(and(standing, eq(fluxConfigurations.name, name)))
    .get()
  if (!same) return ok(null)
  const detail = 'The cluster has a Flux configuration of this name.'
  return refuse('conflict', { detail, errors: [{ pointer: '/name', detail }] })
}

/**
 * A cluster that several tenants stand on is everybody's but for their namespaces: only on its own may a tenant's configuration
 * reach another one, those of the system, or all of it.
 */
const mayReach = async (
  context: TenantContext,
  cluster: string,
  { namespace, scope }: FluxSpec,
): Promise<Result<null>> => {
  const of = findCluster(context.db, cluster)
  if (!of) return refuse('not-found')
  const { slug } = context.tenant()
  const beyond = scope === 'cluster' ? 'scope' : namespace === slug ? null : 'namespace'
  if (beyond === null) return ok(null)
  const found = await context.inventory().readCluster(of.cluster)
  if (found?.value.owner === slug) return ok(null)
  const detail = `The tenant does not own this cluster: scope \`namespace\` and the namespace ${slug} are its own there.`
  return refuse('forbidden', { detail, errors: [{ pointer: `/spec/${beyond}`, detail }] })
}

export const createFlux = async (
  context: TenantContext,
  who: Principal,
  { cluster, key, fingerprint, body }: ArcClusterOperations['flux.create']['input'],
): Promise<Answer> => {
  const may = await mayReach(context, cluster, body.spec)
  if (!may.ok) return may
  const id = idFrom('flx', keyed(context, 'flux', key))
  const print = keyed(context, 'request', `${cluster}\u0000${fingerprint}`)
  return transaction(context.db, (tx): Answer => {
    const earlier = findFlux(tx, id)
    if (earlier)
      return earlier.fingerprint === print
        ? ok(fluxView(tx, earlier))
        : refuse('idempotency-key-reused')
    const of = findCluster(tx, cluster)
    if (!of) return refuse('not-found')
    if (of.state === 'removing' || of.state === 'removed')
      return refuse('conflict', { detail: `The cluster is ${of.state}.` })
    const judged = judge(tx, cluster, body.name)
    if (!judged.ok) return judged
    const now = context.now()
    const at = now.toISOString()
    const [row] = tx
      .insert(fluxConfigurations)
      .values({
        ...{ id, arcClusterId: cluster, name: body.name, state: 'pending', spec: body.spec },
        ...{ requestKey: keyed(context, 'flux-key', key), fingerprint: print },
        ...{ createdBy: who.subject, createdAt: at, updatedAt: at, version: 1 },
      })
      .returning()
      .all()
    if (!row) throw new Error('the configuration was not written')
    record(tx, {
      ...{ changeId: id, version: 1, from: 'none', to: 'pending', reason: null },
      ...{ actor: who.subject, at },
    })
    readAgain(tx, id, now.getTime())
    return ok(fluxView(tx, row))
  })
}

/** Of one cluster, or all of the tenant's; there are few. */
export const listFlux = (
  { db }: TenantContext,
  { cluster }: ArcClusterOperations['flux.list']['input'],
): Result<Page<FluxConfigurationView>> => {
  if (cluster !== null && !findCluster(db, cluster)) return refuse('not-found')
  const rows = db
    .select()
    .from(fluxConfigurations)
    .where(cluster === null ? undefined : eq(fluxConfigurations.arcClusterId, cluster))
    .orderBy(asc(fluxConfigurations.name), asc(fluxConfigurations.createdAt))
    .all()
  return ok({ items: rows.map((row) => fluxView(db, row).value), next: null })
}

const standing = (
  tx: Pick<TenantContext, 'db'>['db'] | Tx,
  { cluster, id }: { cluster: string; id: string },
): Result<FluxRow> => {
  const row = findFlux(tx, id)
  return row?.arcClusterId === cluster ? ok(row) : refuse('not-found')
}

export const readFlux = (
  { db }: TenantContext,
  input: ArcClusterOperations['flux.read']['input'],
): Answer => {
  const row = standing(db, input)
  return row.ok ? ok(fluxView(db, row.value)) : row
}

/** `to` from what was read, and Azure is asked at once. */
const change = (
  { db, now }: TenantContext,
  who: Principal,
  input: { cluster: string; id: string; ifVersion: number | '*' },
  run: (row: FluxRow) => Result<{ to: FluxRow['state']; patch: Partial<FluxRow> } | null>,
): Answer =>
  transaction(db, (tx): Answer => {
    const row = standing(tx, input)
    if (!row.ok) return row
    const { ifVersion } = input
    if (ifVersion !== '*' && ifVersion !== row.value.version) return refuse('precondition-failed')
    const asked = run(row.value)
    if (!asked.ok) return asked
    const next = asked.value
    if (!next) return ok(fluxView(tx, row.value))
    if (row.value.state === 'removed') return refuse('conflict', { detail: 'It was removed.' })
    const at = now()
    const step = { actor: who.subject, at: at.toISOString() }
    const after = moveFlux(
      tx,
      row.value,
      next.to,
      { ...next.patch, put: false, fault: null, pending: null },
      step,
    )
    readAgain(tx, after.id, at.getTime())
    return ok(fluxView(tx, after))
  })

export const updateFlux = async (
  context: TenantContext,
  who: Principal,
  input: ArcClusterOperations['flux.update']['input'],
): Promise<Answer> => {
  const may = await mayReach(context, input.cluster, input.body.spec)
  if (!may.ok) return may
  return change(context, who, input, ({ spec }) => {
    const { spec: asked } = input.body
    // Azure takes both when it is made and never again.
    const moved = (['namespace', 'scope'] as const).find((field) => spec[field] !== asked[field])
    if (moved) {
      const detail =
        'Namespace and scope stay as they were made: make another, and remove this one.'
      return refuse('conflict', { detail, errors: [{ pointer: `/spec/${moved}`, detail }] })
    }
    return ok({ to: 'pending', patch: { spec: asked } })
  })
}

export const removeFlux = (
  context: TenantContext,
  who: Principal,
  input: ArcClusterOperations['flux.remove']['input'],
): Answer =>
  change(context, who, input, ({ state }) =>
    ok(state === 'removing' || state === 'removed' ? null : { to: 'removing', patch: {} }),
  )

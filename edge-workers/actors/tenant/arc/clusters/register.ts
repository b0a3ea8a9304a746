// A cluster is registered for Arc: its agents' key is made and handed out once; Azure is asked by the outbox. Later another key.
import { and, count, desc, eq, inArray, lt, ne, notInArray, sql } from 'drizzle-orm'
import {
  ARC_CLUSTERS_AT_MOST,
  type ArcClusterView,
  type ConnectBundle,
  type MadeArcCluster,
} from '../../../../../schemas/arc.ts'
import { FLUX_TEMPLATE } from '../../../../../schemas/flux.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { fromBase64url } from '../../../../base64.ts'
import { base32 } from '../../../../digest.ts'
import { isLaptop } from '../../../../env.ts'
import type { Page, PageRequest, Versioned } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { pageOf } from '../../../page.ts'
import { readPlanRow, record, type TenantContext, type Tx } from '../../context.ts'
import { digestOfSecret } from '../../credentials/issuer/secrets.ts'
import { scopeOf } from '../scope.ts'
import { makeAgentKey } from './agent-key.ts'
import { connectBundle } from './bundle.ts'
import type { ArcClusterOperations } from './contracts.ts'
import { type ClusterRow, clusterView, findCluster, moveCluster, readAgain } from './rows.ts'

const { arcClusters, arcLinks, fluxConfigurations } = tables
type Made = Result<Versioned<MadeArcCluster>>

export const keyed = (context: TenantContext, purpose: string, text: string): string =>
  digestOfSecret(context, `arc-cluster-${purpose}`, text)
export const idFrom = (prefix: string, digest: string): string =>
  `${prefix}_${base32(fromBase64url(digest), 26)}`

const made = (tx: Tx, row: ClusterRow, connect: ConnectBundle | null): Made => {
  const { value, version } = clusterView(tx, row)
  return ok({ value: { cluster: value, connect }, version })
}

const taken = (tx: Tx, name: string): boolean =>
  tx
    .select({ id: arcClusters.id })
    .from(arcClusters)
    .where(
      and(
        sql`lower(${arcClusters.name}) = ${name.toLowerCase()}`,
        ne(arcClusters.state, 'removed'),
      ),
    )
    .get() !== undefined

const judge = (tx: Tx, name: string): Result<null> => {
  const there = tx
    .select({ n: count() })
    .from(arcClusters)
    .where(ne(arcClusters.state, 'removed'))
    .get()
  if ((there?.n ?? 0) >= ARC_CLUSTERS_AT_MOST)
    return refuse('conflict', {
      detail: `A tenant has at most ${ARC_CLUSTERS_AT_MOST} clusters in Arc.`,
    })
  if (!taken(tx, name)) return ok(null)
  const detail = 'A cluster of this name is registered already: names are of the resource group.'
  return refuse('conflict', { detail, errors: [{ pointer: '/name', detail }] })
}

/**
 * What connects a cluster stands on all of it. Whoever has a base there, or owns it, may; others share nothing with it. Of another
 * jurisdiction it does not exist for the tenant.
 */
const mayConnect = async (context: TenantContext, name: string): Promise<Result<null>> => {
  const found = await context.inventory().readCluster(name)
  if (!found) {
    const detail = 'There is no such cluster here.'
    return refuse('invalid-parameters', { errors: [{ pointer: '/cluster', detail }] })
  }
  const { slug, basesOn } = context.tenant()
  return found.value.owner === slug || basesOn.includes(name)
    ? ok(null)
    : refuse('forbidden', { detail: 'The tenant has no base on this cluster and does not own it.' })
}

/** The same key gives the same cluster, and the agents' private key to nobody a second time. */
export const registerCluster = async (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: ArcClusterOperations['arc-clusters.create']['input'],
): Promise<Made> => {
  const scope = scopeOf(context.db)
  if (!scope.ok) return scope
  const id = idFrom('acl', keyed(context, 'id', key))
  const print = keyed(context, 'request', fingerprint)
  const known = (tx: Tx): Made | null => {
    const earlier = findCluster(tx, id)
    if (!earlier) return null
    return earlier.fingerprint === print
      ? made(tx, earlier, null)
      : refuse('idempotency-key-reused')
  }
  const before = transaction(context.db, known)
  if (before) return before
  const may = await mayConnect(context, body.cluster)
  if (!may.ok) return may
  const isElsewhere = body.kind === 'connected'
  const agent = isElsewhere && body.connectBy !== 'cli' ? await makeAgentKey() : null
  return transaction(context.db, (tx): Made => {
    // Somebody else may have been first while the key was made.
    const meanwhile = known(tx)
    if (meanwhile) return meanwhile
    const judged = judge(tx, body.name)
    if (!judged.ok) return judged
    const now = context.now()
    const at = now.toISOString()
    const [row] = tx
      .insert(arcClusters)
      .values({
        ...{ id, name: body.name, cluster: body.cluster, kind: body.kind, state: 'waiting' },
        ...{ distribution: isElsewhere ? body.distribution : null },
        agentPublicKey: agent?.publicKey ?? null,
        ...{ requestKey: keyed(context, 'key', key), fingerprint: print },
        ...{ createdBy: who.subject, createdAt: at, updatedAt: at, version: 1 },
      })
      .returning()
      .all()
    if (!row) throw new Error('the cluster was not written')
    record(tx, {
      ...{ changeId: id, version: 1, from: 'none', to: 'waiting', reason: null },
      ...{ actor: who.subject, at },
    })
    readAgain(tx, id, now.getTime())
    const bundle =
      agent && connectBundle(body, scope.value, agent.privateKey, isLaptop(context.env))
    return made(tx, row, bundle)
  })
}

/** While Azure hears from the agents they have a good key. */
export const rekeyCluster = async (
  context: TenantContext,
  who: Principal,
  { id, key, fingerprint }: ArcClusterOperations['arc-clusters.rekey']['input'],
): Promise<Made> => {
  if (!findCluster(context.db, id)) return refuse('not-found')
  const scope = scopeOf(context.db)
  if (!scope.ok) return scope
  const requestKey = keyed(context, 'rekey', key)
  const print = keyed(context, 'request', `${id}\u0000${fingerprint}`)
  const standing = (tx: Tx): Result<ClusterRow> | Made => {
    const row = findCluster(tx, id)
    if (!row) return refuse('not-found')
    const earlier = tx.select().from(arcLinks).where(eq(arcLinks.requestKey, requestKey)).get()
    if (earlier)
      return earlier.fingerprint === print ? made(tx, row, null) : refuse('idempotency-key-reused')
    if (row.kind === 'managed')
      return refuse('conflict', { detail: 'An AKS cluster has no agents of ours, and no key.' })
    if (row.agentPublicKey === null)
      return refuse('conflict', {
        detail: 'Its key is the one that az connectedk8s made: run the command in `next` again.',
      })
    if (row.state === 'connected' || row.state === 'removing' || row.state === 'removed')
      return refuse('conflict', {
        detail: `It is ${row.state}: another key would cut its agents off, or come too late.`,
      })
    return ok(row)
  }
  const before = transaction(context.db, standing)
  if (!before.ok || 'value' in before.value) return before as Made
  const may = await mayConnect(context, before.value.cluster)
  if (!may.ok) return may
  const agent = await makeAgentKey()
  return transaction(context.db, (tx): Made => {
    const now = standing(tx)
    if (!now.ok || 'value' in now.value) return now as Made
    const at = context.now()
    tx.insert(arcLinks)
      .values({ requestKey, fingerprint: print, subject: id, at: at.toISOString() })
      .run()
    const patch = { agentPublicKey: agent.publicKey, fault: null, pending: null }
    const row = moveCluster(tx, now.value, 'waiting', patch, {
      ...{ actor: who.subject, at: at.toISOString() },
    })
    readAgain(tx, id, at.getTime())
    const { name } = row
    const shown = { name, distribution: row.distribution ?? 'generic' }
    return made(tx, row, connectBundle(shown, scope.value, agent.privateKey, isLaptop(context.env)))
  })
}

const keyOf = ({ createdAt, id }: ClusterRow): string => `${createdAt} ${id}`

/** Newest first. */
export const listClusters = (
  { db }: TenantContext,
  { limit, after }: PageRequest,
): Page<ArcClusterView> => {
  const key = sql`${arcClusters.createdAt} || ' ' || ${arcClusters.id}`
  const rows = db
    .select()
    .from(arcClusters)
    .where(after === null ? undefined : lt(key, after))
    .orderBy(desc(arcClusters.createdAt), desc(arcClusters.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, keyOf, (row) => clusterView(db, row).value)
}

export const readCluster = (
  { db }: TenantContext,
  id: string,
): Result<Versioned<ArcClusterView>> => {
  const row = findCluster(db, id)
  return row ? ok(clusterView(db, row)) : refuse('not-found')
}

/** A change that could never be applied without it, and would hold up those after it on main. */
const mergedFor = (tx: Tx, { name }: ClusterRow): string | undefined =>
  tx
    .select()
    .from(tables.changes)
    .where(inArray(tables.changes.state, ['merged', 'promoted']))
    .all()
    .find((change) => {
      const { template, action, parameters } = readPlanRow(tx, change).plan
      const cluster = (parameters as { arcCluster?: unknown }).arcCluster
      return template.name === FLUX_TEMPLATE && action !== 'delete' && cluster === name
    })?.id

/** What follows it goes first: in Azure it would be gone with it, and nobody would have said so. */
export const removeCluster = (
  { db, now }: TenantContext,
  who: Principal,
  { id, ifVersion }: ArcClusterOperations['arc-clusters.remove']['input'],
): Result<Versioned<ArcClusterView>> =>
  transaction(db, (tx): Result<Versioned<ArcClusterView>> => {
    const row = findCluster(tx, id)
    if (!row) return refuse('not-found')
    if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
    if (row.state === 'removing' || row.state === 'removed') return ok(clusterView(tx, row))
    const following = tx
      .select({ n: count() })
      .from(fluxConfigurations)
      .where(
        and(
          eq(fluxConfigurations.arcClusterId, id),
          notInArray(fluxConfigurations.state, ['removed']),
        ),
      )
      .get()
    if ((following?.n ?? 0) > 0)
      return refuse('conflict', { detail: 'It has Flux configurations: remove those first.' })
    const awaited = mergedFor(tx, row)
    if (awaited)
      return refuse('conflict', {
        detail: `Change ${awaited} is merged and puts a Flux configuration on it: wait until it is applied or has failed.`,
      })
    const at = now()
    const to = row.kind === 'managed' ? 'removed' : 'removing'
    const after = moveCluster(
      tx,
      row,
      to,
      { fault: null, pending: null },
      {
        ...{ actor: who.subject, at: at.toISOString() },
      },
    )
    if (to === 'removing') readAgain(tx, id, at.getTime())
    return ok(clusterView(tx, after))
  })

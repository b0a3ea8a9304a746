// Clusters and Flux configurations as Azure says they are: each asked for until Azure has taken it, followed until it is gone, and
// looked at in a rhythm of its own. What does not answer is told to the outbox, which comes back later each time.
import { eq } from 'drizzle-orm'
import {
  type ArcClusterRemote,
  type ArcClusterState,
  clusterVerbs,
  type FluxState,
  type FluxStatus,
  type PutFlux,
} from '../../../../../schemas/arc.ts'
import type { ArmPending, Long } from '../../../../../schemas/arm.ts'
import type { Azure } from '../../../../../schemas/azure.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { repositoryUrl } from '../../../../forge-address.ts'
import { transaction } from '../../../database.ts'
import { askAzure } from '../../azure.ts'
import type { TenantContext } from '../../context.ts'
import { findScope, placeOf } from '../scope.ts'
import {
  type ClusterRow,
  type FluxRow,
  findCluster,
  findFlux,
  moveCluster,
  moveFlux,
} from './rows.ts'

const { arcClusters, fluxConfigurations } = tables
const SERVICE = 'Azure Arc'
const SECOND = 1_000
const MINUTE = 60 * SECOND
const SOON = 5 * SECOND
/** An agent needs five to ten minutes to be seen; from then on it is looked at now and then. */
const CONNECTING = 20 * SECOND
const STEADY = 5 * MINUTE

/** Not all tenants at once. */
const jittered = (milliseconds: number): number =>
  Math.ceil(milliseconds * (0.8 + Math.random() * 0.4))

const CLUSTER_STATES: Record<string, ArcClusterState> = {
  ...{ Connecting: 'connecting', Connected: 'connected', Offline: 'offline', Expired: 'expired' },
  ...{ AgentNotInstalled: 'connecting', Running: 'connected', Stopped: 'offline' },
}
const stateOf = ({ connectivityStatus, provisioningState }: ArcClusterRemote): ArcClusterState =>
  CLUSTER_STATES[connectivityStatus] ?? (provisioningState === 'Failed' ? 'error' : 'connecting')

const FLUX_STATES: Record<string, FluxState> = {
  ...{ Compliant: 'compliant', 'Non-Compliant': 'non-compliant', Pending: 'pending' },
  ...{ Suspended: 'suspended', Unknown: 'unknown' },
}
const fluxStateOf = ({ complianceState, provisioningState, differs }: FluxStatus): FluxState => {
  if (provisioningState === 'Failed') return 'error'
  if (differs.length > 0) return 'drifted'
  return FLUX_STATES[complianceState] ?? 'unknown'
}

type Ask = ReturnType<typeof asking>
const asking = (context: TenantContext) => askAzure(context, SERVICE, clusterVerbs)

/** What is to be written of a row, and when to look again; null: it has moved meanwhile. */
interface Seen<State> {
  state: State
  patch: object
  again: number | undefined
}

const isSame = (row: object, patch: object): boolean =>
  Object.entries(patch).every(
    ([name, value]) =>
      JSON.stringify((row as Record<string, unknown>)[name] ?? null) ===
      JSON.stringify(value ?? null),
  )

/** A step where something is another now; otherwise only when it was looked at. */
const takeCluster = (
  { db, now }: TenantContext,
  { id, version }: ClusterRow,
  { state, patch, again }: Seen<ArcClusterState>,
): number | undefined =>
  transaction(db, (tx) => {
    const row = findCluster(tx, id)
    // Somebody asked for something else meanwhile: that comes next.
    if (row?.version !== version) return SOON
    const readAt = now().toISOString()
    if (isSame(row, { state, ...patch }))
      tx.update(arcClusters).set({ readAt }).where(eq(arcClusters.id, id)).run()
    else moveCluster(tx, row, state, { ...patch, readAt }, { actor: 'phoenix', at: readAt })
    return again
  })

const takeFlux = (
  { db, now }: TenantContext,
  { id, version }: FluxRow,
  { state, patch, again }: Seen<FluxState>,
): number | undefined =>
  transaction(db, (tx) => {
    const row = findFlux(tx, id)
    if (row?.version !== version) return SOON
    const readAt = now().toISOString()
    if (isSame(row, { state, ...patch }))
      tx.update(fluxConfigurations).set({ readAt }).where(eq(fluxConfigurations.id, id)).run()
    else moveFlux(tx, row, state, { ...patch, readAt }, { actor: 'phoenix', at: readAt })
    return again
  })

const faultOf = (answer: Azure<unknown>): string =>
  answer.ok ? '' : (answer.fault.target ?? answer.fault.fault)

const placed = (row: ClusterRow, scope: NonNullable<ReturnType<typeof findScope>>) => ({
  ...{ place: placeOf(scope), kind: row.kind, name: row.name },
})

/** One turn of a removal: begun, or followed. */
const removing = async (
  begin: () => Promise<Azure<Long<null>>>,
  follow: (() => Promise<Azure<Long<null>>>) | null,
): Promise<Seen<'removing' | 'removed'>> => {
  const answer = await (follow ?? begin)()
  if (!answer.ok) {
    // What is somebody else's is left alone, and is not ours any more.
    const gone = answer.fault.fault === 'absent' || answer.fault.fault === 'conflict'
    const patch = { pending: null, fault: gone ? null : faultOf(answer) }
    return { state: gone ? 'removed' : 'removing', patch, again: gone ? undefined : MINUTE }
  }
  if (answer.value.done)
    return { state: 'removed', patch: { pending: null, fault: null }, again: undefined }
  const { pending, retryAfterSeconds } = answer.value
  return {
    state: 'removing',
    patch: { pending },
    again: Math.max(SOON, retryAfterSeconds * SECOND),
  }
}

const connect = async (
  _context: TenantContext,
  ask: Ask,
  row: ClusterRow,
  scope: NonNullable<ReturnType<typeof findScope>>,
): Promise<Seen<ArcClusterState>> => {
  const { id, name, version, agentPublicKey } = row
  if (row.kind === 'managed' || agentPublicKey === null)
    return { state: 'connecting', patch: {}, again: 1 }
  if (row.pending) {
    const asked = placed(row, scope)
    const followed = await ask('followArc', `follow ${id} ${version}`, {
      ...asked,
      pending: row.pending,
    })
    if (followed.ok && !followed.value.done)
      return {
        ...{ state: 'waiting', patch: { pending: followed.value.pending } },
        again: Math.max(SOON, followed.value.retryAfterSeconds * SECOND),
      }
    if (!followed.ok)
      return { state: 'error', patch: { pending: null, fault: faultOf(followed) }, again: STEADY }
    return { state: 'connecting', patch: { pending: null, fault: null }, again: SOON }
  }
  const put = await ask('connect', `connect ${id} ${version}`, {
    ...{ place: placeOf(scope), name, cluster: id, location: scope.location, agentPublicKey },
    distribution: (row.distribution ?? 'generic') as 'generic',
  })
  if (!put.ok) return { state: 'error', patch: { fault: faultOf(put) }, again: STEADY }
  if (!put.value.done)
    return {
      ...{ state: 'waiting', patch: { pending: put.value.pending } },
      again: Math.max(SOON, put.value.retryAfterSeconds * SECOND),
    }
  const remote = put.value.value
  return { state: stateOf(remote), patch: { remote, fault: null }, again: jittered(CONNECTING) }
}

const look = async (
  { now }: TenantContext,
  ask: Ask,
  row: ClusterRow,
  scope: NonNullable<ReturnType<typeof findScope>>,
): Promise<Seen<ArcClusterState>> => {
  const read = await ask('readCluster', `read ${row.id} ${now().getTime()}`, placed(row, scope))
  if (!read.ok) return { state: row.state, patch: { fault: faultOf(read) }, again: STEADY }
  const { found } = read.value
  if (!found) {
    // It was there, and somebody took it away; what never was is still to come.
    const gone = row.remote !== null && row.kind === 'connected'
    return gone
      ? { state: 'removed', patch: {}, again: undefined }
      : { state: 'connecting', patch: { remote: null }, again: jittered(CONNECTING) }
  }
  if (row.kind === 'connected' && found.cluster !== row.id)
    return { state: 'error', patch: { fault: 'tags' }, again: STEADY }
  const state = stateOf(found.remote)
  const again = jittered(state === 'connecting' ? CONNECTING : STEADY)
  return { state, patch: { remote: found.remote, fault: null }, again }
}

/** Handler of the outbox. Throws Outage and Denied, and has then changed nothing. */
export const readArcCluster = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  const row = findCluster(context.db, id)
  const scope = findScope(context.db)
  if (!row || !scope || row.state === 'removed') return undefined
  const ask = asking(context)
  if (row.state === 'removing') {
    const asked = { place: placeOf(scope), name: row.name, cluster: id }
    const { pending } = row
    const seen = await removing(
      () => ask('removeCluster', `remove ${id} ${row.version}`, asked),
      pending &&
        (() => ask('followArc', `follow ${id} ${row.version}`, { ...placed(row, scope), pending })),
    )
    return takeCluster(context, row, seen)
  }
  const begins = row.state === 'waiting' || (row.state === 'error' && row.remote === null)
  const seen = await (begins ? connect : look)(context, ask, row, scope)
  return takeCluster(context, row, seen)
}

/** Where a configuration cannot be put yet, its cluster is waited for. */
const READY = new Set<ArcClusterState>(['connecting', 'connected', 'offline'])

const goesOn = ({
  pending,
  retryAfterSeconds,
}: {
  pending: ArmPending
  retryAfterSeconds: number
}): Seen<FluxState> => ({
  ...{ state: 'pending', patch: { pending } },
  again: Math.max(SOON, retryAfterSeconds * SECOND),
})
const refusedFlux = (answer: Azure<unknown>): Seen<FluxState> => ({
  ...{ state: 'error', patch: { pending: null, fault: faultOf(answer) }, again: STEADY },
})

/** The extension first, where the cluster has none; then the configuration. */
const putFlux = async (ask: Ask, row: FluxRow, asked: PutFlux): Promise<Seen<FluxState>> => {
  const { id, version, pending } = row
  const { configuration: _, url: __, spec: ___, ...cluster } = asked
  if (pending) {
    const followed = await ask('followArc', `follow ${id} ${version}`, { ...cluster, pending })
    if (!followed.ok) return refusedFlux(followed)
    if (!followed.value.done) return goesOn(followed.value)
    return { state: 'pending', patch: { pending: null, fault: null, put: true }, again: SOON }
  }
  const extension = await ask('ensureFlux', `flux ${id} ${version}`, cluster)
  if (!extension.ok) return refusedFlux(extension)
  // Nothing is kept of it: the next turn finds it there, or asks again.
  if (!extension.value.done)
    return { state: 'pending', patch: {}, again: goesOn(extension.value).again }
  const put = await ask('putFlux', `put ${id} ${version}`, asked)
  if (!put.ok) return refusedFlux(put)
  if (!put.value.done) return goesOn(put.value)
  const status = put.value.value
  const patch = { status, fault: null, put: true }
  return { state: fluxStateOf(status), patch, again: jittered(CONNECTING) }
}

export const readFluxConfiguration = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  const { db, now } = context
  const row = findFlux(db, id)
  const cluster = row && findCluster(db, row.arcClusterId)
  const scope = findScope(db)
  if (!row || !cluster || !scope || row.state === 'removed') return undefined
  const ask = asking(context)
  const flux = { ...placed(cluster, scope), configuration: row.name }
  if (row.state === 'removing') {
    const { pending } = row
    const seen = await removing(
      () => ask('removeFlux', `remove ${id} ${row.version}`, flux),
      pending &&
        (() =>
          ask('followArc', `follow ${id} ${row.version}`, { ...placed(cluster, scope), pending })),
    )
    return takeFlux(context, row, seen)
  }
  if (!READY.has(cluster.state)) return jittered(CONNECTING)
  const url = repositoryUrl(context.env, context.tenant().repository)
  const asked = { ...flux, url, spec: row.spec }
  if (!row.put) return takeFlux(context, row, await putFlux(ask, row, asked))
  const read = await ask('readFlux', `read ${id} ${now().getTime()}`, asked)
  if (!read.ok)
    return takeFlux(context, row, {
      state: row.state,
      patch: { fault: faultOf(read) },
      again: STEADY,
    })
  const { found } = read.value
  // Gone beside us: what stands is not what was put.
  const seen: Seen<FluxState> = found
    ? {
        state: fluxStateOf(found),
        patch: { status: found, fault: null },
        again: jittered(rhythm(found)),
      }
    : { state: 'drifted', patch: { status: null, fault: 'absent' }, again: STEADY }
  return takeFlux(context, row, seen)
}

const rhythm = ({ complianceState }: FluxStatus): number =>
  complianceState === 'Pending' ? CONNECTING : STEADY

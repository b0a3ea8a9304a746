// Clusters as Azure says they are: each asked for until Azure has taken it, followed until it is gone, and looked at in a rhythm of its
// own. What does not answer is told to the outbox, which comes back later each time.
import { eq } from 'drizzle-orm'
import type { ArcClusterRemote, ArcClusterState } from '../../../../../schemas/arc.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { findScope, placeOf } from '../scope.ts'
import {
  type Ask,
  asking,
  CONNECTING,
  faultOf,
  isSame,
  jittered,
  placed,
  removing,
  SECOND,
  type Seen,
  SOON,
  STEADY,
} from './azure-turn.ts'
import { type ClusterRow, findCluster, moveCluster } from './rows.ts'

const { arcClusters } = tables

const CLUSTER_STATES: Record<string, ArcClusterState> = {
  ...{ Connecting: 'connecting', Connected: 'connected', Offline: 'offline', Expired: 'expired' },
  ...{ AgentNotInstalled: 'connecting', Running: 'connected', Stopped: 'offline' },
}
const stateOf = ({ connectivityStatus, provisioningState }: ArcClusterRemote): ArcClusterState =>
  CLUSTER_STATES[connectivityStatus] ?? (provisioningState === 'Failed' ? 'error' : 'connecting')

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

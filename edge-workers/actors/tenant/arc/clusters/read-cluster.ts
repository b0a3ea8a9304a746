// Clusters as Azure says they are: each asked for until Azure has taken it, followed until it is gone, and looked at in a rhythm of its
// own. What does not answer is told to the outbox, which comes back later each time.
import { eq } from 'drizzle-orm'
import { type ArcClusterRemote, type ArcClusterState, FOREIGN } from '../../../../../schemas/arc.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { findScope, placeOf } from '../scope.ts'
import {
  type Ask,
  asking,
  CONNECTING,
  faultOf,
  faultOfError,
  isSame,
  jittered,
  MINUTE,
  placed,
  removing,
  SECOND,
  type Seen,
  SOON,
  STEADY,
} from './azure-turn.ts'
import { type ClusterRow, findCluster, isByCommand, moveCluster } from './rows.ts'

const { arcClusters } = tables

const CLUSTER_STATES: Record<string, ArcClusterState> = {
  ...{ Connecting: 'connecting', Connected: 'connected', Offline: 'offline', Expired: 'expired' },
  ...{ AgentNotInstalled: 'connecting', Running: 'connected', Stopped: 'offline' },
}
const stateOf = ({ connectivityStatus, provisioningState }: ArcClusterRemote): ArcClusterState =>
  CLUSTER_STATES[connectivityStatus] ?? (provisioningState === 'Failed' ? 'error' : 'connecting')

/** Agents that were not seen within an hour of the last step may never come: it is looked at now and then, as one that is there. */
const EAGER = 60 * MINUTE
const rhythmOf = (state: ArcClusterState, { updatedAt }: ClusterRow, now: Date): number => {
  const isSoon = state === 'connecting' && now.getTime() - Date.parse(updatedAt) < EAGER
  return jittered(isSoon ? CONNECTING : STEADY)
}

/** What Azure did not finish is asked for again: that it has told of it is forgotten. */
const seenOf = (row: ClusterRow, remote: ArcClusterRemote, now: Date): Seen<ArcClusterState> => {
  const state = stateOf(remote)
  if (state === 'error') {
    const patch = {
      remote: row.kind === 'managed' ? remote : null,
      fault: remote.provisioningState,
    }
    return { state, patch, again: STEADY }
  }
  return { state, patch: { remote, fault: null }, again: rhythmOf(state, row, now) }
}

/** Azure has not taken its key: it is asked again, whatever it told of an earlier one. */
const untaken = (fault: string): Seen<ArcClusterState> => ({
  ...{ state: 'error', patch: { pending: null, remote: null, fault }, again: STEADY },
})

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
  { now }: TenantContext,
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
        ...{ state: 'waiting', patch: { pending: followed.value.pending, fault: null } },
        again: Math.max(SOON, followed.value.retryAfterSeconds * SECOND),
      }
    if (!followed.ok) return untaken(faultOf(followed))
    return { state: 'connecting', patch: { pending: null, fault: null }, again: SOON }
  }
  const put = await ask('connect', `connect ${id} ${version}`, {
    ...{ place: placeOf(scope), name, cluster: id, location: scope.location, agentPublicKey },
    distribution: (row.distribution ?? 'generic') as 'generic',
  })
  if (!put.ok) return untaken(faultOf(put))
  if (!put.value.done)
    return {
      ...{ state: 'waiting', patch: { pending: put.value.pending, fault: null } },
      again: Math.max(SOON, put.value.retryAfterSeconds * SECOND),
    }
  return seenOf(row, put.value.value, now())
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
    if (gone) return { state: 'removed', patch: { fault: null }, again: undefined }
    const again = rhythmOf('connecting', row, now())
    return { state: 'connecting', patch: { remote: null, fault: null }, again }
  }
  if (row.kind === 'connected' && found.cluster !== row.id)
    return { state: 'error', patch: { fault: FOREIGN }, again: STEADY }
  return seenOf(row, found.remote, now())
}

const noteFault = ({ db, now }: TenantContext, id: string, fault: string): void =>
  transaction(db, (tx) => {
    const row = findCluster(tx, id)
    if (!row || row.state === 'removed') return
    // What is followed may itself have ended denied: it begins anew.
    const pending = fault === 'denied' ? null : row.pending
    if (isSame(row, { fault, pending })) return
    const at = now().toISOString()
    moveCluster(tx, row, row.state, { fault, pending }, { actor: 'phoenix', at })
  })

/** Handler of the outbox. Throws Outage and Denied: what was asked for is as it was, and the row says why it is. */
export const readArcCluster = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  try {
    return await readOrConnect(context, id)
  } catch (error) {
    const fault = faultOfError(error)
    if (fault !== null) noteFault(context, id, fault)
    throw error
  }
}

const readOrConnect = async (context: TenantContext, id: string): Promise<number | undefined> => {
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
  const isRefused = row.state === 'error' && row.remote === null && !isByCommand(row)
  const begins = row.state === 'waiting' || isRefused
  const seen = await (begins ? connect : look)(context, ask, row, scope)
  return takeCluster(context, row, seen)
}

// Flux configurations as Azure says they are: what their files say is put until Azure has taken it, compared with what stands there, and
// taken away. What does not answer is told to the outbox, which comes back later each time, and to whoever looks at the resource.
import { and, eq } from 'drizzle-orm'
import type { ArcClusterState, FluxState, FluxStatus, PutFlux } from '../../../../../schemas/arc.ts'
import type { ArmPending } from '../../../../../schemas/arm.ts'
import type { Azure } from '../../../../../schemas/azure.ts'
import { FLUX_TEMPLATE, fluxProperties } from '../../../../../schemas/flux.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { isLaptop } from '../../../../env.ts'
import { transaction } from '../../../database.ts'
import { enqueue, type TenantContext } from '../../context.ts'
import { findScope } from '../scope.ts'
import {
  type Ask,
  asking,
  CONNECTING,
  faultOfError,
  isForeign,
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
import { noteOnResource } from './on-resource.ts'
import { type FluxRow, findCluster, findFlux, moveFlux } from './rows.ts'

const { fluxConfigurations, resources } = tables

const FLUX_STATES: Record<string, FluxState> = {
  ...{ Compliant: 'compliant', 'Non-Compliant': 'non-compliant', Pending: 'pending' },
  ...{ Suspended: 'suspended', Unknown: 'unknown' },
}
const fluxStateOf = ({ complianceState, provisioningState, differs }: FluxStatus): FluxState => {
  if (provisioningState === 'Failed') return 'error'
  if (differs.length > 0) return 'drifted'
  return FLUX_STATES[complianceState] ?? 'unknown'
}

const takeFlux = (
  { db, now, env }: TenantContext,
  { id, version }: FluxRow,
  { state, patch, again }: Seen<FluxState>,
): number | undefined =>
  transaction(db, (tx) => {
    const row = findFlux(tx, id)
    if (row?.version !== version) return SOON
    const readAt = now().toISOString()
    if (isSame(untimed(row), untimed({ state, ...patch })))
      tx.update(fluxConfigurations)
        .set({ ...patch, readAt })
        .where(eq(fluxConfigurations.id, id))
        .run()
    else {
      const after = moveFlux(tx, row, state, { ...patch, readAt }, { actor: 'phoenix', at: readAt })
      noteOnResource(tx, after, { simulated: isLaptop(env), now: readAt })
      // Its change waits for that.
      if (after.changeId !== null && (!row.put || row.state === 'removing'))
        enqueue(tx, 'keep', after.changeId, now().getTime())
    }
    return again
  })

/** When Azure looked is no step of what it looked at. */
const untimed = <T extends object>(seen: T): T => {
  const { status } = seen as { status?: FluxStatus | null }
  return status
    ? { ...seen, status: { ...status, sourceUpdatedAt: null, statusUpdatedAt: null } }
    : seen
}

/** Which of its kinds a fault is, and what Azure names. */
const fluxFaultOf = (answer: Azure<unknown>): string => {
  if (answer.ok) return ''
  const { fault, target } = answer.fault
  return target === null ? fault : `${fault}: ${target}`
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
  ...{ state: 'pending', patch: { pending, fault: null } },
  again: Math.max(SOON, retryAfterSeconds * SECOND),
})
const isBusy = (answer: Azure<unknown>): boolean =>
  !answer.ok && answer.fault.fault === 'conflict' && !isForeign(answer)
const refusedFlux = (answer: Azure<unknown>): Seen<FluxState> => {
  const patch = { pending: null, fault: fluxFaultOf(answer) }
  return isBusy(answer)
    ? { state: 'pending', patch, again: MINUTE }
    : { state: 'error', patch, again: STEADY }
}

const EXTENSIONS = '/providers/microsoft.kubernetesconfiguration/extensions/'
/** The extension first, where the cluster has none; then the configuration. */
const putFlux = async (ask: Ask, row: FluxRow, asked: PutFlux): Promise<Seen<FluxState>> => {
  const { id, version, pending, changeId } = row
  const { configuration: _, properties: __, ...cluster } = asked
  if (pending) {
    const followed = await ask('followArc', `follow ${id} ${version}`, { ...cluster, pending })
    if (!followed.ok) return refusedFlux(followed)
    if (!followed.value.done) return goesOn(followed.value)
    const put = !pending.resource.toLowerCase().includes(EXTENSIONS)
    return { state: 'pending', patch: { pending: null, fault: null, put }, again: SOON }
  }
  const extension = await ask('ensureFlux', `flux ${id} ${version}`, cluster)
  if (!extension.ok) return refusedFlux(extension)
  if (!extension.value.done) {
    const installs = goesOn(extension.value)
    // What was wrong with it before may be so again.
    return { ...installs, patch: { ...installs.patch, fault: row.fault } }
  }
  const put = await ask('putFlux', `put ${id} ${changeId}`, asked)
  if (!put.ok) return refusedFlux(put)
  if (!put.value.done) return goesOn(put.value)
  const status = put.value.value
  const patch = { status, fault: null, put: true }
  return { state: fluxStateOf(status), patch, again: jittered(CONNECTING) }
}

const noteFault = ({ db, now, env }: TenantContext, id: string, fault: string): void =>
  transaction(db, (tx) => {
    const row = findFlux(tx, id)
    if (!row || row.state === 'removed') return
    // What is followed may itself have ended denied: it begins anew.
    const pending = fault === 'denied' ? null : row.pending
    if (isSame(row, { fault, pending })) return
    const at = now().toISOString()
    const after = moveFlux(tx, row, row.state, { fault, pending }, { actor: 'phoenix', at })
    noteOnResource(tx, after, { simulated: isLaptop(env), now: at })
  })

/** Handler of the outbox. Throws Outage and Denied: what was asked for is as it was, and the row says why it is. */
export const readFluxConfiguration = async (
  context: TenantContext,
  id: string,
): Promise<number | undefined> => {
  try {
    return await readOrPut(context, id)
  } catch (error) {
    const fault = faultOfError(error)
    if (fault !== null) noteFault(context, id, fault)
    throw error
  }
}

/** Of an earlier release: Azure has it, and Git does not. */
const inNoFile = (seen: Seen<FluxState>): Seen<FluxState> => ({
  ...{ state: 'drifted', patch: { ...seen.patch, fault: 'not-in-git' }, again: seen.again },
})

/**
 * A later change of it was promoted and its file is not read yet: what the row says is not in `live` any more. Whoever reads it asks
 * for another look.
 */
const isBehind = ({ db }: TenantContext, { name, changeId }: FluxRow): boolean => {
  const own = and(eq(resources.name, name), eq(resources.template, FLUX_TEMPLATE))
  const latest = db.select().from(resources).where(own).get()?.changeId ?? null
  if (changeId === null || latest === null || latest === changeId) return false
  const taken = eq(fluxConfigurations.changeId, latest)
  return db.select().from(fluxConfigurations).where(taken).get() === undefined
}

const readOrPut = async (context: TenantContext, id: string): Promise<number | undefined> => {
  const { db, now } = context
  const row = findFlux(db, id)
  const cluster = row && findCluster(db, row.arcClusterId)
  const scope = findScope(db)
  if (!row || !cluster || !scope || row.state === 'removed') return undefined
  if ((row.state === 'removing' || !row.put) && isBehind(context, row)) return STEADY
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
  if (!READY.has(cluster.state)) {
    const patch = { fault: 'cluster-not-ready' }
    // One that is gone does not come back: whoever asks for something else of it has it looked at again.
    const again = cluster.state === 'removed' ? undefined : jittered(CONNECTING)
    return takeFlux(context, row, { state: row.state, patch, again })
  }
  const properties = row.properties ?? fluxProperties(context.tenant().repositoryUrl, row.spec)
  const asked = { ...flux, properties }
  // Nothing goes into Azure that is in no file.
  if (!row.put && row.properties === null) {
    const never = { state: 'error', patch: { fault: 'not-in-git' }, again: undefined } as const
    return takeFlux(context, row, never)
  }
  if (!row.put) return takeFlux(context, row, await putFlux(ask, row, asked))
  const read = await ask('readFlux', `read ${id} ${now().getTime()}`, asked)
  if (!read.ok)
    return takeFlux(context, row, {
      state: row.state,
      patch: { fault: fluxFaultOf(read) },
      again: STEADY,
    })
  const { found } = read.value
  // Gone beside us: what stands is not what Git says.
  const seen: Seen<FluxState> = found
    ? {
        state: fluxStateOf(found),
        patch: { status: found, fault: null },
        again: jittered(rhythm(found)),
      }
    : { state: 'drifted', patch: { status: null, fault: 'absent' }, again: STEADY }
  return takeFlux(context, row, row.properties === null ? inNoFile(seen) : seen)
}

const rhythm = ({ complianceState }: FluxStatus): number =>
  complianceState === 'Pending' ? CONNECTING : STEADY

// Rows of clusters in Arc and of their Flux configurations: how they are found and shown, and the one way in which one takes a step.
import { and, desc, eq, isNotNull } from 'drizzle-orm'
import {
  type ArcClusterState,
  type ArcClusterView,
  type FluxConfigurationView,
  type FluxState,
  FOREIGN,
} from '../../../../../schemas/arc.ts'
import { fluxFile } from '../../../../../schemas/flux.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../../contracts.ts'
import { type Db, enqueue, record, StaleChange, type Tx } from '../../context.ts'
import { findScope } from '../scope.ts'
import { connectCommand } from './bundle.ts'

const { arcClusters, fluxConfigurations, changes } = tables
export type ClusterRow = typeof arcClusters.$inferSelect
export type FluxRow = typeof fluxConfigurations.$inferSelect

export const readAgain = (tx: Tx, id: string, at: number): void => enqueue(tx, 'read-arc', id, at)

export const findCluster = (on: Db | Tx, id: string): ClusterRow | undefined =>
  on.select().from(arcClusters).where(eq(arcClusters.id, id)).get()
export const findFlux = (on: Db | Tx, id: string): FluxRow | undefined =>
  on.select().from(fluxConfigurations).where(eq(fluxConfigurations.id, id)).get()

const NEXT: Record<ArcClusterState, (row: ClusterRow) => string> = {
  waiting: ({ fault }) =>
    fault === null
      ? 'Azure is being asked to take it.'
      : `Azure is asked to take it, and has not (${fault}).`,
  connecting: ({ kind }) =>
    kind === 'managed'
      ? 'Azure does not have an AKS cluster of this name in the tenant’s resource group yet.'
      : 'Azure waits for its agents: run the script of the first answer where kubectl reaches the cluster. Where it was lost: POST …/keys.',
  connected: () => 'Nothing: Azure hears from it.',
  offline: () => 'Azure does not hear from its agents. Look at: kubectl get pods -n azure-arc.',
  expired: () =>
    'The certificate of its agents has expired: remove it here and on the cluster (az connectedk8s delete), and connect it anew.',
  error: ({ fault }) => `Azure refuses it (${fault}). Correct what it names, or remove it.`,
  removing: ({ fault }) =>
    fault === null
      ? 'Azure has not said yet that it is gone.'
      : `Azure does not remove it (${fault}). Correct what it names; it is asked again.`,
  removed: ({ kind, fault }) => {
    if (kind === 'managed') return 'No longer looked at. The AKS cluster itself was left alone.'
    const here = 'On the cluster: helm uninstall azure-arc -n azure-arc-release.'
    return fault === FOREIGN
      ? `No longer looked at. What has its name in Azure was left alone: its tag does not say that it is this one. ${here}`
      : `Gone from Azure. ${here}`
  },
}

/** The key is the one that Microsoft's command line makes. */
export const isByCommand = ({ kind, agentPublicKey }: ClusterRow): boolean =>
  kind === 'connected' && agentPublicKey === null

const nextOf = (row: ClusterRow, scope: ReturnType<typeof findScope>): string => {
  const isToCome = row.state === 'waiting' || row.state === 'connecting'
  return isByCommand(row) && isToCome && scope
    ? `Azure does not hear from it yet. Where kubectl reaches the cluster: ${connectCommand(row, scope)}`
    : NEXT[row.state](row)
}

const providerOf = {
  connected: 'Microsoft.Kubernetes/connectedClusters',
  managed: 'Microsoft.ContainerService/managedClusters',
}

export const clusterView = (on: Db | Tx, row: ClusterRow): Versioned<ArcClusterView> => {
  const scope = findScope(on)
  const { subscriptionId = '', resourceGroup = '' } = scope ?? {}
  const { version, agentPublicKey: _, pending: __, requestKey: ___, ...rest } = row
  const { fingerprint: ____, createdBy: _____, ...shown } = rest
  return {
    version,
    value: {
      ...shown,
      resourceId: `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${providerOf[row.kind]}/${row.name}`,
      next: nextOf(row, scope),
    },
  }
}

/** The newest commit that `live` was moved to by a change of this tenant. */
const liveNow = (on: Db | Tx): string | null =>
  on
    .select({ sha: changes.liveSha })
    .from(changes)
    .where(isNotNull(changes.liveSha))
    .orderBy(desc(changes.livePlace))
    .limit(1)
    .get()?.sha ?? null

const appliedOf = (on: Db | Tx, { status }: FluxRow): FluxConfigurationView['applied'] => {
  const commit = status?.syncedCommit ?? null
  if (commit === null) return null
  const change = on
    .select({ id: changes.id })
    .from(changes)
    .where(eq(changes.liveSha, commit))
    .get()
  const live = liveNow(on)
  return { commit, change: change?.id ?? null, isLive: live === null ? null : commit === live }
}

export const IN_NO_FILE =
  'It is in no file: ask for it as a change of the template flux-configuration, under its name.'

export const fluxView = (on: Db | Tx, row: FluxRow): Versioned<FluxConfigurationView> => {
  const { id, name, state, spec, status, readAt, fault, createdAt, updatedAt } = row
  const [file, commit] =
    row.commit === null || state === 'removed' ? [null, null] : [fluxFile(name), row.commit]
  return {
    version: row.version,
    value: {
      ...{ id, arcCluster: row.arcClusterId, name, state, spec, status },
      ...{ file, commit, change: row.changeId },
      ...{ applied: appliedOf(on, row), readAt, fault, createdAt, updatedAt },
    },
  }
}

export interface ArcStep {
  actor: string
  at: string
}

/** One step in the caller's transaction. The same state is a note. Throws StaleChange where the row has moved. */
export const moveCluster = (
  tx: Tx,
  row: ClusterRow,
  to: ArcClusterState,
  patch: Partial<ClusterRow>,
  { actor, at }: ArcStep,
): ClusterRow => {
  const version = row.version + 1
  const [after] = tx
    .update(arcClusters)
    .set({ ...patch, state: to, version, updatedAt: at })
    .where(and(eq(arcClusters.id, row.id), eq(arcClusters.version, row.version)))
    .returning()
    .all()
  if (!after) throw new StaleChange()
  record(tx, { changeId: row.id, version, from: row.state, to, reason: null, actor, at })
  return after
}

export const moveFlux = (
  tx: Tx,
  row: FluxRow,
  to: FluxState,
  patch: Partial<FluxRow>,
  { actor, at }: ArcStep,
): FluxRow => {
  const version = row.version + 1
  const [after] = tx
    .update(fluxConfigurations)
    .set({ ...patch, state: to, version, updatedAt: at })
    .where(and(eq(fluxConfigurations.id, row.id), eq(fluxConfigurations.version, row.version)))
    .returning()
    .all()
  if (!after) throw new StaleChange()
  record(tx, { changeId: row.id, version, from: row.state, to, reason: null, actor, at })
  return after
}

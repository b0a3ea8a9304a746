// Clusters in Azure Arc and on AKS behind the signed wire: connected with the public half of their agents' key, read, removed; the
// extension microsoft.flux; work that goes on. Nothing is written over that is not the tenant's own.
import * as z from 'zod'
import {
  ArcClusterId,
  type ArcClusterRemote,
  CLUSTER_TAG,
  clusterVerbs,
} from '../../schemas/arc.ts'
import type { ArmPending, Long } from '../../schemas/arm.ts'
import { refusal } from '../arm/answers.ts'
import { type Arm, createArm } from '../arm/client.ts'
import { extensionPath } from '../arm/paths.ts'
import { verbHandlers, type Work } from '../azure/verbs.ts'
import { fluxWork } from './flux.ts'
import type { ArcParts } from './parts.ts'
import { clusterPath, orNull, text } from './said.ts'

const number = z
  .int()
  .nullish()
  .catch(null)
  .transform((said) => said ?? null)

const Cluster = z.looseObject({
  tags: z.record(z.string(), z.string()).nullish(),
  properties: z.looseObject({
    ...{ connectivityStatus: text(100), provisioningState: text(100), agentVersion: text() },
    ...{ kubernetesVersion: text(), totalNodeCount: number, lastConnectivityTime: text() },
    ...{ managedIdentityCertificateExpirationTime: text(), distribution: text() },
    agentPublicKeyCertificate: z.string().nullish(),
    powerState: z
      .looseObject({ code: text(100) })
      .nullish()
      .catch(null),
    agentPoolProfiles: z
      .array(z.looseObject({ count: number }))
      .nullish()
      .catch(null),
  }),
})
type Cluster = z.infer<typeof Cluster>

const remoteOf = ({ properties: said }: Cluster): ArcClusterRemote => ({
  connectivityStatus: said.connectivityStatus ?? said.powerState?.code ?? 'unknown',
  provisioningState: said.provisioningState ?? 'unknown',
  ...{ agentVersion: said.agentVersion, kubernetesVersion: said.kubernetesVersion },
  totalNodeCount:
    said.totalNodeCount ??
    said.agentPoolProfiles?.reduce((sum, { count }) => sum + (count ?? 0), 0) ??
    null,
  lastConnectivityTime: said.lastConnectivityTime,
  certificateExpires: said.managedIdentityCertificateExpirationTime,
  distribution: said.distribution,
})

const FLUX = 'microsoft.flux'
/** It ended, and was not done. */
const UNDONE: ReadonlySet<string> = new Set(['Failed', 'Canceled'])
/** Somebody began it: the resource itself says when it is over. */
const goesOn = (resource: string) => ({
  pending: { method: 'PUT' as const, resource, statusUrl: null, locationUrl: null },
  retryAfterSeconds: 10,
})

/** Azure compares names of tags without regard to case. */
const tagOf = ({ tags }: Cluster): string | null => {
  const [, value] =
    Object.entries(tags ?? {}).find(([name]) => name.toLowerCase() === CLUSTER_TAG) ?? []
  return ArcClusterId.safeParse(value).data ?? null
}

/** An operation of another cluster, or of another place, is none of this one's. */
const checkPending = (own: string, { resource }: ArmPending): void => {
  const [of, from] = [own.toLowerCase(), resource.toLowerCase()]
  if (from !== of && !from.startsWith(`${of}/`)) throw refusal('refused', 'pending')
}

const shown = (long: Long<Cluster>): Long<ArcClusterRemote> =>
  long.done ? { done: true, value: remoteOf(long.value) } : long
const alone = (long: Long<unknown>): Long<null> => (long.done ? { done: true, value: null } : long)

type Locked = Pick<ArcParts, 'lock'> & { arm: Arm }

const clusterWork = ({ arm, lock }: Locked) =>
  ({
    async connect({ place, name, cluster, location, agentPublicKey, distribution }, { owner }) {
      lock(owner, place)
      const path = clusterPath(place, 'connected', name)
      const found = await orNull(arm.get(path, Cluster))
      if (found && tagOf(found) !== cluster) throw refusal('conflict', 'tags')
      const isWhole = !UNDONE.has(found?.properties.provisioningState ?? '')
      if (found?.properties.agentPublicKeyCertificate === agentPublicKey && isWhole)
        return { done: true, value: remoteOf(found) }
      const body = {
        ...{ location, identity: { type: 'SystemAssigned' }, tags: { [CLUSTER_TAG]: cluster } },
        properties: {
          agentPublicKeyCertificate: agentPublicKey,
          ...{ distribution, infrastructure: 'generic' },
        },
      }
      return shown(await arm.put(path, body, Cluster))
    },
    async readCluster({ place, kind, name }, { owner }) {
      lock(owner, place)
      const found = await orNull(arm.get(clusterPath(place, kind, name), Cluster))
      return { found: found && { cluster: tagOf(found), remote: remoteOf(found) } }
    },
    async removeCluster({ place, name, cluster }, { owner }) {
      lock(owner, place)
      const path = clusterPath(place, 'connected', name)
      const found = await orNull(arm.get(path, Cluster))
      if (!found) return { done: true, value: null }
      if (tagOf(found) !== cluster) throw refusal('conflict', 'tags')
      return arm.delete(path)
    },
    async ensureFlux({ place, kind, name }, { owner }) {
      lock(owner, place)
      const type = 'Microsoft.KubernetesConfiguration/extensions'
      const path = extensionPath(clusterPath(place, kind, name), type, 'flux')
      const Extension = z.looseObject({
        properties: z.looseObject({ extensionType: z.string(), provisioningState: text() }),
      })
      const found = await orNull(arm.get(path, Extension))
      if (found) {
        const { extensionType, provisioningState } = found.properties
        // Another extension has the name.
        if (extensionType.toLowerCase() !== FLUX) throw refusal('refused', 'extensionType')
        if (provisioningState === null || provisioningState === 'Succeeded')
          return { done: true, value: null }
        if (!UNDONE.has(provisioningState)) return { done: false, ...goesOn(path) }
      }
      // Azure installs it for a whole cluster only; namespaces are kept apart by Flux itself.
      const body = {
        identity: { type: 'SystemAssigned' },
        properties: {
          ...{
            extensionType: FLUX,
            autoUpgradeMinorVersion: true,
            releaseTrain: 'Stable',
          },
          scope: { cluster: { releaseNamespace: 'flux-system' } },
          configurationSettings: { 'multiTenancy.enforce': 'true' },
        },
      }
      return alone(await arm.put(path, body, Extension))
    },
    async followArc({ place, kind, name, pending }, { owner }) {
      lock(owner, place)
      checkPending(clusterPath(place, kind, name), pending)
      return alone(await arm.resume(pending, z.looseObject({})))
    },
  }) satisfies Partial<Work<typeof clusterVerbs>>

export const arcClusterWork = ({ arm: options, lock }: ArcParts): Work<typeof clusterVerbs> => {
  const locked = { arm: createArm(options), lock }
  return { ...clusterWork(locked), ...fluxWork(locked) }
}

/** `make` is called once, when the first request comes. */
export const arcClusterHandlers = (make: () => ArcParts | null) =>
  verbHandlers(clusterVerbs, () => {
    const parts = make()
    return parts && arcClusterWork(parts)
  })

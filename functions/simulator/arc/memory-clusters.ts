// Clusters and Flux configurations of the ClusterRegistry port in memory. Simulated: everything that is put is compliant at once.
import type {
  ArcClusterRemote,
  ArcKind,
  clusterVerbs,
  FluxStatus,
  PutFlux,
} from '../../../schemas/arc.ts'
import { type AzurePlace, placeKey } from '../../../schemas/arm.ts'
import type { Ask, AzureFault } from '../../../schemas/azure.ts'
import type { FluxProperties } from '../../../schemas/flux.ts'

interface Kept {
  cluster: string | null
  key: string
}
interface Named {
  place: AzurePlace
  name: string
  kind?: ArcKind
}

const REMOTE: ArcClusterRemote = {
  ...{ connectivityStatus: 'Connecting', provisioningState: 'Succeeded', agentVersion: null },
  ...{ kubernetesVersion: null, totalNodeCount: null, lastConnectivityTime: null },
  ...{ certificateExpires: null, distribution: null },
}
const statusOf = (
  configuration: string,
  put: FluxProperties,
  asked: FluxProperties,
): FluxStatus => ({
  ...{ complianceState: 'Compliant', provisioningState: 'Succeeded', errorMessage: null },
  ...{ syncedCommit: null, sourceUpdatedAt: null, statusUpdatedAt: null },
  objects: Object.keys(put.kustomizations).map((name) => ({
    ...{ name: `${configuration}-${name}`, namespace: put.namespace, kind: 'Kustomization' },
    ...{ complianceState: 'Compliant', appliedBy: null, message: null },
  })),
  differs: JSON.stringify(put) === JSON.stringify(asked) ? [] : ['/kustomizations'],
})

export const memoryClusters = (): Ask<typeof clusterVerbs> => {
  const clusters = new Map<string, Kept>()
  const flux = new Map<string, FluxProperties>()
  const keyOf = ({ place, name, kind = 'connected' }: Named): string =>
    `${placeKey(place)}/${kind}/${name}`.toLowerCase()
  const refused = (fault: AzureFault['fault'], target: string | null = null) => ({
    ok: false as const,
    fault: { fault, target, retryAfterSeconds: null },
  })
  const done = <T>(value: T) => ({ ok: true, value: { done: true, value } })
  const fluxKey = (asked: Named & { configuration: string }): string =>
    `${keyOf(asked)}/${asked.configuration}`
  const answers = {
    connect: (asked: Named & { cluster: string; agentPublicKey: string }) => {
      const found = clusters.get(keyOf(asked))
      if (found && found.cluster !== asked.cluster) return refused('conflict', 'tags')
      clusters.set(keyOf(asked), { cluster: asked.cluster, key: asked.agentPublicKey })
      return done(REMOTE)
    },
    readCluster: (asked: Named) => {
      const found = clusters.get(keyOf(asked))
      return {
        ok: true,
        value: { found: found ? { cluster: found.cluster, remote: REMOTE } : null },
      }
    },
    removeCluster: (asked: Named & { cluster: string }) => {
      const found = clusters.get(keyOf(asked))
      if (found && found.cluster !== asked.cluster) return refused('conflict', 'tags')
      clusters.delete(keyOf(asked))
      return done(null)
    },
    ensureFlux: (asked: Named) => (clusters.has(keyOf(asked)) ? done(null) : refused('absent')),
    putFlux: (asked: PutFlux) => {
      if (!clusters.has(keyOf(asked))) return refused('absent')
      flux.set(fluxKey(asked), asked.properties)
      return done(statusOf(asked.configuration, asked.properties, asked.properties))
    },
    readFlux: (asked: PutFlux) => {
      const put = flux.get(fluxKey(asked))
      const found = put ? statusOf(asked.configuration, put, asked.properties) : null
      return { ok: true, value: { found } }
    },
    removeFlux: (asked: Named & { configuration: string }) => {
      flux.delete(fluxKey(asked))
      return done(null)
    },
    followArc: (asked: Named & { pending: { resource: string } }) => {
      const { subscriptionId, resourceGroup } = asked.place
      const own = `/subscriptions/${subscriptionId}/resourcegroups/${resourceGroup}/`.toLowerCase()
      const path = asked.pending.resource.toLowerCase()
      const mine = path.startsWith(own) && path.endsWith(`/${asked.name.toLowerCase()}`)
      return mine ? done(null) : refused('refused', 'pending')
    },
  }
  return (async (verb: keyof typeof answers, _: string, input: never) =>
    answers[verb](input)) as unknown as Ask<typeof clusterVerbs>
}

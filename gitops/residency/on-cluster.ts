// What keeps data on the cluster itself: databases, caches, queues, volumes. It is where the cluster is. And what it has
// published: a name in public DNS is nowhere in particular.
import type { ResidencyLine } from '../../schemas/plan.ts'
import type { Manifest } from '../../schemas/template.ts'
import type { RenderedObject } from '../policies/judge.ts'
import type { Spot, Surroundings } from './spots.ts'

const KEEPS: Record<string, ResidencyLine['kind']> = {
  Cluster: 'data',
  Kafka: 'data',
  KafkaNodePool: 'data',
  Keycloak: 'data',
  OpenSearchCluster: 'data',
  PersistentVolumeClaim: 'data',
  RedisReplication: 'data',
}

/** The mark by which external-dns finds what it is to publish. */
const PUBLISHED = 'external-dns.alpha.kubernetes.io/hostname'

/** A cluster of CloudNativePG that follows another one, or that has more than one instance. */
const replicas = (manifest: Manifest): { follows: boolean; instances: number } => {
  const { replica, instances = 1 } = (manifest.spec ?? {}) as {
    replica?: object
    instances?: number
  }
  return { follows: replica !== undefined, instances }
}

export const clusterSpots = (
  { path: file, manifest }: RenderedObject,
  { clusterRegion: region }: Surroundings,
): Spot[] => {
  const { kind, apiVersion, metadata } = manifest
  if (metadata.annotations?.[PUBLISHED] !== undefined) {
    const what = `public DNS record of ${kind} ${metadata.name}`
    return [{ what, kind: 'data', region: null, place: 'global', global: true, file }]
  }
  const keeps = KEEPS[kind]
  if (keeps === undefined || apiVersion.includes('.azure.com/')) return []
  const what = `${kind} ${manifest.metadata.name}`
  const { follows, instances } = replicas(manifest)
  return [
    { what, kind: follows ? 'replica' : keeps, region, file },
    ...(kind === 'Cluster' && instances > 1
      ? [{ what: `${what}, replicas`, kind: 'replica' as const, region, file }]
      : []),
  ]
}

// Which cluster a change is for, and whether the tenant may use it for that. Pure.
import type { Cluster } from '../schemas/place.ts'
import type { Finding } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import type { Demand, Template } from '../schemas/template.ts'
import { finding } from './finding.ts'
import { chooseClusters } from './fleet/parts.ts'

/** Of what stands on no cluster, or on none that was found. No cluster has this name. */
export const NO_CLUSTER: Cluster = { name: '', region: '', engine: 'argocd', standIn: false }

/** The cluster named; else the only one possible; of several the only one in the region of the first site. None for records. */
export const chooseCluster = (
  template: Template,
  parameters: unknown,
  { clusters, basesOn, existing, sites }: Snapshot,
  demand: Demand,
): { cluster?: Cluster; finding?: Finding } => {
  if (template.records) return { cluster: NO_CLUSTER }
  const parts = template.parts?.(parameters)
  if (parts) return chooseClusters(parts, { clusters, basesOn, existing })
  const refused = (rule: 'CLUSTER-UNKNOWN' | 'TENANT-BASE', message: string) => ({
    finding: finding(rule, message, { pointer: '/parameters/cluster' }),
  })
  const isBase = template.name === 'tenant-base'
  const named = existing?.cluster ?? template.cluster(parameters)
  const wanted = template.cluster(parameters)
  if (existing && wanted !== undefined && wanted !== existing.cluster) {
    return refused('CLUSTER-UNKNOWN', 'A resource stays on its cluster: make a new one there.')
  }
  if (named !== undefined) {
    const cluster = clusters.find(({ name }) => name === named)
    if (!cluster) return refused('CLUSTER-UNKNOWN', 'The cluster named does not exist here.')
    if (isBase || basesOn.includes(cluster.name)) return { cluster }
    return refused('TENANT-BASE', 'The tenant has no base on the cluster named.')
  }
  const possible = isBase ? clusters : clusters.filter(({ name }) => basesOn.includes(name))
  if (possible.length === 0) return refused('TENANT-BASE', 'The tenant has no base on any cluster.')
  const region = sites.find(({ name }) => name === demand.sites[0])?.region
  // The site decides, and a site that does not exist has a finding of its own.
  if (demand.sites.length > 0 && region === undefined) return {}
  const near = possible.filter((cluster) => cluster.region === region)
  const [only, ...more] = possible.length > 1 && near.length > 0 ? near : possible
  if (only && more.length === 0) return { cluster: only }
  return refused('CLUSTER-UNKNOWN', 'Several clusters are possible: name one.')
}

/** What speaks against the cluster chosen: another base of the tenant's own stands there, or it is somebody else's. */
export const judgeCluster = (
  cluster: Cluster | undefined,
  {
    template,
    parameters,
    removing,
  }: { template: Template; parameters: unknown; removing: boolean },
  { tenant, takenBases }: Pick<Snapshot, 'tenant' | 'takenBases'>,
): Finding[] => {
  if (!cluster) return []
  const at = { pointer: '/parameters/cluster' }
  const twice = template.name === 'tenant-base' && takenBases.includes(cluster.name)
  // Who has lost a cluster may still take his things away from it.
  const foreign = !removing && cluster.owner !== tenant.slug && isClusterWide(template, parameters)
  return [
    ...(twice
      ? [finding('NAME-UNIQUE', 'The base of this cluster is another resource of yours.', at)]
      : []),
    ...(foreign
      ? [finding('CLUSTER-OWNER', 'Another tenant owns this cluster, or nobody does.', at)]
      : []),
  ]
}

const isClusterWide = ({ clusterWide }: Template, parameters: unknown): boolean =>
  typeof clusterWide === 'function' ? clusterWide(parameters) : clusterWide === true

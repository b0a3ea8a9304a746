// Everything the planner reads, gathered before it runs, so that it can be pure. Assembled by the edge from two actors.

import type { Cluster, Site } from './place.ts'
import type { VmPlacement } from './plan.ts'
import type { NodeIdentity } from './template.ts'
import type { TenantQuota } from './tenant.ts'

/** What one host already carries. `others` never leaves the planner. */
export interface HostUse {
  host: string
  yours: Use
  others: Use
}
export interface Use {
  vms: number
  cores: number
  memoryMiB: number
  diskGiB: number
}

/** What pods take of a namespace's quota, or what it allows them: limits of CPU and memory, claims of volumes. */
export interface PodUse {
  pods: number
  podCpuMilli: number
  podMemoryMiB: number
  podVolumeMiB: number
}

/** The tenant's namespace on one cluster. */
export interface NamespaceUse {
  cluster: string
  /** What the base that stands there allows; nothing where none stands. */
  limit: PodUse
  /** Without the resource the change is about. */
  used: PodUse
  /** What this tenant's other open changes add, and what an open change of the base takes away. */
  reserved: PodUse
}

/** A resource as the tenant has it now. */
export interface ExistingResource {
  name: string
  template: string
  templateVersion: string
  cluster: string
  parameters: unknown
  placement: VmPlacement[]
  identities: NodeIdentity[]
  guardsLifted: boolean
}

export interface Snapshot {
  tenant: { slug: string; jurisdiction: string; repositoryUrl: string; quota: TenantQuota }
  /** Sites this tenant may use, in name order. */
  sites: Site[]
  clusters: Cluster[]
  /** Applied and reserved machines per host, without those of the resource the change is about. */
  uses: HostUse[]
  /** VM ids and addresses taken by anybody but the resource the change is about. */
  takenVmIds: number[]
  takenAddresses: string[]
  /** Names of machines that this tenant's other resources and open changes have. */
  takenNames: string[]
  /** Files that this tenant's other resources and open changes have in Git: one object, one owner. */
  takenPaths: string[]
  /** Clusters whose base is another resource of this tenant: one directory, one owner. */
  takenBases: string[]
  /** This tenant's totals, without the resource the change is about. */
  used: Use
  reserved: Use
  /** The tenant's namespaces on the clusters in question; none where the request is not about pods. */
  namespaces: NamespaceUse[]
  /** The resource the change names, when it exists. */
  existing: ExistingResource | null
  /** Exactly what stands in Git under this name, by the plan that put it there: also what a removal left. */
  standing: { path: string; digest: string }[]
  /** Version of the base that stands on each cluster in question, where a change of ours made it. */
  baseVersions: Record<string, string>
  /** Clusters on which the tenant's base stands. */
  basesOn: string[]
  identities: NodeIdentity[]
}

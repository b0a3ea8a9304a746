// Everything the planner reads, gathered before it runs, so that it can be pure. Assembled by the edge from two actors.

import type { StandingException } from './exception.ts'
import type { StandingFailoverPolicy } from './failover.ts'
import type { FleetSummary } from './fleet-plan.ts'
import type { Jurisdiction } from './ids.ts'
import type { Cluster, Region, Site } from './place.ts'
import type { Finding, Plan, VmPlacement } from './plan.ts'
import type { PriceBook } from './price-book.ts'
import type { Residency } from './residency.ts'
import type { NodeIdentity } from './template.ts'
import type { TenantQuota } from './tenant.ts'
import type { ApprovalRule } from './tenant-settings.ts'

/** What one host already carries: what stands, and what was merged. `others` never leaves the planner. */
export interface HostUse {
  host: string
  yours: Use
  others: Use
  /** What open changes would add: whoever is merged first gets the room. Nothing where there are none. */
  held?: { yours: { changeId: string; use: Use }[]; others: Use }
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

/** What one resource is to the deletion of its tenant: its own removal, planned as if it went alone. */
export interface DoomedPart {
  request: { action: 'delete'; template: string; name: string; parameters: Record<string, never> }
  phase: Plan['phase']
  template: Plan['template']
  placement: VmPlacement[]
  /** Digest of what its own plan read. */
  reads: string
  stands: { path: string; digest: string }[]
  snapshot: Snapshot
}

export interface Snapshot {
  /** Only of a revert: the change that it takes back. */
  reverts?: string
  /** Only of a deletion of the tenant: everything that this step of it removes. */
  deletion?: DoomedPart[]
  tenant: {
    /** Whose names in a vault are its own. Absent in what was stored before it was there: then none are. */
    id?: string
    slug: string
    jurisdiction: Jurisdiction
    /** True where the runtime does not keep the tenant's rows in its jurisdiction. */
    jurisdictionSimulated?: boolean
    repositoryUrl: string
    quota: TenantQuota
    /** Absent: the tenant's own jurisdiction, and nothing else. */
    residency?: Residency
    /** Where the tenant's own VM ids begin, so that they say nothing of anybody else's. Absent: where ids begin at all. */
    firstVmId?: number
    /** People who must approve what moves out of a core place; absent: two. */
    failoverApprovals?: number
    /** Of these regions only, by the owners' own settings; absent: of all that `residency` allows. */
    allowedRegions?: string[]
    /** The owners' rules of approval; of an earlier revision too. */
    approvals?: ApprovalRule[]
  }
  /** Roles of each person who could approve and did not ask for it; absent where nobody counted them. */
  approvers?: string[][]
  /** Sites this tenant may use, in name order. */
  sites: Site[]
  clusters: Cluster[]
  /** What the operators said of the regions of those sites and clusters. */
  regions: Region[]
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
  /** Ids of the chains that this tenant's other resources and open changes make. */
  takenChainIds: number[]
  /** This tenant's totals, without the resource the change is about. */
  used: Use
  reserved: Use
  /** This tenant's open changes behind `reserved`. */
  reservedBy?: string[]
  /** The tenant's namespaces on the clusters in question; none where the request is not about pods. */
  namespaces: NamespaceUse[]
  /** The resource the change names, when it exists. */
  existing: ExistingResource | null
  /** Exactly what stands in Git under this name, by the plan that put it there: also what a removal left. */
  standing: { path: string; digest: string }[]
  /** What somebody changed on main by hand under this name, and whether the request confirms that it goes; absent: nothing. */
  handMade?: { files: { path: string; blob: string | null }[]; confirmed: boolean }
  /** Version of the base that stands on each cluster in question, where a change of ours made it. */
  baseVersions: Record<string, string>
  /** The tenant's policies of failover that name this resource; none where it is not asked to move. */
  failoverPolicies: StandingFailoverPolicy[]
  /** The tenant's exceptions from rules that concern this resource, and whether each has ended; in name order. */
  exceptions: StandingException[]
  /** What things cost; null where no book is installed. */
  priceBook: PriceBook | null
  /** What the Inventory has against a record of the platform's own tenant, and what it notes. */
  placeFindings: Finding[]
  /** Clusters on which the tenant's base stands. */
  basesOn: string[]
  /** Of a group of a fleet whose rollout is under way: all waves of that together. */
  fleetSummary: FleetSummary | null
  identities: NodeIdentity[]
}

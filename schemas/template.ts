// What a template is: typed parameters in, plain manifest objects out. Templates are pure: no clock, no I/O, no randomness.
import type * as z from 'zod'
import type { Cluster, Site } from './place.ts'
import type { Finding, HostLoss, VmPlacement } from './plan.ts'
import type { PlatformRecord } from './platform-record.ts'
import type { RuleId } from './rules.ts'

/** A Kubernetes object as plain data. Key order is the order in which it is written. */
export interface Manifest {
  apiVersion: string
  kind: string
  metadata: {
    name: string
    namespace?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  [field: string]: unknown
}

/** One leaf directory `rendered/<cluster>/<NN-name>/`; NN is the wave (00 operators … 90 checks). */
export interface Component {
  wave: number
  name: string
  objects: Manifest[]
}

/** How machines of a group spread over the sites, first site first. */
export type Spread = 'quorum' | 'even' | 'primary' | 'secondary'

/** A machine asked for, before it has a place. */
export interface VmDemand {
  name: string
  role: string
  /** Machines of one group avoid each other's host. */
  group: string
  spread: Spread
  /** Of the demand's sites the ones for this machine, in order. Absent: all of them. */
  sites?: string[]
  cores: number
  memoryMiB: number
  diskGiB: number
}

/** Pods alike in the tenant's own namespace, as its quota counts them: at their limits, and as many as there ever are. */
export interface PodDemand {
  name: string
  /** At an autoscaler's maximum, and with those that stand beside the others while a version replaces another. */
  count: number
  /** Of each pod. */
  cpuMilli: number
  memoryMiB: number
  /** Volumes that each pod claims. */
  volumeMiB: number
}

export interface Demand {
  vms: VmDemand[]
  /** Only of the tenant's own namespace; what a chart runs in another one is not under its quota. */
  pods?: PodDemand[]
  /** Site names in order of preference. */
  sites: string[]
  /** First VM id wanted; the others follow. Absent: the planner takes free ones. */
  firstVmId?: number
  /** First address wanted; the others follow. Absent: the planner takes free ones. */
  firstAddress?: string
  /** Names of nodes that need a cryptographic identity. */
  identities?: { network: string; nodes: string[] }
  /** Id of the chain that it makes. */
  chainId?: number
}

export const EMPTY_DEMAND: Demand = { vms: [], sites: [] }

/** The public half of a node's key. The private half never comes near Phoenix's repositories. */
export interface NodeIdentity {
  node: string
  /** 0x and 40 hex digits: last 20 bytes of keccak-256 of the public key. */
  address: string
  /** 128 hex digits: the uncompressed secp256k1 point without its 04 prefix. */
  publicKey: string
  simulated: boolean
}

export interface RenderInput<P> {
  tenant: { slug: string; repositoryUrl: string }
  name: string
  cluster: Cluster
  sites: Site[]
  parameters: P
  placement: VmPlacement[]
  identities: NodeIdentity[]
  /** True in the first half of a decommission: the same objects, without their guards. */
  guardsLifted: boolean
}

/** A file of a template of records: data that Phoenix itself reads, written as YAML, or as JSON where its path ends in that. */
export interface RecordFile {
  path: string
  value: unknown
}

/**
 * A template of records keeps plain files in Git, which no engine applies: it has no cluster and needs no base, and what
 * is promoted holds at once.
 */
export interface Records<P> {
  /** Folder of the repository; a resource has `<directory>/<name>.yaml` (or `.json`) there, or files below `<directory>/<name>/`. */
  directory: string
  files: (input: Pick<RenderInput<P>, 'tenant' | 'name' | 'parameters'>) => RecordFile[]
  /** What an Inventory takes up of it. Only the platform's own tenant may use a template that has this. */
  platform?: (name: string, parameters: P) => PlatformRecord
}

export interface Template<P = unknown> {
  name: string
  version: string
  title: string
  description: string
  /** What the resources it makes are called in /resources. */
  kind: string
  parameters: z.ZodType<P>
  examples: { title: string; name: string; parameters: unknown }[]
  /** It installs what reaches beyond the tenant's namespace: only the cluster's owner may ask for it. */
  clusterWide?: true | ((parameters: P) => boolean)
  /** Kinds it renders, for the catalogue. */
  renders: string[]
  cluster: (parameters: P) => string | undefined
  /** Why name and parameters together are not ones it can be asked with; absent: they always are. Asked before `demand`. */
  unfit?: (name: string, parameters: P) => { pointer: string; detail: string }[]
  demand: (name: string, parameters: P) => Demand
  /** Ids in Azure Resource Manager of what another resource might write too: each has one writer. Absent: there is none. */
  writesInAzure?: (input: Pick<RenderInput<P>, 'name' | 'parameters'>, tenant: string) => string[]
  /** Rules that `findings` may report; absent: none. For the catalogue, held to the code by a test. */
  rules?: readonly RuleId[]
  /** Findings about the parameters and the placement that only this template can know. */
  findings: (input: Omit<RenderInput<P>, 'guardsLifted'>) => Finding[]
  /** What the loss of the named host or site means; absent when only capacity matters. */
  onLoss?: (
    input: Pick<RenderInput<P>, 'placement' | 'parameters'>,
    lost: { site: string },
  ) => Pick<HostLoss, 'survives' | 'text'> & { numbers?: Record<string, number> }
  /** Rules under which the loss of a place is reported to the approver; absent: the table of losses says it all. */
  lossRules?: { holds: RuleId; stops: RuleId }
  /** Empty where the template keeps records. */
  render: (input: RenderInput<P>) => Component[]
  /** Only in a template of records (templates/parts/record-template.ts fills in the rest). */
  records?: Records<P>
  /** Only in a template that stands on several clusters: what each of them gets. Its own `render` and `findings` say nothing. */
  parts?: (parameters: P) => Part[]
}

/** What one cluster of a fleet gets. */
export interface Part {
  region: string
  cluster: string
  /** Of what stands there; the same in every region. */
  name: string
  template: Template
  /** Read by the template. Regions that get the same share one object. */
  parameters: unknown
}

// What a template is: typed parameters in, plain manifest objects out. Templates are pure: no clock, no I/O, no randomness.
import type * as z from 'zod'
import type { Cluster, Site } from './place.ts'
import type { Finding, HostLoss, VmPlacement } from './plan.ts'
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
  /** Rules that `findings` may report; absent: none. For the catalogue, held to the code by a test. */
  rules?: readonly RuleId[]
  /** Findings about the parameters and the placement that only this template can know. */
  findings: (input: Omit<RenderInput<P>, 'guardsLifted'>) => Finding[]
  /** What the loss of the named host or site means; absent when only capacity matters. */
  onLoss?: (
    input: Pick<RenderInput<P>, 'placement' | 'parameters'>,
    lost: { site: string },
  ) => Pick<HostLoss, 'survives' | 'text'>
  /** Rules under which the loss of a place is reported to the approver; absent: the table of losses says it all. */
  lossRules?: { holds: RuleId; stops: RuleId }
  render: (input: RenderInput<P>) => Component[]
}

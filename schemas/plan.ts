// The plan: the consequence of a change, computed before anything is written. It is committed whole and shown in the pull request.
import * as z from 'zod'
import { FailoverParameters } from './failover.ts'
import { FleetPlan } from './fleet-plan.ts'
import { ChangeId, Digest } from './ids.ts'
import { Amount, Price, Size } from './quantity.ts'

export const Finding = z.strictObject({
  rule: z.string(),
  severity: z.enum(['block', 'warn', 'info']),
  message: z.string(),
  /** RFC 6901 pointer into the request body, where the finding has one. */
  pointer: z.string().optional(),
  /** Path of the rendered file, where the finding is about one. */
  file: z.string().optional(),
  /** The numbers behind the sentence. */
  numbers: z.record(z.string(), z.number()).optional(),
  fix: z.string(),
  /** The exception in Git that turned a blocking finding into a warning. */
  exception: z
    .strictObject({ name: z.string(), owner: z.string(), reason: z.string(), expires: z.string() })
    .optional(),
})
export type Finding = z.infer<typeof Finding>

export const VmPlacement = z.strictObject({
  name: z.string(),
  role: z.string(),
  group: z.string(),
  site: z.string(),
  host: z.string(),
  cores: z.int(),
  memoryMiB: z.int(),
  diskGiB: z.int(),
  vmId: z.int(),
  address: z.string(),
  /** Why it is there, in one sentence; machines placed before this was said have none. */
  why: z.string().optional(),
})
export type VmPlacement = z.infer<typeof VmPlacement>

export const Totals = z.strictObject({
  vms: z.int(),
  cores: z.int(),
  memory: Amount,
  disk: Amount,
})
export type Totals = z.infer<typeof Totals>

/** One host, as this tenant may see it: its size, the tenant's own use, and whether it fits. Never a neighbour's numbers. */
export const HostCapacity = z.strictObject({
  site: z.string(),
  host: z.string(),
  size: z.strictObject({
    cores: z.int(),
    cpuOvercommit: z.number(),
    memory: Size,
    memoryReserve: Size,
    disk: Size,
  }),
  yoursBefore: Totals,
  yoursAfter: Totals,
  fits: z.boolean(),
})
export type HostCapacity = z.infer<typeof HostCapacity>

export const HostLoss = z.strictObject({
  site: z.string(),
  host: z.string(),
  machinesLost: z.int(),
  /** What of this tenant’s stops with the host, and what of the plan keeps running. */
  yoursLost: Totals,
  yoursLeft: Totals,
  /** Whether the machines of a lost host would fit on the hosts that remain in the plan's sites (shared storage only). */
  canRestartElsewhere: z.boolean(),
  /** Whether what the template makes keeps working; null when the template cannot say. */
  survives: z.boolean().nullable(),
  text: z.string(),
})
export type HostLoss = z.infer<typeof HostLoss>

export const QuotaLine = z.strictObject({
  /** Those of pods are about the tenant's namespace on the cluster of the plan: its base sets the limit. */
  kind: z.enum([
    ...(['vms', 'cores', 'memoryMiB', 'diskGiB'] as const),
    ...(['pods', 'podCpuMilli', 'podMemoryMiB', 'podVolumeMiB'] as const),
  ]),
  limit: z.int(),
  used: z.int(),
  /** Held by this tenant's other open changes. */
  reserved: z.int(),
  asked: z.int(),
  fits: z.boolean(),
  /** Where the change is about several clusters: the one of this line. */
  cluster: z.string().optional(),
})
export type QuotaLine = z.infer<typeof QuotaLine>

export const PlannedFile = z.strictObject({
  path: z.string(),
  action: z.enum(['add', 'change', 'remove']),
  bytes: z.int(),
  digest: Digest.nullable(),
})
export type PlannedFile = z.infer<typeof PlannedFile>

/** What something costs each month. A range stays a range; what has no price is named, never 0. */
export const Cost = z.strictObject({
  now: Price,
  after: Price,
  difference: Price,
  lines: z.array(
    z.strictObject({
      what: z.string(),
      /** Null: how much there will be nothing says; such a line is unpriced. */
      quantity: z.number().nullable(),
      /** Where it is a range: the other end, of what scales by itself. */
      upTo: z.number().optional(),
      unit: z.string(),
      price: Price,
    }),
  ),
})
export type Cost = z.infer<typeof Cost>
export type CostLine = Cost['lines'][number]

/** A place where something of the plan would be: the thing itself, its copies, its logs, its keys, and Phoenix' own rows. */
export const ResidencyLine = z.strictObject({
  /** In words: `ContainerRegistry orders, geo-replica`. */
  what: z.string(),
  kind: z.enum([
    'compute',
    'data',
    'replica',
    'backup',
    'registry',
    'logs',
    'vault',
    'control-plane',
    'forge',
  ]),
  /** Region or site; null where nothing says. */
  place: z.string().nullable(),
  /** Null where the catalogue does not know the place. */
  jurisdiction: z.string().nullable(),
  verdict: z.enum(['allowed', 'denied', 'unknown']),
  simulated: z.boolean(),
})
export type ResidencyLine = z.infer<typeof ResidencyLine>

/** A parameter that the request gives or changes; null where it is not there. */
export const AskedLine = z.strictObject({
  /** RFC 6901, within the parameters. */
  parameter: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
})
export type AskedLine = z.infer<typeof AskedLine>

/** How many people must approve, and why as many. */
export const Reviewers = z.strictObject({
  needed: z.int().min(1),
  roles: z.array(z.string()),
  why: z.array(z.string()),
})
export type Reviewers = z.infer<typeof Reviewers>

export const DestroyList = z.strictObject({
  objects: z.array(
    z.strictObject({
      apiVersion: z.string(),
      kind: z.string(),
      name: z.string(),
      namespace: z.string().optional(),
      /** Where the change is about several clusters. */
      cluster: z.string().optional(),
      holdsData: z.boolean(),
      /** One of the same name takes its place elsewhere: its file is changed, not removed. */
      replaced: z.literal(true).optional(),
    }),
  ),
  digest: Digest,
})
export type DestroyList = z.infer<typeof DestroyList>

export const Plan = z.strictObject({
  schema: z.literal('phoenix.plan/v1'),
  tenant: z.string(),
  action: z.enum(['create', 'update', 'delete', 'failover']),
  /** A decommission has two halves: lift the guards, then remove the files. */
  phase: z.enum(['only', 'lift-guards', 'remove']),
  template: z.strictObject({ name: z.string(), version: z.string() }),
  name: z.string(),
  /** With every default filled in. */
  parameters: z.record(z.string(), z.unknown()),
  /** What the request gives or changes of them; plans of earlier releases do not say. */
  asked: z.array(AskedLine).optional(),
  /** Only of a failover: the two places that were named. */
  move: FailoverParameters.optional(),
  /** Only of a revert: the change that it takes back. */
  reverts: ChangeId.optional(),
  targets: z.array(
    z.strictObject({
      cluster: z.string(),
      engine: z.enum(['argocd', 'flux']),
      path: z.string(),
      wave: z.int(),
      component: z.string(),
    }),
  ),
  totals: Totals,
  placement: z.array(VmPlacement),
  capacity: z.array(HostCapacity),
  hostLoss: z.array(HostLoss),
  quota: z.array(QuotaLine),
  cost: Cost,
  residency: z.array(ResidencyLine),
  reviewers: Reviewers,
  destroys: DestroyList.nullable(),
  findings: z.array(Finding),
  /** Only of a phase of a system: what the system's source contradicts, whatever this change is about. */
  contradictions: z.array(Finding).optional(),
  files: z.array(PlannedFile),
  /** Only of a change in many regions. */
  fleet: FleetPlan.optional(),
  /** What is simulated in this plan, in words; empty in production. */
  simulated: z.array(z.string()),
  /** Digest of everything the plan read: an approval is void when it differs. */
  reads: Digest,
  /** Digest of all of the above. */
  digest: Digest,
})
export type Plan = z.infer<typeof Plan>

/** A file of the commit. `content: null` removes it. */
export interface RenderedFile {
  path: string
  content: string | null
}

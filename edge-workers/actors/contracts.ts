// What the actors offer each other and the routes, types only. Every method may be repeated with the same arguments.
// Refusals come back as values; a thrown error means the outcome is unknown.
import type { ChangeRequest, ChangeView } from '../../schemas/change.ts'
import type { Jurisdiction } from '../../schemas/ids.ts'
import type { Cluster, Region, Site, UpdateCluster } from '../../schemas/place.ts'
import type { Plan, VmPlacement } from '../../schemas/plan.ts'
import type { FileState, PullRequest, Review } from '../../schemas/ports.ts'
import type { Action, Principal } from '../../schemas/principal.ts'
import type { ResourceView } from '../../schemas/resource.ts'
import type { Result } from '../../schemas/result.ts'
import type {
  PrerequisiteReport,
  RolloutRequest,
  RolloutSummary,
  RolloutView,
} from '../../schemas/rollout.ts'
import type { HostUse } from '../../schemas/snapshot.ts'
import type { StatusReport } from '../../schemas/status.ts'
import type {
  CreateTenant,
  CreateToken,
  TenantView,
  TokenView,
  UpdateTenant,
} from '../../schemas/tenant.ts'

/** Who stands at the door: a token still to be checked by its own tenant, or a principal somebody we trust has checked. */
export type Caller =
  | { kind: 'token'; tokenId: string; secretDigest: string }
  | { kind: 'principal'; principal: Principal }

/** A value with the version that its ETag shows. */
export interface Versioned<T> {
  value: T
  version: number
}

/**
 * A value as it is sent: the version that its ETag shows, a space, its JSON. One string, because any object costs RPC more
 * than all the rest of a read (`npm run bench -- edge-request`). packed.ts makes and reads it.
 */
export type Packed<T> = string & { readonly packs?: T }
/** A refusal is an object as ever. */
export type PackedResult<T> = Packed<T> | Extract<Result<T>, { ok: false }>

export interface PageRequest {
  limit: number
  /** Opaque position of the last item seen: the actor's own sort key. */
  after: string | null
}
export interface Page<T> {
  items: T[]
  /** Sort key of the last item when there are more. */
  next: string | null
}

export interface TenantEntry {
  id: string
  slug: string
  jurisdiction: Jurisdiction
  repository: string
  createdAt: string
}

/** One per installation. Pseudonyms and names of places only; off the hot path. */
export interface DirectoryApi {
  createTenant(
    key: string,
    fingerprint: string,
    input: CreateTenant,
    now: string,
  ): Promise<Result<TenantEntry & { replayed: boolean }>>
  /** By slug or id; null when there is none. */
  resolveTenant(slugOrId: string): Promise<TenantEntry | null>
  tenantByRepository(repository: string): Promise<TenantEntry | null>
  listTenants(page: PageRequest): Promise<Page<TenantEntry>>
  /** Which jurisdiction keeps a region, a site or a cluster. First writer wins. */
  registerPlace(
    kind: 'region' | 'site' | 'cluster',
    name: string,
    jurisdiction: Jurisdiction,
  ): Promise<Result<Jurisdiction>>
  findPlace(kind: 'region' | 'site' | 'cluster', name: string): Promise<Jurisdiction | null>
  jurisdictions(): Promise<Jurisdiction[]>
}

export interface ReservationItem extends VmPlacement {}

export interface InventorySnapshot {
  sites: Site[]
  clusters: Cluster[]
  /** Per host, without the machines of the resource that is being planned. */
  uses: HostUse[]
  takenVmIds: number[]
  takenAddresses: string[]
}

/** One per jurisdiction. */
export interface InventoryApi {
  createRegion(key: string, fingerprint: string, region: Region): Promise<Result<Versioned<Region>>>
  listRegions(page: PageRequest): Promise<Page<Region>>
  createSite(key: string, fingerprint: string, site: Site): Promise<Result<Versioned<Site>>>
  readSite(name: string): Promise<Versioned<Site> | null>
  /** Replaces hosts, network or image. Refuses to shrink below what is reserved. */
  updateSite(
    name: string,
    ifVersion: number | '*',
    site: Partial<Omit<Site, 'name' | 'region'>>,
  ): Promise<Result<Versioned<Site>>>
  listSites(page: PageRequest): Promise<Page<Site>>
  createCluster(
    key: string,
    fingerprint: string,
    cluster: Cluster,
  ): Promise<Result<Versioned<Cluster & { webhookGeneration: number }>>>
  readCluster(name: string): Promise<Versioned<Cluster & { webhookGeneration: number }> | null>
  updateCluster(
    name: string,
    ifVersion: number | '*',
    change: UpdateCluster,
  ): Promise<Result<Versioned<Cluster>>>
  listClusters(page: PageRequest): Promise<Page<Cluster>>
  /** What the planner reads about places, seen by one tenant. */
  snapshot(input: { tenantId: string; resource: string }): Promise<InventorySnapshot>
  /** All or nothing; idempotent by change id, a repeat with other items replaces them. Refuses with CAPACITY, VMID-UNIQUE or IP-UNIQUE findings. */
  reserve(input: {
    changeId: string
    tenantId: string
    resource: string
    items: ReservationItem[]
  }): Promise<Result<{ held: number }>>
  /** The change came to nothing: its holds go. */
  release(changeId: string): Promise<void>
  /** The change was merged: its holds become what the resource has, older machines of the resource stay until `prune`. */
  settle(changeId: string): Promise<void>
  /** The change was applied: machines of the resource that are not in `keep` are gone. */
  prune(input: { tenantId: string; resource: string; keep: string[] }): Promise<void>
  /** Whether the holds of a change still stand (checked again before promotion). */
  holds(changeId: string): Promise<{ held: number }>
}

/** What the Tenant asks the Repository to put on the forge. */
export interface ProposalJob {
  change: {
    id: string
    revision: number
    fingerprint: string
    requester: string
    acceptedAt: string
  }
  branch: string
  plan: Plan
  files: { path: string; content: string | null }[]
  earlier: { pullNumber: number; headSha: string } | null
}

export interface Proposed {
  pull: PullRequest
  baseSha: string
  commitSha: string
  treeSha: string
}

export interface Difference {
  /** Whether the base is an ancestor of the head, or the head itself. */
  forward: boolean
  files: FileState[]
  /** False when the forge did not list all files. */
  filesComplete: boolean
}

export interface Pending extends Difference {
  live: string
  line: { sha: string; message: string }[]
}

/** What the required check on a head says. */
export interface GateInput {
  headSha: string
  green: boolean
  title: string
  summary: string
  detailsUrl: string
  externalId: string
}

/** One per GitOps repository, named `owner/name`: everything that goes out to the forge, in one order, within its limits. */
export interface RepositoryApi {
  propose(repository: string, job: ProposalJob): Promise<Result<Proposed>>
  gate(repository: string, input: GateInput): Promise<Result<null>>
  /** Reviews are read only when asked for: each read costs a call. */
  readPull(
    repository: string,
    number: number,
    withReviews: boolean,
  ): Promise<Result<{ pull: PullRequest; reviews: Review[] } | null>>
  restoreBody(repository: string, number: number, body: string): Promise<Result<null>>
  /** Reads the pull request, refuses when head or body are not what was approved, merges at that head; adopts a merge already made. */
  merge(
    repository: string,
    input: {
      number: number
      expectedHead: string
      expectedBody: string
      title: string
      message: string
    },
  ): Promise<Result<{ mergeSha: string }>>
  closePull(repository: string, number: number): Promise<Result<null>>
  deleteBranch(repository: string, branch: string): Promise<Result<null>>
  /** The line of main that `live` does not have yet, oldest first, and what differs between the two. */
  pending(repository: string): Promise<Result<Pending>>
  /** Git's ids of files at a commit, in the order asked; null for a file that is not there. */
  blobs(repository: string, ref: string, paths: string[]): Promise<Result<(string | null)[]>>
  /** What differs between two commits; null when one of them is unknown. */
  difference(repository: string, base: string, head: string): Promise<Result<Difference | null>>
  /** Fast-forwards `live`. Refused when that is not possible. */
  promote(repository: string, sha: string): Promise<Result<{ liveSha: string }>>
}

export interface CreateChangeInput {
  key: string | null
  fingerprint: string
  request: ChangeRequest
  validateOnly: boolean
}

/** What a tenant begins with. */
export type NewTenant = Omit<TenantView, 'foundations'> & { basesOn: string[] }

export interface CreateRolloutInput {
  key: string | null
  fingerprint: string
  request: RolloutRequest
  validateOnly: boolean
}

/** What people order and report. */
export type RolloutAct =
  | { kind: 'order'; order: 'pause' | 'resume' | 'abort'; reason: string | null }
  | { kind: 'task'; phase: string; task: string; inputs: Record<string, unknown> }
  | { kind: 'prerequisite'; prerequisite: string; report: PrerequisiteReport }

/** One per tenant, in its jurisdiction. */
export interface TenantApi {
  initialise(input: NewTenant): Promise<Result<Versioned<TenantView>>>
  /** The principal behind a caller, if the action is allowed to it. */
  whoAmI(caller: Caller, action: Action): Promise<Result<Principal>>
  readTenant(caller: Caller): Promise<PackedResult<TenantView>>
  updateTenant(
    caller: Caller,
    ifVersion: number | '*',
    input: UpdateTenant,
  ): Promise<Result<Versioned<TenantView>>>
  createToken(
    caller: Caller,
    key: string,
    fingerprint: string,
    input: CreateToken,
  ): Promise<Result<TokenView & { token: string }>>
  listTokens(caller: Caller, page: PageRequest): Promise<Result<Page<TokenView>>>
  readToken(caller: Caller, id: string): Promise<Result<Versioned<TokenView>>>
  revokeToken(
    caller: Caller,
    id: string,
    ifVersion: number | '*',
  ): Promise<Result<Versioned<TokenView>>>

  createChange(
    caller: Caller,
    input: CreateChangeInput,
  ): Promise<Result<ChangeView & { replayed?: boolean }>>
  listChanges(
    caller: Caller,
    page: PageRequest,
    filter: { state?: string; name?: string },
  ): Promise<Result<Page<ChangeView>>>
  readChange(caller: Caller, id: string): Promise<PackedResult<ChangeView>>
  readPlan(caller: Caller, id: string): Promise<Result<{ plan: Plan; body: string }>>
  readFiles(
    caller: Caller,
    id: string,
  ): Promise<Result<{ path: string; content: string | null; before: string | null }[]>>
  approveChange(
    caller: Caller,
    id: string,
    key: string,
    input: { headSha?: string | undefined },
  ): Promise<Result<ChangeView>>
  mergeChange(caller: Caller, id: string, key: string): Promise<Result<ChangeView>>
  rejectChange(
    caller: Caller,
    id: string,
    key: string,
    reason: string | null,
  ): Promise<Result<ChangeView>>
  cancelChange(
    caller: Caller,
    id: string,
    key: string,
    reason: string | null,
  ): Promise<Result<ChangeView>>
  reviseChange(
    caller: Caller,
    id: string,
    key: string,
    parameters: Record<string, unknown> | null,
  ): Promise<Result<ChangeView>>
  revertChange(caller: Caller, id: string, key: string): Promise<Result<ChangeView>>
  /** Server-sent events of one change, or of a rollout with all of its changes, from after `lastEventId` on. */
  follow(
    caller: Caller,
    id: string,
    lastEventId: number,
  ): Promise<Result<ReadableStream<Uint8Array>>>

  /** For another tenant's actor: how many phases a system of this one has, and how many are healthy; null without it. */
  systemHealth(system: string): Promise<{ phases: number; healthy: number } | null>
  createRollout(
    caller: Caller,
    input: CreateRolloutInput,
  ): Promise<Result<RolloutView & { replayed?: boolean }>>
  listRollouts(caller: Caller, page: PageRequest): Promise<Result<Page<RolloutSummary>>>
  readRollout(caller: Caller, id: string): Promise<Result<RolloutView>>
  actOnRollout(caller: Caller, id: string, act: RolloutAct): Promise<Result<RolloutView>>
  /** The runbook as Markdown, or a document as JSON text: RPC would not carry what has no fixed shape. */
  readRolloutText(
    caller: Caller,
    id: string,
    what: 'runbook' | { document: string },
  ): Promise<Result<string>>

  listResources(
    caller: Caller,
    page: PageRequest,
    filter: { kind?: string; parent?: string },
  ): Promise<Result<Page<ResourceView>>>
  readResource(caller: Caller, name: string): Promise<Result<Versioned<ResourceView>>>

  /** A hint that something happened on the forge; what is true is read again. `replayed` when the same delivery was taken before. */
  forgeHint(input: {
    bodyDigest: string
    pullNumber: number | null
    headSha: string | null
    merged: boolean
    pushedRef: string | null
    kind: string
    senderIsApp: boolean
  }): Promise<Result<{ taken: boolean }>>
  /** What an engine reports; refused for commits that were never promoted and for clusters that are not a target. */
  reportStatus(input: {
    bodyDigest: string
    report: StatusReport
  }): Promise<Result<{ taken: boolean }>>
  /** Wakes whatever is overdue. Returns the schema version for the sweep's report. */
  wake(): Promise<{ due: number }>
}

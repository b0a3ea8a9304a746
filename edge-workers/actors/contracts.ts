// What the actors offer each other and the routes, types only. Every method may be repeated with the same arguments.
// Refusals come back as values; a thrown error means the outcome is unknown.
import type { Month } from '../../schemas/availability.ts'
import type { ChangeRequest, ChangeView } from '../../schemas/change.ts'
import type { Evidence } from '../../schemas/evidence.ts'
import type { Jurisdiction } from '../../schemas/ids.ts'
import type { Invoice } from '../../schemas/invoice.ts'
import type { Cluster, Kept, Region, Site, UpdateCluster } from '../../schemas/place.ts'
import type { Finding, Plan, VmPlacement } from '../../schemas/plan.ts'
import type { PlatformRecord } from '../../schemas/platform-record.ts'
import type { PriceBook } from '../../schemas/price-book.ts'
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
  regions: Region[]
  /** The book that the operators installed; null where they have not. */
  priceBook: PriceBook | null
  /** Per host, without the machines of the resource that is being planned. */
  uses: HostUse[]
  takenVmIds: number[]
  takenAddresses: string[]
}

/** What a plan is about, so that no other place is read. */
export interface About {
  sites: string[]
  /** Null: any cluster will do; not all of them are read. */
  clusters: string[] | null
  /** Also the clusters in the region of the first site. */
  near: boolean
  /** It makes machines, which get ids and addresses that nobody has. */
  machines: boolean
}

/** A record of the operators' repository, promoted there. */
export interface KeepRecord {
  changeId: string
  /** Its change's place in `live` of that repository: the latest counts. */
  order: number
  record: PlatformRecord
  removing: boolean
}

/** One per jurisdiction. */
export interface InventoryApi {
  createRegion(key: string, fingerprint: string, region: Region): Promise<Result<Versioned<Region>>>
  listRegions(page: PageRequest): Promise<Page<Region & Kept>>
  createSite(key: string, fingerprint: string, site: Site): Promise<Result<Versioned<Site>>>
  readSite(name: string): Promise<Versioned<Site & Kept> | null>
  /** Replaces hosts, network or image. Refuses to shrink below what is reserved. */
  updateSite(
    name: string,
    ifVersion: number | '*',
    site: Partial<Omit<Site, 'name' | 'region'>>,
  ): Promise<Result<Versioned<Site>>>
  listSites(page: PageRequest): Promise<Page<Site & Kept>>
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
  /** Null where the operators have installed none. */
  readPriceBook(): Promise<PriceBook | null>
  /** What speaks against a record, before its change is approved and again before it is promoted. */
  judgeRecord(input: Pick<KeepRecord, 'record' | 'removing'>): Promise<Finding[]>
  /** Once per change; `taken` is false where a later change has had its say. Refuses with the findings of `judgeRecord`. */
  keepRecord(input: KeepRecord): Promise<Result<{ taken: boolean }>>
  /** What the planner reads about places, seen by one tenant. */
  snapshot(input: {
    tenantId: string
    resource: string
    /** Absent: every place, and everybody's machines. */
    about?: About
  }): Promise<InventorySnapshot>
  /**
   * All or nothing; idempotent by change id, a repeat with other items replaces them. Refuses with CAPACITY, VMID-UNIQUE or
   * IP-UNIQUE findings. Ids and addresses are the change's from here on; room is whoever's that claims it first.
   */
  reserve(input: {
    changeId: string
    tenantId: string
    resource: string
    items: ReservationItem[]
  }): Promise<Result<{ held: number }>>
  /** Before a merge and before promotion: the room is the change's from now on. Refuses with CAPACITY-LOST findings. */
  claim(changeId: string): Promise<Result<{ held: number }>>
  /** The merge did not happen. */
  unclaim(changeId: string): Promise<void>
  /** Why an open change has no room any more; empty while it has. */
  room(changeId: string): Promise<Finding[]>
  /** The change came to nothing: its holds go. */
  release(changeId: string): Promise<void>
  /** The change was merged: its holds become what the resource has, older machines of the resource stay until `prune`. */
  settle(changeId: string): Promise<void>
  /** The change was applied: machines of the resource that are not in `keep` are gone. */
  prune(input: { tenantId: string; resource: string; keep: string[] }): Promise<void>
  /** Whether the holds of a change still stand (checked again before promotion). */
  holds(changeId: string): Promise<{ held: number }>
}

export interface CreateChangeInput {
  key: string | null
  fingerprint: string
  request: ChangeRequest
  validateOnly: boolean
}

/** What a tenant begins with. */
export type NewTenant = Omit<TenantView, 'foundations' | 'residency' | 'failoverApprovals'> & {
  basesOn: string[]
}

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

  /** The Inventory's hint that the room of open changes may be another now; what is true is asked again. */
  roomChanged(changeIds: string[]): Promise<void>
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

  /** Of whole days in UTC, both included. */
  readEvidence(
    caller: Caller,
    pack: string,
    period: { from: string; to: string },
  ): Promise<Result<Evidence>>

  listResources(
    caller: Caller,
    page: PageRequest,
    filter: { kind?: string; parent?: string },
  ): Promise<Result<Page<ResourceView>>>
  readResource(caller: Caller, name: string): Promise<Result<ResourceView>>
  /** The draft of a month that has begun; one that has not is refused. */
  readInvoice(caller: Caller, month: Month): Promise<Result<Invoice>>

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

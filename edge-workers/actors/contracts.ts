// What the actors offer each other and the routes, types only. Every method may be repeated with the same arguments.
// Refusals come back as values; a thrown error means the outcome is unknown.
import type { ChangeRequest, ChangeView } from '../../schemas/change.ts'
import type { Evidence } from '../../schemas/evidence.ts'
import type { Jurisdiction } from '../../schemas/ids.ts'
import type { Acceptance } from '../../schemas/invitation.ts'
import type { Cluster, Kept, Region, Site, UpdateCluster } from '../../schemas/place.ts'
import type { Finding, Plan, VmPlacement } from '../../schemas/plan.ts'
import type { InventoryRecord } from '../../schemas/platform-record.ts'
import type { PriceBook } from '../../schemas/price-book.ts'
import type { Action, Principal } from '../../schemas/principal.ts'
import type { ResourceView } from '../../schemas/resource.ts'
import type { Result } from '../../schemas/result.ts'
import type {
  RolloutAct,
  RolloutRequest,
  RolloutSummary,
  RolloutView,
} from '../../schemas/rollout.ts'
import type { HostUse } from '../../schemas/snapshot.ts'
import type { StatusReport } from '../../schemas/status.ts'
import type { CreateTenant, TenantView, UpdateTenant } from '../../schemas/tenant.ts'
import type { AgainApi, TellsAgainApi, TellsPlacesApi } from './directory/again-contracts.ts'
import type { AzureDirectoryApi } from './directory/azure-contracts.ts'
import type { FreezeApi } from './directory/freeze-contracts.ts'
import type { IssuersApi } from './directory/issuers-contracts.ts'
import type { HeardApi } from './inventory/heard.ts'
import type { InputOf, OperationName, OutputOf } from './operations-contracts.ts'
import type { AcceptInvitation } from './tenant/people/contracts.ts'
import type { ExchangedToken, TokenExchange } from './tenant/workloads/contracts.ts'
import type { WalletApi } from './wallet-contracts.ts'

/**
 * Who stands at the door. What the edge could prove without asking anybody is proved; whether it still holds (a token, a
 * session, a membership) the tenant's own actor checks in the call that does the work.
 */
export type Caller =
  | { kind: 'token'; tokenId: string; secretDigest: string }
  // A cookie that we sealed. The session may have ended since.
  | { kind: 'session'; sessionId: string; identity: string }
  // An access token of an identity provider, verified. `expiresAt`: milliseconds since the epoch.
  | { kind: 'identity'; identity: string; expiresAt: number }
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
/** At once where nothing has to be waited for: a promise costs the object another turn. */
export type Sent<T> = PackedResult<T> | Promise<PackedResult<T>>

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

/** A sign-in, as a pseudonym. */
export interface SessionEntry {
  id: string
  identity: string
  /** Name of the identity provider. */
  issuer: string
  createdAt: string
  expiresAt: string
}

export interface TenantEntry {
  id: string
  slug: string
  jurisdiction: Jurisdiction
  repository: string
  createdAt: string
}

/** One per installation. Pseudonyms and names of places only; off the hot path. */
export interface DirectoryApi extends FreezeApi, AzureDirectoryApi, IssuersApi, AgainApi {
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
  /** A tenant that this identity is a member of, by slug or id; null for every other, whether there is one or not. */
  ownTenant(identity: string, slugOrId: string): Promise<TenantEntry | null>
  tenantsOf(identity: string, page: PageRequest): Promise<Page<TenantEntry>>
  /** Idempotent. The tenant's actor says it after it has taken the member in. */
  joinTenant(identity: string, tenantId: string): Promise<void>
  leaveTenant(identity: string, tenantId: string): Promise<void>
  /** Idempotent by id. */
  startSession(session: SessionEntry): Promise<void>
  /**
   * Lets a session into a tenant of its identity, and remembers it, so that the tenant is told when it ends. Null when it has
   * ended, has expired, or the identity is no member there.
   */
  enterTenant(
    sessionId: string,
    slugOrId: string,
    now: string,
  ): Promise<{ entry: TenantEntry; session: SessionEntry } | null>
  listSessions(identity: string, now: string): Promise<SessionEntry[]>
  /** Ends it here and answers with the tenants that have to be told. Null: not a session of this identity. */
  endSession(identity: string, sessionId: string, now: string): Promise<TenantEntry[] | null>
  noteErasure(tenantId: string, memberId: string, at: string): Promise<void>
  erasuresOf(tenantId: string): Promise<{ memberId: string; at: string }[]>
  /** The tenant is erased: nobody is in it any more; slug and repository stay taken. */
  eraseTenant(tenantId: string): Promise<void>
  isErased(tenantId: string): Promise<boolean>
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
  record: InventoryRecord
  removing: boolean
}

/** One per jurisdiction. */
export interface InventoryApi extends TellsPlacesApi, HeardApi {
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
  claim(changeId: string, how?: { again?: boolean }): Promise<Result<{ held: number }>>
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
  /** What the sweep does: an alarm that was lost is set again. */
  wake(): Promise<void>
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
export type NewTenant = Omit<
  TenantView,
  | 'foundations'
  | 'residency'
  | 'failoverApprovals'
  | 'invoiceAttestations'
  | 'settings'
  | 'state'
  | 'stateSince'
  | 'stateReason'
  | 'deletion'
  | 'eraseAt'
> & {
  basesOn: string[]
  /** Its database is lost and comes back from a backup: it is made although its log was published. */
  restoring?: boolean
}

export interface CreateRolloutInput {
  key: string | null
  fingerprint: string
  request: RolloutRequest
  validateOnly: boolean
}

type Decided = Promise<Result<ChangeView>>

/** One per tenant, in its jurisdiction. */
export interface TenantApi extends TellsAgainApi {
  initialise(input: NewTenant): Promise<Result<Versioned<TenantView>>>
  /** The principal behind a caller, if the action is allowed to it. */
  whoAmI(caller: Caller, action: Action): Promise<Result<Principal>>
  readTenant(caller: Caller): Sent<TenantView>
  updateTenant(
    caller: Caller,
    ifVersion: number | '*',
    input: UpdateTenant,
  ): Promise<Result<Versioned<TenantView>>>
  /** Everything that has a row in operations-contracts.ts. */
  call<Name extends OperationName>(
    caller: Caller,
    name: Name,
    input: InputOf<Name>,
  ): Promise<Result<OutputOf<Name>>>

  createChange(
    caller: Caller,
    input: CreateChangeInput,
  ): Promise<Result<ChangeView & { replayed?: boolean }>>
  listChanges(
    caller: Caller,
    page: PageRequest,
    filter: { state?: string; name?: string },
  ): Promise<Result<Page<ChangeView>>>
  readChange(caller: Caller, id: string): Sent<ChangeView>
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
  ): Decided
  mergeChange(caller: Caller, id: string, key: string): Decided
  rejectChange(caller: Caller, id: string, key: string, reason: string | null): Decided
  cancelChange(caller: Caller, id: string, key: string, reason: string | null): Decided
  reviseChange(
    caller: Caller,
    id: string,
    key: string,
    parameters: Record<string, unknown> | null,
  ): Decided
  revertChange(...asked: [...Parameters<TenantApi['mergeChange']>, reason?: string | null]): Decided
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

  /** A hint that something happened on the forge; what is true is read again. `replayed` when the same delivery was taken before. */
  forgeHint(input: {
    bodyDigest: string
    pullNumber: number | null
    headSha: string | null
    merged: boolean
    pushedRef: string | null
    kind: string
    senderIsApp: boolean
    /** The account that caused it; absent where the forge does not say. */
    sender?: { login: string; account: number | null } | null
  }): Promise<Result<{ taken: boolean }>>
  /** What an engine reports; refused for commits that were never promoted and for clusters that are not a target. */
  reportStatus(input: {
    bodyDigest: string
    report: StatusReport
  }): Promise<Result<{ taken: boolean }>>
  /** Comes with no principal: the token of another issuer is the proof, and is judged here. */
  exchangeToken(input: TokenExchange): Promise<Result<ExchangedToken>>
  /** The Directory let this session in. Nothing comes of it when the session has ended here, or nobody has this identity. */
  openSession(session: SessionEntry): Promise<void>
  closeSession(sessionId: string): Promise<void>
  /** Without a principal: whoever accepts becomes one. Every invitation that cannot be used answers `not-found`. */
  acceptInvitation(input: AcceptInvitation): Promise<Result<Acceptance>>
  /** Of whoever holds a link, a code or a token of a credential (wallet-contracts.ts): no member is asked for. */
  wallet: WalletApi
  /** Wakes whatever is overdue. Returns the schema version for the sweep's report. */
  wake(): Promise<{ due: number; waitingSeconds?: number; attempts?: number }>
}

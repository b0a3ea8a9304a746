// What the Log actor offers, types only: the platform's log of tenants' heads. As in contracts.ts, every method may be repeated
// with the same arguments, and refusals come back as values.
import type {
  CheckpointView,
  ConsistencyProof,
  InclusionProof,
  LogHead,
  LogKey,
  PlatformEvent,
} from '../../schemas/log.ts'
import type { Result } from '../../schemas/result.ts'
import type { BackedUp } from './backup/platform.ts'
import type { Page, PageRequest } from './contracts.ts'

/** Where a tenant's head stands in the platform's log, under its newest checkpoint. */
export interface HeadProof {
  /** The platform's leaf, as it is hashed. */
  leaf: string
  proof: InclusionProof
  checkpoint: string
}

/** `leafIndex`: where the platform's log has the key; null: not yet. */
export type KnownKey = LogKey & { leafIndex: number | null }

/** One per installation. */
export interface LogApi extends BackedUp {
  /**
   * A tenant's log has grown to this head. Refuses with `conflict` a head smaller than the one that is known, or of its size
   * with another root: then that tenant's database is older than what was published of it.
   */
  noteHead(tenantId: string, head: LogHead): Promise<Result<null>>
  /** The newest head of a tenant's log that is known; null: none. */
  headOf(tenantId: string): Promise<LogHead | null>
  /** Ids of all tenants that ever told a head, in their order; from a log that nobody has compared, too. */
  knownTenants(page: PageRequest): Promise<Page<string>>
  /** The newest signed checkpoint; null before the first. */
  checkpoint(): Promise<CheckpointView | null>
  /** Null where the platform has no checkpoint yet over a head of that tenant of at least this size. */
  proveHead(tenantId: string, size: number): Promise<HeadProof | null>
  /** `size` absent: that of the newest checkpoint. Refuses indexes and sizes beyond it. */
  inclusion(index: number, size?: number): Promise<Result<{ leaf: string; proof: InclusionProof }>>
  consistency(from: number, to: number): Promise<Result<ConsistencyProof>>
  /** A leaf of the platform's own; the same twice is two. */
  noteEvent(event: PlatformEvent): Promise<void>
  /** Every key that ever signed, the present ones last. */
  keys(): Promise<LogKey[]>
  knownKeys(): Promise<KnownKey[]>
  /** Does what is due; the sweep calls it. Answers how many pieces were. */
  wake(): Promise<{ due: number }>
}

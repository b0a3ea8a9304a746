// What may be asked of a tenant about itself: stop, go on, delete, restore, and what its settings mean for what stands.

import type { TenantView } from '../../../../schemas/tenant.ts'
import type { DeletionView } from '../../../../schemas/tenant-deletion.ts'
import type { Versioned } from '../../contracts.ts'

export interface AskDeletion {
  ifVersion: number | '*'
  confirm: string | null
  validateOnly: boolean
}

/** Something that stands where the owners no longer allow anything. */
export interface OutsidePlace {
  resource: string
  places: string[]
}

export interface LifecycleOperations {
  /** Idempotent. */
  'tenant.suspend': { input: { reason: string }; output: Versioned<TenantView> }
  /** Idempotent. */
  'tenant.resume': { input: null; output: Versioned<TenantView> }
  /** A preview, or the beginning; the deletion that is under way where there is one. */
  'tenant.delete': { input: AskDeletion; output: Versioned<DeletionView> }
  /** Takes a deletion back, or a deleted tenant out of its grace: active, with its people and its log. Idempotent. */
  'tenant.restore': { input: null; output: Versioned<TenantView> }
  'tenant.outside': { input: null; output: OutsidePlace[] }
}

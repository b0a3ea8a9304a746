// Deleting a tenant: what is asked, what it would destroy, and how far it is. One plan over everything that stands.
import * as z from 'zod'
import { ChangeView } from './change.ts'
import { Digest } from './ids.ts'
import { DestroyList } from './plan.ts'
import { TenantState } from './tenant-settings.ts'

/** In the place of a template, of a change that removes what many templates made. No tenant can ask for it by this name. */
export const TENANT_DELETION = 'tenant-deletion'
/** In the place of a resource's name: no resource can have it. */
export const DELETION_NAME = 'tenant:deletion'

export const DeleteTenant = z.strictObject({
  /** Digest of the destroy list that the preview returned. A preview needs none. */
  confirm: Digest.optional(),
})
export type DeleteTenant = z.infer<typeof DeleteTenant>

/** What a pull request of the deletion is about. */
export const DeletionStep = z.strictObject({
  what: z.enum(['lift-guards', 'remove']),
  resources: z.array(z.string()),
})
export type DeletionStep = z.infer<typeof DeletionStep>

export const DoomedMachine = z.strictObject({
  resource: z.string(),
  name: z.string(),
  site: z.string(),
  host: z.string(),
  vmId: z.int(),
  diskGiB: z.int(),
})
export type DoomedMachine = z.infer<typeof DoomedMachine>

export const DeletionView = z.strictObject({
  /** Of the tenant, or `preview`. */
  state: z.union([TenantState, z.literal('preview')]),
  /** Every object that stands, those that hold data marked. */
  destroys: DestroyList,
  machines: z.array(DoomedMachine),
  /** The pull requests it takes, in order: nothing of a later one is asked for before the one before is applied. */
  steps: z.array(DeletionStep),
  /** What stays although the tenant goes, and who takes it away. */
  stays: z.array(z.string()),
  /** Days between the last removal and the erasure. */
  graceDays: z.int(),
  eraseAt: z.iso.datetime().nullable(),
  /** The change under way; null in a preview, and where nothing stands. */
  change: ChangeView.nullable(),
})
export type DeletionView = z.infer<typeof DeletionView>

/** Why an operator stops a tenant: shown to its people, kept in the log. */
export const SuspendTenant = z.strictObject({
  reason: z
    .string()
    .min(1)
    .max(500)
    .regex(/^[^\p{C}]*$/u, 'one line of plain text'),
})
export type SuspendTenant = z.infer<typeof SuspendTenant>

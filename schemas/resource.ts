// What exists for a tenant: the thing asked for, and its parts, each at a commit and with its health.
import * as z from 'zod'
import { Availability } from './availability.ts'
import { Drift } from './drift.ts'
import { ChangeId, GitSha } from './ids.ts'
import { Price } from './quantity.ts'

export const ResourceView = z.strictObject({
  name: z.string(),
  /** `besu-network`, `virtual-machine`, … */
  kind: z.string(),
  /** The resource it is a part of; null for what was asked for itself. */
  parent: z.string().nullable(),
  template: z.strictObject({ name: z.string(), version: z.string() }),
  /** Null for records: no cluster applies them, Phoenix itself reads what they say. */
  cluster: z.string().nullable(),
  state: z.enum(['applied', 'decommissioning', 'removed']),
  health: z.strictObject({
    state: z.enum(['unknown', 'progressing', 'healthy', 'degraded']),
    message: z.string(),
    simulated: z.boolean(),
  }),
  commit: GitSha,
  change: ChangeId,
  openChange: ChangeId.nullable(),
  size: z.strictObject({ cores: z.int(), memoryMiB: z.int(), diskGiB: z.int() }).nullable(),
  placement: z
    .strictObject({ site: z.string(), host: z.string(), vmId: z.int(), address: z.string() })
    .nullable(),
  /** A month of 730 hours, as it was approved and by the book that it names. */
  cost: Price,
  /** What differs from what was approved, in Git or on a cluster; null while they agree, and for a part. */
  drift: Drift.nullable(),
  /** This month so far; null for a part, and where the tier of its place is not known. */
  availability: Availability.nullable(),
})
export type ResourceView = z.infer<typeof ResourceView>

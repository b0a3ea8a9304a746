// What exists for a tenant: the thing asked for, and its parts, each at a commit and with its health.
import * as z from 'zod'
import { ChangeId, GitSha } from './ids.ts'
import { Money } from './quantity.ts'

export const ResourceView = z.strictObject({
  name: z.string(),
  /** `besu-network`, `virtual-machine`, … */
  kind: z.string(),
  /** The resource it is a part of; null for what was asked for itself. */
  parent: z.string().nullable(),
  template: z.strictObject({ name: z.string(), version: z.string() }),
  cluster: z.string(),
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
  cost: Money,
})
export type ResourceView = z.infer<typeof ResourceView>

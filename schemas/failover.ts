// A failover: what stands in one place is asked for in another one. It is a change like any other, under stricter rules.
import * as z from 'zod'
import { HostName } from './ids.ts'

/** Parameters of the action `failover`: two sites, or two regions. The resource keeps all its other parameters. */
export const FailoverParameters = z.strictObject({
  from: HostName.describe('Site or region that is left'),
  to: HostName.describe('Site or region that takes over'),
})
export type FailoverParameters = z.infer<typeof FailoverParameters>

/** The template whose resources are policies of failover. */
export const FAILOVER_POLICY_TEMPLATE = 'failover-policy'
/** Folder of the repository in which they are, one file each. */
export const FAILOVER_POLICIES_FOLDER = 'failover-policies'

/** A policy that stands in Git, as a plan reads it. */
export interface StandingFailoverPolicy {
  name: string
  resource: string
  /** Places that it may move to. */
  to: string[]
}

/** Who must approve a move out of a core place, or into one, unless the tenant's settings ask for more. */
export const FAILOVER_APPROVALS = 2

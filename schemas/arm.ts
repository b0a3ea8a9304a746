// Azure Resource Manager between the edge and the Functions: the tenant's place there, and work that goes on after an answer.
import * as z from 'zod'

/** Microsoft's naming rules: 1 to 90 of letters, digits and ._-() and no period at the end. ASCII here. */
export const ResourceGroup = z.string().regex(/^[A-Za-z0-9._()-]{0,89}[A-Za-z0-9_()-]$/)
/** A region by its programmatic name. */
export const AzureLocation = z.string().regex(/^[a-z][a-z0-9]{2,39}$/)

/** Compared without regard to case, as Azure does. */
export const AzurePlace = z.strictObject({
  subscriptionId: z.uuid(),
  resourceGroup: ResourceGroup,
})
export type AzurePlace = z.infer<typeof AzurePlace>

export const placeKey = ({ subscriptionId, resourceGroup }: AzurePlace): string =>
  `${subscriptionId}/${resourceGroup}`.toLowerCase()

/** An operation that goes on in Azure: kept by whoever waits, and handed back to be followed. Holds no secret. */
export const ArmPending = z.strictObject({
  method: z.enum(['PUT', 'PATCH', 'DELETE']),
  /** Path of the resource. */
  resource: z.string().startsWith('/subscriptions/').max(1_000),
  /** Where its status is told (Azure-AsyncOperation, Operation-Location). */
  statusUrl: z.string().max(4_000).nullable(),
  /** Where its result will be. */
  locationUrl: z.string().max(4_000).nullable(),
})
export type ArmPending = z.infer<typeof ArmPending>

/** Where the work is over: its value. Where it goes on: what to come back with, and after how many seconds. */
export const longOf = <T extends z.ZodType>(value: T) =>
  z.union([
    z.strictObject({ done: z.literal(true), value }),
    z.strictObject({
      done: z.literal(false),
      pending: ArmPending,
      retryAfterSeconds: z.int().min(0),
    }),
  ])
export type Long<T> =
  | { done: true; value: T }
  | { done: false; pending: ArmPending; retryAfterSeconds: number }

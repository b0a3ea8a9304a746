// The tenant's place in Azure: the one resource group in which the Functions act for it. Operators set it.
import * as z from 'zod'
import { AzureLocation, AzurePlace } from './arm.ts'

export const AzureScope = z.strictObject({
  ...AzurePlace.shape,
  /** Where new resources of the group are kept, as `westeurope`. */
  location: AzureLocation,
  /** The directory of the subscription. */
  entraTenantId: z.uuid(),
})
export type AzureScope = z.infer<typeof AzureScope>

/** `id` names it in events and in the log. */
export const AzureScopeView = z.strictObject({
  id: z.string().regex(/^azs_[a-z2-7]{26}$/),
  ...AzureScope.shape,
  updatedAt: z.iso.datetime(),
})
export type AzureScopeView = z.infer<typeof AzureScopeView>

// Parameters of the template storage-account: blob storage in Azure with its containers.
// Nothing here can open it: HTTPS only, no public blobs, no shared keys.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation, hasPair } from './azure.ts'

const Container = z
  .string()
  .min(3)
  .max(63)
  .regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/)

export const StorageAccountParameters = z
  .strictObject({
    cluster: Slug.optional().describe(
      'Cluster whose Azure Service Operator manages it; absent: the only one there is',
    ),
    location: AzureLocation.describe('Azure region'),
    azureName: z
      .string()
      .regex(/^[a-z0-9]{3,24}$/, 'lower-case letters and digits, 3 to 24')
      .describe('Name of the account in Azure, the only one of its name anywhere'),
    redundancy: z
      .enum(['LRS', 'ZRS', 'GRS'])
      .default('ZRS')
      .describe(
        'Copies in one zone (LRS), in three zones (ZRS), or also in the paired region (GRS)',
      ),
    tier: z.enum(['Hot', 'Cool']).default('Hot'),
    retentionDays: z
      .int()
      .min(7)
      .max(365)
      .default(30)
      .describe('How long deleted blobs and containers can be brought back'),
    containers: z.array(Container).max(100).refine(isUnique, 'each at most once').default([]),
  })
  .refine(({ location, redundancy }) => redundancy !== 'GRS' || hasPair(location), {
    path: ['redundancy'],
    error: 'the region has no pair to keep a copy in',
  })
export type StorageAccountParameters = z.infer<typeof StorageAccountParameters>

// Parameters of the template container-registry: a registry of images in Azure, reachable privately only.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation } from './azure.ts'

export const ContainerRegistryParameters = z
  .strictObject({
    cluster: Slug.optional().describe(
      'Cluster whose Azure Service Operator manages it; absent: the only one there is',
    ),
    location: AzureLocation.describe('Azure region'),
    azureName: z
      .string()
      .regex(/^[a-z0-9]{5,50}$/, 'lower-case letters and digits, 5 to 50')
      .describe('Name of the registry in Azure, the only one of its name anywhere'),
    replicas: z
      .array(AzureLocation)
      .max(6)
      .refine(isUnique, 'each at most once')
      .default([])
      .describe('Further regions that hold a copy of every image'),
    untaggedDays: z
      .int()
      .min(1)
      .max(365)
      .optional()
      .describe(
        'Days after which an image without a tag is removed, even one that runs by its digest; absent: never',
      ),
  })
  .refine(({ location, replicas }) => !replicas.includes(location), {
    path: ['replicas'],
    error: 'the registry itself already stands in one of them',
  })
export type ContainerRegistryParameters = z.infer<typeof ContainerRegistryParameters>

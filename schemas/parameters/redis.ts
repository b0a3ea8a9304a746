// Parameters of the template redis. Sizes are per instance, in the source's ranges: 2-4 cores, 8-16 GB, 50-100 GB;
// smaller ones are for trials.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import { Nodes, operatorNamespace, SecretName, StorageClass, sizeBetween } from './workload.ts'

export const RedisParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  instances: z.int().min(2).max(9).default(2).describe('A primary and its replicas'),
  sentinels: z
    .union([z.literal(3), z.literal(5)])
    .default(3)
    .describe('Sentinels that choose a new primary by majority'),
  nodes: Nodes,
  cores: coresBetween(1, 4).default(2),
  memory: sizeBetween({ value: 256, unit: 'MiB' }, gib(16)).default({ value: 8, unit: 'GiB' }),
  storage: sizeBetween(gib(1), { value: 100, unit: 'GB' })
    .default({ value: 50, unit: 'GB' })
    .describe('At least twice the memory: snapshot and log stand beside each other'),
  storageClass: StorageClass,
  operatorNamespace: operatorNamespace('ot-operators'),
  passwordSecret: SecretName.describe('Secret with the key password'),
})
export type RedisParameters = z.infer<typeof RedisParameters>

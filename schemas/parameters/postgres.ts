// Parameters of the template postgres. Sizes are per instance; their ranges are those of the source's databases:
// 8-32 cores, 32-128 GB, 0.5-4 TB. Smaller ones are for trials.
import * as z from 'zod'
import { Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import {
  HttpsOrigin,
  Nodes,
  operatorNamespace,
  SecretName,
  StorageClass,
  sizeBetween,
} from './workload.ts'

const SqlName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, 'lower-case letters, digits and underscores, 1 to 63')
  .refine((name) => !/^(?:postgres|template[01]|streaming_replica|pg_.*)$/.test(name), 'reserved')
/** A folder in a container or bucket. */
const Folder = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)

const AzureBlob = z
  .strictObject({
    kind: z.literal('azure-blob'),
    account: z.string().regex(/^[a-z0-9]{3,24}$/),
    container: Folder.min(3),
    secret: SecretName.describe('Secret with the keys storage-account and storage-sas-token'),
  })
  .describe('A container of an Azure storage account')
const S3 = z
  .strictObject({
    kind: z.literal('s3'),
    endpoint: HttpsOrigin,
    bucket: Folder.min(3),
    secret: SecretName.describe('Secret with the keys access-key-id and secret-access-key'),
  })
  .describe('A bucket that speaks S3')

const Store = z.discriminatedUnion('kind', [AzureBlob, S3])
export type BackupStore = z.infer<typeof Store>

export const PostgresParameters = z
  .strictObject({
    cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
    version: z.enum(['16', '17', '18']).default('17').describe('Major version of PostgreSQL'),
    instances: z.int().min(1).max(9).default(3).describe('A primary and its replicas'),
    synchronousReplicas: z
      .int()
      .min(0)
      .max(4)
      .optional()
      .describe(
        'Replicas that must hold a commit before it is answered; absent: 1 from 3 instances on',
      ),
    nodes: Nodes,
    cores: coresBetween(1, 32)
      .default(8)
      .describe('Per instance; all instances together must fit the quota of the tenant base'),
    memory: sizeBetween(gib(1), { value: 128, unit: 'GiB' }).default({ value: 32, unit: 'GiB' }),
    storage: sizeBetween(gib(1), { value: 4, unit: 'TB' }).default({ value: 500, unit: 'GB' }),
    walStorage: sizeBetween(gib(1), { value: 1, unit: 'TB' }).default({ value: 50, unit: 'GB' }),
    storageClass: StorageClass,
    operatorNamespace: operatorNamespace('cnpg-system'),
    database: SqlName.default('app').describe('Database made at the start'),
    owner: SqlName.default('app').describe(
      'Its owner; the operator makes the credentials and keeps them in the Secret <name>-app',
    ),
    requireTls: z
      .boolean()
      .default(false)
      .describe('Refuse clients that come over the network without TLS'),
    replicaOf: z
      .strictObject({
        name: Slug.describe('Resource of the template postgres, wherever it stands'),
        store: Store.describe('Where that one keeps its backups and its log'),
      })
      .optional()
      .describe(
        'Follow another cluster through its archive, for reading only, until somebody promotes this one; none of its replicas is waited for meanwhile',
      ),
    backup: z
      .strictObject({
        store: Store,
        hourUtc: z.int().min(0).max(23).default(2).describe('Hour of the daily full backup'),
        retentionDays: z.int().min(7).max(3650).default(30),
      })
      .describe('Daily full backups, and the log of changes as it is written'),
  })
  .refine(({ instances, synchronousReplicas = 0 }) => synchronousReplicas < instances, {
    path: ['synchronousReplicas'],
    message: 'must be fewer than the instances',
  })
export type PostgresParameters = z.infer<typeof PostgresParameters>

// Parameters of the template velero: where backups go, how often they are made and how long they are kept.

import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { HttpsOrigin, SecretName } from './workload.ts'

const Container = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/, 'lower case, 3 to 63')
const Hours = z.int().max(87_600)

const AzureBlob = z
  .strictObject({
    kind: z.literal('azure-blob'),
    account: z.string().regex(/^[a-z0-9]{3,24}$/),
    container: Container,
    clientId: z
      .guid()
      .toLowerCase()
      .describe(
        'Client id of the identity that may write blobs; federate it with the service account velero-server in velero',
      ),
  })
  .describe('A container of an Azure storage account, reached by workload identity')
const S3 = z
  .strictObject({
    kind: z.literal('s3'),
    endpoint: HttpsOrigin,
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .default('us-east-1')
      .describe('What the store calls its region; many that are not AWS take any'),
    bucket: Container,
    secret: SecretName.describe(
      'Secret in the namespace velero whose key cloud holds an AWS credentials file; it must be there first',
    ),
  })
  .describe('A bucket that speaks S3')

export const VeleroParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  store: z
    .discriminatedUnion('kind', [AzureBlob, S3])
    .describe('Where backups go, below a folder named after the cluster. They hold Secrets too'),
  daily: z
    .strictObject({
      hourUtc: z.int().min(0).max(23).default(2),
      retentionHours: Hours.min(24).default(720).describe('How long each is kept, in hours'),
    })
    .prefault({})
    .describe('The full backup of every day'),
  hourly: z
    .strictObject({
      enabled: z.boolean().default(true),
      minute: z.int().min(0).max(59).default(15),
      retentionHours: Hours.min(1).default(48).describe('How long each is kept, in hours'),
    })
    .prefault({})
    .describe('The backup of every hour; of volumes, only what changed is moved'),
  namespaces: z
    .array(HostName)
    .max(100)
    .default([])
    .refine(isUnique, 'a namespace twice')
    .describe('Namespaces to back up; none: all'),
  volumes: z
    .enum(['none', 'snapshots', 'moved'])
    .default('moved')
    .describe(
      'none: objects only; snapshots: CSI snapshots, which are lost with their storage; moved: snapshots whose ' +
        'content is moved to the store by an agent on every node',
    ),
})
export type VeleroParameters = z.infer<typeof VeleroParameters>

// Parameters of the template opensearch. Users come from a Secret that is only named: it holds hashes, and not even
// these are in Git.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import { Nodes, SecretName, StorageClass, sizeBetween } from './workload.ts'

export const OpenSearchParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  instances: z
    .union([z.literal(1), z.literal(3)])
    .default(3)
    .describe('Three choose a leader among themselves; one is for trials'),
  nodes: Nodes,
  cores: coresBetween(1, 16).default(2).describe('Per instance'),
  memory: sizeBetween(gib(2), gib(64)).default({ value: 8, unit: 'GiB' }),
  storage: sizeBetween(gib(5), { value: 4, unit: 'TB' }).default({ value: 100, unit: 'GiB' }),
  storageClass: StorageClass,
  usersSecret: SecretName.describe(
    'Secret with the key internal_users.yml: admin and the others, with the hashes of their ' +
      'passwords. Read once, when the first instance starts; later changes go through the API',
  ),
  dashboards: z
    .strictObject({
      accountSecret: SecretName.describe(
        'Secret with the keys username and password of Dashboards’ own user, and cookie, 32 ' +
          'random characters',
      ),
    })
    .optional()
    .describe('OpenSearch Dashboards; absent: none'),
  allowNamespaces: z
    .array(HostName)
    .max(50)
    .default([])
    .describe('Other namespaces whose pods may connect; those of its own always may'),
})
export type OpenSearchParameters = z.infer<typeof OpenSearchParameters>

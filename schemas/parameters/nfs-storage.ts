// Parameters of the template nfs-storage: which share, how it is mounted, and what becomes of a volume nobody wants.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { ReachableHost } from './workload.ts'

export const NfsStorageParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  server: ReachableHost.describe('Name or address of the NFS server, as the nodes reach it'),
  share: z
    .string()
    .max(255)
    .regex(/^\/(?:[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,62}){0,7})?$/)
    .describe('Exported directory; every volume becomes a directory below it'),
  version: z.enum(['3', '4.1', '4.2']).default('4.1').describe('Version of NFS'),
  security: z
    .enum(['sys', 'krb5', 'krb5i', 'krb5p'])
    .default('sys')
    .describe('sys trusts every node’s word; krb5p proves who asks and encrypts'),
  mountOptions: z
    .array(z.enum(['noatime', 'nodiratime', 'nconnect=4', 'nosuid', 'noexec', 'nodev']))
    .max(6)
    .default(['noatime', 'nosuid', 'nodev'])
    .describe('Besides hard, which is always set: a soft mount loses writes'),
  storageClass: HostName.default('nfs').describe('Name of the storage class'),
  isDefault: z.boolean().default(false).describe('Volumes that name no class get this one'),
  onDelete: z
    .enum(['retain', 'delete'])
    .default('retain')
    .describe('What happens to a volume’s data when its claim is deleted'),
  replicas: z
    .int()
    .min(1)
    .max(3)
    .default(1)
    .describe('Controllers, each on a node of its own; one leads, the others wait'),
})
export type NfsStorageParameters = z.infer<typeof NfsStorageParameters>

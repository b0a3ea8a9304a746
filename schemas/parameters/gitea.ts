// Parameters of the template gitea: its name, its size, and where database and administrator are found. The ranges
// are those of the source's Git server: 4-8 cores, 8-16 GB, 100-500 GB; smaller ones are for trials.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import { DnsHost } from './dns-name.ts'
import { ReachableHost, SecretName, StorageClass, sizeBetween } from './workload.ts'

export const GiteaParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  hostname: DnsHost.describe('Public name of the server; an ingress leads https there to it'),
  ssh: z.boolean().default(false).describe('Git over SSH on port 22 of the Service gitea-ssh'),
  privateSite: z.boolean().default(true).describe('Nothing is shown to who is not signed in'),
  cores: coresBetween(1, 8).default(4),
  memory: sizeBetween(gib(1), gib(16)).default({ value: 8, unit: 'GiB' }),
  storage: sizeBetween(gib(5), { value: 500, unit: 'GB' })
    .default({ value: 100, unit: 'GB' })
    .describe('For repositories, attachments and packages'),
  storageClass: StorageClass,
  database: z
    .strictObject({
      host: ReachableHost.describe('For a resource of the template postgres: <its name>-rw'),
      port: z.int().min(1).max(65_535).default(5432),
      name: z
        .string()
        .regex(/^[a-z][a-z0-9_]{0,62}$/)
        .default('gitea'),
      secret: SecretName.describe(
        'Secret with the keys username and password; for a resource of the template postgres: <its name>-app',
      ),
    })
    .describe('A PostgreSQL database that exists and speaks TLS'),
  adminSecret: SecretName.describe(
    'Secret with the keys username and password of the administrator; a new password there takes effect',
  ),
  adminEmail: z
    .email()
    .regex(/^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9.-]{1,180}$/)
    .describe('Address of the administrator'),
  allowNamespaces: z
    .array(HostName)
    .max(20)
    .default([])
    .describe('Namespaces besides the tenant’s own whose pods may reach it, such as an ingress’s'),
})
export type GiteaParameters = z.infer<typeof GiteaParameters>

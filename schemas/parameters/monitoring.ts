// Parameters of the template monitoring: sizes, how long is kept, who is told. Passwords and addresses of hooks are
// named, never given.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { gib } from '../quantity.ts'
import { DnsHost } from './dns-name.ts'
import { SecretKeyRef } from './pod.ts'
import { HttpsOrigin, SecretName, StorageClass, sizeBetween } from './workload.ts'

const Days = (most: number) => z.int().min(1).max(most)

const S3 = z
  .strictObject({
    kind: z.literal('s3'),
    endpoint: HttpsOrigin,
    region: z
      .string()
      .regex(/^[a-z0-9-]{1,40}$/)
      .default('us-east-1')
      .describe('What signatures name; stores of one’s own take any'),
    bucket: z.string().regex(/^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$/),
    secret: SecretName.describe(
      'Secret in the namespace monitoring with the keys access-key-id and secret-access-key',
    ),
  })
  .describe('A bucket that speaks S3')
const Filesystem = z
  .strictObject({ kind: z.literal('filesystem') })
  .describe('The volume itself: no more logs than it holds')

const Email = z
  .strictObject({
    to: z.email().max(254),
    from: z.email().max(254),
    host: DnsHost.describe('Mail server; it must offer TLS'),
    port: z.union([z.literal(465), z.literal(587)]).default(587),
    username: z.string().regex(/^[A-Za-z0-9._@+-]{1,254}$/),
    password: SecretKeyRef.describe('Key of a Secret in the tenant’s namespace'),
  })
  .describe('Mail to one address')
const Webhook = z
  .strictObject({ url: SecretKeyRef.describe('Key of a Secret in the tenant’s namespace') })
  .describe('A web hook; its address is a secret, since it lets anyone in')

export const MonitoringParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to watch; absent: the only one there is'),
  size: z
    .enum(['small', 'medium', 'large'])
    .default('medium')
    .describe(
      'small: 2 cores and 5 GiB, for trials; medium: 4 cores and 16 GiB; large: 8 cores and 30 GiB. ' +
        'What runs on every node comes on top: 0.3 cores and 0.5 GiB of each',
    ),
  storageClass: StorageClass,
  metrics: z
    .strictObject({
      retentionDays: Days(730).default(15),
      storage: sizeBetween(gib(5), { value: 4, unit: 'TB' }).default({ value: 100, unit: 'GiB' }),
    })
    .prefault({})
    .describe('Prometheus. What comes first ends a sample’s life: its age, or the volume’s end'),
  logs: z
    .strictObject({
      retentionDays: Days(3650).default(30),
      storage: sizeBetween(gib(5), { value: 4, unit: 'TB' }).default({ value: 100, unit: 'GiB' }),
      store: z.discriminatedUnion('kind', [Filesystem, S3]).default({ kind: 'filesystem' }),
    })
    .prefault({})
    .describe('Loki'),
  grafana: z
    .strictObject({
      adminSecret: SecretName.describe(
        'Secret in the namespace monitoring with the keys admin-user and admin-password',
      ),
      storage: sizeBetween(gib(1), gib(100)).default({ value: 10, unit: 'GiB' }),
    })
    .describe('Dashboards'),
  alerts: z
    .strictObject({ email: Email.optional(), webhook: Webhook.optional() })
    .prefault({})
    .describe('Who is told of warnings and worse'),
  besu: z.boolean().default(false).describe('Rules for chains: no blocks, few peers'),
  besuNodes: z
    .array(z.ipv4())
    .max(100)
    .default([])
    .refine((nodes) => new Set(nodes).size === nodes.length, 'each address only once')
    .describe('Besu nodes whose metrics are read, on port 9545'),
  besuPeers: z.int().min(1).max(50).default(3).describe('Fewer peers than this are an alert'),
  controlPlane: z
    .boolean()
    .default(false)
    .describe('Watch etcd, scheduler and controllers too: not possible where a cloud runs them'),
  clientNamespaces: z
    .array(HostName)
    .max(50)
    .default([])
    .refine((names) => new Set(names).size === names.length, 'each namespace only once')
    .describe('Namespaces that may query and write metrics and logs; others see nothing'),
})
export type MonitoringParameters = z.infer<typeof MonitoringParameters>

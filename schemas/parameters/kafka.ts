// Parameters of the template kafka. Sizes are per node; passwords and keys are named, never given.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { coresBetween, gib } from '../quantity.ts'
import { Nodes, SecretName, StorageClass, sizeBetween } from './workload.ts'

const Issued = z
  .strictObject({
    from: z.literal('issuer'),
    issuer: HostName.describe(
      'Issuer of cert-manager in the namespace, one with an authority of its own: no public one signs inner names',
    ),
  })
  .describe('A certificate for the nodes’ inner names is issued and renewed')
const Given = z
  .strictObject({
    from: z.literal('secret'),
    secret: SecretName.describe(
      'Secret with tls.crt, tls.key (PKCS #8) and ca.crt for *.kafka-headless.<namespace>.svc.cluster.local and kafka.<namespace>.svc',
    ),
  })
  .describe('A certificate that exists')

export const KafkaParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  nodes: z
    .union([z.literal(1), z.literal(3), z.literal(5)])
    .default(3)
    .describe('Each is broker and controller; their number is fixed when the cluster is made'),
  placement: Nodes,
  cores: coresBetween(1, 16).default(2),
  memory: sizeBetween(gib(1), gib(64))
    .default({ value: 4, unit: 'GiB' })
    .describe('Half of it, at most 6 GiB, is the heap; the rest caches what was just written'),
  storage: sizeBetween(gib(1), { value: 4, unit: 'TB' }).default({ value: 100, unit: 'GB' }),
  storageClass: StorageClass,
  retentionHours: z
    .int()
    .min(1)
    .max(87_600)
    .default(168)
    .describe('How long messages are kept, where a topic says nothing else'),
  clusterId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{21}[AQgw]$/, 'a UUID in base64, 22 characters')
    .optional()
    .describe('Identity on disk, fixed when the cluster is made; absent: the chart’s own'),
  user: HostName.default('application').describe('Name under which applications sign in'),
  passwordSecret: SecretName.describe(
    'Secret with the keys client-password, inter-broker-password and controller-password',
  ),
  tls: z
    .discriminatedUnion('from', [Issued, Given])
    .describe('A renewed certificate is read when the nodes restart'),
  allowNamespaces: z
    .array(HostName)
    .max(20)
    .default([])
    .describe('Namespaces besides the tenant’s own whose pods may reach it'),
})
export type KafkaParameters = z.infer<typeof KafkaParameters>

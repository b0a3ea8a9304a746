// Parameters of the template ceph-storage: which disks of which nodes Ceph may have, and what it offers from them.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { gib } from '../quantity.ts'
import { SecretName, sizeBetween } from './workload.ts'

const unique = (names: string[]): boolean => new Set(names).size === names.length

const Device = z
  .string()
  .regex(
    /^(?:sd[a-z]{1,2}|vd[a-z]|nvme[0-9]{1,2}n[0-9]{1,2}|\/dev\/disk\/by-(?:id|path)\/[A-Za-z0-9][A-Za-z0-9._:-]{0,199})$/,
    'sdb, vdb, nvme0n1 or /dev/disk/by-id/…',
  )
  .describe('A whole, empty disk; one that holds a file system is left alone')
const Node = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .describe('The node’s label kubernetes.io/hostname'),
  devices: z.array(Device).min(1).max(32).refine(unique, 'each disk only once'),
})
const Gateway = z
  .strictObject({
    storageClass: HostName.default('ceph-bucket').describe('Class that bucket claims name'),
    instances: z.int().min(1).max(8).default(2),
    tlsSecret: SecretName.describe(
      'Secret in the namespace rook-ceph with tls.crt and tls.key for the gateway’s names',
    ),
  })
  .describe('Buckets that speak S3, on port 443 of the Service rook-ceph-rgw-objects')

export const CephStorageParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  nodes: z
    .array(Node)
    .min(3)
    .max(100)
    .refine((nodes) => unique(nodes.map(({ name }) => name)), 'two nodes of one name')
    .describe('Nothing else of the cluster’s disks is touched'),
  copies: z
    .union([z.literal(2), z.literal(3)])
    .default(3)
    .describe(
      'Copies of everything, each on another node; with 2 of them, writes go on when only one is left',
    ),
  encryptDisks: z.boolean().default(true).describe('Fixed for a disk when it is taken'),
  encryptTraffic: z.boolean().default(true).describe('Needs Linux 5.11 on every node'),
  memoryPerDisk: sizeBetween(gib(2), gib(16)).default({ value: 4, unit: 'GiB' }),
  block: z
    .strictObject({
      storageClass: HostName.default('ceph-block'),
      isDefault: z.boolean().default(false).describe('Volumes that name no class get this one'),
    })
    .default({ storageClass: 'ceph-block', isDefault: false })
    .describe('Volumes for one pod each'),
  files: z
    .strictObject({ storageClass: HostName.default('ceph-files') })
    .optional()
    .describe('Volumes that many pods share (CephFS); absent: none'),
  objects: Gateway.optional(),
  onDelete: z
    .enum(['retain', 'delete'])
    .default('retain')
    .describe('What happens to the data when a claim is deleted'),
})
export type CephStorageParameters = z.infer<typeof CephStorageParameters>

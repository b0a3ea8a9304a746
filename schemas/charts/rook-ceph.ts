// The values of the charts rook-ceph (the operator) and rook-ceph-cluster (what it keeps) that we set.
import * as z from 'zod'
import { ObjectName, Resources } from '../manifests/words.ts'

const Off = z.strictObject({ enabled: z.literal(false) })
const Copies = z.int().min(2).max(4)
const Pool = z.strictObject({
  failureDomain: z.literal('host'),
  replicated: z.strictObject({ size: Copies, requireSafeReplicaSize: z.literal(true) }),
})
const ReclaimPolicy = z.enum(['Retain', 'Delete'])
const Daemon = { resources: Resources, priorityClassName: z.literal('system-cluster-critical') }

/** Names of Secrets that the operator makes; without them the driver cannot reach the pools. */
const access = (driver: 'rbd' | 'cephfs') =>
  z.strictObject({
    ...(driver === 'rbd'
      ? { imageFormat: z.literal('2'), imageFeatures: z.literal('layering') }
      : {}),
    ...Object.fromEntries(
      ['provisioner', 'controller-expand', 'controller-publish', 'node-stage'].flatMap((step) => [
        [
          `csi.storage.k8s.io/${step}-secret-name`,
          z.literal(`rook-csi-${driver}-${step === 'node-stage' ? 'node' : 'provisioner'}`),
        ],
        [`csi.storage.k8s.io/${step}-secret-namespace`, z.literal('rook-ceph')],
      ]),
    ),
    'csi.storage.k8s.io/fstype': z.literal('ext4'),
  })
const storageClass = {
  enabled: z.literal(true),
  name: ObjectName,
  reclaimPolicy: ReclaimPolicy,
  volumeBindingMode: z.literal('Immediate'),
}
const volumes = {
  ...storageClass,
  isDefault: z.boolean(),
  allowVolumeExpansion: z.literal(true),
}

const BlockPool = z.strictObject({
  name: ObjectName,
  spec: Pool,
  storageClass: z.strictObject({ ...volumes, parameters: access('rbd') }),
})
const FileSystem = z.strictObject({
  name: ObjectName,
  spec: z.strictObject({
    metadataPool: Pool,
    dataPools: z.array(Pool.extend({ name: z.literal('data0') })).length(1),
    preserveFilesystemOnDelete: z.literal(true),
    metadataServer: z.strictObject({
      activeCount: z.literal(1),
      activeStandby: z.literal(true),
      ...Daemon,
    }),
  }),
  storageClass: z.strictObject({
    ...volumes,
    pool: z.literal('data0'),
    parameters: access('cephfs'),
  }),
})
const ObjectStore = z.strictObject({
  name: ObjectName,
  spec: z.strictObject({
    metadataPool: Pool,
    dataPool: Pool,
    preservePoolsOnDelete: z.literal(true),
    gateway: z.strictObject({
      securePort: z.literal(443),
      sslCertificateRef: ObjectName,
      instances: z.int().min(1).max(8),
      ...Daemon,
    }),
  }),
  storageClass: z.strictObject({
    ...storageClass,
    parameters: z.strictObject({ region: z.literal('us-east-1') }),
  }),
  ingress: Off,
  route: Off,
})

const Node = z.strictObject({
  name: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/),
  devices: z.array(z.strictObject({ name: z.string().regex(/^[A-Za-z0-9/._:-]+$/) })).min(1),
})

export const rookCephValues = z.strictObject({
  crds: z.strictObject({ enabled: z.literal(true) }),
  resources: Resources,
  enableDiscoveryDaemon: z.literal(false),
})

export const rookCephClusterValues = z.strictObject({
  operatorNamespace: z.literal('rook-ceph'),
  toolbox: Off,
  cephClusterSpec: z.strictObject({
    mon: z.strictObject({
      count: z.union([z.literal(3), z.literal(5)]),
      allowMultiplePerNode: z.literal(false),
    }),
    mgr: z.strictObject({ count: z.literal(2), allowMultiplePerNode: z.literal(false) }),
    dashboard: Off,
    network: z.strictObject({
      connections: z.strictObject({
        encryption: z.strictObject({ enabled: z.boolean() }),
        requireMsgr2: z.literal(true),
      }),
    }),
    resources: z.strictObject({ osd: Resources }),
    storage: z.strictObject({
      useAllNodes: z.literal(false),
      useAllDevices: z.literal(false),
      config: z.strictObject({ encryptedDevice: z.enum(['true', 'false']) }),
      nodes: z.array(Node).min(3),
    }),
  }),
  cephBlockPools: z.array(BlockPool).length(1),
  cephFileSystems: z.array(FileSystem).max(1),
  cephObjectStores: z.array(ObjectStore).max(1),
})
export type RookCephValues = z.infer<typeof rookCephValues>
export type RookCephClusterValues = z.infer<typeof rookCephClusterValues>

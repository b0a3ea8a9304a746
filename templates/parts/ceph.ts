// Values of Rook's two charts: the operator, and the Ceph cluster with its pools and storage classes.
// Source: github.com/rook/rook, deploy/charts of v1.20.6. Lists replace the charts' own, so they are said in full.
import type { RookCephClusterValues, RookCephValues } from '../../schemas/charts/rook-ceph.ts'
import type { CephStorageParameters } from '../../schemas/parameters/ceph-storage.ts'
import { quantity, resourcesOf } from './resources.ts'

const NAMESPACE = 'rook-ceph'
const CRITICAL = 'system-cluster-critical'
const OFF = { enabled: false } as const
const DAEMON = {
  resources: resourcesOf({ cpu: '1', memory: '4Gi' }),
  priorityClassName: CRITICAL,
} as const
const STEPS = ['provisioner', 'controller-expand', 'controller-publish', 'node-stage']

export const rookOperator = (): RookCephValues => ({
  crds: { enabled: true },
  resources: {
    requests: { cpu: '200m', memory: '256Mi' },
    limits: { cpu: '1', memory: '512Mi' },
  },
  enableDiscoveryDaemon: false,
})

/** Ceph itself refuses to make a pool of one copy. */
const pool = ({ copies }: CephStorageParameters) => ({
  failureDomain: 'host' as const,
  replicated: { size: copies, requireSafeReplicaSize: true as const },
})

/** Where the driver finds the credentials that the operator makes: names, no values. */
const accessOf = (driver: 'rbd' | 'cephfs') => ({
  ...Object.fromEntries(
    STEPS.flatMap((step) => [
      [
        `csi.storage.k8s.io/${step}-secret-name`,
        `rook-csi-${driver}-${step === 'node-stage' ? 'node' : 'provisioner'}`,
      ],
      [`csi.storage.k8s.io/${step}-secret-namespace`, NAMESPACE],
    ]),
  ),
  'csi.storage.k8s.io/fstype': 'ext4' as const,
})

const classOf = (name: string, { onDelete }: CephStorageParameters) => ({
  enabled: true as const,
  name,
  reclaimPolicy: onDelete === 'retain' ? ('Retain' as const) : ('Delete' as const),
  volumeBindingMode: 'Immediate' as const,
})

const blocks = (parameters: CephStorageParameters): RookCephClusterValues['cephBlockPools'] => [
  {
    name: 'blocks',
    spec: pool(parameters),
    storageClass: {
      ...classOf(parameters.block.storageClass, parameters),
      isDefault: parameters.block.isDefault,
      allowVolumeExpansion: true,
      parameters: { imageFormat: '2', imageFeatures: 'layering', ...accessOf('rbd') },
    },
  },
]

const files = (parameters: CephStorageParameters): RookCephClusterValues['cephFileSystems'] =>
  parameters.files === undefined
    ? []
    : [
        {
          name: 'files',
          spec: {
            metadataPool: pool(parameters),
            dataPools: [{ name: 'data0', ...pool(parameters) }],
            preserveFilesystemOnDelete: true,
            metadataServer: { activeCount: 1, activeStandby: true, ...DAEMON },
          },
          storageClass: {
            ...classOf(parameters.files.storageClass, parameters),
            isDefault: false,
            allowVolumeExpansion: true,
            pool: 'data0',
            parameters: accessOf('cephfs'),
          },
        },
      ]

const objects = (parameters: CephStorageParameters): RookCephClusterValues['cephObjectStores'] =>
  parameters.objects === undefined
    ? []
    : [
        {
          name: 'objects',
          spec: {
            metadataPool: pool(parameters),
            dataPool: pool(parameters),
            preservePoolsOnDelete: true,
            gateway: {
              securePort: 443,
              sslCertificateRef: parameters.objects.tlsSecret,
              instances: parameters.objects.instances,
              ...DAEMON,
            },
          },
          storageClass: {
            ...classOf(parameters.objects.storageClass, parameters),
            // What clients of S3 take for no region at all.
            parameters: { region: 'us-east-1' },
          },
          ingress: OFF,
          route: OFF,
        },
      ]

export const cephCluster = (parameters: CephStorageParameters): RookCephClusterValues => {
  const { nodes, encryptDisks, encryptTraffic, memoryPerDisk } = parameters
  return {
    operatorNamespace: NAMESPACE,
    toolbox: OFF,
    cephClusterSpec: {
      mon: { count: nodes.length < 5 ? 3 : 5, allowMultiplePerNode: false },
      mgr: { count: 2, allowMultiplePerNode: false },
      dashboard: OFF,
      network: {
        connections: { encryption: { enabled: encryptTraffic }, requireMsgr2: true },
      },
      resources: { osd: resourcesOf({ cpu: '2', memory: quantity(memoryPerDisk) }) },
      storage: {
        useAllNodes: false,
        useAllDevices: false,
        config: { encryptedDevice: encryptDisks ? 'true' : 'false' },
        nodes: nodes.map(({ name, devices }) => ({
          name,
          devices: devices.map((device) => ({ name: device })),
        })),
      },
    },
    cephBlockPools: blocks(parameters),
    cephFileSystems: files(parameters),
    cephObjectStores: objects(parameters),
  }
}

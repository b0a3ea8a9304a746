// Template ceph-storage: a cluster's own disks as one store of blocks, files and buckets, kept by Rook.
// The charts' daemons work on the nodes' disks; the tenant's namespace gets nothing but the releases.
import { CephStorageParameters } from '../schemas/parameters/ceph-storage.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { cephCluster, rookOperator } from './parts/ceph.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'ceph-storage'
const NODES = ['worker-1', 'worker-2', 'worker-3']

export const cephStorage: Template<CephStorageParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Ceph storage',
  description:
    'Replicated volumes, shared files and S3 buckets on the disks of at least three nodes, by Rook. ' +
    'Pools outlive the resource: their disks are wiped by hand.',
  kind: NAME,
  parameters: CephStorageParameters,
  examples: [
    {
      title: 'Volumes, shared files and buckets on three nodes',
      name: 'ceph',
      parameters: {
        nodes: NODES.map((name, index) => ({
          name,
          devices: [`/dev/disk/by-id/wwn-0x5000c500a1b2c3d${index}`],
        })),
        block: { isDefault: true },
        files: {},
        objects: { tlsSecret: 'objects-tls' },
      },
    },
    {
      title: 'Volumes only',
      name: 'volumes',
      parameters: {
        nodes: NODES.map((name) => ({ name, devices: ['sdb'] })),
      },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 30,
        name: input.name,
        objects: [
          ...helmRelease(scope, { chart: 'rook-ceph', values: rookOperator() }),
          ...helmRelease(scope, {
            chart: 'rook-ceph-cluster',
            values: cephCluster(input.parameters),
            dependsOn: ['rook-ceph'],
          }),
        ],
      },
    ]
  },
}

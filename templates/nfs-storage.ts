// Template nfs-storage: volumes on an NFS server that exists, by a storage class, once per cluster.
import { NfsStorageParameters } from '../schemas/parameters/nfs-storage.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { finding } from './parts/findings.ts'
import { helmRelease } from './parts/helm-release.ts'
import { nfsDriver } from './parts/nfs.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'nfs-storage'

export const nfsStorage: Template<NfsStorageParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'NFS storage',
  description:
    'A storage class whose volumes are directories of an NFS share; many pods may write to one.',
  kind: NAME,
  parameters: NfsStorageParameters,
  examples: [
    {
      title: 'A share of the local network that keeps what was deleted',
      name: 'nfs',
      parameters: { server: '192.168.11.20', share: '/srv/kubernetes' },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  rules: ['SINGLE-INSTANCE'],
  findings: () => [
    finding('SINGLE-INSTANCE', 'Every volume of the class is gone while the NFS server is.', {
      pointer: '/parameters/server',
    }),
  ],
  render: (input) => [
    {
      wave: 30,
      name: input.name,
      objects: helmRelease(scopeOf(NAME, input), {
        chart: 'csi-driver-nfs',
        values: nfsDriver(input.parameters),
      }),
    },
  ],
}

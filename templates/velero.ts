// Template velero: backups of a whole cluster's objects and volumes, every day and every hour. Restoring is done by hand.
import { VeleroParameters } from '../schemas/parameters/velero.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { velero as values } from './parts/velero-values.ts'

const NAME = 'velero'

export const velero: Template<VeleroParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Velero',
  description:
    'Backups of objects and volumes to Azure or S3, for a whole cluster: a full one every day, one every hour. ' +
    'Volumes need a CSI driver with a VolumeSnapshotClass. Databases have backups of their own.',
  kind: NAME,
  parameters: VeleroParameters,
  examples: [
    {
      title: 'Daily and hourly to Azure, volumes too',
      name: 'velero',
      parameters: {
        store: {
          kind: 'azure-blob',
          account: 'dbisbackups',
          container: 'velero',
          clientId: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
        },
      },
    },
    {
      title: 'The objects of one namespace, daily to a bucket',
      name: 'velero-objects',
      parameters: {
        store: {
          kind: 's3',
          endpoint: 'https://objects.example.com',
          bucket: 'cluster-backups',
          secret: 'velero-bucket',
        },
        daily: { hourUtc: 3, retentionHours: 168 },
        hourly: { enabled: false },
        namespaces: ['dbis'],
        volumes: 'none',
      },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => [
    {
      wave: 90,
      name: input.name,
      objects: helmRelease(scopeOf(NAME, input), {
        chart: 'velero',
        values: values(input.parameters, input.cluster.name),
      }),
    },
  ],
}

// Values of the chart velero: one place for backups, two schedules. Its objects stand in its own namespace, which is no
// tenant's: that is why they are values and not objects of ours.
import type { VeleroValues as Values } from '../../schemas/charts/velero.ts'
import type { VeleroParameters } from '../../schemas/parameters/velero.ts'
import { roomFor } from './chart-resources.ts'

type Store = VeleroParameters['store']

/** Of Velero 1.17, the chart's (each plugin's README, table of compatible versions). */
const PLUGINS = {
  'azure-blob': { name: 'velero-plugin-for-microsoft-azure', version: 'v1.13.2' },
  s3: { name: 'velero-plugin-for-aws', version: 'v1.13.2' },
} as const

const HARDENED: Values['containerSecurityContext'] = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
}
const IDENTITY = { 'azure.workload.identity/use': 'true' as const }

/** `cluster` names the folder, so that clusters can share a bucket. */
export const velero = (parameters: VeleroParameters, cluster: string): Values => {
  const { store, volumes } = parameters
  const labels = store.kind === 'azure-blob' ? { podLabels: IDENTITY } : {}
  return {
    initContainers: [plugin(store)],
    resources: roomFor('250m', '512Mi'),
    podSecurityContext: { seccompProfile: { type: 'RuntimeDefault' } },
    containerSecurityContext: HARDENED,
    ...labels,
    // The release itself keeps the kinds up to date: no job with a shell needs to.
    upgradeCRDs: false,
    cleanUpCRDs: false,
    configuration: {
      backupStorageLocation: [location(store, cluster)],
      volumeSnapshotLocation: [],
      uploaderType: 'kopia',
      ...(volumes === 'none' ? {} : { features: 'EnableCSI' as const }),
    },
    ...access(store),
    // Only about locations for snapshots outside CSI, of which there are none.
    snapshotsEnabled: false,
    deployNodeAgent: volumes === 'moved',
    ...(volumes === 'moved'
      ? {
          // What is moved are snapshots: the agent needs nothing of the node's own files.
          nodeAgent: { disableHostPath: true, resources: roomFor('100m', '1Gi'), ...labels },
        }
      : {}),
    schedules: schedules(parameters),
  }
}

const plugin = ({ kind }: Store): Values['initContainers'][0] => {
  const { name, version } = PLUGINS[kind]
  return {
    name,
    image: `docker.io/velero/${name}:${version}`,
    imagePullPolicy: 'IfNotPresent',
    volumeMounts: [{ mountPath: '/target', name: 'plugins' }],
    resources: roomFor('20m', '128Mi'),
    securityContext: HARDENED,
  }
}

const location = (
  store: Store,
  cluster: string,
): Values['configuration']['backupStorageLocation'][0] => {
  const common = { name: 'default', default: true, prefix: cluster } as const
  return store.kind === 'azure-blob'
    ? {
        ...common,
        provider: 'azure',
        bucket: store.container,
        config: {
          storageAccount: store.account,
          // Given, it need not be asked for, and the identity needs no rights beyond the blobs.
          storageAccountURI: `https://${store.account}.blob.core.windows.net`,
          useAAD: 'true',
        },
      }
    : {
        ...common,
        provider: 'aws',
        bucket: store.bucket,
        config: {
          region: store.region,
          s3Url: store.endpoint,
          s3ForcePathStyle: 'true',
          // Stores other than AWS refuse the plugin's newer checksums.
          checksumAlgorithm: '',
        },
      }
}

const access = (store: Store): Pick<Values, 'credentials' | 'serviceAccount'> =>
  store.kind === 'azure-blob'
    ? {
        serviceAccount: {
          server: {
            annotations: { 'azure.workload.identity/client-id': store.clientId },
            labels: IDENTITY,
          },
        },
        credentials: { useSecret: false },
      }
    : { credentials: { useSecret: true, existingSecret: store.secret } }

const schedules = ({
  daily,
  hourly,
  namespaces,
  volumes,
}: VeleroParameters): Values['schedules'] => {
  const schedule = (cron: string, retentionHours: number): Values['schedules']['daily'] => ({
    schedule: cron,
    // A schedule that is taken away must not take its backups along.
    useOwnerReferencesInBackup: false,
    template: {
      ttl: `${retentionHours}h0m0s`,
      storageLocation: 'default',
      includedNamespaces: namespaces.length === 0 ? ['*'] : namespaces,
      snapshotVolumes: volumes !== 'none',
      snapshotMoveData: volumes === 'moved',
    },
  })
  return {
    daily: schedule(`0 ${daily.hourUtc} * * *`, daily.retentionHours),
    ...(hourly.enabled
      ? { hourly: schedule(`${hourly.minute} * * * *`, hourly.retentionHours) }
      : {}),
  }
}

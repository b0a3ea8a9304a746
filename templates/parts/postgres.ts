// CloudNativePG's three objects. Backups go through the Barman Cloud plugin: the operator's own way is deprecated
// since 1.26 (CloudNativePG documentation, "Backup on object stores").
import type {
  ClusterSpec,
  ObjectStoreSpec,
  ScheduledBackupSpec,
} from '../../schemas/manifests/postgres.ts'
import type { PostgresParameters } from '../../schemas/parameters/postgres.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { Manifest } from '../../schemas/template.ts'
import { pruneGuards } from './guards.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import { object, type Scope } from './object.ts'
import { quantity, resourcesOf } from './resources.ts'

const PLUGIN = 'barman-cloud.cloudnative-pg.io'
const REPOSITORY = 'ghcr.io/cloudnative-pg/postgresql'
/** The release behind each major version: moving one is a new version of the template. */
const RELEASES: Record<PostgresParameters['version'], string> = {
  '16': '16.13-minimal-trixie',
  '17': '17.11-minimal-trixie',
  '18': '18.3-minimal-trixie',
}

const configured = ({
  instances,
  memory,
  // Three instances can lose one and still hold every commit twice.
  synchronousReplicas = instances >= 3 ? 1 : 0,
}: PostgresParameters): ClusterSpec['postgresql'] => ({
  // A quarter of the memory (PostgreSQL documentation, 19.4); its own default is 128 MiB. MB means MiB there.
  parameters: { shared_buffers: `${Math.floor(demandMiB(memory) / 4)}MB` },
  ...(synchronousReplicas === 0
    ? {}
    : {
        synchronous: { method: 'any', number: synchronousReplicas, dataDurability: 'required' },
      }),
})

export const postgresCluster = (scope: Scope, parameters: PostgresParameters): Manifest => {
  const { version, instances, nodes, cores, memory, storage, walStorage } = parameters
  const { storageClass, database, owner } = parameters
  const classOf = storageClass === undefined ? {} : { storageClass }
  const spec: ClusterSpec = {
    instances,
    imageName: `${REPOSITORY}:${RELEASES[version]}`,
    primaryUpdateStrategy: 'unsupervised',
    enableSuperuserAccess: false,
    // So that network policies find these pods as they find every resource's.
    inheritedMetadata: { labels: { 'phoenix.cloud/resource': scope.resource } },
    bootstrap: { initdb: { database, owner, dataChecksums: true } },
    postgresql: configured(parameters),
    storage: { size: quantity(storage), ...classOf },
    // Apart from the data, so that a log that cannot be archived does not fill the data's volume.
    walStorage: { size: quantity(walStorage), ...classOf },
    resources: resourcesOf({ cpu: String(cores), memory: quantity(memory) }),
    affinity: {
      enablePodAntiAffinity: true,
      podAntiAffinityType: nodes,
      topologyKey: 'kubernetes.io/hostname',
    },
    plugins: [
      {
        name: PLUGIN,
        // The default, said aloud: engines see a default inside a list as a difference.
        enabled: true,
        isWALArchiver: true,
        parameters: { barmanObjectName: scope.resource },
      },
    ],
  }
  return object('Cluster', scope.resource, scope, { spec }, { annotations: pruneGuards(scope) })
}

type Backup = PostgresParameters['backup']

/** Each cluster writes below its own name, so that clusters can share a container. */
const configurationOf = ({ store }: Backup): ObjectStoreSpec['configuration'] => {
  const compressed = { wal: { compression: 'gzip' }, data: { compression: 'gzip' } } as const
  const key = (name: string) => ({ name: store.secret, key: name })
  return store.kind === 's3'
    ? {
        destinationPath: `s3://${store.bucket}`,
        endpointURL: store.endpoint,
        s3Credentials: {
          accessKeyId: key('access-key-id'),
          secretAccessKey: key('secret-access-key'),
        },
        ...compressed,
      }
    : {
        destinationPath: `https://${store.account}.blob.core.windows.net/${store.container}`,
        azureCredentials: {
          storageAccount: key('storage-account'),
          storageSasToken: key('storage-sas-token'),
        },
        ...compressed,
      }
}

export const backupStore = (scope: Scope, backup: Backup): Manifest => {
  const spec: ObjectStoreSpec = {
    configuration: configurationOf(backup),
    retentionPolicy: `${backup.retentionDays}d`,
    instanceSidecarConfiguration: { resources: resourcesOf({ cpu: '500m', memory: '512Mi' }) },
  }
  return object('ObjectStore', scope.resource, scope, { spec }, { annotations: pruneGuards(scope) })
}

export const dailyBackup = (scope: Scope, { hourUtc }: Backup): Manifest => {
  const spec: ScheduledBackupSpec = {
    // Six fields: the first is seconds.
    schedule: `0 0 ${hourUtc} * * *`,
    immediate: true,
    backupOwnerReference: 'none',
    cluster: { name: scope.resource },
    target: 'prefer-standby',
    method: 'plugin',
    pluginConfiguration: { name: PLUGIN },
  }
  return object('ScheduledBackup', scope.resource, scope, { spec })
}

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })
const POSTGRES = tcp(5432)
/** Health and control of an instance. */
const STATUS = tcp(8000)
/** No policy can name the API server, and a store may stand anywhere: the port is what can be limited. */
const ANYWHERE = { ipBlock: { cidr: '0.0.0.0/0' } }
const API_SERVER = [443, 6443]

/** What a cluster needs through the fence: clients and replicas, its operator, the API server, the store. */
export const postgresGates = (
  scope: Scope,
  { operatorNamespace, backup: { store } }: PostgresParameters,
): Manifest[] => {
  const pods = { 'cnpg.io/cluster': scope.resource }
  const instances = { podSelector: { matchLabels: pods } }
  const operator = podsOfNamespace(operatorNamespace)
  const storePort = store.kind === 's3' ? Number(new URL(store.endpoint).port || 443) : 443
  const away = [...new Set([...API_SERVER, storePort])].map(tcp)
  return [
    allowIn(scope, { name: 'clients', pods, peers: [OWN_PODS], ports: [POSTGRES] }),
    allowIn(scope, { name: 'operator', pods, peers: [operator], ports: [STATUS, POSTGRES] }),
    allowIn(scope, { name: 'peers', pods, peers: [instances], ports: [STATUS] }),
    allowOut(scope, {
      name: 'to-peers',
      pods,
      peers: [instances],
      ports: [POSTGRES, STATUS],
    }),
    allowOut(scope, { name: 'control-and-store', pods, peers: [ANYWHERE], ports: away }),
  ]
}

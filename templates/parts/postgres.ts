// CloudNativePG's three objects. Backups go through the Barman Cloud plugin: the operator's own way is deprecated
// since 1.26 (CloudNativePG documentation, "Backup on object stores").
import type {
  ClusterSpec,
  ObjectStoreSpec,
  ScheduledBackupSpec,
} from '../../schemas/manifests/postgres.ts'
import type { BackupStore, PostgresParameters } from '../../schemas/parameters/postgres.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { pruneGuards } from './guards.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import { object, type Scope } from './object.ts'
import { podDemand } from './pod-demand.ts'
import { amountsOf, quantity, resourcesOf } from './resources.ts'

const PLUGIN = 'barman-cloud.cloudnative-pg.io'
/** The plugin's container beside each instance. */
const SIDECAR = { cpu: '500m', memory: '512Mi' }
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
  requireTls,
  replicaOf,
  // Three instances can lose one and still hold every commit twice. What only follows commits nothing.
  synchronousReplicas = instances >= 3 ? 1 : 0,
}: PostgresParameters): ClusterSpec['postgresql'] => ({
  // A quarter of the memory (PostgreSQL documentation, 19.4); its own default is 128 MiB. MB means MiB there.
  parameters: { shared_buffers: `${Math.floor(demandMiB(memory) / 4)}MB` },
  // Before the operator's own last rule, which lets in whoever has a password. Its lowest TLS version is 1.3.
  ...(requireTls ? { pg_hba: ['hostnossl all all all reject'] } : {}),
  ...(synchronousReplicas === 0 || replicaOf
    ? {}
    : {
        synchronous: { method: 'any', number: synchronousReplicas, dataDurability: 'required' },
      }),
})

const sourceStore = ({ resource }: Scope): string => `${resource}-source`

/** An empty database, or the archive of another cluster and whatever is added to it. */
const beginning = (
  scope: Scope,
  { database, owner, replicaOf }: PostgresParameters,
): Pick<ClusterSpec, 'bootstrap' | 'replica' | 'externalClusters'> => {
  if (!replicaOf) return { bootstrap: { initdb: { database, owner, dataChecksums: true } } }
  const source = replicaOf.name
  return {
    bootstrap: { recovery: { source, database, owner } },
    replica: { enabled: true, source },
    externalClusters: [
      {
        name: source,
        plugin: {
          name: PLUGIN,
          // The defaults, said aloud: engines see a default inside a list as a difference.
          enabled: true,
          isWALArchiver: false,
          parameters: { barmanObjectName: sourceStore(scope), serverName: source },
        },
      },
    ],
  }
}

export const postgresCluster = (scope: Scope, parameters: PostgresParameters): Manifest => {
  const { version, instances, nodes, storage, walStorage } = parameters
  const { storageClass } = parameters
  const classOf = storageClass === undefined ? {} : { storageClass }
  const spec: ClusterSpec = {
    instances,
    imageName: `${REPOSITORY}:${RELEASES[version]}`,
    primaryUpdateStrategy: 'unsupervised',
    enableSuperuserAccess: false,
    // So that network policies find these pods as they find every resource's.
    inheritedMetadata: { labels: { 'phoenix.cloud/resource': scope.resource } },
    ...beginning(scope, parameters),
    postgresql: configured(parameters),
    storage: { size: quantity(storage), ...classOf },
    // Apart from the data, so that a log that cannot be archived does not fill the data's volume.
    walStorage: { size: quantity(walStorage), ...classOf },
    resources: resourcesOf(amountsOf(parameters)),
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
const archiver = {
  instanceSidecarConfiguration: { resources: resourcesOf(SIDECAR) },
}

/** Each cluster writes below its own name, so that clusters can share a container. */
const configurationOf = (store: BackupStore): ObjectStoreSpec['configuration'] => {
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
    configuration: configurationOf(backup.store),
    retentionPolicy: `${backup.retentionDays}d`,
    ...archiver,
  }
  return object('ObjectStore', scope.resource, scope, { spec }, { annotations: pruneGuards(scope) })
}

/** The archive of the cluster that is followed: it has no retention here, since only its owner may delete from it. */
export const followedStore = (scope: Scope, { replicaOf }: PostgresParameters): Manifest[] => {
  if (!replicaOf) return []
  const spec: ObjectStoreSpec = { configuration: configurationOf(replicaOf.store), ...archiver }
  const annotations = pruneGuards(scope)
  return [object('ObjectStore', sourceStore(scope), scope, { spec }, { annotations })]
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

export const postgresPods = (name: string, parameters: PostgresParameters): PodDemand[] => {
  const { instances, storage, walStorage } = parameters
  return [
    podDemand(name, {
      count: instances,
      containers: [amountsOf(parameters), SIDECAR],
      volumes: [quantity(storage), quantity(walStorage)],
    }),
  ]
}

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })
const POSTGRES = tcp(5432)
/** Health and control of an instance. */
const STATUS = tcp(8000)
/** No policy can name the API server, and a store may stand anywhere: the port is what can be limited. */
const ANYWHERE = { ipBlock: { cidr: '0.0.0.0/0' } }
const API_SERVER = [443, 6443]

const portOf = (store: BackupStore): number =>
  store.kind === 's3' ? Number(new URL(store.endpoint).port || 443) : 443

/** What a cluster needs through the fence: clients and replicas, its operator, the API server, the store. */
export const postgresGates = (
  scope: Scope,
  { operatorNamespace, backup: { store }, replicaOf }: PostgresParameters,
): Manifest[] => {
  const pods = { 'cnpg.io/cluster': scope.resource }
  const instances = { podSelector: { matchLabels: pods } }
  const operator = podsOfNamespace(operatorNamespace)
  const stores = [store, ...(replicaOf ? [replicaOf.store] : [])].map(portOf)
  const away = [...new Set([...API_SERVER, ...stores])].map(tcp)
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

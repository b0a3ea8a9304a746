// Values of the official chart of Gitea: one rootless server with one volume. The chart would bring a database and a
// cache of its own; all of them are off. Source: gitea.com/gitea/helm-gitea, values.yaml of 12.7.0.
import type { GiteaValues } from '../../schemas/charts/gitea.ts'
import type { GiteaParameters } from '../../schemas/parameters/gitea.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import type { Scope } from './object.ts'
import { podsOf } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { amountsOf, quantity, resourcesOf } from './resources.ts'
import { restrictedContainer } from './restricted.ts'

const HTTP = 3000
const SSH = 2222
const USER = 1000
const REPLICAS = 1
const OFF = { enabled: false } as const
/** Every look counts while a large push keeps the disk busy. */
const PATIENT = { timeoutSeconds: 5 } as const

const fromSecret = <N extends string>(name: N, secret: string, key: string) => ({
  name,
  valueFrom: { secretKeyRef: { name: secret, key } },
})

/** What stands in app.ini. Sessions live in the database, so that a restart signs nobody out. */
const config = (parameters: GiteaParameters): GiteaValues['gitea']['config'] => {
  const { hostname, ssh, privateSite, database } = parameters
  return {
    server: {
      DOMAIN: hostname,
      ROOT_URL: `https://${hostname}/`,
      DISABLE_SSH: !ssh,
      START_SSH_SERVER: ssh,
      SSH_PORT: 22,
      SSH_LISTEN_PORT: SSH,
    },
    database: {
      DB_TYPE: 'postgres',
      HOST: `${database.host}:${database.port}`,
      NAME: database.name,
      SSL_MODE: 'require',
    },
    service: { DISABLE_REGISTRATION: true, REQUIRE_SIGNIN_VIEW: privateSite },
    session: { PROVIDER: 'db' },
    cache: { ADAPTER: 'memory' },
    queue: { TYPE: 'level' },
    actions: { ENABLED: false },
  }
}

export const giteaServer = (scope: Scope, parameters: GiteaParameters): GiteaValues => {
  const { storage, storageClass, database, adminSecret, adminEmail } = parameters
  return {
    replicaCount: REPLICAS,
    // Two pods cannot share the volume, not even while one replaces the other.
    strategy: { type: 'Recreate' },
    image: { rootless: true },
    podSecurityContext: {
      runAsNonRoot: true,
      fsGroup: USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    containerSecurityContext: {
      ...restrictedContainer(),
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
    },
    service: {
      http: { type: 'ClusterIP', port: HTTP },
      ssh: { type: 'ClusterIP', port: 22 },
    },
    deployment: { labels: { 'phoenix.cloud/resource': scope.resource } },
    resources: resourcesOf(amountsOf(parameters)),
    initContainers: { resources: resourcesOf({ cpu: '500m', memory: '256Mi' }) },
    persistence: {
      size: quantity(storage),
      ...(storageClass === undefined ? {} : { storageClass }),
    },
    gitea: {
      admin: { existingSecret: adminSecret, email: adminEmail, passwordMode: 'keepUpdated' },
      config: config(parameters),
      additionalConfigFromEnvs: [
        fromSecret('GITEA__DATABASE__USER', database.secret, 'username'),
        fromSecret('GITEA__DATABASE__PASSWD', database.secret, 'password'),
      ],
      livenessProbe: PATIENT,
      readinessProbe: PATIENT,
    },
    postgresql: OFF,
    'postgresql-ha': OFF,
    valkey: OFF,
    'valkey-cluster': OFF,
    test: OFF,
  }
}

export const giteaPods = (name: string, parameters: GiteaParameters): PodDemand[] => [
  podDemand(name, {
    count: REPLICAS,
    containers: [amountsOf(parameters)],
    volumes: [quantity(parameters.storage)],
  }),
]

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })

export const giteaGates = (
  scope: Scope,
  { ssh, database, allowNamespaces }: GiteaParameters,
): Manifest[] => {
  const pods = podsOf(scope.resource)
  // A name without a dot is a Service of this namespace; where another one leads is not known here.
  const databases = database.host.includes('.') ? { ipBlock: { cidr: '0.0.0.0/0' } } : OWN_PODS
  return [
    allowIn(scope, {
      name: 'clients',
      pods,
      peers: [OWN_PODS, ...allowNamespaces.map(podsOfNamespace)],
      ports: (ssh ? [HTTP, SSH] : [HTTP]).map(tcp),
    }),
    allowOut(scope, { name: 'database', pods, peers: [databases], ports: [tcp(database.port)] }),
  ]
}

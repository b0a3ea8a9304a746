// Values for OpenSearch and its Dashboards, and the gates of both. The demo configuration is off: its certificates are
// known to everyone, its administrator's too. Source: OpenSearch documentation, "Configuring TLS certificates".
import type { OpenSearchValues } from '../../schemas/charts/opensearch.ts'
import type { OpenSearchDashboardsValues } from '../../schemas/charts/opensearch-dashboards.ts'
import type { OpenSearchParameters } from '../../schemas/parameters/opensearch.ts'
import { demandMiB, type Size } from '../../schemas/quantity.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import type { Scope } from './object.ts'
import { podDemand } from './pod-demand.ts'
import { peerCertificate, peersSecret, privateAuthority } from './private-authority.ts'
import { amountsOf, quantity, resourcesOf } from './resources.ts'
import { restrictedContainer, restrictedPod } from './restricted.ts'

/** Of both images. */
const USER = 1000
const HOME = '/usr/share/opensearch'
const SERVICE = 'opensearch'
const NODE = 'opensearch-node'

const hostOf = ({ tenant }: Scope): string => `${SERVICE}.${tenant}.svc`

export const openSearchCertificates = (scope: Scope): Manifest[] => [
  ...privateAuthority(scope),
  peerCertificate(scope, {
    commonName: NODE,
    dnsNames: [hostOf(scope), `${hostOf(scope)}.cluster.local`],
  }),
]

/** Half of the memory; past 31 GiB a heap holds less, since its pointers grow (OpenSearch documentation, "Important settings"). */
const heap = (memory: Size): string => {
  const mib = Math.min(Math.floor(demandMiB(memory) / 2), 31 * 1024)
  return `-Xms${mib}m -Xmx${mib}m`
}

const LAYERS = ['transport', 'http'].flatMap((layer) => [
  `plugins.security.ssl.${layer}.pemcert_filepath: certs/tls.crt`,
  `plugins.security.ssl.${layer}.pemkey_filepath: certs/tls.key`,
  `plugins.security.ssl.${layer}.pemtrustedcas_filepath: certs/ca.crt`,
])

const CONFIG = [
  'network.host: 0.0.0.0',
  '# Memory maps would need a setting of the machine that only root can change.',
  'node.store.allow_mmap: false',
  ...LAYERS,
  'plugins.security.ssl.http.enabled: true',
  '# Instances find each other by address; what they show is held against nodes_dn.',
  'plugins.security.ssl.transport.enforce_hostname_verification: false',
  'plugins.security.ssl.certificates_hot_reload.enabled: true',
  'plugins.security.nodes_dn:',
  `  - CN=${NODE}`,
  'plugins.security.allow_unsafe_democertificates: false',
  'plugins.security.allow_default_init_securityindex: true',
  'plugins.security.audit.type: internal_opensearch',
  'plugins.security.system_indices.enabled: true',
  'plugins.security.restapi.roles_enabled:',
  '  - all_access',
  '  - security_rest_api_access',
  '',
].join('\n')

const container = () => ({
  ...restrictedContainer(),
  runAsNonRoot: true as const,
  runAsUser: USER as typeof USER,
})

export const openSearch = (scope: Scope, parameters: OpenSearchParameters): OpenSearchValues => {
  const { instances, nodes, memory, storage, storageClass, usersSecret } = parameters
  return {
    fullnameOverride: SERVICE,
    masterService: SERVICE,
    clusterName: scope.resource,
    singleNode: instances === 1,
    replicas: instances,
    labels: { 'phoenix.cloud/resource': scope.resource },
    config: { 'opensearch.yml': CONFIG },
    extraEnvs: [{ name: 'DISABLE_INSTALL_DEMO_CONFIG', value: 'true' }],
    opensearchJavaOpts: heap(memory),
    resources: resourcesOf(amountsOf(parameters)),
    initResources: resourcesOf({ cpu: '100m', memory: '128Mi' }),
    persistence: {
      size: quantity(storage),
      ...(storageClass === undefined ? {} : { storageClass }),
      // It would run as root, from an image without a version.
      enableInitChown: false,
    },
    sysctl: { enabled: false },
    sysctlInit: { enabled: false },
    secretMounts: [{ name: 'certs', secretName: peersSecret(scope), path: `${HOME}/config/certs` }],
    securityConfig: { enabled: true, internalUsersSecret: usersSecret },
    antiAffinity: nodes === 'required' ? 'hard' : 'soft',
    enableServiceLinks: false,
    podSecurityContext: restrictedPod(USER),
    securityContext: container(),
    livenessProbe: {
      tcpSocket: { port: 9200 },
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 10,
    },
  }
}

const DASHBOARDS_ROOM = { cpu: '500m', memory: '1Gi' }
const AUTHORITY = '/usr/share/opensearch-dashboards/config/ca.crt'

/** The chart gives user and password to the process; only the cookie's has to be asked for. */
const DASHBOARDS_CONFIG = [
  'server.host: 0.0.0.0',
  'opensearch.ssl.verificationMode: full',
  `opensearch.ssl.certificateAuthorities: ["${AUTHORITY}"]`,
  'opensearch.requestHeadersAllowlist: [authorization, securitytenant]',
  'opensearch_security.multitenancy.enabled: true',
  `opensearch_security.cookie.password: "\${COOKIE_PASS}"`,
  '',
].join('\n')

export const openSearchDashboards = (
  scope: Scope,
  { accountSecret }: NonNullable<OpenSearchParameters['dashboards']>,
): OpenSearchDashboardsValues => ({
  opensearchHosts: `https://${hostOf(scope)}:9200`,
  opensearchAccount: { secret: accountSecret },
  labels: { 'phoenix.cloud/resource': scope.resource },
  config: { 'opensearch_dashboards.yml': DASHBOARDS_CONFIG },
  secretMounts: [
    { name: 'authority', secretName: peersSecret(scope), path: AUTHORITY, subPath: 'ca.crt' },
  ],
  resources: resourcesOf(DASHBOARDS_ROOM),
  rbac: { create: false },
  serviceAccount: { automountServiceAccountToken: false },
  podSecurityContext: restrictedPod(USER),
  securityContext: container(),
})

/** Of Dashboards the chart stops the old pod before it starts a new one. */
export const openSearchPods = (name: string, parameters: OpenSearchParameters): PodDemand[] => {
  const { instances, storage, dashboards } = parameters
  return [
    podDemand(name, {
      count: instances,
      containers: [amountsOf(parameters)],
      volumes: [quantity(storage)],
    }),
    ...(dashboards === undefined
      ? []
      : [podDemand(`${name}-dashboards`, { count: 1, containers: [DASHBOARDS_ROOM] })]),
  ]
}

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })
/** What the charts call their pods. */
const INSTANCES = { 'app.kubernetes.io/name': 'opensearch' }
const DASHBOARDS = { 'app.kubernetes.io/name': 'opensearch-dashboards' }

export const openSearchGates = (
  scope: Scope,
  { dashboards, allowNamespaces }: OpenSearchParameters,
): Manifest[] => {
  const clients = [OWN_PODS, ...allowNamespaces.map(podsOfNamespace)]
  const instances = { podSelector: { matchLabels: INSTANCES } }
  const gate = (name: string, pods: Record<string, string>, port: number) => ({
    ...{ name, pods, ports: [tcp(port)] },
  })
  return [
    allowIn(scope, { ...gate('clients', INSTANCES, 9200), peers: clients }),
    allowIn(scope, { ...gate('peers', INSTANCES, 9300), peers: [instances] }),
    allowOut(scope, { ...gate('to-peers', INSTANCES, 9300), peers: [instances] }),
    ...(dashboards === undefined
      ? []
      : [
          allowIn(scope, { ...gate('browsers', DASHBOARDS, 5601), peers: clients }),
          allowOut(scope, { ...gate('to-instances', DASHBOARDS, 9200), peers: [instances] }),
        ]),
  ]
}

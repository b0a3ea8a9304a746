// Values for Loki, which keeps logs, and for Alloy, which brings them.
import type { AlloyValues } from '../../schemas/charts/alloy.ts'
import type { LokiValues } from '../../schemas/charts/loki.ts'
import type { MonitoringParameters } from '../../schemas/parameters/monitoring.ts'
import { namespacesPeer } from './metrics-stack.ts'
import { MONITORING_PER_NODE, MONITORING_SIZES } from './monitoring-size.ts'
import { quantity, resourcesOf } from './resources.ts'
import { restrictedContainer, restrictedPod } from './restricted.ts'

const NAMESPACE = 'monitoring'
const OFF = { enabled: false } as const
const NONE = { replicas: 0 } as const

export const logStore = (parameters: MonitoringParameters): LokiValues => {
  const { logs, size, storageClass, clientNamespaces } = parameters
  const { kind } = logs.store
  const clients = namespacesPeer([
    NAMESPACE,
    ...clientNamespaces.filter((name) => name !== NAMESPACE),
  ])
  return {
    deploymentMode: 'Monolithic',
    loki: {
      // It does not ask who is there: the network policy below does.
      auth_enabled: false,
      commonConfig: { replication_factor: 1 },
      schemaConfig: {
        configs: [
          {
            // A day before the first log. It must never change: it says how the old ones are to be read.
            from: '2024-04-01',
            store: 'tsdb',
            object_store: kind,
            schema: 'v13',
            index: { prefix: 'loki_index_', period: '24h' },
          },
        ],
      },
      storage: storageOf(logs.store),
      limits_config: { retention_period: `${logs.retentionDays * 24}h` },
      compactor: { retention_enabled: true, delete_request_store: kind },
      analytics: { reporting_enabled: false },
    },
    singleBinary: {
      replicas: 1,
      resources: resourcesOf(MONITORING_SIZES[size].loki),
      ...credentialsOf(logs.store),
      persistence: {
        size: quantity(logs.storage),
        ...(storageClass === undefined ? {} : { storageClass }),
        enableStatefulSetAutoDeletePVC: false,
      },
    },
    networkPolicy: { enabled: true, ingress: clients, metrics: clients, ...storeGate(logs.store) },
    monitoring: { serviceMonitor: { enabled: true } },
    sidecar: { rules: OFF },
    read: NONE,
    write: NONE,
    backend: NONE,
    gateway: OFF,
    chunksCache: OFF,
    resultsCache: OFF,
    lokiCanary: OFF,
    test: OFF,
  }
}

type Store = MonitoringParameters['logs']['store']

const storageOf = (store: Store): LokiValues['loki']['storage'] =>
  store.kind === 'filesystem'
    ? { type: 'filesystem' }
    : {
        type: 's3',
        bucketNames: { chunks: store.bucket, ruler: store.bucket, admin: store.bucket },
        s3: { endpoint: store.endpoint, region: store.region, s3ForcePathStyle: true },
      }

/** Under these names the client of S3 looks for them by itself. */
const credentialsOf = (store: Store): Pick<LokiValues['singleBinary'], 'extraEnv'> => {
  if (store.kind === 'filesystem') return {}
  const from = (key: string) => ({ secretKeyRef: { name: store.secret, key } })
  return {
    extraEnv: [
      { name: 'AWS_ACCESS_KEY_ID', valueFrom: from('access-key-id') },
      { name: 'AWS_SECRET_ACCESS_KEY', valueFrom: from('secret-access-key') },
    ],
  }
}

const storeGate = (store: Store): Pick<LokiValues['networkPolicy'], 'externalStorage'> =>
  store.kind === 'filesystem'
    ? {}
    : { externalStorage: { ports: [Number(new URL(store.endpoint).port || 443)] } }

/** Where it remembers what it has read. It goes with the pod: the next one reads the node's logs again. */
const POSITIONS = 'positions'

export const logCollector = (cluster: string): AlloyValues => ({
  crds: { create: false },
  global: { podSecurityContext: { ...restrictedPod(), runAsUser: 473, fsGroup: 473 } },
  alloy: {
    configMap: { content: collection(cluster) },
    enableReporting: false,
    resources: resourcesOf(MONITORING_PER_NODE.collector),
    securityContext: { ...restrictedContainer(), readOnlyRootFilesystem: true },
    livenessProbe: { httpGet: { path: '/-/healthy', port: 12_345 }, periodSeconds: 20 },
    mounts: { extra: [{ name: POSITIONS, mountPath: '/tmp/alloy' }] },
  },
  configReloader: { resources: resourcesOf(MONITORING_PER_NODE.collectorReloader) },
  controller: {
    type: 'daemonset',
    tolerations: [{ operator: 'Exists' }],
    volumes: { extra: [{ name: POSITIONS, emptyDir: { sizeLimit: '1Gi' } }] },
  },
  // Instead of the chart's own list, which has every Secret of the cluster in it.
  rbac: {
    rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }],
    clusterRules: [{ apiGroups: [''], resources: ['pods/log'], verbs: ['get', 'list', 'watch'] }],
  },
  serviceMonitor: { enabled: true },
})

/** Label of a log, and what of its pod it is taken from. */
const LABELS: [label: string, source: string][] = [
  ['namespace', '__meta_kubernetes_namespace'],
  ['pod', '__meta_kubernetes_pod_name'],
  ['container', '__meta_kubernetes_pod_container_name'],
  ['node', '__meta_kubernetes_pod_node_name'],
  ['app', '__meta_kubernetes_pod_label_app_kubernetes_io_name'],
]

/** Through the API rather than from the node's disk: that would take root, and the node's own paths. */
const collection = (cluster: string): string => `\
discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + sys.env("HOSTNAME")
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
${LABELS.map(labelRule).join('\n')}
}

loki.source.kubernetes "pods" {
  targets    = discovery.relabel.pods.output
  forward_to = [loki.write.store.receiver]
}

loki.write "store" {
  endpoint {
    url = "http://loki.${NAMESPACE}.svc:3100/loki/api/v1/push"
  }
  external_labels = {
    cluster = "${cluster}",
  }
}
`

const labelRule = ([label, source]: [string, string]): string => `\
  rule {
    source_labels = ["${source}"]
    target_label  = "${label}"
  }`

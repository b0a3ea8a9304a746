// A collector of the OpenTelemetry operator: signals in by OTLP, out to whoever takes them, and the gates for both.
import type { OpenTelemetryCollectorSpec } from '../../schemas/manifests/opentelemetry.ts'
import type { OpenTelemetryCollectorParameters } from '../../schemas/parameters/opentelemetry-collector.ts'
import { demandMiB } from '../../schemas/quantity.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { ANY_POD, allowIn, allowOut, OWN_PODS, podsOfNamespace } from './network-policy.ts'
import { object, type Scope } from './object.ts'
import { podsOf, SURGE } from './pod.ts'
import { podDemand } from './pod-demand.ts'
import { type Amounts, quantity, resourcesOf } from './resources.ts'
import { restrictedContainer, restrictedPod } from './restricted.ts'

/** The distribution with every exporter: the smaller one for Kubernetes has none for Azure. */
const IMAGE =
  'ghcr.io/open-telemetry/opentelemetry-collector-releases/opentelemetry-collector-contrib:0.158.0'
const USER = 10_001
const GRPC = 4317
const HTTP = 4318

type Exporter = OpenTelemetryCollectorParameters['exporters'][number]
type Config = OpenTelemetryCollectorSpec['config']

const SIGNALS = ['traces', 'metrics', 'logs'] as const
type Signal = (typeof SIGNALS)[number]
const TAKES: Record<Exporter['kind'], readonly Signal[]> = {
  otlphttp: SIGNALS,
  prometheusremotewrite: ['metrics'],
  azuremonitor: SIGNALS,
}

/** An exporter under its name in the configuration, with the variable that brings it its secret. */
interface Named {
  exporter: Exporter
  name: string
  variable: string
}

const named = (exporters: Exporter[]): Named[] =>
  exporters.map((exporter, index) => ({
    exporter,
    name: `${exporter.kind}/${index}`,
    variable: `EXPORTER_${index}_${exporter.kind === 'azuremonitor' ? 'CONNECTION_STRING' : 'AUTHORIZATION'}`,
  }))

const configured = ({ exporter, variable }: Named): Config['exporters'][string] => {
  const value = `\${env:${variable}}`
  if (exporter.kind === 'azuremonitor') return { connection_string: value }
  const { endpoint, authorization } = exporter
  return {
    endpoint,
    ...(authorization === undefined ? {} : { headers: { Authorization: value } }),
  }
}

const secretOf = ({ exporter, variable }: Named): OpenTelemetryCollectorSpec['env'] => {
  const secretKeyRef =
    exporter.kind === 'azuremonitor' ? exporter.connectionString : exporter.authorization
  return secretKeyRef === undefined ? [] : [{ name: variable, valueFrom: { secretKeyRef } }]
}

/** A signal that no exporter takes has no pipeline: whoever sends it is told so. */
const pipelines = (exporters: Named[]): Config['service']['pipelines'] =>
  Object.fromEntries(
    SIGNALS.map(
      (signal) =>
        [
          signal,
          exporters.filter(({ exporter }) => TAKES[exporter.kind].includes(signal)),
        ] as const,
    )
      .filter(([, takers]) => takers.length > 0)
      .map(([signal, takers]) => [
        signal,
        {
          receivers: ['otlp'],
          // The limiter first: what it refuses must not be held by anything before it.
          processors: ['memory_limiter', 'batch'],
          exporters: takers.map(({ name }) => name),
        },
      ]),
  )

const config = (exporters: Named[]): Config => ({
  receivers: {
    otlp: {
      protocols: {
        grpc: { endpoint: `0.0.0.0:${GRPC}` },
        http: { endpoint: `0.0.0.0:${HTTP}` },
      },
    },
  },
  processors: {
    memory_limiter: { check_interval: '1s', limit_percentage: 80, spike_limit_percentage: 25 },
    batch: { send_batch_size: 8192, send_batch_max_size: 16_384, timeout: '1s' },
  },
  exporters: Object.fromEntries(exporters.map((one) => [one.name, configured(one)])),
  // The operator makes the pods' probes of it.
  extensions: { health_check: { endpoint: '0.0.0.0:13133' } },
  service: { extensions: ['health_check'], pipelines: pipelines(exporters) },
})

const room = ({ cpu, memory }: OpenTelemetryCollectorParameters): Amounts => ({
  cpu,
  memory: quantity(memory),
})

export const collector = (scope: Scope, parameters: OpenTelemetryCollectorParameters): Manifest => {
  const { replicas, memory, exporters } = parameters
  const all = named(exporters)
  const spec: OpenTelemetryCollectorSpec = {
    mode: 'deployment',
    managementState: 'managed',
    // The configuration is ours: an operator that rewrote it would fight with Git.
    upgradeStrategy: 'none',
    image: IMAGE,
    replicas,
    resources: resourcesOf(room(parameters)),
    podSecurityContext: restrictedPod(USER),
    securityContext: { ...restrictedContainer(), readOnlyRootFilesystem: true },
    podDisruptionBudget: { maxUnavailable: 1 },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: { 'phoenix.cloud/resource': scope.resource } },
      },
    ],
    env: [
      { name: 'GOMEMLIMIT', value: `${Math.floor(demandMiB(memory) * 0.8)}MiB` },
      ...all.flatMap(secretOf),
    ],
    config: config(all),
  }
  return object('OpenTelemetryCollector', scope.resource, scope, { spec })
}

/** The operator makes a Deployment: Kubernetes starts at least one pod more while it replaces them. */
export const collectorPods = (
  name: string,
  parameters: OpenTelemetryCollectorParameters,
): PodDemand[] => {
  const containers = [room(parameters)]
  return [
    podDemand(name, { count: parameters.replicas, containers }),
    podDemand(`${name}-surge`, { count: SURGE, containers }),
  ]
}

const tcp = (port: number) => ({ protocol: 'TCP' as const, port })
const ANYWHERE = { ipBlock: { cidr: '0.0.0.0/0' } }

/** A Service’s port is taken for its pods’: a policy sees the latter. */
const portOf = (exporter: Exporter): number => {
  // Application Insights answers on 443 wherever the connection string leads.
  if (exporter.kind === 'azuremonitor') return 443
  const { protocol, port } = new URL(exporter.endpoint)
  return Number(port || (protocol === 'http:' ? 80 : 443))
}

export const collectorGates = (
  scope: Scope,
  { exporters, allowNamespaces }: OpenTelemetryCollectorParameters,
): Manifest[] => {
  // The operator copies our labels to the pods.
  const pods = podsOf(scope.resource)
  const ports = [...new Set(exporters.map(portOf))].sort((a, b) => a - b)
  return [
    allowIn(scope, {
      name: 'senders',
      pods,
      peers: [OWN_PODS, ...allowNamespaces.map(podsOfNamespace)],
      ports: [tcp(GRPC), tcp(HTTP)],
    }),
    allowOut(scope, {
      name: 'to-exporters',
      pods,
      peers: [ANY_POD, ANYWHERE],
      ports: ports.map(tcp),
    }),
  ]
}

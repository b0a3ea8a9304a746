// OpenTelemetryCollector as we emit it: a Deployment without rights, whose configuration holds no secret.
import * as z from 'zod'
import {
  ObjectName,
  PinnedImage,
  Resources,
  RestrictedContainer,
  RestrictedPod,
  SecretKey,
} from './words.ts'

/** Read from the environment, never written here. */
const FromEnvironment = z.string().regex(/^\$\{env:[A-Z][A-Z0-9_]*\}$/)
const WebExporter = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }),
  headers: z.strictObject({ Authorization: FromEnvironment }).optional(),
})
const Exporters = z.record(
  z.string().regex(/^(?:otlphttp|prometheusremotewrite|azuremonitor)\/[0-9]$/),
  z.union([WebExporter, z.strictObject({ connection_string: FromEnvironment })]),
)
const Pipeline = z.strictObject({
  receivers: z.tuple([z.literal('otlp')]),
  processors: z.tuple([z.literal('memory_limiter'), z.literal('batch')]),
  exporters: z.array(z.string()).min(1),
})
const Endpoint = z.strictObject({ endpoint: z.string().regex(/^0\.0\.0\.0:[0-9]{4,5}$/) })

const Config = z.strictObject({
  receivers: z.strictObject({
    otlp: z.strictObject({ protocols: z.strictObject({ grpc: Endpoint, http: Endpoint }) }),
  }),
  processors: z.strictObject({
    memory_limiter: z.strictObject({
      check_interval: z.literal('1s'),
      limit_percentage: z.int().min(1).max(100),
      spike_limit_percentage: z.int().min(1).max(100),
    }),
    batch: z.strictObject({
      send_batch_size: z.int().min(1),
      send_batch_max_size: z.int().min(1),
      timeout: z.string(),
    }),
  }),
  exporters: Exporters,
  extensions: z.strictObject({ health_check: Endpoint }),
  service: z.strictObject({
    extensions: z.tuple([z.literal('health_check')]),
    pipelines: z.strictObject({
      traces: Pipeline.optional(),
      metrics: Pipeline.optional(),
      logs: Pipeline.optional(),
    }),
  }),
})

const Spec = z.strictObject({
  mode: z.literal('deployment'),
  managementState: z.literal('managed'),
  upgradeStrategy: z.literal('none'),
  image: PinnedImage,
  replicas: z.int().min(1).max(10),
  resources: Resources,
  podSecurityContext: RestrictedPod,
  securityContext: RestrictedContainer.extend({ readOnlyRootFilesystem: z.literal(true) }),
  podDisruptionBudget: z.strictObject({ maxUnavailable: z.literal(1) }),
  topologySpreadConstraints: z
    .array(
      z.strictObject({
        maxSkew: z.literal(1),
        topologyKey: z.literal('kubernetes.io/hostname'),
        whenUnsatisfiable: z.literal('ScheduleAnyway'),
        labelSelector: z.strictObject({
          matchLabels: z.strictObject({ 'phoenix.cloud/resource': ObjectName }),
        }),
      }),
    )
    .length(1),
  env: z.array(
    z.union([
      z.strictObject({
        name: z.literal('GOMEMLIMIT'),
        value: z.string().regex(/^[1-9][0-9]*MiB$/),
      }),
      z.strictObject({
        name: z.string().regex(/^[A-Z][A-Z0-9_]*$/),
        valueFrom: z.strictObject({ secretKeyRef: SecretKey }),
      }),
    ]),
  ),
  config: Config,
})

export const openTelemetryShapes = {
  OpenTelemetryCollector: { spec: Spec },
} satisfies Partial<Record<string, z.ZodRawShape>>

export type OpenTelemetryCollectorSpec = z.infer<typeof Spec>

// The values of the chart loki that we set: one process, no caches beside it, no gateway.
import * as z from 'zod'
import { ObjectName, Quantity, Resources, SecretKey } from '../manifests/words.ts'
import { NamespacesByName } from './words.ts'

const Off = z.strictObject({ enabled: z.literal(false) })
const None = z.strictObject({ replicas: z.literal(0) })
const Store = z.enum(['filesystem', 's3'])
const From = z.strictObject({ namespaceSelector: NamespacesByName })

export const lokiValues = z.strictObject({
  deploymentMode: z.literal('Monolithic'),
  loki: z.strictObject({
    auth_enabled: z.literal(false),
    commonConfig: z.strictObject({ replication_factor: z.literal(1) }),
    schemaConfig: z.strictObject({
      configs: z.tuple([
        z.strictObject({
          from: z.literal('2024-04-01'),
          store: z.literal('tsdb'),
          object_store: Store,
          schema: z.literal('v13'),
          index: z.strictObject({ prefix: z.literal('loki_index_'), period: z.literal('24h') }),
        }),
      ]),
    }),
    storage: z.strictObject({
      type: Store,
      bucketNames: z
        .strictObject({ chunks: ObjectName, ruler: ObjectName, admin: ObjectName })
        .optional(),
      s3: z
        .strictObject({
          endpoint: z.url({ protocol: /^https$/ }),
          region: z.string(),
          s3ForcePathStyle: z.literal(true),
        })
        .optional(),
    }),
    limits_config: z.strictObject({ retention_period: z.string().regex(/^[1-9][0-9]{0,5}h$/) }),
    compactor: z.strictObject({
      retention_enabled: z.literal(true),
      delete_request_store: Store,
    }),
    analytics: z.strictObject({ reporting_enabled: z.literal(false) }),
  }),
  singleBinary: z.strictObject({
    replicas: z.literal(1),
    resources: Resources,
    extraEnv: z
      .array(
        z.strictObject({
          name: z.enum(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']),
          valueFrom: z.strictObject({ secretKeyRef: SecretKey }),
        }),
      )
      .optional(),
    persistence: z.strictObject({
      size: Quantity,
      storageClass: ObjectName.optional(),
      enableStatefulSetAutoDeletePVC: z.literal(false),
    }),
  }),
  networkPolicy: z.strictObject({
    enabled: z.literal(true),
    ingress: From,
    metrics: From,
    externalStorage: z
      .strictObject({ ports: z.array(z.int().min(1).max(65_535)).length(1) })
      .optional(),
  }),
  monitoring: z.strictObject({
    serviceMonitor: z.strictObject({ enabled: z.literal(true) }),
  }),
  sidecar: z.strictObject({ rules: Off }),
  read: None,
  write: None,
  backend: None,
  gateway: Off,
  chunksCache: Off,
  resultsCache: Off,
  lokiCanary: Off,
  test: Off,
})
export type LokiValues = z.infer<typeof lokiValues>

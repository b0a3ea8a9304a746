// The values of the chart opensearch that we set. Nothing of it may run as root, not even for a moment.
import * as z from 'zod'
import {
  ObjectName,
  OwnLabel,
  Quantity,
  Resources,
  RestrictedContainer,
  RestrictedPod,
} from '../manifests/words.ts'

const Off = z.strictObject({ enabled: z.literal(false) })

export const openSearchValues = z.strictObject({
  fullnameOverride: z.literal('opensearch'),
  masterService: z.literal('opensearch'),
  clusterName: ObjectName,
  singleNode: z.boolean(),
  replicas: z.union([z.literal(1), z.literal(3)]),
  labels: OwnLabel,
  config: z.strictObject({ 'opensearch.yml': z.string().min(1) }),
  extraEnvs: z.tuple([
    z.strictObject({ name: z.literal('DISABLE_INSTALL_DEMO_CONFIG'), value: z.literal('true') }),
  ]),
  opensearchJavaOpts: z.string().regex(/^-Xms[0-9]+m -Xmx[0-9]+m$/),
  resources: Resources,
  initResources: Resources,
  persistence: z.strictObject({
    size: Quantity,
    storageClass: ObjectName.optional(),
    enableInitChown: z.literal(false),
  }),
  sysctl: Off,
  sysctlInit: Off,
  secretMounts: z.tuple([
    z.strictObject({ name: z.literal('certs'), secretName: ObjectName, path: z.string() }),
  ]),
  securityConfig: z.strictObject({ enabled: z.literal(true), internalUsersSecret: ObjectName }),
  antiAffinity: z.enum(['hard', 'soft']),
  enableServiceLinks: z.literal(false),
  podSecurityContext: RestrictedPod,
  securityContext: RestrictedContainer.extend({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(1000),
  }),
  livenessProbe: z.strictObject({
    tcpSocket: z.strictObject({ port: z.literal(9200) }),
    periodSeconds: z.int(),
    timeoutSeconds: z.int(),
    failureThreshold: z.int(),
  }),
})
export type OpenSearchValues = z.infer<typeof openSearchValues>

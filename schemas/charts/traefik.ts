// The values of the chart traefik that we set.
import * as z from 'zod'
import { ObjectName } from '../manifests/words.ts'
import { PodResources } from '../parameters/pod.ts'

const forwardedHeaders = z.strictObject({ trustedIPs: z.array(z.cidrv4()).max(50) })
const Spread = z.strictObject({
  maxSkew: z.literal(1),
  topologyKey: z.literal('kubernetes.io/hostname'),
  whenUnsatisfiable: z.literal('ScheduleAnyway'),
  labelSelector: z.strictObject({
    matchLabels: z.strictObject({ 'app.kubernetes.io/name': z.literal('traefik') }),
  }),
})
const provider = {
  allowExternalNameServices: z.literal(false),
}

export const traefikValues = z.strictObject({
  deployment: z.strictObject({ replicas: z.int().min(1).max(10) }),
  podDisruptionBudget: z.strictObject({ enabled: z.literal(true), maxUnavailable: z.literal(1) }),
  topologySpreadConstraints: z.array(Spread).length(1),
  resources: PodResources,
  ingressClass: z.strictObject({
    enabled: z.literal(true),
    isDefaultClass: z.boolean(),
    name: ObjectName,
  }),
  providers: z.strictObject({
    kubernetesCRD: z.strictObject({ allowCrossNamespace: z.literal(false), ...provider }),
    kubernetesIngress: z.strictObject({ ingressClass: ObjectName, ...provider }),
  }),
  api: z.strictObject({ dashboard: z.literal(false), insecure: z.literal(false) }),
  global: z.strictObject({
    checkNewVersion: z.literal(false),
    sendAnonymousUsage: z.literal(false),
  }),
  log: z.strictObject({ format: z.literal('json'), level: z.literal('INFO') }),
  accessLog: z.strictObject({ enabled: z.boolean(), format: z.literal('json') }),
  ports: z.strictObject({
    web: z.strictObject({
      forwardedHeaders,
      http: z.strictObject({
        redirections: z.strictObject({
          entryPoint: z.strictObject({
            to: z.literal('websecure'),
            scheme: z.literal('https'),
            permanent: z.literal(true),
          }),
        }),
      }),
    }),
    websecure: z.strictObject({ forwardedHeaders }),
  }),
  tlsOptions: z.strictObject({
    default: z.strictObject({ minVersion: z.enum(['VersionTLS12', 'VersionTLS13']) }),
  }),
  service: z.strictObject({
    annotations: z
      .strictObject({
        'service.beta.kubernetes.io/azure-load-balancer-internal': z.literal('true'),
        'service.beta.kubernetes.io/azure-load-balancer-ipv4': z.ipv4().optional(),
      })
      .optional(),
    spec: z.union([
      z.strictObject({
        type: z.literal('LoadBalancer'),
        externalTrafficPolicy: z.literal('Local'),
      }),
      z.strictObject({ type: z.literal('ClusterIP') }),
    ]),
  }),
})
export type TraefikValues = z.infer<typeof traefikValues>

// Deployments, Rollouts and what stands around them, exactly as we emit them. The literals are the Pod Security Standard
// "restricted": a pod that could do more has no shape here.
import * as z from 'zod'
import { ImageReference } from '../parameters/pod.ts'
import { DnsRecordService } from './dns-record.ts'
import { ObjectName, Resources, RestrictedContainer, RestrictedPod, SecretKey } from './words.ts'

const PortName = z.literal('http')
const Port = z.int().min(1024).max(65_535)
const Labels = z.record(z.string().max(317), z.string().max(63))
const Annotations = z.record(z.string().max(317), z.string().max(500))
/** Whose pods: one resource's. */
const ResourceSelector = z.strictObject({
  matchLabels: z.strictObject({ 'phoenix.cloud/resource': ObjectName }),
})

const Look = {
  httpGet: z.strictObject({ path: z.string().startsWith('/').max(201), port: PortName }).optional(),
  tcpSocket: z.strictObject({ port: PortName }).optional(),
  periodSeconds: z.int().min(1),
}
const Probe = z.strictObject({
  ...Look,
  timeoutSeconds: z.int().min(1),
  failureThreshold: z.int().min(1).optional(),
})
const StartupProbe = z.strictObject({ ...Look, failureThreshold: z.int().min(1) })

const Environment = z.array(
  z.union([
    z.strictObject({ name: z.string(), value: z.string() }),
    z.strictObject({ name: z.string(), valueFrom: z.strictObject({ secretKeyRef: SecretKey }) }),
  ]),
)

const Item = z.strictObject({ key: z.string(), path: z.string().regex(/^[A-Za-z0-9._-]+$/) })
const Volume = z.union([
  z.strictObject({ name: ObjectName, emptyDir: z.strictObject({ sizeLimit: z.string() }) }),
  z.strictObject({ name: ObjectName, configMap: z.strictObject({ name: ObjectName }) }),
  z.strictObject({
    name: ObjectName,
    secret: z.strictObject({
      secretName: ObjectName,
      items: z.array(Item).length(1),
      defaultMode: z.literal(0o440),
    }),
  }),
])

const Container = z.strictObject({
  name: ObjectName,
  image: ImageReference,
  args: z.array(z.string()).optional(),
  ports: z
    .array(z.strictObject({ name: PortName, containerPort: Port, protocol: z.literal('TCP') }))
    .length(1),
  env: Environment.optional(),
  resources: Resources,
  startupProbe: StartupProbe,
  livenessProbe: Probe,
  readinessProbe: Probe,
  securityContext: RestrictedContainer.extend({ readOnlyRootFilesystem: z.boolean() }),
  volumeMounts: z.array(
    z.strictObject({
      name: ObjectName,
      mountPath: z.string().startsWith('/'),
      readOnly: z.literal(true).optional(),
    }),
  ),
})

const Pod = z.strictObject({
  automountServiceAccountToken: z.literal(false),
  enableServiceLinks: z.literal(false),
  imagePullSecrets: z.array(z.strictObject({ name: ObjectName })).optional(),
  securityContext: RestrictedPod,
  topologySpreadConstraints: z.array(
    z.strictObject({
      maxSkew: z.literal(1),
      topologyKey: z.literal('kubernetes.io/hostname'),
      whenUnsatisfiable: z.literal('ScheduleAnyway'),
      labelSelector: ResourceSelector,
    }),
  ),
  containers: z.array(Container).length(1),
  volumes: z.array(Volume),
})

const Template = z.strictObject({
  metadata: z.strictObject({ labels: Labels, annotations: Annotations.optional() }),
  spec: Pod,
})
const Target = z.strictObject({
  apiVersion: z.literal('apps/v1'),
  kind: z.literal('Deployment'),
  name: ObjectName,
})

const ServedService = z.strictObject({
  type: z.literal('ClusterIP'),
  // Absent where Argo Rollouts writes it.
  selector: z.strictObject({ 'phoenix.cloud/resource': ObjectName }).optional(),
  ports: z
    .array(
      z.strictObject({
        name: PortName,
        protocol: z.literal('TCP'),
        port: Port,
        targetPort: PortName,
      }),
    )
    .length(1),
})

export const workloadShapes = {
  Rollout: {
    spec: z.strictObject({
      revisionHistoryLimit: z.int(),
      selector: ResourceSelector,
      strategy: z.strictObject({
        blueGreen: z.strictObject({
          activeService: ObjectName,
          previewService: ObjectName,
          autoPromotionEnabled: z.boolean(),
          scaleDownDelaySeconds: z.int().min(30).max(3600),
        }),
      }),
      template: Template,
    }),
  },
  Deployment: {
    spec: z.strictObject({
      replicas: z.int().min(1).max(100).optional(),
      revisionHistoryLimit: z.int(),
      selector: ResourceSelector,
      strategy: z.strictObject({
        type: z.literal('RollingUpdate'),
        rollingUpdate: z.strictObject({ maxSurge: z.literal(1), maxUnavailable: z.literal(0) }),
      }),
      template: Template,
    }),
  },
  Service: { spec: z.union([ServedService, DnsRecordService]) },
  HorizontalPodAutoscaler: {
    spec: z.strictObject({
      scaleTargetRef: z.union([
        Target,
        Target.extend({
          apiVersion: z.literal('argoproj.io/v1alpha1'),
          kind: z.literal('Rollout'),
        }),
      ]),
      minReplicas: z.int().min(1),
      maxReplicas: z.int().min(1).max(100),
      metrics: z
        .array(
          z.strictObject({
            type: z.literal('Resource'),
            resource: z.strictObject({
              name: z.literal('cpu'),
              target: z.strictObject({
                type: z.literal('Utilization'),
                averageUtilization: z.int().min(1).max(100),
              }),
            }),
          }),
        )
        .length(1),
    }),
  },
  PodDisruptionBudget: {
    spec: z.strictObject({ maxUnavailable: z.literal(1), selector: ResourceSelector }),
  },
} satisfies Partial<Record<string, z.ZodRawShape>>

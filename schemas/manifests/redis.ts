// The objects of OT's Redis operator, as far as we emit them. No exporter, no sidecar, no service on the nodes.
import * as z from 'zod'
import {
  ObjectName,
  PinnedImage,
  Quantity,
  Resources,
  RestrictedContainer,
  RestrictedPod,
  SecretKey,
} from './words.ts'

const Affinity = z.strictObject({
  podAntiAffinity: z.strictObject({
    requiredDuringSchedulingIgnoredDuringExecution: z
      .array(
        z.strictObject({
          labelSelector: z.strictObject({ matchLabels: z.strictObject({ app: ObjectName }) }),
          topologyKey: z.literal('kubernetes.io/hostname'),
        }),
      )
      .length(1),
  }),
})
const Pods = {
  podSecurityContext: RestrictedPod,
  securityContext: RestrictedContainer,
  pdb: z.strictObject({ enabled: z.literal(true), maxUnavailable: z.literal(1) }),
  affinity: Affinity.optional(),
}
const IfNotPresent = z.literal('IfNotPresent')

export const redisShapes = {
  RedisReplication: {
    spec: z.strictObject({
      clusterSize: z.int().min(2).max(9),
      kubernetesConfig: z.strictObject({
        image: PinnedImage,
        imagePullPolicy: IfNotPresent,
        redisSecret: SecretKey,
        resources: Resources,
      }),
      redisConfig: z.strictObject({ maxMemoryPercentOfLimit: z.int().min(1).max(90) }),
      storage: z.strictObject({
        keepAfterDelete: z.boolean(),
        volumeClaimTemplate: z.strictObject({
          spec: z.strictObject({
            accessModes: z.tuple([z.literal('ReadWriteOnce')]),
            storageClassName: ObjectName.optional(),
            resources: z.strictObject({ requests: z.strictObject({ storage: Quantity }) }),
          }),
        }),
      }),
      ...Pods,
    }),
  },
  RedisSentinel: {
    spec: z.strictObject({
      clusterSize: z.union([z.literal(3), z.literal(5)]),
      kubernetesConfig: z.strictObject({
        image: PinnedImage,
        imagePullPolicy: IfNotPresent,
        resources: Resources,
      }),
      redisSentinelConfig: z.strictObject({
        redisReplicationName: ObjectName,
        masterGroupName: z.literal('myMaster'),
        quorum: z.enum(['2', '3']),
        redisReplicationPassword: z.strictObject({ secretKeyRef: SecretKey }),
      }),
      ...Pods,
    }),
  },
} satisfies Record<string, z.ZodRawShape>

export type RedisReplicationSpec = z.infer<typeof redisShapes.RedisReplication.spec>
export type RedisSentinelSpec = z.infer<typeof redisShapes.RedisSentinel.spec>

// The values of the chart kafka that we set. Every listener has both a password and TLS.
import * as z from 'zod'
import { ObjectName, OwnLabel, Quantity, Resources } from '../manifests/words.ts'

const On = z.strictObject({ enabled: z.literal(true) })
const Off = z.strictObject({ enabled: z.literal(false) })
const Terms = z.strictObject({
  labelSelector: z.strictObject({ matchLabels: OwnLabel }),
  topologyKey: z.literal('kubernetes.io/hostname'),
})

const Tls = z.union([
  z.strictObject({
    enabled: z.literal(true),
    source: z.literal('existing-secret'),
    existingSecret: ObjectName,
  }),
  z.strictObject({
    enabled: z.literal(true),
    source: z.literal('cert-manager'),
    certManager: z.strictObject({
      duration: z.literal('8760h'),
      renewBefore: z.literal('720h'),
      issuerRef: z.strictObject({
        group: z.literal('cert-manager.io'),
        kind: z.literal('Issuer'),
        name: ObjectName,
      }),
    }),
  }),
])

export const kafkaValues = z.strictObject({
  replicaCount: z.union([z.literal(1), z.literal(3), z.literal(5)]),
  commonLabels: OwnLabel,
  clusterId: z
    .string()
    .regex(/^[A-Za-z0-9_-]{21}[AQgw]$/)
    .optional(),
  auth: z.strictObject({
    client: On,
    interBroker: On,
    controller: On,
    clientUser: ObjectName,
    existingSecret: ObjectName,
  }),
  tls: Tls,
  kafkaConfig: z.strictObject({
    autoCreateTopicsEnable: z.literal(false),
    logRetentionHours: z.int().min(1).max(87_600),
    extraConfig: z.tuple([z.enum(['min.insync.replicas=1', 'min.insync.replicas=2'])]),
  }),
  heapOpts: z.string().regex(/^-Xms([0-9]{3,5})m -Xmx\1m$/),
  resources: Resources,
  affinity: z.strictObject({
    podAntiAffinity: z.union([
      z.strictObject({
        requiredDuringSchedulingIgnoredDuringExecution: z.array(Terms).length(1),
      }),
      z.strictObject({
        preferredDuringSchedulingIgnoredDuringExecution: z
          .array(z.strictObject({ weight: z.literal(100), podAffinityTerm: Terms }))
          .length(1),
      }),
    ]),
  }),
  persistence: z.strictObject({ size: Quantity, storageClass: ObjectName.optional() }),
  metrics: Off,
  networkPolicy: Off,
})
export type KafkaValues = z.infer<typeof kafkaValues>

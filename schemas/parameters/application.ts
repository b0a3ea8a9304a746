// Parameters of the template application: a container image that answers on one port.
import * as z from 'zod'
import { HostName, Slug } from '../ids.ts'
import { AttestationReference, ImageReference, PodPort, PodResources, SecretKeyRef } from './pod.ts'
import { SecretName } from './workload.ts'

const VariableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)
/** Names under which people keep secrets: their values are references only. */
const SECRET_NAME =
  /(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$/i

const PlainVariable = z
  .strictObject({ name: VariableName, value: z.string().max(1000) })
  .refine(({ name }) => !SECRET_NAME.test(name), 'a secret is given by secretKeyRef, not by value')
const SecretVariable = z.strictObject({ name: VariableName, secretKeyRef: SecretKeyRef })
export const EnvironmentVariable = z.union([PlainVariable, SecretVariable])
export type EnvironmentVariable = z.infer<typeof EnvironmentVariable>

const HttpPath = z.string().regex(/^\/[A-Za-z0-9._~/-]{0,200}$/)

export const ApplicationParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to run on; absent: the only one there is'),
  image: ImageReference.describe(
    'Image with an explicit tag (IMG-PINNED blocks latest) and, better, a digest',
  ),
  attestation: AttestationReference.optional().describe(
    'Reference of the image’s signature attestation; the image itself then needs its digest',
  ),
  pullSecret: SecretName.optional().describe(
    'Secret of type kubernetes.io/dockerconfigjson in the tenant’s namespace',
  ),
  args: z
    .array(z.string().min(1).max(500))
    .max(30)
    .default([])
    .describe('Arguments of the image’s entry point'),
  port: PodPort.default(8080).describe('TCP port the container listens on; the Service has it too'),
  env: z
    .array(EnvironmentVariable)
    .max(100)
    .refine(
      (env) => new Set(env.map(({ name }) => name)).size === env.length,
      'each name only once',
    )
    .default([])
    .describe('Environment: plain values, and references to Secrets'),
  resources: PodResources.default({
    requests: { cpu: '100m', memory: '128Mi' },
    limits: { cpu: '500m', memory: '256Mi' },
  }).describe('Of each pod'),
  replicas: z
    .strictObject({
      min: z.int().min(1).max(50).default(2),
      max: z.int().min(1).max(100).default(4),
      targetCpuPercent: z
        .int()
        .min(10)
        .max(95)
        .default(70)
        .describe('Of the CPU request; more pods are started above it'),
    })
    .refine(({ min, max }) => min <= max, 'min must not exceed max')
    .prefault({})
    .describe(
      'Range of the autoscaler; the quota of the tenant base must hold max, and one more while an update runs',
    ),
  strategy: z
    .strictObject({
      type: z
        .enum(['rolling', 'blue-green'])
        .default('rolling')
        .describe(
          'rolling replaces pod by pod. blue-green starts the new version beside the old one and then switches; the quota must hold both, and the cluster needs Argo Rollouts',
        ),
      autoPromote: z
        .boolean()
        .default(false)
        .describe(
          'blue-green: switch as soon as the new pods are ready; else somebody promotes the Rollout',
        ),
      scaleDownDelaySeconds: z
        .int()
        .min(30)
        .max(3600)
        .default(300)
        .describe('blue-green: how long the old version keeps running after the switch'),
    })
    .prefault({})
    .describe('How a new version takes over. Changing the type later interrupts the Service'),
  probes: z
    .strictObject({
      livenessPath: HttpPath.optional(),
      readinessPath: HttpPath.optional(),
      startupSeconds: z
        .int()
        .min(10)
        .max(900)
        .default(60)
        .describe('How long a pod may take until it is alive for the first time'),
    })
    .prefault({})
    .describe('HTTP paths that answer 2xx or 3xx; without a path the port is opened instead'),
  runAsUser: z
    .int()
    .min(1)
    .max(2_000_000_000)
    .optional()
    .describe('User id; needed when the image’s own user is root or is given by name'),
  readOnlyRootFilesystem: z.boolean().default(true).describe('/tmp can be written in any case'),
  allowNamespaces: z
    .array(HostName)
    .max(20)
    .default([])
    .describe('Namespaces besides the tenant’s own whose pods may reach the port'),
})
export type ApplicationParameters = z.infer<typeof ApplicationParameters>

// What several templates ask about pods: image, resources, references to Secrets of the same namespace.
// No parameter here can hold a secret itself.
import * as z from 'zod'
import { cpuMilliOf, demandMiBOf, isQuantity } from '../kubernetes-quantity.ts'
import { SecretName } from './workload.ts'

/** Host and path, then a tag that is not `latest`, or a digest, or both. */
export const ContainerImage = z
  .string()
  .max(400)
  .regex(
    /^(?:[a-z0-9.-]{1,253}(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:[._/-]{1,2}[a-z0-9]+){0,60}(?::(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}(?:@sha256:[0-9a-f]{64})?|@sha256:[0-9a-f]{64})$/,
    'an image with an explicit tag other than latest, or a sha256 digest',
  )

/** Any image that a registry could hold. Whether it is pinned is a policy's to say, and an exception's to excuse. */
export const ImageReference = z
  .string()
  .max(400)
  .regex(
    /^(?:[a-z0-9.-]{1,253}(?::[0-9]{1,5})?\/)?[a-z0-9]+(?:[._/-]{1,2}[a-z0-9]+){0,60}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$/,
    'an image: registry/repository:tag@sha256:…',
  )

/**
 * Pods keep the reference of their image's signature attestation under this annotation. Nothing here checks a signature:
 * that is for an admission controller on the cluster, and for whoever approves.
 */
export const ATTESTATION = 'phoenix.cloud/attestation'

/** `registry/repository@sha256:…`: a signature or attestation as the registry stores it (OCI 1.1 referrers, or cosign's). */
export const AttestationReference = z
  .string()
  .max(400)
  .regex(
    /^[a-z0-9.-]{1,253}(?::[0-9]{1,5})?(?:\/[a-z0-9._-]{1,100}){1,10}@sha256:[0-9a-f]{64}$/,
    'registry/repository@sha256:…',
  )

const Cpu = z
  .string()
  .regex(/^(?:[1-9][0-9]{0,4}m|[1-9][0-9]?)$/, 'cores or millicores, for instance 2 or 250m')
const Memory = z.string().regex(/^[1-9][0-9]{0,5}(?:Mi|Gi)$/, 'for instance 256Mi or 2Gi')
const CpuAndMemory = z.strictObject({ cpu: Cpu, memory: Memory })
export type CpuAndMemory = z.infer<typeof CpuAndMemory>

export const PodResources = z
  .strictObject({
    requests: CpuAndMemory.describe('What the scheduler keeps free for each pod'),
    limits: CpuAndMemory.describe('What a pod can never exceed'),
  })
  .refine(
    ({ requests, limits }) =>
      ![requests, limits].every(({ cpu, memory }) => isQuantity(cpu) && isQuantity(memory)) ||
      (cpuMilliOf(requests.cpu) <= cpuMilliOf(limits.cpu) &&
        demandMiBOf(requests.memory) <= demandMiBOf(limits.memory)),
    'requests must not exceed limits',
  )
export type PodResources = z.infer<typeof PodResources>

/** A key of a Secret in the tenant's namespace. The value never comes near Git. */
export const SecretKeyRef = z.strictObject({
  name: SecretName,
  key: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/),
})
export type SecretKeyRef = z.infer<typeof SecretKeyRef>

/** Pods listen above 1023: below, a process would need a capability that is dropped. */
export const PodPort = z.int().min(1024).max(65_535)

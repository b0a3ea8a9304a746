// Small shapes that the manifests of several operators share. Exact: what is not here cannot be emitted.
import * as z from 'zod'

/** A name of an object (RFC 1123, at most 63 so that it fits into labels). */
export const ObjectName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
/** The label by which network policies find a resource's pods. */
export const OwnLabel = z.strictObject({ 'phoenix.cloud/resource': ObjectName })
/** An amount of a resource: cores, or bytes with their unit. */
export const Quantity = z.string().regex(/^[1-9][0-9]{0,15}(?:m|M|G|T|Mi|Gi|Ti)?$/)
/** An image with a tag that says which release it is. */
export const PinnedImage = z
  .string()
  .regex(/^[a-z0-9.-]+(?:\/[a-z0-9._-]+)+:(?!latest)[A-Za-z0-9._-]{1,128}$/)

const Amounts = z.strictObject({ cpu: Quantity, memory: Quantity })
export const Resources = z.strictObject({ requests: Amounts, limits: Amounts })

/** One key of a Secret in the same namespace: the only way in which a secret is named. */
export const SecretKey = z.strictObject({
  name: ObjectName,
  key: z.string().regex(/^[A-Za-z0-9._-]{1,253}$/),
})

/** The Pod Security Standard "restricted", as the pod and its container must say it. */
export const RestrictedPod = z.strictObject({
  runAsNonRoot: z.literal(true),
  runAsUser: z.int().min(1).optional(),
  fsGroup: z.int().min(1).optional(),
  seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
})
export const RestrictedContainer = z.strictObject({
  allowPrivilegeEscalation: z.literal(false),
  capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
})

// Small shapes that the values of several charts share.
import * as z from 'zod'
import { ObjectName, Quantity } from '../manifests/words.ts'

/** The namespaces of a peer, by the label that Kubernetes itself sets. */
export const NamespacesByName = z.strictObject({
  matchExpressions: z.tuple([
    z.strictObject({
      key: z.literal('kubernetes.io/metadata.name'),
      operator: z.literal('In'),
      values: z.array(ObjectName).min(1),
    }),
  ]),
})

/** Peers of a network policy: the chart's own namespace, others by name. */
export const Ingress = z
  .array(
    z.strictObject({
      from: z
        .array(
          z.union([
            z.strictObject({ podSelector: z.strictObject({}) }),
            z.strictObject({ namespaceSelector: NamespacesByName }),
          ]),
        )
        .min(1),
      ports: z
        .array(z.strictObject({ protocol: z.literal('TCP'), port: z.int().min(1).max(65_535) }))
        .optional(),
    }),
  )
  .min(1)

export const VolumeClaim = z.strictObject({
  accessModes: z.tuple([z.literal('ReadWriteOnce')]),
  storageClassName: ObjectName.optional(),
  resources: z.strictObject({ requests: z.strictObject({ storage: Quantity }) }),
})

// The values of the chart csi-driver-nfs that we set.
import * as z from 'zod'
import { ObjectName } from '../manifests/words.ts'

const Choice = z.enum(['true', 'false'])

export const csiDriverNfsValues = z.strictObject({
  controller: z.strictObject({
    replicas: z.int().min(1).max(3),
    defaultOnDeletePolicy: z.enum(['retain', 'delete']),
    affinity: z
      .strictObject({
        podAntiAffinity: z.strictObject({
          requiredDuringSchedulingIgnoredDuringExecution: z
            .array(
              z.strictObject({
                labelSelector: z.strictObject({
                  matchLabels: z.strictObject({ app: z.literal('csi-nfs-controller') }),
                }),
                topologyKey: z.literal('kubernetes.io/hostname'),
              }),
            )
            .length(1),
        }),
      })
      .optional(),
  }),
  storageClass: z.strictObject({
    create: z.literal(true),
    name: ObjectName,
    annotations: z.strictObject({ 'storageclass.kubernetes.io/is-default-class': Choice }),
    parameters: z.strictObject({
      server: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/),
      share: z.string().regex(/^(?:\/[A-Za-z0-9._-]+)+$|^\/$/),
      subDir: z
        .string()
        .regex(
          /^\$\{pvc\.metadata\.namespace\}\/\$\{pvc\.metadata\.name\}-\$\{pv\.metadata\.name\}$/,
        ),
    }),
    reclaimPolicy: z.enum(['Retain', 'Delete']),
    volumeBindingMode: z.literal('Immediate'),
    mountOptions: z.array(z.string().regex(/^[a-z]+(?:=[a-z0-9.]+)?$/)).min(2),
  }),
})
export type CsiDriverNfsValues = z.infer<typeof csiDriverNfsValues>

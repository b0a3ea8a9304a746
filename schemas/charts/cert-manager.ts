// The values of the chart cert-manager that we set.
import * as z from 'zod'

export const certManagerValues = z.strictObject({
  crds: z.strictObject({ enabled: z.literal(true), keep: z.literal(true) }),
  replicaCount: z.int().min(1).max(5),
})

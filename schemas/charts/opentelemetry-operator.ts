// The values of the chart opentelemetry-operator that we set.
import * as z from 'zod'
import { Resources } from '../manifests/words.ts'

export const openTelemetryOperatorValues = z.strictObject({
  replicaCount: z.int().min(1).max(3),
  pdb: z.strictObject({ create: z.boolean(), minAvailable: z.literal(1) }),
  manager: z.strictObject({ resources: Resources }),
  admissionWebhooks: z.strictObject({
    certManager: z.strictObject({ enabled: z.literal(true) }),
  }),
})

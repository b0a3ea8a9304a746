// Parameters of the template opentelemetry-operator.
import * as z from 'zod'
import { Slug } from '../ids.ts'

export const OpenTelemetryOperatorParameters = z.strictObject({
  cluster: Slug.optional().describe('Cluster to install on; absent: the only one there is'),
  replicas: z.int().min(1).max(3).default(2).describe('Operators; one leads, the others wait'),
  waitForCertManager: z
    .boolean()
    .default(true)
    .describe(
      'Wait for the template cert-manager of this tenant, which issues the operator’s certificate; ' +
        'false where cert-manager was installed in another way',
    ),
})
export type OpenTelemetryOperatorParameters = z.infer<typeof OpenTelemetryOperatorParameters>

// The values of the chart opensearch-dashboards that we set.
import * as z from 'zod'
import {
  ObjectName,
  OwnLabel,
  Resources,
  RestrictedContainer,
  RestrictedPod,
} from '../manifests/words.ts'

export const openSearchDashboardsValues = z.strictObject({
  opensearchHosts: z.string().regex(/^https:\/\/opensearch\.[a-z0-9-]+\.svc:9200$/),
  opensearchAccount: z.strictObject({ secret: ObjectName }),
  labels: OwnLabel,
  config: z.strictObject({ 'opensearch_dashboards.yml': z.string().min(1) }),
  secretMounts: z.tuple([
    z.strictObject({
      name: z.literal('authority'),
      secretName: ObjectName,
      path: z.string(),
      subPath: z.literal('ca.crt'),
    }),
  ]),
  resources: Resources,
  rbac: z.strictObject({ create: z.literal(false) }),
  serviceAccount: z.strictObject({ automountServiceAccountToken: z.literal(false) }),
  podSecurityContext: RestrictedPod,
  securityContext: RestrictedContainer.extend({
    runAsNonRoot: z.literal(true),
    runAsUser: z.literal(1000),
  }),
})
export type OpenSearchDashboardsValues = z.infer<typeof openSearchDashboardsValues>

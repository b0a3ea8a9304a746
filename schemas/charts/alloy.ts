// The values of the chart alloy that we set. It reads logs from the API, so it needs nothing of the node's.
import * as z from 'zod'
import { Resources, RestrictedContainer } from '../manifests/words.ts'

const Rule = z.strictObject({
  apiGroups: z.tuple([z.literal('')]),
  resources: z.tuple([z.enum(['pods', 'pods/log'])]),
  verbs: z.array(z.enum(['get', 'list', 'watch'])).min(1),
})

export const alloyValues = z.strictObject({
  crds: z.strictObject({ create: z.literal(false) }),
  global: z.strictObject({
    podSecurityContext: z.strictObject({
      runAsNonRoot: z.literal(true),
      runAsUser: z.literal(473),
      fsGroup: z.literal(473),
      seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
    }),
  }),
  alloy: z.strictObject({
    configMap: z.strictObject({ content: z.string().min(1) }),
    enableReporting: z.literal(false),
    resources: Resources,
    securityContext: RestrictedContainer.extend({ readOnlyRootFilesystem: z.literal(true) }),
    livenessProbe: z.strictObject({
      httpGet: z.strictObject({ path: z.literal('/-/healthy'), port: z.literal(12_345) }),
      periodSeconds: z.int().min(1),
    }),
    mounts: z.strictObject({
      extra: z.tuple([z.strictObject({ name: z.string(), mountPath: z.literal('/tmp/alloy') })]),
    }),
  }),
  configReloader: z.strictObject({ resources: Resources }),
  controller: z.strictObject({
    type: z.literal('daemonset'),
    tolerations: z.tuple([z.strictObject({ operator: z.literal('Exists') })]),
    volumes: z.strictObject({
      extra: z.tuple([
        z.strictObject({ name: z.string(), emptyDir: z.strictObject({ sizeLimit: z.string() }) }),
      ]),
    }),
  }),
  rbac: z.strictObject({ rules: z.array(Rule), clusterRules: z.array(Rule).min(1) }),
  serviceMonitor: z.strictObject({ enabled: z.literal(true) }),
})
export type AlloyValues = z.infer<typeof alloyValues>

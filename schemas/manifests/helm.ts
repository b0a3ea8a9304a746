// Chart sources and releases, exactly as we emit them. The values of each chart are held to a schema of the keys we set.
import * as z from 'zod'
import { alloyValues } from '../charts/alloy.ts'
import { argoCdValues } from '../charts/argo-cd.ts'
import { argocdAppsValues } from '../charts/argocd-apps.ts'
import { certManagerValues } from '../charts/cert-manager.ts'
import { crossplaneValues } from '../charts/crossplane.ts'
import { csiDriverNfsValues } from '../charts/csi-driver-nfs.ts'
import { externalDnsValues } from '../charts/external-dns.ts'
import { giteaValues } from '../charts/gitea.ts'
import { kafkaValues } from '../charts/kafka.ts'
import { kubePrometheusStackValues } from '../charts/kube-prometheus-stack.ts'
import { lokiValues } from '../charts/loki.ts'
import { openbaoValues } from '../charts/openbao.ts'
import { openSearchValues } from '../charts/opensearch.ts'
import { openSearchDashboardsValues } from '../charts/opensearch-dashboards.ts'
import { openTelemetryOperatorValues } from '../charts/opentelemetry-operator.ts'
import { operatorValues } from '../charts/operators.ts'
import { rookCephClusterValues, rookCephValues } from '../charts/rook-ceph.ts'
import { traefikValues } from '../charts/traefik.ts'
import { veleroValues } from '../charts/velero.ts'
import { ObjectName } from './words.ts'

/** By chart, as in the table of charts. A chart that is not here cannot be released. */
export const chartValues: Record<string, z.ZodType> = {
  ...operatorValues,
  'argo-cd': argoCdValues,
  'argocd-apps': argocdAppsValues,
  'cert-manager': certManagerValues,
  'csi-driver-nfs': csiDriverNfsValues,
  gitea: giteaValues,
  kafka: kafkaValues,
  openbao: openbaoValues,
  'rook-ceph': rookCephValues,
  'rook-ceph-cluster': rookCephClusterValues,
  traefik: traefikValues,
  crossplane: crossplaneValues,
  velero: veleroValues,
  'external-dns': externalDnsValues,
  'kube-prometheus-stack': kubePrometheusStackValues,
  loki: lokiValues,
  alloy: alloyValues,
  'opentelemetry-operator': openTelemetryOperatorValues,
  opensearch: openSearchValues,
  'opensearch-dashboards': openSearchDashboardsValues,
}

const Remediation = z.strictObject({ retries: z.int().min(0).max(10) })
const SourceRef = z.strictObject({ kind: z.literal('HelmRepository'), name: ObjectName })
const Version = z.string().regex(/^v?[0-9]+\.[0-9]+\.[0-9]+(?:[-+][A-Za-z0-9.-]+)?$/)

const Release = z
  .strictObject({
    interval: z.literal('30m'),
    timeout: z.literal('15m'),
    releaseName: ObjectName,
    targetNamespace: ObjectName.optional(),
    storageNamespace: ObjectName,
    serviceAccountName: z.literal('phoenix-installer'),
    dependsOn: z.array(z.strictObject({ name: ObjectName })).optional(),
    chart: z
      .strictObject({
        spec: z.strictObject({ chart: ObjectName, version: Version, sourceRef: SourceRef }),
      })
      .optional(),
    chartRef: z.strictObject({ kind: z.literal('OCIRepository'), name: ObjectName }).optional(),
    install: z.strictObject({
      createNamespace: z.boolean(),
      crds: z.literal('CreateReplace'),
      remediation: Remediation,
    }),
    upgrade: z.strictObject({ crds: z.literal('CreateReplace'), remediation: Remediation }),
    driftDetection: z.strictObject({ mode: z.literal('enabled') }),
    values: z.record(z.string(), z.unknown()),
  })
  .refine(({ chart, chartRef }) => (chart === undefined) !== (chartRef === undefined))
  .superRefine(({ releaseName, values }, context) => {
    const schema = Object.hasOwn(chartValues, releaseName) ? chartValues[releaseName] : undefined
    const parsed = (schema ?? z.never()).safeParse(values)
    for (const issue of parsed.success ? [] : parsed.error.issues) {
      context.addIssue({ code: 'custom', path: ['values', ...issue.path], message: issue.message })
    }
  })

export const helmShapes = {
  HelmRepository: {
    spec: z.strictObject({ interval: z.literal('24h'), url: z.url({ protocol: /^https$/ }) }),
  },
  OCIRepository: {
    spec: z.strictObject({
      interval: z.literal('24h'),
      url: z.string().regex(/^oci:\/\/[a-z0-9./-]+$/),
      ref: z.strictObject({ tag: Version }),
      layerSelector: z.strictObject({
        mediaType: z.literal('application/vnd.cncf.helm.chart.content.v1.tar+gzip'),
        operation: z.literal('copy'),
      }),
    }),
  },
  HelmRelease: { spec: Release },
} satisfies Partial<Record<string, z.ZodRawShape>>

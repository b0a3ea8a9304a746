// What the_order consists of, row by row: what runs in its cluster and watches it here, what is in Azure beside.
import type { SystemComponent } from '../../../schemas/system.ts'
import { atLeast, count, each, GB } from '../size.ts'
import { dataAndImages, entra, infrastructure } from './components-azure.ts'
import { azure, row, SOURCE, SUMMARY } from './row.ts'

const service = row('workload', {
  phase: 'backend',
  count: count(2, 4),
  each: each(count(2, 4), GB(4, 8)),
  declared: each(count(4, 16), GB(8, 32)),
  dependsOn: ['postgres', 'key-vault', 'external-secrets'],
  exposure: 'cluster',
  versionFloor: 'Node.js 18',
  builtFrom: ['application', 'network-policies'],
  source: SUMMARY,
  note: 'Cores and memory are a pod’s limits; it reserves cpuReservedPercent of the cores. Reserved in full, the pods and their infrastructure would need 29 to 98 cores of 24 to 80.',
})
const portal = row('workload', {
  phase: 'frontend',
  count: count(2, 3),
  each: each(count(2, 4), GB(4, 8)),
  declared: each(count(4, 12), GB(8, 24)),
  dependsOn: ['identity', 'intake', 'finance', 'dataroom'],
  versionFloor: 'Node.js 18',
  builtFrom: ['application', 'network-policies', 'ingress'],
  source: SUMMARY,
})
const option = row('operator', {
  basis: 'optional',
  phase: 'infra-services',
  exposure: 'cluster',
  source: SUMMARY,
})
const workflow = row('workload', {
  basis: 'optional',
  count: count(0, 1),
  phase: 'backend',
  dependsOn: ['storage-account'],
  exposure: 'cluster',
  builtFrom: ['logic-app'],
  note: 'The runtime of Logic Apps in a container of the cluster, so that region and access are the cluster’s; not the resource in Azure.',
})

const platform: SystemComponent[] = [
  option({
    id: 'external-secrets',
    title: 'External Secrets Operator',
    each: each(count(1, 2), GB(2, 4)),
    phase: 'secrets',
    dependsOn: ['key-vault'],
    builtFrom: ['operators', 'secret-store'],
    note: 'The operator is once per cluster and smaller than the source allows; its store and Secrets are rendered in any case.',
  }),
  option({
    id: 'monitoring',
    title: 'Prometheus, Grafana and log store',
    each: each(count(4, 8), GB(16, 32)),
    builtFrom: ['monitoring'],
  }),
  option({
    id: 'opentelemetry',
    title: 'OpenTelemetry collector',
    basis: 'rendered',
    builtFrom: ['opentelemetry-collector', 'opentelemetry-operator'],
    source: SOURCE,
  }),
  option({
    id: 'opensearch',
    title: 'OpenSearch',
    count: atLeast(0),
    builtFrom: ['opensearch'],
    source: SOURCE,
  }),
  azure({
    id: 'application-insights',
    title: 'Application Insights and its alert',
    phase: 'observability',
    dependsOn: ['log-analytics'],
    residency: 'West Europe, who is told of alerts in Sweden; no US regions',
    builtFrom: ['azure-monitoring'],
    note: 'Who is told of alerts is kept in Sweden: Azure keeps that in few regions, and West Europe is none of them.',
  }),
  azure({
    id: 'log-analytics',
    title: 'Log Analytics workspace',
    phase: 'observability',
    builtFrom: ['azure-monitoring'],
  }),
  azure({
    id: 'application-gateway',
    title: 'Application Gateway with WAF',
    kind: 'network',
    basis: 'optional',
    count: count(0, 1),
    phase: 'gateway',
    dependsOn: ['virtual-network', 'portal-public', 'certificate'],
    exposure: 'public',
    builtFrom: ['application-gateway'],
    note: 'Either this or an ingress controller by itself. The source names it in two phases; a certificate must be in a vault first, so it is made in the second of them.',
  }),
  option({
    id: 'ingress',
    title: 'Ingress controller',
    kind: 'network',
    count: count(0, 1),
    exposure: 'private',
    builtFrom: ['ingress-controller'],
    source: SOURCE,
    note: 'The source says NGINX, whose community controller gets no fixes any more: Traefik stands for it.',
  }),
  row('network')({
    id: 'certificate',
    title: 'TLS certificates',
    phase: 'gateway',
    dependsOn: ['dns-zone'],
    exposure: 'public',
    builtFrom: ['certificate'],
    note: 'Behind an Application Gateway the one inside the cluster is made with the portals, which are another cluster’s phase.',
  }),
]

export const components: SystemComponent[] = [
  ...infrastructure,
  ...dataAndImages,
  ...entra,
  service({ id: 'identity', title: 'Identity service' }),
  service({ id: 'intake', title: 'Intake service' }),
  service({ id: 'finance', title: 'Finance service' }),
  service({ id: 'dataroom', title: 'Dataroom service' }),
  workflow({ id: 'eidas-verification', title: 'Workflow of eIDAS verification' }),
  workflow({ id: 'vc-issuance', title: 'Workflow of VC issuance' }),
  workflow({
    id: 'document-processing',
    title: 'Workflow of document processing',
  }),
  portal({ id: 'portal-public', title: 'Public portal', exposure: 'public' }),
  portal({
    id: 'portal-internal',
    title: 'Internal portal',
    exposure: 'private',
  }),
  ...platform,
]

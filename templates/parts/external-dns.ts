// ExternalDNS: the chart's values, and the annotations by which a Service says which record it stands for.
// Sources: charts/external-dns of release external-dns-helm-chart-1.21.1, source/service.go of v0.21.0.
import type { ExternalDnsParameters } from '../../schemas/parameters/external-dns.ts'
import type { Manifest, PodDemand } from '../../schemas/template.ts'
import { allowOut } from './network-policy.ts'
import type { Scope } from './object.ts'
import { podDemand } from './pod-demand.ts'
import { resourcesOf } from './resources.ts'

/** Said out loud to the chart, because later versions have another one. */
export const ANNOTATIONS = 'external-dns.alpha.kubernetes.io/'
/** Only what was asked for with this template becomes a record: no Service can publish a name by itself. */
export const RECORDS_TEMPLATE = 'dns-records'

const ROOM = { cpu: '100m', memory: '128Mi' }

export const externalDnsValues = (
  { zones, token, namespaces, removal }: ExternalDnsParameters,
  owner: string,
) => ({
  provider: { name: 'cloudflare' },
  env: [{ name: 'CF_API_TOKEN', valueFrom: { secretKeyRef: token } }],
  sources: ['service'],
  labelFilter: `phoenix.cloud/template=${RECORDS_TEMPLATE}`,
  annotationPrefix: ANNOTATIONS,
  namespaced: namespaces === 'own',
  domainFilters: zones,
  managedRecordTypes: ['A', 'AAAA', 'CNAME'],
  policy: removal,
  // A TXT record beside each record says who made it: what somebody else made is never changed.
  registry: 'txt',
  txtOwnerId: owner,
  interval: '5m',
  triggerLoopOnEvent: true,
  logFormat: 'json',
  resources: resourcesOf(ROOM),
  extraArgs: {
    // Other types make it watch nodes, which an account of one namespace may not.
    'service-type-filter': ['ClusterIP'],
    'txt-wildcard-replacement': 'wildcard',
  },
})

/** The chart runs one, and stops it before it starts another. */
export const externalDnsPods = (name: string): PodDemand[] => [
  podDemand(name, { count: 1, containers: [ROOM] }),
]

/** No policy can name the API server, and Cloudflare's addresses change: the port is what can be limited. */
export const externalDnsGate = (scope: Scope): Manifest =>
  allowOut(scope, {
    name: 'control-and-cloudflare',
    pods: {
      'app.kubernetes.io/name': 'external-dns',
      'app.kubernetes.io/instance': 'external-dns',
    },
    peers: [{ ipBlock: { cidr: '0.0.0.0/0' } }],
    ports: [443, 6443].map((port) => ({ protocol: 'TCP', port })),
  })

// Template external-dns: the controller that writes the tenant's dns-records into its zones at Cloudflare.
// It takes nothing but those: no Ingress and no load balancer publishes a name by itself.
import { ExternalDnsParameters } from '../schemas/parameters/external-dns.ts'
import type { Template } from '../schemas/template.ts'
import { externalDnsGate, externalDnsPods, externalDnsValues } from './parts/external-dns.ts'
import { helmRelease } from './parts/helm-release.ts'
import { scopeOf } from './parts/object.ts'
import { demandOfPods } from './parts/pod-demand.ts'

const NAME = 'external-dns'

export const externalDns: Template<ExternalDnsParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'ExternalDNS for Cloudflare',
  description:
    'The controller that keeps the records asked for with dns-records in zones at Cloudflare. ' +
    'It runs in the namespace of the cluster’s owner, once per cluster.',
  kind: NAME,
  parameters: ExternalDnsParameters,
  examples: [
    {
      title: 'One zone',
      name: 'external-dns',
      parameters: {
        zones: ['example.org'],
        token: { name: 'cloudflare-dns', key: 'api-token' },
      },
    },
  ],
  renders: ['HelmRepository', 'HelmRelease', 'NetworkPolicy'],
  clusterWide: true,
  cluster: ({ cluster }) => cluster,
  demand: (name) => demandOfPods(externalDnsPods(name)),
  findings: () => [],
  render: (input) => {
    const { name, tenant, cluster, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 20,
        name,
        objects: [
          ...helmRelease(scope, {
            chart: NAME,
            values: externalDnsValues(parameters, `phoenix-${tenant.slug}-${cluster.name}`),
          }),
          externalDnsGate(scope),
        ],
      },
    ]
  },
}

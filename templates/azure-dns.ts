// Template azure-dns: a public DNS zone in Azure, in a resource group of its own. Records are written by who owns them.
import { AzureDnsParameters } from '../schemas/parameters/azure-dns.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { dnsZone } from './parts/azure-dns.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'azure-dns'

export const azureDns: Template<AzureDnsParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'DNS zone in Azure',
  description:
    'A public zone without records. It answers once the parent zone names the servers that it writes into a ConfigMap.',
  kind: NAME,
  parameters: AzureDnsParameters,
  examples: [
    {
      title: 'A zone of its own for one service',
      name: 'order-zone',
      parameters: { location: 'westeurope', zone: 'order.example.com' },
    },
  ],
  renders: ['ResourceGroup', 'DnsZone'],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        wave: 30,
        name,
        objects: [resourceGroup(scope, parameters.location), dnsZone(scope, parameters)],
      },
    ]
  },
}

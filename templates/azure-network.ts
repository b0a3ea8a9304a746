// Template azure-network: a virtual network in Azure, its subnets, and a security group that keeps the Internet out.
import { AzureNetworkParameters } from '../schemas/parameters/azure-network.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { securityGroup, securityRules, subnet, virtualNetwork } from './parts/azure-network.ts'
import { scopeOf } from './parts/object.ts'

const NAME = 'azure-network'

export const azureNetwork: Template<AzureNetworkParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Virtual network in Azure',
  description:
    'A private network with subnets under one security group (NSG) that lets nothing in from the Internet.',
  kind: NAME,
  parameters: AzureNetworkParameters,
  examples: [
    {
      title: 'Nodes, private endpoints and an application gateway',
      name: 'order-network',
      parameters: {
        location: 'westeurope',
        addressSpace: ['10.20.0.0/16'],
        subnets: [
          { name: 'nodes', range: '10.20.0.0/20' },
          { name: 'endpoints', range: '10.20.16.0/24', purpose: 'private-endpoints' },
          { name: 'gateway', range: '10.20.17.0/24', purpose: 'application-gateway' },
        ],
        inbound: [
          {
            name: 'office-ssh',
            priority: 200,
            from: { ranges: ['203.0.113.0/27'] },
            to: ['10.20.0.0/20'],
            ports: [22],
          },
          {
            name: 'gateway-nodes',
            priority: 300,
            from: { ranges: ['10.20.17.0/24'] },
            to: ['10.20.0.0/20'],
            ports: [443],
          },
        ],
      },
    },
    {
      title: 'A closed network that reaches Azure only',
      name: 'vault-network',
      parameters: {
        location: 'swedencentral',
        subnets: [{ name: 'endpoints', range: '172.16.4.0/24', purpose: 'private-endpoints' }],
        outbound: [
          { name: 'entra', priority: 200, to: { tag: 'AzureActiveDirectory' }, ports: [443] },
        ],
        internetOutbound: 'deny',
      },
    },
  ],
  renders: [
    ...['ResourceGroup', 'VirtualNetwork', 'NetworkSecurityGroup'],
    ...['NetworkSecurityGroupsSecurityRule', 'VirtualNetworksSubnet'],
  ],
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
        objects: [
          resourceGroup(scope, parameters.location),
          virtualNetwork(scope, parameters),
          securityGroup(scope, parameters),
          ...securityRules(scope, parameters),
          ...parameters.subnets.map((one) => subnet(scope, one)),
        ],
      },
    ]
  },
}

// Template private-endpoint: a service of Azure gets an address in a network, and a private zone that leads to it.
import { PrivateEndpointParameters } from '../schemas/parameters/private-endpoint.ts'
import { EMPTY_DEMAND, type Template } from '../schemas/template.ts'
import { resourceGroup } from './parts/azure.ts'
import { scopeOf } from './parts/object.ts'
import { privateEndpoint as endpoint, privateZone, zoneGroup } from './parts/private-endpoint.ts'

const NAME = 'private-endpoint'

export const privateEndpoint: Template<PrivateEndpointParameters> = {
  name: NAME,
  version: '1.0.0',
  title: 'Private endpoint in Azure',
  description:
    'A key vault, storage account, database server or registry becomes reachable from inside a network, under its usual name.',
  kind: NAME,
  parameters: PrivateEndpointParameters,
  examples: [
    {
      title: 'A vault of the tenant in a network of the tenant',
      name: 'order-vault-endpoint',
      parameters: {
        location: 'westeurope',
        target: { service: 'key-vault', resource: 'order-vault' },
        subnet: { network: 'order-network', subnet: 'endpoints' },
      },
    },
    {
      title: 'A second database in a network whose zone is there already',
      name: 'archive-endpoint',
      parameters: {
        location: 'westeurope',
        target: {
          service: 'azure-postgres',
          armId:
            '/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/shared-data/providers/Microsoft.DBforPostgreSQL/flexibleServers/the-order-archive',
        },
        subnet: {
          armId:
            '/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/shared-net/providers/Microsoft.Network/virtualNetworks/hub/subnets/endpoints',
        },
        zoneOf: 'order-db-endpoint',
      },
    },
  ],
  renders: [
    ...['ResourceGroup', 'PrivateEndpoint', 'PrivateDnsZone'],
    ...['PrivateDnsZonesVirtualNetworkLink', 'PrivateEndpointsPrivateDnsZoneGroup'],
  ],
  cluster: ({ cluster }) => cluster,
  demand: () => EMPTY_DEMAND,
  findings: () => [],
  render: (input) => {
    const { name, parameters } = input
    const scope = scopeOf(NAME, input)
    return [
      {
        // Not before what it leads to.
        wave: 40,
        name,
        objects: [
          resourceGroup(scope, parameters.location),
          endpoint(scope, parameters),
          ...((parameters.zoneOf ?? name) === name ? privateZone(scope, parameters) : []),
          zoneGroup(scope, parameters),
        ],
      },
    ]
  },
}

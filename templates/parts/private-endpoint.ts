// A private endpoint in Azure and the zone by which its network finds it under the service's usual name.
import {
  type PrivateEndpointParameters,
  privateLinks,
} from '../../schemas/parameters/private-endpoint.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, azureTags, inOwnGroup } from './azure.ts'
import { networkReference, objectReference, subnetReference } from './azure-reference.ts'
import { object, type Scope } from './object.ts'

export const privateEndpoint = (
  scope: Scope,
  { location, target, subnet }: PrivateEndpointParameters,
): Manifest => {
  const { kind, groupId } = privateLinks[target.service]
  return azureObject('PrivateEndpoint', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-pe`, location }),
    customNetworkInterfaceName: `${scope.resource}-nic`,
    subnet: { reference: subnetReference(subnet) },
    privateLinkServiceConnections: [
      {
        name: groupId,
        groupIds: [groupId],
        privateLinkServiceReference:
          'armId' in target ? { armId: target.armId } : objectReference(kind, target.resource),
      },
    ],
  })
}

/** Zones are global; the endpoint's group only says who pays. */
export const privateZone = (
  scope: Scope,
  { target, subnet }: PrivateEndpointParameters,
): Manifest[] => [
  azureObject('PrivateDnsZone', scope.resource, scope, {
    azureName: privateLinks[target.service].zone,
    location: 'global',
    owner: { name: scope.resource },
    tags: azureTags(scope),
  }),
  object('PrivateDnsZonesVirtualNetworkLink', scope.resource, scope, {
    spec: {
      azureName: `${scope.resource}-link`,
      location: 'global',
      owner: { name: scope.resource },
      virtualNetwork: { reference: networkReference(subnet) },
      // Only endpoints write into it; machines of the network do not.
      registrationEnabled: false,
      tags: azureTags(scope),
    },
  }),
]

/** Azure writes the endpoint's address into the zone and takes it out again. */
export const zoneGroup = (
  scope: Scope,
  { target, zoneOf = scope.resource }: PrivateEndpointParameters,
): Manifest =>
  object('PrivateEndpointsPrivateDnsZoneGroup', scope.resource, scope, {
    spec: {
      azureName: 'default',
      owner: { name: scope.resource },
      privateDnsZoneConfigs: [
        {
          name: privateLinks[target.service].zone.replaceAll('.', '-'),
          privateDnsZoneReference: objectReference('PrivateDnsZone', zoneOf),
        },
      ],
    },
  })

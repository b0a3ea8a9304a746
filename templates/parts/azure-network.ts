// A virtual network with subnets in Azure and the one security group that all of them are under.
// The Internet is denied in words too, not only by Azure's default rule, so that a reader sees it.
import {
  type AzureNetworkParameters,
  type SecurityRule,
  spaceAround,
  subnetPurposes,
} from '../../schemas/parameters/azure-network.ts'
import type { Manifest } from '../../schemas/template.ts'
import { azureObject, inOwnGroup } from './azure.ts'
import { objectReference, subnetObjectName } from './azure-reference.ts'
import { object, type Scope } from './object.ts'

export const virtualNetwork = (
  scope: Scope,
  { location, addressSpace, subnets }: AzureNetworkParameters,
): Manifest =>
  azureObject('VirtualNetwork', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-vnet`, location }),
    addressSpace: {
      addressPrefixes: addressSpace.length > 0 ? addressSpace : spaceAround(subnets),
    },
  })

export const subnet = (
  scope: Scope,
  { name, range, purpose }: AzureNetworkParameters['subnets'][number],
): Manifest => {
  const { delegation, ownWayOut } = subnetPurposes[purpose]
  return azureObject('VirtualNetworksSubnet', subnetObjectName(scope.resource, name), scope, {
    azureName: name,
    owner: { name: scope.resource },
    addressPrefix: range,
    networkSecurityGroup: { reference: objectReference('NetworkSecurityGroup', scope.resource) },
    // Without it the rules would not hold for private endpoints.
    privateEndpointNetworkPolicies: 'Enabled',
    ...(ownWayOut ? { defaultOutboundAccess: false } : {}),
    ...(delegation === null
      ? {}
      : { delegations: [{ name: 'delegation', serviceName: delegation }] }),
  })
}

export const securityGroup = (scope: Scope, { location }: AzureNetworkParameters): Manifest =>
  azureObject('NetworkSecurityGroup', scope.resource, scope, {
    ...inOwnGroup(scope, { azureName: `${scope.resource}-nsg`, location }),
  })

/** Without guards: a rule that is taken back must really be gone. */
const rule = (scope: Scope, name: string, spec: Record<string, unknown>): Manifest =>
  object('NetworkSecurityGroupsSecurityRule', `${scope.resource}-${name}`, scope, {
    spec: { azureName: name, owner: { name: scope.resource }, sourcePortRange: '*', ...spec },
  })

type Side = 'source' | 'destination'
type Peer = readonly string[] | SecurityRule['from'] | SecurityRule['to']

const addresses = (side: Side, peer: Peer): Record<string, unknown> => {
  if ('tag' in peer) return { [`${side}AddressPrefix`]: peer.tag }
  const ranges = 'ranges' in peer ? peer.ranges : peer
  return ranges.length === 0
    ? { [`${side}AddressPrefix`]: '*' }
    : { [`${side}AddressPrefixes`]: ranges }
}

const tenantRule =
  (scope: Scope, direction: 'Inbound' | 'Outbound') =>
  ({ name, priority, access, protocol, ports, from, to }: SecurityRule): Manifest =>
    rule(scope, `rule-${name}`, {
      ...{ priority, direction, access, protocol: protocol === 'Any' ? '*' : protocol },
      ...addresses('source', from),
      ...addresses('destination', to),
      ...(ports.length === 0
        ? { destinationPortRange: '*' }
        : { destinationPortRanges: ports.map(String) }),
    })

/** A service tag, `*` or ranges. */
type Place = string | readonly string[]
const place = (side: Side, where: Place) =>
  typeof where === 'string' ? { [`${side}AddressPrefix`]: where } : addresses(side, where)

const fixed = (
  priority: number,
  direction: 'Inbound' | 'Outbound',
  access: 'Allow' | 'Deny',
  [protocol, from, to, ports]: [string, Place, Place, string[] | '*'],
) => ({
  ...{ priority, direction, access, protocol },
  ...place('source', from),
  ...place('destination', to),
  ...(ports === '*' ? { destinationPortRange: '*' } : { destinationPortRanges: ports }),
})

/**
 * What Azure itself needs of an application gateway's subnet, before any rule of the tenant, and the gateway's clients.
 * It makes no gateway where a rule would keep it from the Internet.
 * Source: learn.microsoft.com/azure/application-gateway/configuration-infrastructure
 */
const gatewayRules = (scope: Scope, { subnets }: AzureNetworkParameters): Manifest[] => {
  const gateways = subnets.flatMap(({ purpose, range }) =>
    purpose === 'application-gateway' ? [range] : [],
  )
  return gateways.length === 0
    ? []
    : [
        rule(scope, 'gateway-control', {
          ...fixed(100, 'Inbound', 'Allow', ['Tcp', 'GatewayManager', '*', ['65200-65535']]),
        }),
        rule(scope, 'gateway-egress', {
          ...fixed(100, 'Outbound', 'Allow', ['*', gateways, '*', '*']),
        }),
        rule(scope, 'gateway-clients', {
          ...fixed(4010, 'Inbound', 'Allow', ['Tcp', 'Internet', gateways, ['80', '443']]),
        }),
      ]
}

export const securityRules = (scope: Scope, parameters: AzureNetworkParameters): Manifest[] => [
  ...parameters.inbound.map(tenantRule(scope, 'Inbound')),
  ...parameters.outbound.map(tenantRule(scope, 'Outbound')),
  ...gatewayRules(scope, parameters),
  rule(
    scope,
    'azure-probes',
    fixed(4020, 'Inbound', 'Allow', ['*', 'AzureLoadBalancer', '*', '*']),
  ),
  rule(scope, 'deny-internet', fixed(4096, 'Inbound', 'Deny', ['*', 'Internet', '*', '*'])),
  ...(parameters.internetOutbound === 'allow'
    ? []
    : [rule(scope, 'deny-egress', fixed(4096, 'Outbound', 'Deny', ['*', '*', 'Internet', '*']))]),
]

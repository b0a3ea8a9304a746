// What we emit of Azure's networks, private endpoints and zones, exactly. No shape lets the Internet in, but to a
// gateway on its two ports.
import * as z from 'zod'
import { privateLinks } from '../parameters/private-endpoint.ts'
import { inGroup, owner, tags } from './azure.ts'
import {
  anyReference,
  armReference,
  NETWORK,
  objectReference,
  subnetReference,
} from './azure-reference.ts'
import { ObjectName } from './words.ts'

const global = { location: z.literal('global'), owner, tags }
const Range = z.cidrv4().refine((range) => Number(range.split('/')[1]) >= 8)
const Tag = z.string().regex(/^[A-Za-z]+$/)
const Port = z.string().regex(/^[1-9][0-9]{0,4}(?:-[1-9][0-9]{0,4})?$/)

const SecurityRule = z
  .strictObject({
    azureName: ObjectName,
    owner,
    sourcePortRange: z.literal('*'),
    priority: z.int().min(100).max(4096),
    direction: z.enum(['Inbound', 'Outbound']),
    access: z.enum(['Allow', 'Deny']),
    protocol: z.enum(['Tcp', 'Udp', 'Icmp', '*']),
    sourceAddressPrefix: z.union([z.literal('*'), Tag]).optional(),
    sourceAddressPrefixes: z.array(Range).min(1).optional(),
    destinationAddressPrefix: z.union([z.literal('*'), Tag]).optional(),
    destinationAddressPrefixes: z.array(Range).min(1).optional(),
    destinationPortRange: z.literal('*').optional(),
    destinationPortRanges: z.array(Port).min(1).optional(),
  })
  .refine(
    ({ direction, access, sourceAddressPrefix, destinationPortRanges = [] }) =>
      direction === 'Outbound' ||
      access === 'Deny' ||
      (sourceAddressPrefix === 'Internet'
        ? destinationPortRanges.join() === '80,443'
        : sourceAddressPrefix !== '*'),
    { path: ['sourceAddressPrefix'] },
  )

const Subnet = z.strictObject({
  azureName: ObjectName,
  owner,
  addressPrefix: Range,
  networkSecurityGroup: z.strictObject({
    reference: objectReference(NETWORK, 'NetworkSecurityGroup'),
  }),
  privateEndpointNetworkPolicies: z.literal('Enabled'),
  defaultOutboundAccess: z.literal(false).optional(),
  delegations: z
    .array(z.strictObject({ name: z.literal('delegation'), serviceName: z.string() }))
    .length(1)
    .optional(),
})

const links = Object.values(privateLinks)
const groupId = z.enum(links.map((link) => link.groupId))
const target = z.union([
  ...links.map(({ kind, type }) =>
    z.union([
      z.strictObject({
        group: z.string().regex(/^[a-z]+\.azure\.com$/),
        kind: z.literal(kind),
        name: ObjectName,
      }),
      armReference(type),
    ]),
  ),
])

const DnsZone = z.strictObject({
  azureName: z.string().regex(/^(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{1,63}$/),
  ...global,
  zoneType: z.literal('Public'),
  operatorSpec: z.strictObject({
    configMapExpressions: z
      .array(
        z.strictObject({
          name: ObjectName,
          key: z.string().regex(/^ns[1-4]$/),
          value: z.string().regex(/^self\.status\.nameServers\[[0-3]\]$/),
        }),
      )
      .length(4),
  }),
})

export const azureNetworkShapes = {
  VirtualNetwork: {
    spec: z.strictObject({
      ...inGroup,
      addressSpace: z.strictObject({ addressPrefixes: z.array(Range).min(1) }),
    }),
  },
  VirtualNetworksSubnet: { spec: Subnet },
  NetworkSecurityGroup: { spec: z.strictObject(inGroup) },
  NetworkSecurityGroupsSecurityRule: { spec: SecurityRule },
  PrivateEndpoint: {
    spec: z.strictObject({
      ...inGroup,
      customNetworkInterfaceName: ObjectName,
      subnet: subnetReference,
      privateLinkServiceConnections: z
        .array(
          z.strictObject({
            name: groupId,
            groupIds: z.array(groupId).length(1),
            privateLinkServiceReference: target,
          }),
        )
        .length(1),
    }),
  },
  PrivateDnsZone: {
    spec: z.strictObject({ azureName: z.enum(links.map(({ zone }) => zone)), ...global }),
  },
  PrivateDnsZonesVirtualNetworkLink: {
    spec: z.strictObject({
      azureName: ObjectName,
      ...global,
      virtualNetwork: z.strictObject({
        reference: anyReference(NETWORK, 'VirtualNetwork', 'Microsoft.Network/virtualNetworks'),
      }),
      registrationEnabled: z.literal(false),
    }),
  },
  PrivateEndpointsPrivateDnsZoneGroup: {
    spec: z.strictObject({
      azureName: z.literal('default'),
      owner,
      privateDnsZoneConfigs: z
        .array(
          z.strictObject({
            name: ObjectName,
            privateDnsZoneReference: objectReference(NETWORK, 'PrivateDnsZone'),
          }),
        )
        .length(1),
    }),
  },
  DnsZone: { spec: DnsZone },
} satisfies Partial<Record<string, z.ZodRawShape>>

// Parameters of the template azure-network: a virtual network, its subnets, and who may reach them.
// No rule here can let the Internet in: only a subnet for an application gateway is open, on two ports.

import * as z from 'zod'
import { Slug } from '../ids.ts'
import { isUnique } from '../unique.ts'
import { AzureLocation } from './azure.ts'
import { SubnetName } from './azure-reference.ts'
import { areDisjoint, boundsOf, IpRange, isWithin, privateRange } from './ip-range.ts'

/**
 * What a subnet is for. `ownWayOut`: no address of Azure's choosing for what has no way to the Internet of its own;
 * Azure refuses that for delegated subnets.
 */
export const subnetPurposes = {
  workload: { ownWayOut: true, delegation: null },
  'private-endpoints': { ownWayOut: true, delegation: null },
  'application-gateway': { ownWayOut: false, delegation: null },
  postgres: { ownWayOut: false, delegation: 'Microsoft.DBforPostgreSQL/flexibleServers' },
} as const satisfies Record<string, { ownWayOut: boolean; delegation: string | null }>

/** Azure's own names for its ranges. Source: learn.microsoft.com/azure/virtual-network/service-tags-overview */
const INSIDE_TAGS = ['VirtualNetwork', 'AzureLoadBalancer'] as const
const OUTSIDE_TAGS = [
  ...['Internet', 'AzureActiveDirectory', 'AzureContainerRegistry', 'AzureKeyVault'],
  ...['AzureMonitor', 'AzureResourceManager', 'MicrosoftContainerRegistry', 'Storage'],
] as const

const Subnet = z.strictObject({
  name: SubnetName,
  range: privateRange(16, 28),
  purpose: z
    .enum(Object.keys(subnetPurposes) as (keyof typeof subnetPurposes)[])
    .default('workload')
    .describe('What may stand in it; application-gateway opens ports 80 and 443 to the Internet'),
})

const Ranges = z.array(IpRange).max(50).refine(areDisjoint, 'ranges must not overlap')

const peer = (tags: readonly string[]) =>
  z.union([
    z.strictObject({ ranges: Ranges.min(1) }),
    z.strictObject({ tag: z.enum(tags).describe('A service tag of Azure') }),
  ])
const Outside = peer([...INSIDE_TAGS, ...OUTSIDE_TAGS])

const common = {
  name: z
    .string()
    .regex(
      /^[a-z](?:[a-z0-9-]{0,14}[a-z0-9])?$/,
      'lower-case letters, digits, hyphens, at most 16',
    ),
  priority: z
    .int()
    .min(200)
    .max(3999)
    .describe('The lowest number that matches decides; each at most once per direction'),
  access: z.enum(['Allow', 'Deny']).default('Allow'),
  protocol: z.enum(['Tcp', 'Udp', 'Icmp', 'Any']).default('Tcp'),
  ports: z
    .array(z.int().min(1).max(65_535))
    .max(50)
    .refine((ports) => isUnique(ports.map(String)), 'each at most once')
    .default([])
    .describe('Ports at the destination; empty: all'),
}
const inside = Ranges.default([]).describe('Ranges inside the network; empty: all of it')
const hasPortsOrNone = ({ protocol, ports }: { protocol: string; ports: number[] }): boolean =>
  protocol === 'Tcp' || protocol === 'Udp' || ports.length === 0
const portless = { path: ['ports'], error: 'only Tcp and Udp have ports' }

const InboundRule = z
  .strictObject({ ...common, from: peer(INSIDE_TAGS), to: inside })
  .refine(hasPortsOrNone, portless)
const OutboundRule = z
  .strictObject({ ...common, from: inside, to: Outside })
  .refine(hasPortsOrNone, portless)

const rulesOf = <T extends typeof InboundRule | typeof OutboundRule>(rule: T) =>
  z
    .array(rule)
    .max(100)
    .refine(
      (rules) =>
        isUnique(rules.map(({ name }) => name)) &&
        isUnique(rules.map(({ priority }) => String(priority))),
      'each name and each priority at most once',
    )
    .default([])

const SPACE_BITS = 16
const dotted = (address: number): string =>
  [24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')

/** The /16 around each subnet, each once. */
export const spaceAround = (subnets: readonly { range: string }[]): string[] => [
  ...new Set(
    subnets.map(({ range }) => {
      const size = 2 ** (32 - SPACE_BITS)
      return `${dotted(Math.floor(boundsOf(range)[0] / size) * size)}/${SPACE_BITS}`
    }),
  ),
]

export const AzureNetworkParameters = z
  .strictObject({
    cluster: Slug.optional().describe(
      'Cluster whose Azure Service Operator manages it; absent: the only one there is',
    ),
    location: AzureLocation.describe('Azure region'),
    addressSpace: z
      .array(privateRange(12, 24))
      .max(8)
      .refine(areDisjoint, 'ranges must not overlap')
      .default([])
      .describe('Ranges of the network; empty: the /16 around each subnet'),
    subnets: z
      .array(Subnet)
      .min(1)
      .max(30)
      .refine((subnets) => isUnique(subnets.map(({ name }) => name)), 'each name at most once')
      .refine(
        (subnets) => areDisjoint(subnets.map(({ range }) => range)),
        'subnets must not overlap',
      ),
    inbound: rulesOf(InboundRule).describe(
      'Rules besides those of every network: what is inside may talk, the Internet is denied',
    ),
    outbound: rulesOf(OutboundRule).describe('Rules for traffic that leaves a subnet'),
    internetOutbound: z
      .enum(['allow', 'deny'])
      .default('allow')
      .describe('Whether the Internet can be reached where no rule of outbound says otherwise'),
  })
  .refine(
    ({ addressSpace, subnets }) =>
      addressSpace.length === 0 ||
      subnets.every(({ range }) => addressSpace.some((space) => isWithin(range, space))),
    { path: ['addressSpace'], error: 'each subnet must lie in one of the ranges' },
  )
export type AzureNetworkParameters = z.infer<typeof AzureNetworkParameters>
export type SecurityRule = z.infer<typeof InboundRule> | z.infer<typeof OutboundRule>

// Networks, private endpoints and zones in Azure: who gets in, what leads where, and which names still fit.
import { describe, expect, it } from 'vitest'
import { shapeFaults } from '../gitops/shapes.ts'
import { accepts, objectsOf, specsOf } from './azure.fixture.ts'

const RULE = 'NetworkSecurityGroupsSecurityRule'
const rulesOf = (more: Record<string, unknown>) => specsOf(RULE, objectsOf('azure-network', more))
const oneSubnet = (more: Record<string, unknown> = {}) => ({
  addressSpace: [],
  subnets: [{ name: 'nodes', range: '10.20.0.0/20', ...more }],
  inbound: [],
})
const inbound = (more: Record<string, unknown>) => ({
  inbound: [{ name: 'one', priority: 200, from: { tag: 'VirtualNetwork' }, ...more }],
})

describe('azure-network', () => {
  it('denies the Internet after every other inbound rule, and opens nothing to it', () => {
    const rules = Object.values(rulesOf(oneSubnet()))
    const open = rules.filter((rule) => rule.access === 'Allow')
    expect(open.map((rule) => rule.sourceAddressPrefix)).toEqual(['AzureLoadBalancer'])
    const { priority, ...deny } = rules.find((rule) => rule.access === 'Deny') ?? {}
    expect(deny).toMatchObject({ sourceAddressPrefix: 'Internet', destinationPortRange: '*' })
    expect(rules.every((rule) => rule.access === 'Deny' || Number(rule.priority) < 4096)).toBe(true)
    expect(priority).toBe(4096)
  })

  it('opens the subnet of a gateway on its two ports, and no other subnet', () => {
    const rules = rulesOf({ inbound: [] })
    expect(rules['thing-gateway-clients']).toMatchObject({
      sourceAddressPrefix: 'Internet',
      destinationAddressPrefixes: ['10.20.17.0/24'],
      destinationPortRanges: ['80', '443'],
    })
    expect(rules['thing-gateway-control']).toMatchObject({ sourceAddressPrefix: 'GatewayManager' })
    expect(Object.keys(rulesOf(oneSubnet())).filter((name) => name.includes('gateway'))).toEqual([])
  })

  it('keeps a gateway’s own ways open before any rule of the tenant', () => {
    const rules = rulesOf({ internetOutbound: 'deny' })
    expect(rules['thing-gateway-egress']).toMatchObject({
      ...{ direction: 'Outbound', access: 'Allow', destinationAddressPrefix: '*' },
      sourceAddressPrefixes: ['10.20.17.0/24'],
    })
    for (const name of ['gateway-control', 'gateway-egress']) {
      const priority = Number(rules[`thing-${name}`]?.priority)
      expect(accepts('azure-network', inbound({ priority }))).toBe(false)
      expect(accepts('azure-network', inbound({ priority: priority + 100 }))).toBe(true)
    }
  })

  it('takes no rule that lets the Internet in', () => {
    for (const from of [
      { tag: 'Internet' },
      { tag: '*' },
      { ranges: [] },
      { ranges: ['0.0.0.0/0'] },
      { ranges: ['0.0.0.0/1', '128.0.0.0/1'] },
      { ranges: ['64.0.0.0/8'] },
    ]) {
      expect(accepts('azure-network', inbound({ from })), JSON.stringify(from)).toBe(false)
    }
    expect(accepts('azure-network', inbound({ from: { ranges: ['203.0.113.0/24'] } }))).toBe(true)
  })

  it('closes the way out when asked to, behind the rules that open it', () => {
    const outbound = [
      { name: 'entra', priority: 200, to: { tag: 'AzureActiveDirectory' }, ports: [443] },
    ]
    const rules = rulesOf({ ...oneSubnet(), outbound, internetOutbound: 'deny' })
    expect(rules['thing-deny-egress']).toMatchObject({
      ...{ direction: 'Outbound', access: 'Deny', priority: 4096 },
      destinationAddressPrefix: 'Internet',
    })
    expect(rules['thing-rule-entra']).toMatchObject({
      ...{ direction: 'Outbound', access: 'Allow', sourceAddressPrefix: '*' },
      ...{ destinationAddressPrefix: 'AzureActiveDirectory', destinationPortRanges: ['443'] },
    })
    expect(Object.keys(rulesOf(oneSubnet()))).not.toContain('thing-deny-egress')
  })

  it('takes rules back for good, but leaves network and subnets alone', () => {
    const guarded = objectsOf('azure-network').filter(({ metadata }) => metadata.annotations)
    expect(new Set(guarded.map(({ kind }) => kind))).toEqual(
      new Set(['ResourceGroup', 'VirtualNetwork', 'VirtualNetworksSubnet', 'NetworkSecurityGroup']),
    )
  })

  it('puts every subnet under the group, and delegates only what needs it', () => {
    const subnet = (purpose: string) =>
      specsOf('VirtualNetworksSubnet', objectsOf('azure-network', oneSubnet({ purpose })))[
        'thing-nodes'
      ]
    for (const purpose of ['workload', 'private-endpoints', 'application-gateway', 'postgres']) {
      expect(subnet(purpose)?.networkSecurityGroup).toEqual({
        reference: { group: 'network.azure.com', kind: 'NetworkSecurityGroup', name: 'thing' },
      })
    }
    expect(subnet('workload')).toMatchObject({ defaultOutboundAccess: false })
    expect(subnet('workload')).not.toHaveProperty('delegations')
    expect(subnet('postgres')).not.toHaveProperty('defaultOutboundAccess')
    expect(subnet('postgres')?.delegations).toMatchObject([
      { serviceName: 'Microsoft.DBforPostgreSQL/flexibleServers' },
    ])
  })

  it('finds the space around the subnets, each /16 once', () => {
    const ranges = ['10.20.0.0/20', '10.20.32.0/24', '172.31.4.0/24']
    const subnets = ranges.map((range, index) => ({ name: `s${index}`, range }))
    const spec = specsOf('VirtualNetwork', objectsOf('azure-network', { ...oneSubnet(), subnets }))
    expect(spec.thing?.addressSpace).toEqual({ addressPrefixes: ['10.20.0.0/16', '172.31.0.0/16'] })
  })

  it('refuses ranges that Azure would refuse', () => {
    const ranges = (...all: string[]) => ({
      addressSpace: [],
      subnets: all.map((range, index) => ({ name: `s${index}`, range })),
    })
    expect(accepts('azure-network', ranges('10.0.0.0/24', '10.0.1.0/24'))).toBe(true)
    expect(accepts('azure-network', ranges('10.0.0.0/23', '10.0.1.0/24'))).toBe(false)
    expect(accepts('azure-network', ranges('10.0.0.1/24'))).toBe(false)
    expect(accepts('azure-network', ranges('8.8.8.0/24'))).toBe(false)
    expect(accepts('azure-network', ranges('10.0.0.0/29'))).toBe(false)
    expect(accepts('azure-network', { addressSpace: ['10.21.0.0/16'] })).toBe(false)
  })

  it('refuses rules that contradict each other or themselves', () => {
    const rule = { name: 'a', priority: 200, from: { tag: 'VirtualNetwork' } }
    const rules = (...inbound: unknown[]) => accepts('azure-network', { inbound })
    expect(rules(rule, { ...rule, name: 'b', priority: 201 })).toBe(true)
    expect(rules(rule, { ...rule, name: 'b' })).toBe(false)
    expect(rules(rule, { ...rule, priority: 201 })).toBe(false)
    expect(rules({ ...rule, priority: 4096 })).toBe(false)
    expect(rules({ ...rule, protocol: 'Icmp', ports: [8] })).toBe(false)
  })
})

const POSTGRES_ZONE = 'privatelink.postgres.database.azure.com'
const GUID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const armId = (path: string) =>
  `/subscriptions/${GUID}/resourceGroups/shared/providers/Microsoft.${path}`

describe('private-endpoint', () => {
  it.each([
    ['key-vault', 'Vault', 'vault', 'privatelink.vaultcore.azure.net'],
    ['storage-blob', 'StorageAccount', 'blob', 'privatelink.blob.core.windows.net'],
    ['azure-postgres', 'FlexibleServer', 'postgresqlServer', POSTGRES_ZONE],
    ['container-registry', 'Registry', 'registry', 'privatelink.azurecr.io'],
  ])('leads to a %s by %s, %s and %s', (service, kind, groupId, zone) => {
    const objects = objectsOf('private-endpoint', { target: { service, resource: 'theirs' } })
    const { thing } = specsOf('PrivateEndpoint', objects)
    expect(thing?.privateLinkServiceConnections).toMatchObject([
      { groupIds: [groupId], privateLinkServiceReference: { kind, name: 'theirs' } },
    ])
    expect(specsOf('PrivateDnsZone', objects).thing).toMatchObject({ azureName: zone })
    expect(objects.map(shapeFaults)).toEqual(objects.map(() => []))
  })

  it('links the zone to the network of the subnet, by name or by id', () => {
    const network = (subnet: unknown) =>
      specsOf('PrivateDnsZonesVirtualNetworkLink', objectsOf('private-endpoint', { subnet })).thing
        ?.virtualNetwork
    expect(network({ network: 'net', subnet: 'ends' })).toMatchObject({
      reference: { kind: 'VirtualNetwork', name: 'net' },
    })
    expect(network({ armId: armId('Network/virtualNetworks/hub/subnets/ends') })).toEqual({
      reference: { armId: armId('Network/virtualNetworks/hub') },
    })
  })

  it('uses a zone that is there instead of a second one', () => {
    const objects = objectsOf('private-endpoint', { zoneOf: 'other' })
    expect(specsOf('PrivateDnsZone', objects)).toEqual({})
    expect(specsOf('PrivateDnsZonesVirtualNetworkLink', objects)).toEqual({})
    expect(specsOf('PrivateEndpointsPrivateDnsZoneGroup', objects).thing).toMatchObject({
      privateDnsZoneConfigs: [{ privateDnsZoneReference: { name: 'other' } }],
    })
    const own = objectsOf('private-endpoint', { zoneOf: 'thing' })
    expect(Object.keys(specsOf('PrivateDnsZone', own))).toEqual(['thing'])
  })

  it('takes an ARM id of the very type only, and no second way to name it', () => {
    const vault = armId('KeyVault/vaults/theirs')
    const target = (target: unknown) => accepts('private-endpoint', { target })
    expect(target({ service: 'key-vault', armId: vault })).toBe(true)
    expect(target({ service: 'storage-blob', armId: vault })).toBe(false)
    expect(target({ service: 'key-vault', armId: `${vault}/secrets/x` })).toBe(false)
    expect(target({ service: 'key-vault', armId: vault, resource: 'x' })).toBe(false)
    expect(target({ service: 'key-vault' })).toBe(false)
    expect(target({ service: 'redis', resource: 'x' })).toBe(false)
  })
})

describe('azure-dns', () => {
  it('leaves the name servers where the owner of the parent zone finds them', () => {
    const { thing } = specsOf('DnsZone', objectsOf('azure-dns'))
    expect(thing).toMatchObject({ azureName: 'order.example.com', zoneType: 'Public' })
    expect(JSON.stringify(thing?.operatorSpec)).toContain('self.status.nameServers[3]')
  })

  it('takes whole names only', () => {
    for (const zone of ['example', '*.example.com', 'Example.com', 'example.com.', '']) {
      expect(accepts('azure-dns', { zone }), zone).toBe(false)
    }
  })
})

it('has room for the longest names', () => {
  const long = { name: `r${'x'.repeat(39)}`, tenant: `t${'x'.repeat(39)}` }
  const subnet = `s${'x'.repeat(19)}`
  const network = {
    addressSpace: [],
    subnets: [{ name: subnet, range: '10.20.0.0/20', purpose: 'application-gateway' }],
    inbound: [{ name: `n${'x'.repeat(15)}`, priority: 200, from: { tag: 'VirtualNetwork' } }],
  }
  const objects = [
    ...objectsOf('azure-network', network, long),
    ...objectsOf('private-endpoint', { subnet: { network: long.name, subnet } }, long),
    ...objectsOf('azure-dns', {}, long),
    ...objectsOf('application-gateway', { subnet: { network: long.name, subnet } }, long),
    ...objectsOf('azure-monitoring', {}, long),
  ]
  expect(objects.filter(({ metadata }) => metadata.name.length > 63)).toEqual([])
  expect(objects.map(shapeFaults)).toEqual(objects.map(() => []))
})

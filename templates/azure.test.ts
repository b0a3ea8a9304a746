// What every Azure template keeps: guards, regions that are known, no public way in, no secret value.
import { describe, expect, it } from 'vitest'
import { render } from '../gitops/render.ts'
import { shapeFaults } from '../gitops/shapes.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

/** Those that say where they stand; a node pool stands where its cluster does. */
const LOCATED = [
  ...['aks-cluster', 'azure-postgres', 'key-vault'],
  ...['container-registry', 'storage-account'],
]
const NAMES = [...LOCATED, 'aks-node-pool']

const templateOf = (name: string) => {
  const template = findTemplate(name)
  if (!template) throw new Error(`no template ${name}`)
  return template
}

const parametersOf = (name: string): Record<string, unknown> => ({
  ...(templateOf(name).examples[0]?.parameters as Record<string, unknown>),
})

const objectsOf = (name: string, more: Record<string, unknown> = {}, guardsLifted = false) => {
  const parameters = { ...parametersOf(name), ...more }
  const input = exampleInput(templateOf(name), { name: 'thing', parameters })
  return render(templateOf(name), { ...input, guardsLifted }).objects.map(
    ({ manifest }) => manifest,
  )
}

const only = (kind: string, objects: Manifest[]): Manifest => {
  const [found, ...others] = objects.filter((object) => object.kind === kind)
  if (!found || others.length > 0) throw new Error(`not exactly one ${kind}`)
  return found
}

const specOf = (kind: string, objects: Manifest[]) =>
  only(kind, objects).spec as Record<string, unknown>

const accepts = (name: string, more: Record<string, unknown>): boolean =>
  templateOf(name).parameters.safeParse({ ...parametersOf(name), ...more }).success

const POLICY = 'serviceoperator.azure.com/reconcile-policy'

describe.each(NAMES)('%s', (name) => {
  it('leaves what is in Azure alone, until its guards are lifted', () => {
    const guarded = objectsOf(name).filter(({ kind }) => kind !== 'RegistryReplication')
    expect(new Set(guarded.map(({ metadata }) => metadata.annotations?.[POLICY]))).toEqual(
      new Set(['detach-on-delete']),
    )
    const lifted = objectsOf(name, {}, true)
    expect(lifted.filter(({ metadata }) => metadata.annotations !== undefined)).toEqual([])
  })

  it('names owners in its own namespace only', () => {
    for (const { spec } of objectsOf(name)) {
      const { owner } = spec as { owner?: Record<string, string> }
      expect(owner === undefined || Object.keys(owner).join() === 'name').toBe(true)
    }
  })
})

it.each(LOCATED)('%s stands in a region that is known; whose it may be, residency says', (name) => {
  for (const location of ['swedencentral', 'eastus', 'uksouth'])
    expect(accepts(name, { location }), location).toBe(true)
  for (const location of ['WestEurope', 'atlantis', 'usgovvirginia', '']) {
    expect(accepts(name, { location }), location).toBe(false)
  }
})

describe('aks-cluster', () => {
  it('is private unless it is said who may reach it, and never open to everybody', () => {
    const access = (ranges: string[]) =>
      specOf('ManagedCluster', objectsOf('aks-cluster', { authorizedIpRanges: ranges }))
        .apiServerAccessProfile
    expect(access([])).toEqual({ enablePrivateCluster: true })
    expect(access(['203.0.113.0/24'])).toEqual({
      enablePrivateCluster: false,
      authorizedIPRanges: ['203.0.113.0/24'],
    })
    expect(accepts('aks-cluster', { authorizedIpRanges: ['0.0.0.0/0'] })).toBe(false)
  })

  it('stands in a subnet of the tenant where one is named, its further nodes too', () => {
    const subnet = { network: 'net', subnet: 'nodes' }
    const cluster = objectsOf('aks-cluster', { subnet })
    const { agentPoolProfiles } = specOf('ManagedCluster', cluster) as Record<string, unknown[]>
    const pool = objectsOf('aks-node-pool', { subnet })
    const reference = { group: 'network.azure.com', kind: 'VirtualNetworksSubnet' }
    for (const nodes of [agentPoolProfiles?.[0], specOf('ManagedClustersAgentPool', pool)]) {
      expect(nodes).toMatchObject({ vnetSubnetReference: { ...reference, name: 'net-nodes' } })
    }
    expect([...cluster, ...pool].flatMap(shapeFaults)).toEqual([])
  })
})

describe('azure-postgres', () => {
  it('has a standby in prod, and elsewhere only when it is asked for', () => {
    const mode = (environment: string) =>
      specOf('FlexibleServer', objectsOf('azure-postgres', { environment })).highAvailability
    expect(mode('prod')).toEqual({ mode: 'ZoneRedundant' })
    expect(mode('stage')).toEqual({ mode: 'Disabled' })
    const asked = objectsOf('azure-postgres', { environment: 'dev', standby: true })
    expect(specOf('FlexibleServer', asked).highAvailability).toEqual({ mode: 'ZoneRedundant' })
    const small = { size: 'Standard_B2s', environment: 'dev', standby: true }
    expect(accepts('azure-postgres', small)).toBe(false)
    expect(accepts('azure-postgres', { size: 'Standard_B2s' })).toBe(false)
    expect(accepts('azure-postgres', { size: 'Standard_B2s', environment: 'dev' })).toBe(true)
  })

  it('refuses a copy where the region has no pair, and names the service keeps', () => {
    expect(accepts('azure-postgres', { location: 'polandcentral' })).toBe(false)
    expect(accepts('azure-postgres', { databases: ['postgres'] })).toBe(false)
    expect(accepts('azure-postgres', { databases: ['a', 'a'] })).toBe(false)
    expect(accepts('azure-postgres', { administrator: { login: 'azure_superuser' } })).toBe(false)
    expect(accepts('azure-postgres', { administrator: { password: 'x' } })).toBe(false)
  })
})

describe('container-registry', () => {
  it('keeps its copies each in another region', () => {
    expect(accepts('container-registry', { replicas: ['atlantis'] })).toBe(false)
    expect(accepts('container-registry', { replicas: ['westeurope'] })).toBe(false)
    expect(accepts('container-registry', { replicas: ['northeurope', 'northeurope'] })).toBe(false)
  })
})

describe('storage-account', () => {
  it('refuses names Azure would refuse', () => {
    for (const container of ['ab', 'a--b', 'A-b', '-ab', '../x']) {
      expect(accepts('storage-account', { containers: [container] }), container).toBe(false)
    }
    expect(accepts('storage-account', { azureName: 'the-order' })).toBe(false)
  })
})

/** Each is one step away from what is rendered. */
const WEAKER: [template: string, kind: string, pointer: string, value: unknown][] = [
  ['aks-cluster', 'ManagedCluster', '/spec/disableLocalAccounts', false],
  ['aks-cluster', 'ManagedCluster', '/spec/aadProfile/managed', false],
  ['aks-cluster', 'ManagedCluster', '/spec/networkProfile/networkPlugin', 'kubenet'],
  ['aks-cluster', 'ManagedCluster', '/spec/securityProfile/workloadIdentity/enabled', false],
  ['aks-cluster', 'ManagedCluster', '/spec/location', 'atlantis'],
  ['azure-postgres', 'FlexibleServer', '/spec/highAvailability/mode', 'Disabled'],
  ['azure-postgres', 'FlexibleServer', '/spec/network/publicNetworkAccess', 'Enabled'],
  ['azure-postgres', 'FlexibleServer', '/spec/administratorLoginPassword', 'x'],
  ['key-vault', 'Vault', '/spec/properties/enablePurgeProtection', false],
  ['key-vault', 'Vault', '/spec/properties/enableSoftDelete', false],
  ['key-vault', 'Vault', '/spec/properties/networkAcls/defaultAction', 'Allow'],
  ['container-registry', 'Registry', '/spec/adminUserEnabled', true],
  ['container-registry', 'RegistryReplication', '/spec/location', 'atlantis'],
  ['storage-account', 'StorageAccount', '/spec/supportsHttpsTrafficOnly', false],
  ['storage-account', 'StorageAccount', '/spec/minimumTlsVersion', 'TLS1_0'],
  ['storage-account', 'StorageAccount', '/spec/allowBlobPublicAccess', true],
  ['storage-account', 'StorageAccountsBlobService', '/spec/isVersioningEnabled', false],
]

describe('the closed table of shapes', () => {
  it.each(WEAKER)('refuses a weaker %s: %s %s = %s', (template, kind, pointer, value) => {
    const manifest = structuredClone(only(kind, objectsOf(template)))
    expect(shapeFaults(manifest)).toEqual([])
    const path = pointer.split('/').slice(1)
    const last = path.pop() ?? ''
    const parent = path.reduce<Record<string, unknown>>(
      (at, key) => at[key] as Record<string, unknown>,
      manifest,
    )
    expect(Object.hasOwn(parent, last)).toBe(true)
    parent[last] = value
    expect(shapeFaults(manifest)).toEqual([pointer])
  })
})

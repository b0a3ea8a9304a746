// The application gateway: its parts find each other, the firewall stands before it, no certificate is inside it.
import { describe, expect, it } from 'vitest'
import { shapeFaults } from '../gitops/shapes.ts'
import { accepts, findingsOf, objectsOf, parametersOf, specsOf } from './azure.fixture.ts'

const NAME = 'application-gateway'
type Parts = Record<string, { name: string }[]>
const gateway = (more: Record<string, unknown> = {}) =>
  specsOf('ApplicationGateway', objectsOf(NAME, more)).thing as unknown as Parts
const backend = (more: Record<string, unknown>) => ({
  backend: { addresses: [{ ip: '10.0.0.4' }], ...more },
})

describe('application-gateway', () => {
  it('names only parts that it has, in its own group', () => {
    const parts = gateway()
    const ids = [...JSON.stringify(parts).matchAll(/"armId":"([^"]+)"/g)].map(([, id]) => id ?? '')
    expect(ids.length).toBeGreaterThan(8)
    for (const id of ids) {
      const [, own, collection = '', name] =
        /^(.*\/applicationGateways\/[^/]+)\/([^/]+)\/([^/]+)$/.exec(id) ?? []
      expect(own).toBe(
        '/subscriptions/0f8fad5b-d9cb-469f-a165-70867728950e/resourceGroups/dbis-thing/providers/Microsoft.Network/applicationGateways/thing-agw',
      )
      expect(parts[collection]?.map((part) => part.name)).toContain(name)
    }
    const group = specsOf('ResourceGroup', objectsOf(NAME)).thing
    expect([group?.azureName, (parts as Record<string, unknown>).azureName]).toEqual([
      'dbis-thing',
      'thing-agw',
    ])
  })

  it('stands behind a firewall that prevents, unless it is told to watch', () => {
    const policy = (more = {}) =>
      specsOf('WebApplicationFirewallPolicy', objectsOf(NAME, more)).thing
    expect(policy()).toMatchObject({
      policySettings: { state: 'Enabled', mode: 'Prevention', requestBodyCheck: true },
      managedRules: { managedRuleSets: [{ ruleSetType: 'OWASP', ruleSetVersion: '3.2' }] },
    })
    const watching = { firewall: { mode: 'Detection' } }
    expect(policy(watching)).toMatchObject({ policySettings: { mode: 'Detection' } })
    expect(findingsOf(NAME, {})).toEqual([])
    expect(findingsOf(NAME, watching).map(({ rule }) => rule)).toEqual(['WAF-DETECTION'])
    expect(findingsOf(NAME, { instances: { min: 1 } }).map(({ rule }) => rule)).toEqual([
      'SINGLE-INSTANCE',
    ])
  })

  it('sends plain HTTP on to HTTPS and nowhere else', () => {
    const { requestRoutingRules = [], redirectConfigurations } = gateway()
    const http = requestRoutingRules.find(({ name }) => name === 'http')
    expect(http).not.toHaveProperty('backendAddressPool')
    expect(http).toHaveProperty('redirectConfiguration')
    expect(JSON.stringify(redirectConfigurations)).toContain('httpListeners/https')
  })

  it('takes a certificate by its address in a vault, without version, and in no other way', () => {
    const vault = 'https://the-vault.vault.azure.net/secrets/portal'
    expect(accepts(NAME, { certificate: vault })).toBe(true)
    for (const certificate of [
      `${vault}/0123456789abcdef0123456789abcdef`,
      'http://the-vault.vault.azure.net/secrets/portal',
      'https://the-vault.vault.azure.net.example.com/secrets/portal',
      'https://the-vault.vault.azure.net/keys/portal',
      'MIIKEQIBAzCCCdcGCSqGSIb3DQEHAaCC',
    ]) {
      expect(accepts(NAME, { certificate }), certificate).toBe(false)
    }
    expect(accepts(NAME, { ...parametersOf(NAME), password: 'x' })).toBe(false)
  })

  it('asks backends for the client’s name, or for the one that is given', () => {
    const asked = (more: Record<string, unknown>) => {
      const { backendHttpSettingsCollection, probes } = gateway(backend(more))
      return [backendHttpSettingsCollection?.[0], probes?.[0]]
    }
    const [settings, probe] = asked({})
    expect(settings).not.toHaveProperty('hostName')
    expect(probe).toMatchObject({ host: 'portal.example.com', protocol: 'Https' })
    expect(asked({ hostName: 'in.example.com' })).toMatchObject([
      { hostName: 'in.example.com' },
      { host: 'in.example.com' },
    ])
    expect(gateway(backend({ addresses: [{ fqdn: 'a.example.com' }] }))).toMatchObject({
      backendAddressPools: [{ backendAddresses: [{ fqdn: 'a.example.com' }] }],
    })
  })

  it('refuses what the service refuses', () => {
    const hosts = (count: number) => Array.from({ length: count }, (_, i) => `h${i}.example.com`)
    expect(accepts(NAME, { hostNames: hosts(5) })).toBe(true)
    expect(accepts(NAME, { hostNames: hosts(6) })).toBe(false)
    expect(accepts(NAME, { hostNames: [] })).toBe(false)
    expect(accepts(NAME, { instances: { max: 126 } })).toBe(false)
    expect(accepts(NAME, { subscriptionId: 'mine' })).toBe(false)
    expect(accepts(NAME, backend({ addresses: [] }))).toBe(false)
    expect(accepts(NAME, backend({ probe: { path: 'healthz' } }))).toBe(false)
  })

  it.each([
    ['ApplicationGateway', '/spec/sku/name', 'Standard_v2'],
    ['ApplicationGateway', '/spec/sslPolicy/policyName', 'AppGwSslPolicy20150501'],
    ['ApplicationGateway', '/spec/httpListeners/0/protocol', 'Http'],
    ['WebApplicationFirewallPolicy', '/spec/policySettings/state', 'Disabled'],
    ['WebApplicationFirewallPolicy', '/spec/policySettings/requestBodyCheck', false],
  ])('has no shape for a weaker %s: %s = %s', (kind, pointer, value) => {
    const manifest = structuredClone(objectsOf(NAME).find((object) => object.kind === kind))
    if (!manifest) throw new Error(`no ${kind}`)
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

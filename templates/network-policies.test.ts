// One rule, both ends: which policies a rule becomes, that none has the name of the fence, and what cannot be opened.
import { describe, expect, it } from 'vitest'
import { NetworkPoliciesParameters } from '../schemas/parameters/network-policies.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

const template = findTemplate('network-policies')
if (!template) throw new Error('no network-policies')

const ports = [{ port: 443 }]
const own = { resource: 'portal' }
const policies = (from: object, to: object) =>
  template
    .render(
      exampleInput(template, {
        name: 'paths',
        parameters: { rules: [{ name: 'x', from, to, ports }] },
      }),
    )
    .flatMap(({ objects }) => objects)
    .map(({ metadata, spec }) => ({ name: metadata.name, spec }))

const portal = { matchLabels: { 'phoenix.cloud/resource': 'portal' } }
const TCP443 = [{ port: 443, protocol: 'TCP' }]

describe('a rule', () => {
  it('between two groups of own pods opens both ends', () => {
    const database = { matchLabels: { 'cnpg.io/cluster': 'db' } }
    expect(policies(own, { pods: { 'cnpg.io/cluster': 'db' } })).toEqual([
      {
        name: 'paths-allow-x-out',
        spec: {
          podSelector: portal,
          policyTypes: ['Egress'],
          egress: [{ to: [{ podSelector: database }], ports: TCP443 }],
        },
      },
      {
        name: 'paths-allow-x-in',
        spec: {
          podSelector: database,
          policyTypes: ['Ingress'],
          ingress: [{ from: [{ podSelector: portal }], ports: TCP443 }],
        },
      },
    ])
  })

  it('to an address range opens the way out only', () => {
    expect(policies(own, { cidr: '10.1.0.0/16' })).toMatchObject([
      {
        name: 'paths-allow-x-out',
        spec: { egress: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }] }] },
      },
    ])
  })

  it('from another namespace opens the way in only', () => {
    expect(policies({ namespace: 'monitoring' }, own)).toMatchObject([
      { name: 'paths-allow-x-in', spec: { podSelector: portal, policyTypes: ['Ingress'] } },
    ])
  })

  it('to the Internet leaves private and link-local addresses closed', () => {
    const [out] = policies(own, { internet: true })
    const text = JSON.stringify(out)
    for (const range of ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16']) {
      expect(text).toContain(range)
    }
  })

  it('can be about every pod of the tenant', () => {
    expect(policies({ pods: {} }, { cidr: '10.1.0.0/16' })).toMatchObject([
      { spec: { podSelector: {} } },
    ])
  })
})

describe('the fence', () => {
  it.each([
    ['default', 'deny'],
    ['allow', 'dns'],
  ])('keeps its name from a resource %s with a rule %s', (name, ruleName) => {
    const parameters = { rules: [{ name: ruleName, from: own, to: { internet: true }, ports }] }
    const names = template
      .render(exampleInput(template, { name, parameters }))
      .flatMap(({ objects }) => objects.map(({ metadata }) => metadata.name))
    expect(names).not.toContain('default-deny')
    expect(names).not.toContain('allow-dns')
  })
})

const accepts = (rules: object[]): boolean => NetworkPoliciesParameters.safeParse({ rules }).success
const to = (peer: object) => [{ name: 'x', from: own, to: peer, ports }]

describe('what is refused', () => {
  it.each([
    ['everything by address', to({ cidr: '0.0.0.0/0' })],
    ['more than a /8', to({ cidr: '8.0.0.0/7' })],
    ['an address inside its range', to({ cidr: '10.1.2.3/16' })],
    ['the metadata service', to({ cidr: '169.254.169.254/32' })],
    ['a range around link-local', to({ cidr: '169.0.0.0/8' })],
    ['loopback', to({ cidr: '127.0.0.1/32' })],
    ['no address', to({ cidr: 'everything' })],
    ['two kinds of peer at once', to({ cidr: '10.0.0.0/8', internet: true })],
    ['two strangers', [{ name: 'x', from: { internet: true }, to: { namespace: 'a' }, ports }]],
    ['no port', [{ name: 'x', from: own, to: own, ports: [] }]],
    ['one name twice', [...to({ internet: true }), ...to({ cidr: '10.0.0.0/8' })]],
    ['a name that could be another’s', [{ name: 'a-allow-b', from: own, to: own, ports }]],
    ['a label that is none', to({ pods: { 'a b': 'c' } })],
    ['no rule', []],
  ])('%s', (_, rules) => expect(accepts(rules)).toBe(false))

  it.each(['10.0.0.0/8', '169.253.0.0/16', '198.51.100.7/32'])('but not %s', (cidr) => {
    expect(accepts(to({ cidr }))).toBe(true)
  })
})

// Names as annotations: what each kind of record becomes, what is refused, and that only these become records.
import { describe, expect, it } from 'vitest'
import { DnsRecordsParameters } from '../schemas/parameters/dns-records.ts'
import { ExternalDnsParameters } from '../schemas/parameters/external-dns.ts'
import { dnsRecords } from './dns-records.ts'
import { exampleInput } from './example-inputs.ts'
import { externalDns } from './external-dns.ts'
import { findTemplate } from './index.ts'

const PREFIX = 'external-dns.alpha.kubernetes.io/'
const rendered = (name: string, parameters: object) => {
  const template = findTemplate(name)
  if (!template) throw new Error('no such template')
  return template
    .render(exampleInput(template, { name: 'zone', parameters }))
    .flatMap(({ objects }) => objects)
}
const a = (name: string, more: object = {}) => ({
  type: 'A',
  name,
  addresses: ['192.0.2.1'],
  ...more,
})
const cname = (name: string) => ({ type: 'CNAME', name, target: 'host.example.net' })
const annotations = (record: object) => {
  const [service] = rendered('dns-records', { records: [record] })
  return service?.metadata.annotations ?? {}
}

describe('a record', () => {
  it('says its name, all its addresses and how long they hold', () => {
    expect(annotations(a('www.example.org', { addresses: ['192.0.2.1', '192.0.2.2'] }))).toEqual({
      [`${PREFIX}hostname`]: 'www.example.org',
      [`${PREFIX}target`]: '192.0.2.1,192.0.2.2',
      [`${PREFIX}ttl`]: '300',
      [`${PREFIX}cloudflare-proxied`]: 'false',
    })
  })

  it('leaves the time to Cloudflare behind its proxy', () => {
    expect(annotations({ ...cname('www.example.org'), proxied: true })).toEqual({
      [`${PREFIX}hostname`]: 'www.example.org',
      [`${PREFIX}target`]: 'host.example.net',
      [`${PREFIX}cloudflare-proxied`]: 'true',
    })
  })

  it('keeps its object when another comes before it', () => {
    const names = (records: object[]) =>
      rendered('dns-records', { records }).map(({ metadata }) => metadata.name)
    const [only] = names([a('b.example.org')])
    const both = names([a('a.example.org'), a('b.example.org')])
    expect(new Set(both).size).toBe(2)
    expect(both[1]).toBe(only)
  })
})

describe('refused', () => {
  it.each([
    ['two lists for one name and type', [a('a.example.org'), a('a.example.org')]],
    ['a CNAME beside another record', [a('a.example.org'), cname('a.example.org')]],
    ['one address twice', [a('a.example.org', { addresses: ['192.0.2.1', '192.0.2.1'] })]],
    ['an IPv6 address as A', [a('a.example.org', { addresses: ['2001:db8::1'] })]],
    ['a time below a minute', [a('a.example.org', { ttlSeconds: 30 })]],
    ['a bare label', [a('localhost')]],
    ['a name with a second one behind a comma', [a('a.example.org,b.example.org')]],
  ])('%s', (_, records) => {
    expect(DnsRecordsParameters.safeParse({ records }).success).toBe(false)
  })

  it('A and AAAA of one name are not', () => {
    const aaaa = { type: 'AAAA', name: 'a.example.org', addresses: ['2001:db8::1'] }
    const records = [a('a.example.org'), aaaa]
    expect(DnsRecordsParameters.safeParse({ records }).success).toBe(true)
  })
})

describe('ExternalDNS', () => {
  const parameters = {
    zones: ['example.org'],
    token: { name: 'cloudflare-dns', key: 'api-token' },
  }
  const values = (more: object = {}) => {
    const release = rendered('external-dns', { ...parameters, ...more }).find(
      ({ kind }) => kind === 'HelmRelease',
    ) as unknown as { spec: { values: Record<string, unknown> } }
    return release.spec.values
  }

  it('takes only what dns-records made, and its token from a Secret', () => {
    const { labelFilter, env } = values()
    expect(labelFilter).toBe(`phoenix.cloud/template=${dnsRecords.name}`)
    expect(env).toEqual([{ name: 'CF_API_TOKEN', valueFrom: { secretKeyRef: parameters.token } }])
  })

  it('looks into its own namespace, and into others only when told to', () => {
    expect(values().namespaced).toBe(true)
    expect(values({ namespaces: 'all' }).namespaced).toBe(false)
  })

  it('is for the owner of a cluster, and for named zones', () => {
    expect(externalDns.clusterWide).toBe(true)
    expect(ExternalDnsParameters.safeParse({ ...parameters, zones: [] }).success).toBe(false)
  })
})

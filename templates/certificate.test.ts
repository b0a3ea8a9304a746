// How each issuer proves a name, and which requests no authority would grant.
import { describe, expect, it } from 'vitest'
import { CertificateParameters } from '../schemas/parameters/certificate.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

const template = findTemplate('certificate')
if (!template) throw new Error('no certificate')

const acme = (challenge: object) => ({ type: 'acme', email: 'a@example.org', challenge })
const http01 = acme({ method: 'http01', ingressClass: 'nginx' })
const cloudflare = acme({ method: 'dns01-cloudflare', apiToken: { name: 'dns', key: 'token' } })
const azure = acme({
  method: 'dns01-azure',
  subscriptionId: '0f5c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f',
  resourceGroup: 'dns',
  zone: 'example.org',
  managedIdentityClientId: '0b3a4a5e-8d5f-4c6b-9d57-31c55c1551ef',
})
const ca = { type: 'ca', secret: 'inner-ca' }

const objectsOf = (issuer: object) =>
  template
    .render(
      exampleInput(template, {
        name: 'cert',
        parameters: { issuer, dnsNames: ['a.example.org'] },
      }),
    )
    .flatMap(({ objects }) => objects)

describe('an issuer', () => {
  it.each([
    ['http01', http01, ['Issuer', 'Certificate', 'NetworkPolicy']],
    ['Cloudflare DNS', cloudflare, ['Issuer', 'Certificate']],
    ['Azure DNS', azure, ['Issuer', 'Certificate']],
    ['an own authority', ca, ['Issuer', 'Certificate']],
  ])('with %s renders what it needs', (_, issuer, kinds) => {
    expect(objectsOf(issuer).map(({ kind }) => kind)).toEqual(kinds)
  })

  it('takes no node port, which a tenant has none of', () => {
    expect(JSON.stringify(objectsOf(http01)[0])).toContain('"serviceType":"ClusterIP"')
  })

  it('opens the challenge’s own pods and port only', () => {
    expect(objectsOf(http01)[2]?.spec).toEqual({
      podSelector: { matchLabels: { 'acme.cert-manager.io/http01-solver': 'true' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ protocol: 'TCP', port: 8089 }] }],
    })
  })

  it('signs for ninety days and renews thirty before, with a new key', () => {
    expect(objectsOf(ca)[1]?.spec).toMatchObject({
      secretName: 'cert-tls',
      duration: '2160h',
      renewBefore: '720h',
      privateKey: { rotationPolicy: 'Always' },
      issuerRef: { kind: 'Issuer', name: 'cert' },
    })
  })
})

const accepts = (issuer: object, more: object = {}): boolean =>
  CertificateParameters.safeParse({ issuer, dnsNames: ['a.example.org'], ...more }).success

describe('a request', () => {
  it.each([cloudflare, azure, ca])('for a wildcard is accepted by %o', (issuer) => {
    expect(accepts(issuer, { dnsNames: ['*.example.org'] })).toBe(true)
  })

  it.each([
    ['a wildcard over HTTP', http01, { dnsNames: ['*.example.org'] }],
    ['a wildcard inside', ca, { dnsNames: ['a.*.org'] }],
    ['no name', ca, { dnsNames: [] }],
    ['a name twice', ca, { dnsNames: ['a.example.org', 'a.example.org'] }],
    ['an address', ca, { dnsNames: ['10.0.0.1'] }],
    ['a renewal before the start', ca, { durationDays: 10, renewBeforeDays: 10 }],
    ['more than browsers take', ca, { durationDays: 398 }],
    ['a token as a value', acme({ method: 'dns01-cloudflare', apiToken: 'x' }), {}],
    ['another directory', { ...cloudflare, directory: 'https://acme.example/' }, {}],
    ['an authority’s key', { ...ca, key: 'x' }, {}],
  ])('for %s is refused', (_, issuer, more) => expect(accepts(issuer, more)).toBe(false))
})

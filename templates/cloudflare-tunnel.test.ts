// Where public names lead, in which order, and that a change of that restarts the pods.
import { describe, expect, it } from 'vitest'
import { CloudflareTunnelParameters } from '../schemas/parameters/cloudflare-tunnel.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

const template = findTemplate('cloudflare-tunnel')
if (!template) throw new Error('no cloudflare-tunnel')

const rule = (hostname: string, path?: string) => ({
  hostname,
  ...(path === undefined ? {} : { path }),
  service: 'portal',
  port: 8080,
})
const parametersOf = (ingress: object[]) => ({
  tunnel: '0f5c1d2e-3a4b-4c5d-8e6f-7a8b9c0d1e2f',
  credentials: { name: 'public-tunnel', key: 'credentials.json' },
  ingress,
})
const objectsOf = (ingress: object[]): Manifest[] =>
  template
    .render(exampleInput(template, { name: 'public', parameters: parametersOf(ingress) }))
    .flatMap(({ objects }) => objects)
const find = (objects: Manifest[], kind: string): Manifest => {
  const found = objects.find((object) => object.kind === kind)
  if (!found) throw new Error('not rendered')
  return found
}
const configOf = (objects: Manifest[]) =>
  JSON.parse((find(objects, 'ConfigMap').data as { 'config.yaml': string })['config.yaml'])

describe('the configuration', () => {
  it('leads names to Services of the tenant, in order, and ends with 404', () => {
    const objects = objectsOf([rule('a.example.org', '/api'), rule('*.example.org')])
    expect(configOf(objects).ingress).toEqual([
      {
        hostname: 'a.example.org',
        path: '^/api(/|$)',
        service: 'http://portal.dbis.svc:8080',
      },
      { hostname: '*.example.org', service: 'http://portal.dbis.svc:8080' },
      { service: 'http_status:404' },
    ])
  })

  it('names the file that the Secret is mounted as, and holds nothing of it', () => {
    const objects = objectsOf([rule('a.example.org')])
    expect(configOf(objects)['credentials-file']).toBe(
      '/etc/cloudflared-credentials/credentials.json',
    )
    expect(JSON.stringify(find(objects, 'Deployment'))).toContain(
      '"secret":{"secretName":"public-tunnel","items":[{"key":"credentials.json","path":"credentials.json"}]',
    )
  })

  it('restarts the pods when it changes, and only then', () => {
    const mark = (ingress: object[]) => {
      const { spec } = find(objectsOf(ingress), 'Deployment') as unknown as {
        spec: { template: { metadata: { annotations: object } } }
      }
      return spec.template.metadata.annotations
    }
    const before = mark([rule('a.example.org')])
    expect(mark([rule('a.example.org')])).toEqual(before)
    expect(mark([rule('b.example.org')])).not.toEqual(before)
  })

  it('lets the pods out to the edge and to the tenant’s own pods, and nobody in', () => {
    const policies = objectsOf([rule('a.example.org')]).filter(
      ({ kind }) => kind === 'NetworkPolicy',
    )
    expect(policies.map(({ metadata }) => metadata.name)).toEqual([
      'public-allow-edge',
      'public-allow-origins',
    ])
    for (const { spec } of policies) expect(spec).toMatchObject({ policyTypes: ['Egress'] })
  })
})

const accepts = (ingress: object[], more: object = {}): boolean =>
  CloudflareTunnelParameters.safeParse({ ...parametersOf(ingress), ...more }).success

describe('rules', () => {
  it.each([
    ['a path before the whole name', [rule('a.example.org', '/api'), rule('a.example.org')]],
    ['a name before its wildcard', [rule('a.example.org'), rule('*.example.org')]],
    ['two paths that only begin alike', [rule('a.b.c', '/api'), rule('a.b.c', '/apis')]],
  ])('%s are accepted', (_, ingress) => expect(accepts(ingress)).toBe(true))

  it.each([
    ['the same twice', [rule('a.b.c'), rule('a.b.c')]],
    ['a path after the whole name', [rule('a.b.c'), rule('a.b.c', '/api')]],
    ['a deeper path after its parent', [rule('a.b.c', '/api'), rule('a.b.c', '/api/v1')]],
    ['a name after its wildcard', [rule('*.example.org'), rule('a.example.org')]],
    ['a path with a regular expression', [rule('a.b.c', '/.*')]],
    ['a name with a path', [rule('a.b.c/x')]],
    ['one label', [rule('localhost')]],
    ['a service elsewhere', [{ ...rule('a.b.c'), service: 'vault.other' }]],
    ['none', []],
  ])('%s are refused', (_, ingress) => expect(accepts(ingress)).toBe(false))

  it('need a tunnel id and a release', () => {
    expect(accepts([rule('a.b.c')], { tunnel: 'public' })).toBe(false)
    expect(accepts([rule('a.b.c')], { version: 'latest' })).toBe(false)
  })
})

describe('Cloudflare Access', () => {
  const access = { teamName: 'example', audTags: ['a'.repeat(64), 'b'.repeat(64)] }
  const ports = (objects: Manifest[]) => {
    const edge = objects.find(
      ({ metadata }) => metadata.name === 'public-allow-edge',
    ) as unknown as {
      spec: { egress: { ports: { port: number }[] }[] }
    }
    return edge.spec.egress.flatMap((gate) => gate.ports.map(({ port }) => port))
  }

  it('is required by the rules that name it, each for itself', () => {
    const objects = objectsOf([rule('open.example.org'), { ...rule('a.example.org'), access }])
    const config = configOf(objects)
    expect(config.originRequest).toBeUndefined()
    expect(config.ingress[0].originRequest).toBeUndefined()
    expect(config.ingress[1].originRequest).toEqual({
      access: { required: true, teamName: 'example', audTag: access.audTags },
    })
  })

  it('lets the pods fetch the keys that its tokens are checked with, and only then', () => {
    expect(ports(objectsOf([{ ...rule('a.example.org'), access }]))).toContain(443)
    expect(ports(objectsOf([rule('a.example.org')]))).not.toContain(443)
  })

  it.each([{ audTags: [] }, { audTags: ['portal'] }, { teamName: 'https://example' }])(
    'is refused with %j',
    (wrong) => {
      const parsed = CloudflareTunnelParameters.safeParse(
        parametersOf([{ ...rule('a.example.org'), access: { ...access, ...wrong } }]),
      )
      expect(parsed.success).toBe(false)
    },
  )
})

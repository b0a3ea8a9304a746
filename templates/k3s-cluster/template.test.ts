// A K3s cluster stands where and with what the planner gave, is refused where it could not be made, and holds no secret.
import { describe, expect, it } from 'vitest'
import { guard } from '../../gitops/guard.ts'
import { render } from '../../gitops/render.ts'
import type { Site } from '../../schemas/place.ts'
import type { Manifest, RenderInput } from '../../schemas/template.ts'
import { exampleInput } from '../example-inputs.ts'
import { findTemplate } from '../index.ts'

const template = findTemplate('k3s-cluster')
if (!template) throw new Error('no k3s-cluster')
const base = template.examples[0]?.parameters as Record<string, unknown>

const inputOf = (more: object = {}): RenderInput<unknown> =>
  exampleInput(template, { name: 'apps', parameters: { ...base, ...more } })
const objectsOf = (input: RenderInput<unknown>): Manifest[] =>
  template.render(input).flatMap(({ objects }) => objects)
const ofKind = (objects: Manifest[], kind: string) =>
  objects.filter((object) => object.kind === kind) as (Manifest & {
    spec: Record<string, unknown>
  })[]
const rulesOf = (input: RenderInput<unknown>): string[] =>
  template.findings(input).map(({ rule, pointer }) => `${rule} ${pointer}`)
const sitesWith = (change: (site: Site) => Site, sites = inputOf().sites) => sites.map(change)

describe('the machines of a cluster', () => {
  const parameters = template.parameters.parse(base)
  const { vms } = template.demand('apps', parameters)

  it('count in capacity, with room to replace a control plane', () => {
    expect(vms.map(({ role }) => role)).toEqual([
      'control-plane',
      'spare',
      ...['worker', 'worker', 'worker'],
    ])
    expect(vms[1]).toMatchObject({ cores: 4, memoryMiB: 16_384, diskGiB: 50 })
  })

  it('have memory in the steps that CAPMOX takes, rounded up', () => {
    const odd = template.parameters.parse({
      ...base,
      workers: { memory: { value: 5, unit: 'GB' } },
    })
    const worker = template.demand('apps', odd).vms.find(({ role }) => role === 'worker')
    expect(worker?.memoryMiB).toBe(4776)
  })

  it('get the addresses of the plan and no other', () => {
    const input = inputOf()
    const [infrastructure] = ofKind(objectsOf(input), 'ProxmoxCluster')
    expect(infrastructure?.spec).toMatchObject({
      ipv4Config: { addresses: input.placement.map(({ address }) => address), prefix: 24 },
      allowedNodes: ['r630-01', 'ml110-01'],
      credentialsRef: { name: 'proxmox-api' },
    })
  })

  it('stand on the hosts of the plan, cloned from the template of each', () => {
    const objects = objectsOf(inputOf())
    const replicas = ofKind(objects, 'MachineDeployment').map(({ metadata, spec }) => [
      metadata.name,
      spec.replicas,
    ])
    expect(replicas).toEqual([
      ['apps-r630-01', 1],
      ['apps-ml110-01', 2],
    ])
    const clones = ofKind(objects, 'ProxmoxMachineTemplate').map(
      ({ spec }) => (spec.template as { spec: object }).spec,
    )
    expect(clones).toMatchObject([
      { sourceNode: 'r630-01', templateID: 9000, allowedNodes: ['r630-01'] },
      { sourceNode: 'r630-01', templateID: 9000, allowedNodes: ['r630-01'] },
      { sourceNode: 'ml110-01', templateID: 9001, allowedNodes: ['ml110-01'] },
    ])
  })

  it('take their VM ids from a block that does not change with their number', () => {
    const rangeOf = (more: object) =>
      JSON.stringify(
        ofKind(objectsOf(inputOf(more)), 'ProxmoxMachineTemplate').map(({ metadata }) => metadata),
      )
    const count = (workers: number) => ({ firstVmId: 7000, workers: { count: workers } })
    expect(rangeOf(count(4))).toBe(rangeOf(count(6)))
    expect(rangeOf(count(4))).not.toBe(rangeOf({ firstVmId: 8000 }))
  })

  it('of another size are made from a template of another name', () => {
    const namesOf = (more: object) =>
      ofKind(objectsOf(inputOf(more)), 'ProxmoxMachineTemplate').map(
        ({ metadata }) => metadata.name,
      )
    const [before, after] = [namesOf({}), namesOf({ workers: { cores: 8 } })]
    expect(after[0]).toBe(before[0])
    expect(after.slice(1).filter((name) => before.includes(name))).toEqual([])
  })
})

describe('a cluster that could not be made', () => {
  it('is not what the example is', () => {
    expect(rulesOf(inputOf())).toEqual(['SINGLE-INSTANCE /parameters/controlPlane/count'])
  })

  it.each([
    ['outside the network', '192.168.12.60'],
    ['that a machine may get', '192.168.11.200'],
    ['of the gateway', '192.168.11.1'],
    ['of the whole network', '192.168.11.255'],
  ])('with an endpoint %s is refused', (_, endpoint) => {
    expect(rulesOf(inputOf({ endpoint }))).toContain('IP-UNIQUE /parameters/endpoint')
  })

  it('over two networks is refused', () => {
    const sites = sitesWith((site) => ({ ...site, network: { ...site.network, name: site.name } }))
    expect(rulesOf({ ...inputOf(), sites })).toContain('IP-UNIQUE /parameters/sites')
  })

  it('whose pods have the addresses of the network is refused', () => {
    const sites = sitesWith((site) => ({
      ...site,
      network: { ...site.network, cidr: '10.42.3.0/24' },
    }))
    expect(rulesOf({ ...inputOf(), sites })).toContain('IP-UNIQUE /parameters/podCidr')
  })

  it('with a template on a host that no site has is refused, with its place and numbers', () => {
    const templates = [
      { host: 'r630-01', vmId: 9000 },
      { host: 'ml110-01', vmId: 9001 },
    ]
    const found = (all: object[]) =>
      template.findings(inputOf({ templates: all })).filter(({ rule }) => rule === 'HOST-UNKNOWN')
    expect(found(templates)).toEqual([])
    expect(found([...templates, { host: 'ghost-9', vmId: 9002 }])).toMatchObject([
      {
        ...{ severity: 'block', pointer: '/parameters/templates/2/host' },
        numbers: { place: 3, named: 3, hosts: 2 },
      },
    ])
  })

  it('on a host of local storage without a template is refused', () => {
    const input = inputOf({ templates: [{ host: 'r630-01', vmId: 9000 }] })
    const shared = sitesWith((site) => ({
      ...site,
      hosts: site.hosts.map((host) => ({
        ...host,
        storage: { ...host.storage, kind: 'shared' as const },
      })),
    }))
    expect(rulesOf(input)).toContain('VM-TEMPLATE /parameters/templates')
    expect(rulesOf({ ...input, sites: shared })).not.toContain('VM-TEMPLATE /parameters/templates')
  })

  it('with a control plane on two hosts of local storage is refused', () => {
    const input = inputOf({ controlPlane: { count: 3 } })
    const placement = input.placement.map((vm) =>
      vm.name === 'apps-control-plane-2' ? { ...vm, site: 'ml110-01', host: 'ml110-01' } : vm,
    )
    const rule = 'VM-TEMPLATE /parameters/controlPlane/count'
    expect(rulesOf(input)).not.toContain(rule)
    expect(rulesOf({ ...input, placement })).toContain(rule)
  })

  it.each([
    ['an even number of control planes', { controlPlane: { count: 2 } }],
    ['one range for pods and Services', { podCidr: '10.43.0.0/16' }],
    ['a token in place of its name', { credentials: { token: 'x' } }],
    ['a version that is none of K3s', { version: 'v1.34.5' }],
    [
      'two templates of one host',
      {
        templates: [
          { host: 'a', vmId: 100 },
          { host: 'a', vmId: 101 },
        ],
      },
    ],
  ])('with %s is no request', (_, more) => {
    expect(template.parameters.safeParse({ ...base, ...more }).success).toBe(false)
  })
})

describe('the loss of a host', () => {
  it('stops the API server when most members of etcd were there', () => {
    const { placement, parameters } = inputOf({ controlPlane: { count: 3 } })
    const on = (hosts: string[]) => {
      const members = placement.filter(({ role }) => role === 'control-plane')
      return members.map((vm, index) => ({ ...vm, site: hosts[index] ?? '' }))
    }
    const survives = (hosts: string[]) =>
      template.onLoss?.({ placement: on(hosts), parameters }, { site: 'a' }).survives
    expect([survives(['a', 'a', 'b']), survives(['a', 'b', 'c'])]).toEqual([false, true])
  })
})

it('the longest names still fit', () => {
  const parameters = {
    ...base,
    controlPlane: { count: 5 },
    version: 'v1.34.5+k3s1',
    workers: { count: 2 },
  }
  const name = 'a'.repeat(40)
  const input = exampleInput(template, { name, parameters })
  const long = 'r'.repeat(63)
  const rename = (value: string) => (value === 'r630-01' ? long : value)
  const sites = sitesWith((site) => ({
    ...site,
    name: rename(site.name),
    hosts: site.hosts.map((host) => ({ ...host, name: rename(host.name) })),
  }))
  const placement = input.placement.map((vm) => ({
    ...vm,
    site: rename(vm.site),
    host: rename(vm.host),
  }))
  const rendered = render(template, { ...input, sites, placement })
  const options = { tenantSlug: 'dbis', cluster: 'core', guardsLifted: false }
  expect(guard(rendered, rendered.files, options)).toEqual([])
})

// The operators' own tenant: regions, sites and prices are files in Git, asked for and approved like anything else, and an
// Inventory takes up what was promoted. What it has against a record is said before anybody approves it.
import { beforeEach, describe, expect, it } from 'vitest'
import { REGION, siteOf } from '../../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { InventoryApi } from '../contracts.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld({
    slug: 'platform',
    tenant: { basesOn: [], repository: 'platform/fleet' },
  })
})

const change = (action: string, template: string, name: string, parameters: object) => ({
  ...{ action, template, name, parameters },
})
const siteChange = (action: string, name: string, more: object = {}) => {
  const { name: _name, ...parameters } = siteOf(name, more)
  return change(action, 'site', name, parameters)
}
const hostOf = (name: string, gigabytes: number) => {
  const [host] = siteOf(name).hosts
  return { ...host, memory: { value: gigabytes, unit: 'GB' } }
}
const operator = async (method: string, path: string, body?: unknown) => {
  const response = await world.http(method, path, {
    ...{ token: world.operator, key: `operator-${path}`, headers: { 'if-match': '*' } },
    ...(body === undefined ? {} : { body }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const hold = (memoryMiB: number, more: object = {}) =>
  world.inventoryStub.reserve({
    ...{ changeId: 'chg_neighbour', tenantId: 'ten_eu_neighbour', resource: 'secret-name' },
    items: [
      {
        ...{ name: 'secret-name', role: 'vm', group: 'vm', site: 'lab-01', host: 'lab-01' },
        ...{ cores: 2, memoryMiB, diskGiB: 20, vmId: 4711, address: '192.168.11.177', ...more },
      },
    ],
  })
const apply = async (body: object) => {
  const { body: seen } = await world.send('POST', '/changes?validateOnly=true', { body })
  const confirm = seen.plan?.destroys?.digest
  return world.land((await world.propose({ ...body, ...(confirm ? { confirm } : {}) })).id)
}
const errorsOf = async (body: object) => {
  const answer = await world.request(body)
  const { errors = [] } = answer.body as unknown as { errors?: { rule: string; pointer: string }[] }
  return [answer.status, ...errors.map(({ rule, pointer }) => `${rule} ${pointer}`)]
}

describe('a region, then a site in it', () => {
  it('are files in Git, and places of the inventory once they are promoted', async () => {
    const region = change('create', 'region', 'northeurope', {
      ...{ jurisdiction: 'eu', tier: 'core', country: 'ie' },
    })
    expect((await apply(region)).state).toBe('applied')
    const { hosts, network, ...rest } = siteOf('dub-01', { region: 'northeurope' })
    const own = { ...network, name: 'dub', qdevice: undefined }
    const made = await apply(
      siteChange('create', 'dub-01', {
        ...rest,
        hosts: hosts.map((host) => ({ ...host, images: ['debian-13'] })),
        ...{ network: own, qdevice: true, adjacent: ['lab-01'] },
      }),
    )
    expect(made).toMatchObject({ state: 'applied', targets: [] })
    expect(world.memory.filesOf('live')).toEqual(
      expect.arrayContaining([
        ...['inventory/regions/northeurope.yaml', 'inventory/sites/dub-01.yaml'],
      ]),
    )
    const { body } = await operator('GET', '/v1/sites/dub-01')
    expect(body).toMatchObject({ keptIn: made.id, qdevice: true, adjacent: ['lab-01'] })
    expect(body).toMatchObject({ hosts: [{ images: ['debian-13'], cpuOvercommit: 4 }] })
    const { body: regions } = await operator('GET', '/v1/regions')
    expect(regions).toMatchObject({ items: [{ name: REGION.name }, { name: 'northeurope' }] })
  })

  it('are nobody else’s to ask for', async () => {
    const { token } = await (async () => {
      await world.createTenant('acme')
      return world.createToken('acme', 'requester', { member: 'rob' })
    })()
    const response = await world.http('POST', '/v1/tenants/acme/changes', {
      ...{ token, key: 'k', body: siteChange('create', 'lab-03') },
    })
    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({
      errors: [{ rule: 'PLATFORM-ONLY', pointer: '/template' }],
    })
    expect(await errorsOf(world.vmRequest('web'))).toContain('PLATFORM-RECORDS /template')
  })
})

describe('a site that an operator made', () => {
  it('is taken over by its record, and then changed by changes only', async () => {
    const asked = siteChange('create', 'lab-01', { hosts: [hostOf('lab-01', 256)] })
    const { body } = await world.send('POST', '/changes?validateOnly=true', { body: asked })
    expect(body.plan?.findings.map(({ rule }) => rule)).toEqual(['PLACE-KEPT'])
    const kept = await apply(asked)
    expect(kept.state).toBe('applied')
    expect((await operator('GET', '/v1/sites/lab-01')).body).toMatchObject({
      ...{ keptIn: kept.id, hosts: [{ memory: { value: 256 } }] },
    })
    const direct = await operator('PATCH', '/v1/sites/lab-01', { standIn: false })
    expect(direct.status).toBe(409)
    expect(direct.body.detail).toContain('kept in Git')
    expect((await operator('POST', '/v1/sites', siteOf('lab-01'))).status).toBe(409)
    expect((await operator('PATCH', '/v1/sites/lab-02', { standIn: false })).status).toBe(200)
  })

  it('cannot become smaller than what is reserved there: the plan says by how much', async () => {
    await hold(65_536)
    const asked = siteChange('create', 'lab-01', { hosts: [hostOf('lab-01', 64)] })
    expect(await errorsOf(asked)).toEqual([422, 'SITE-SHRINKS /parameters/hosts/0/memory'])
    const { body } = await world.request(asked)
    const offered = Math.floor(64e9 / 2 ** 20) - 8192
    expect(body.findings?.find(({ rule }) => rule === 'SITE-SHRINKS')).toMatchObject({
      numbers: { reserved: 65_536, offered },
    })
    expect(JSON.stringify(body)).not.toMatch(/neighbour"|secret-name/)
    const gone = siteChange('create', 'lab-01', { hosts: [hostOf('other', 64)] })
    expect(await errorsOf(gone)).toContain('PLACE-IN-USE /parameters/hosts')
  })

  it('waits at promotion for room that was taken since the plan, and then goes on', async () => {
    const { id } = await world.propose(
      siteChange('create', 'lab-01', { hosts: [hostOf('lab-01', 64)] }),
    )
    await world.approve(id)
    await hold(65_536)
    expect((await world.decide('merge', id)).status).toBe(409)
    await world.inventoryStub.release('chg_neighbour')
    await world.insist(world.decide('merge', id))
    await hold(65_536, { vmId: 4712 })
    await world.inventoryStub.reserve({
      ...{ changeId: 'chg_late', tenantId: 'ten_eu_neighbour', resource: 'late' },
      items: [
        {
          ...{ name: 'late', role: 'vm', group: 'vm', site: 'lab-01', host: 'lab-01', cores: 2 },
          ...{ memoryMiB: 65_536, diskGiB: 20, vmId: 4713, address: '192.168.11.178' },
        },
      ],
    })
    await world.settle()
    const waiting = await world.read(id)
    expect(waiting).toMatchObject({ state: 'merged', liveSha: null })
    expect(waiting.reason).toContain('SITE-SHRINKS')
    expect((await operator('GET', '/v1/sites/lab-01')).body).not.toHaveProperty('keptIn')
    for (const held of ['chg_late', 'chg_neighbour']) await world.inventoryStub.release(held)
    await world.hint('push', { pullNumber: null, pushedRef: 'refs/heads/main' })
    await world.settle()
    expect((await world.read(id)).state).toBe('applied')
    expect((await operator('GET', '/v1/sites/lab-01')).body).toMatchObject({ keptIn: id })
  })

  it('goes when its record goes, unless something is there; then no route brings it back', async () => {
    await apply(siteChange('create', 'lab-01'))
    const removal = { ...siteChange('delete', 'lab-01'), parameters: {} }
    await hold(1024)
    expect(await errorsOf(removal)).toEqual([422, 'PLACE-IN-USE /parameters'])
    await world.inventoryStub.release('chg_neighbour')
    expect((await apply(removal)).state).toBe('applied')
    expect((await operator('GET', '/v1/sites/lab-01')).status).toBe(404)
    expect((await operator('GET', '/v1/sites')).body).toMatchObject({ items: [{ name: 'lab-02' }] })
    expect((await operator('POST', '/v1/sites', siteOf('lab-01'))).status).toBe(409)
    expect((await apply(siteChange('create', 'lab-01'))).state).toBe('applied')
    expect((await operator('GET', '/v1/sites/lab-01')).status).toBe(200)
  })
})

describe('bad input', () => {
  it.each([
    ['a region that is not here', { region: 'nowhere' }, 'REGION-UNKNOWN', '/region'],
    [
      'a host twice',
      { hosts: [hostOf('twin', 64), hostOf('twin', 64)] },
      'HOST-UNIQUE',
      '/hosts/1/name',
    ],
    ['a host of another site', { hosts: [hostOf('lab-02', 64)] }, 'HOST-UNIQUE', '/hosts/0/name'],
    ['negative memory', { hosts: [hostOf('h', -1)] }, 'SIZE-UNIT', '/hosts/0/memory/value'],
    [
      'memory in a unit that is none',
      { hosts: [{ ...hostOf('h', 1), memory: { value: 1, unit: 'KB' } }] },
      ...(['SIZE-UNIT', '/hosts/0/memory/unit'] as const),
    ],
    [
      'memory as a bare number',
      { hosts: [{ ...hostOf('h', 1), memory: 128 }] },
      ...(['SIZE-UNIT', '/hosts/0/memory'] as const),
    ],
    [
      'negative cores',
      { hosts: [{ ...hostOf('h', 1), cores: -4 }] },
      ...(['HOST-CORES', '/hosts/0/cores'] as const),
    ],
    [
      'half a core',
      { hosts: [{ ...hostOf('h', 1), cores: 1.5 }] },
      ...(['HOST-CORES', '/hosts/0/cores'] as const),
    ],
    [
      'a gateway outside of the network',
      { network: { ...siteOf('n').network, name: 'n', gateway: '10.0.0.1' } },
      ...(['NETWORK-FIT', '/network'] as const),
    ],
    ['itself as its neighbour', { adjacent: ['lab-03'] }, 'ADJACENT-SELF', '/adjacent/0'],
  ])('%s is a finding with its rule and its place, and nothing is written', async (...row) => {
    const [, more, rule, pointer] = row
    const before = world.memory.filesOf('main')
    expect(await errorsOf(siteChange('create', 'lab-03', more))).toContain(
      `${rule} /parameters${pointer}`,
    )
    expect((await world.send('GET', '/changes')).body.items).toEqual([])
    expect(world.memory.filesOf('main')).toEqual(before)
  })

  it('warns of a neighbour that is not here, and of a host without the image', async () => {
    const more = {
      adjacent: ['lab-02', 'lab-09'],
      hosts: [{ ...hostOf('lab-03', 64), images: ['other'] }],
    }
    const body = siteChange('create', 'lab-03', more)
    const { body: seen } = await world.send('POST', '/changes?validateOnly=true', { body })
    expect(seen.plan?.findings).toMatchObject([
      { rule: 'ADJACENT-UNKNOWN', pointer: '/parameters/adjacent/1', numbers: { unknown: 1 } },
      { rule: 'IMAGE-MISSING', numbers: { without: 1, hosts: 1 } },
    ])
  })

  it.each([
    ['westeurope', { jurisdiction: 'us', tier: 'core' }, ['/jurisdiction']],
    ['westeurope', { jurisdiction: 'eu', tier: 'edge', country: 'ie' }, ['/country', '/tier']],
    ['edge-de-berlin', { jurisdiction: 'eu', tier: 'edge' }, ['/standIn']],
  ])('a region %s that the catalogue knows otherwise', async (name, parameters, pointers) => {
    expect(await errorsOf(change('create', 'region', name, parameters))).toEqual([
      422,
      ...pointers.map((pointer) => `REGION-CATALOGUE /parameters${pointer}`),
    ])
  })

  it('a region that still has sites stays', async () => {
    const { name, ...parameters } = REGION
    await apply(change('create', 'region', name, parameters))
    const removal = change('delete', 'region', name, {})
    expect(await errorsOf(removal)).toEqual([422, 'PLACE-IN-USE /parameters'])
    const { body } = await world.request(removal)
    expect(body.findings?.find(({ rule }) => rule === 'PLACE-IN-USE')).toMatchObject({
      numbers: { sites: 2, clusters: 1, machines: 0 },
    })
  })
})

describe('a price book', () => {
  const book = (name: string, more: object = {}) => ({
    ...{ name, version: '1', date: '2026-11-01', currency: 'EUR', standIn: true },
    ...{ jurisdictions: ['eu', 'ch'], ownHardware: [], azure: [], ...more },
  })
  const versions = async () => {
    const inventories = world.env.INVENTORY as unknown as {
      getByName: (name: string) => Pick<InventoryApi, 'readPriceBook'>
    }
    const found: (string | null)[] = []
    for (const jurisdiction of ['eu', 'ch']) {
      const read = await inventories.getByName(`inventory-${jurisdiction}`).readPriceBook()
      found.push(read && `${read.name}@${read.version}`)
    }
    return found
  }
  const made = () => apply(change('create', 'price-book', 'rates', book('rates')))

  it('that leaves a jurisdiction is taken away there, and comes back when it is named again', async () => {
    await made()
    expect(await versions()).toEqual(['rates@1', 'rates@1'])
    const less = book('rates', { version: '2', jurisdictions: ['eu'] })
    expect((await apply(change('update', 'price-book', 'rates', less))).state).toBe('applied')
    expect(await versions()).toEqual(['rates@2', null])
    const again = book('rates', { version: '3' })
    await apply(change('update', 'price-book', 'rates', again))
    expect(await versions()).toEqual(['rates@3', 'rates@3'])
    await apply(change('delete', 'price-book', 'rates', {}))
    expect(await versions()).toEqual([null, null])
  })

  it('of another name is refused where one stands, and may have what is left', async () => {
    await made()
    const other = (jurisdictions: string[]) =>
      change('create', 'price-book', 'other', book('other', { jurisdictions }))
    expect(await errorsOf(other(['ch', 'us']))).toEqual([
      422,
      'PRICE-BOOK-UNIQUE /parameters/jurisdictions',
    ])
    const less = book('rates', { version: '2', jurisdictions: ['eu'] })
    await apply(change('update', 'price-book', 'rates', less))
    await apply(other(['ch']))
    expect(await versions()).toEqual(['rates@2', 'other@1'])
    await apply(change('delete', 'price-book', 'other', {}))
    expect(await versions()).toEqual(['rates@2', null])
  })
})

describe('entry points brought in by hand', () => {
  const entry = 'clusters/core/argocd/acme.yaml'
  const region = () =>
    apply(
      change('create', 'region', 'northeurope', {
        ...{ jurisdiction: 'eu', tier: 'core', country: 'ie' },
      }),
    )

  it('on main go along with the next change', async () => {
    world.memory.person.push('main', entry, 'kind: ApplicationSet\n')
    expect((await region()).state).toBe('applied')
    expect(world.memory.filesOf('live')).toContain(entry)
  })

  it('on live as well stand in nobody’s way', async () => {
    await apply(siteChange('create', 'lab-01'))
    const pushed = world.memory.person.push('main', entry, 'kind: ApplicationSet\n')
    world.memory.branches.set('live', pushed)
    expect((await region()).state).toBe('applied')
    expect(world.memory.filesOf('live')).toContain(entry)
  })

  it('take nothing else along', async () => {
    world.memory.person.push('main', 'inventory/regions/evil.yaml', 'name: evil\n')
    expect(await region()).toMatchObject({ state: 'merged', liveSha: null })
  })
})

it('a record that some systems could not hold is refused by its name', async () => {
  const device = change('create', 'region', 'con', {
    ...{ jurisdiction: 'eu', tier: 'core', country: 'ie' },
  })
  const { status, body } = await world.request(device)
  expect([status, body]).toMatchObject([422, { errors: [{ pointer: '/name' }] }])
})

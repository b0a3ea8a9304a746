// The Directory: first writer wins, ids are a function of the key, and lists come in slug order.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'
import type { DirectoryApi } from './contracts.ts'

let world: World
let directory: DirectoryApi
beforeEach(() => {
  world = createWorld()
  directory = world.directory.namespace.getByName('directory')
})

const input = (slug: string) => ({
  slug,
  name: slug,
  jurisdiction: 'eu' as const,
  repository: `${slug}/infrastructure`,
  quota: { vms: 1, cores: 1, memoryMiB: 1, diskGiB: 1 },
  basesOn: [],
})

describe('a tenant', () => {
  it('gets the same id from the same key, even in a Directory that forgot it', async () => {
    const first = await directory.createTenant('k', 'f', input('acme'), 'then')
    const elsewhere = createWorld().directory.namespace.getByName('directory')
    const second = await elsewhere.createTenant('k', 'f', input('acme'), 'later')
    expect(first).toMatchObject({ value: { replayed: false } })
    expect(second).toMatchObject({ value: { id: first.ok ? first.value.id : '' } })
    expect(await directory.createTenant('k', 'f', input('acme'), 'later')).toMatchObject({
      value: { replayed: true, createdAt: 'then' },
    })
  })

  it('is found by slug, by id and by repository in any case, also after the object woke again', async () => {
    const created = await directory.createTenant('k', 'f', input('acme'), 'then')
    const id = created.ok ? created.value.id : ''
    world.directory.evict('directory')
    expect(await directory.resolveTenant('acme')).toMatchObject({ id })
    expect(await directory.resolveTenant(id)).toMatchObject({ slug: 'acme' })
    expect(await directory.tenantByRepository('ACME/Infrastructure')).toMatchObject({ id })
    expect(await directory.resolveTenant('ACME')).toBeNull()
  })

  it('stands in a list of pages in slug order', async () => {
    for (const slug of ['c', 'a', 'b'])
      await directory.createTenant(slug, slug, input(slug), 'then')
    const first = await directory.listTenants({ limit: 2, after: null })
    expect([first.items.map(({ slug }) => slug), first.next]).toEqual([['a', 'b'], 'b'])
    const second = await directory.listTenants({ limit: 2, after: first.next })
    expect([second.items.map(({ slug }) => slug), second.next]).toEqual([['c'], null])
  })
})

describe('the operators’ own tenant', () => {
  const create = (slug: string, repository: string, key = slug) =>
    directory.createTenant(key, key, { ...input(slug), repository }, 'then')

  it('is created once, with the platform’s repository, which nobody else gets', async () => {
    expect(await create('acme', 'Platform/Fleet')).toMatchObject({ ok: false })
    expect(await create('platform', 'platform/other')).toMatchObject({ ok: false })
    expect(await create('platform', 'platform/fleet')).toMatchObject({
      value: { slug: 'platform', replayed: false },
    })
    expect(await create('platform', 'platform/fleet')).toMatchObject({ value: { replayed: true } })
    expect(await create('platform', 'platform/fleet', 'again')).toMatchObject({ ok: false })
  })

  it.each(['argocd', 'kube-system', 'default', 'phoenix-x'])(
    'is the only one of a reserved name: %s stays nobody’s',
    async (slug) => {
      expect(await create(slug, 'some/thing')).toMatchObject({ refusal: { problem: 'conflict' } })
    },
  )
})

describe('a place', () => {
  it('belongs to the jurisdiction that named it first', async () => {
    expect(await directory.registerPlace('site', 'a', 'eu')).toMatchObject({ ok: true })
    expect(await directory.registerPlace('site', 'a', 'eu')).toMatchObject({ ok: true })
    expect(await directory.registerPlace('site', 'a', 'ch')).toMatchObject({
      refusal: { problem: 'conflict' },
    })
    expect(await directory.registerPlace('cluster', 'a', 'ch')).toMatchObject({ ok: true })
    expect(await directory.findPlace('site', 'a')).toBe('eu')
    expect(await directory.findPlace('region', 'a')).toBeNull()
    expect(await directory.jurisdictions()).toEqual(['ch', 'eu'])
  })
})

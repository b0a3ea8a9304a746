// Lists in pages: every item once, in one order, whatever the size of a page and whatever is added while one is read.
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { ResourceView } from '../../../schemas/resource.ts'

interface Page<T> {
  items: T[]
  next: string | null
}

let world: TenantWorld
/** Names that sort around each other's parts: a hyphen comes before a slash. */
const NAMES = ['net', 'net-2', 'net-a', 'neta', 'a', 'net-validator-09']
beforeAll(async () => {
  world = await createTenantWorld()
  const small = { cores: 1, memory: { value: 1, unit: 'GiB' }, disk: { value: 8, unit: 'GiB' } }
  const groups = [
    { role: 'validator', count: 4, ...small },
    { role: 'archive', count: 3, ...small },
    { role: 'sentry', count: 2, ...small },
  ]
  await world.apply({
    ...{ action: 'create', template: 'besu-network', name: 'net' },
    parameters: { sites: ['lab-01', 'lab-02'], groups },
  })
  for (const name of NAMES.slice(1)) await world.apply(world.vmRequest(name))
  // A resource shows for how long it has been in service: two readings are alike only while no second goes by.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1000 })
})

const get = async <T>(path: string, token = world.tokens.auditor) => {
  const response = await world.http('GET', path, { token })
  return { status: response.status, page: (await response.json()) as Page<T> }
}
/** Follows `next` to the end. */
const walk = async <T>(path: string): Promise<T[][]> => {
  const pages: T[][] = []
  for (let at: string | null = `/v1/tenants/acme${path}`; at !== null; ) {
    const { status, page }: { status: number; page: Page<T> } = await get<T>(at)
    expect(status).toBe(200)
    pages.push(page.items)
    at = page.next
    if (pages.length > 100) throw new Error('the list never ends')
  }
  return pages
}
const namesOf = (items: { name: string }[]) => items.map(({ name }) => name)

describe('resources', () => {
  it('are what was asked for, each followed by its parts', async () => {
    const [all = []] = await walk<ResourceView>('/resources?limit=200')
    expect(all).toHaveLength(NAMES.length + 9)
    const tops = all.filter(({ parent }) => parent === null)
    expect(namesOf(tops)).toEqual([...NAMES].sort())
    const at = all.findIndex(({ name }) => name === 'net')
    const parts = all.slice(at + 1, at + 10)
    expect(parts.every(({ parent }) => parent === 'net')).toBe(true)
    expect(namesOf(parts)).toEqual([...namesOf(parts)].sort())
  })

  it.each([1, 2, 3, 4, 5, 7, 14, 15, 16])('are each in exactly one page of %i', async (limit) => {
    const [whole = []] = await walk<ResourceView>('/resources?limit=200')
    const pages = await walk<ResourceView>(`/resources?limit=${limit}`)
    expect(pages.flat()).toEqual(whole)
    for (const page of pages.slice(0, -1)) expect(page).toHaveLength(limit)
    expect(pages.at(-1)?.length).toBeGreaterThan(0)
  })

  it.each(['kind=virtual-machine', 'parent=net', 'kind=besu-network'])(
    'by %s, also in pages',
    async (filter) => {
      const [whole = []] = await walk<ResourceView>(`/resources?limit=200&${filter}`)
      const pages = await walk<ResourceView>(`/resources?limit=2&${filter}`)
      expect(whole.length).toBeGreaterThan(0)
      expect(namesOf(pages.flat())).toEqual(namesOf(whole))
    },
  )

  it('are found one by one, parts too', async () => {
    for (const name of ['net', 'net-2', 'net-validator-01', 'net-validator-09']) {
      const { status, page } = await get<never>(`/v1/tenants/acme/resources/${name}`)
      expect([status, (page as unknown as ResourceView).name]).toEqual([200, name])
    }
    expect((await get('/v1/tenants/acme/resources/net-validator-05')).status).toBe(404)
  })
})

describe('changes', () => {
  it.each([1, 2, 5, 6])('are each in exactly one page of %i, newest first', async (limit) => {
    const [whole = []] = await walk<{ name: string }>('/changes?limit=200')
    expect(namesOf(whole)).toEqual([...NAMES].reverse())
    const pages = await walk<{ name: string }>(`/changes?limit=${limit}`)
    expect(namesOf(pages.flat())).toEqual(namesOf(whole))
  })

  it('that come while a list is read push nothing out of it and in twice', async () => {
    const first = await get<{ name: string }>('/v1/tenants/acme/changes?limit=4')
    await world.propose(world.vmRequest('late'))
    const second = await get<{ name: string }>(first.page.next ?? '')
    expect(namesOf([...first.page.items, ...second.page.items])).toEqual([...NAMES].reverse())
  })

  it('by state and name', async () => {
    expect(namesOf((await walk<{ name: string }>('/changes?state=proposed')).flat())).toEqual([
      'late',
    ])
    expect(namesOf((await walk<{ name: string }>('/changes?name=net')).flat())).toEqual(['net'])
    expect((await get('/v1/tenants/acme/changes?state=nonsense')).status).toBe(422)
  })
})

describe('a cursor', () => {
  it('is good for its own list and filter only', async () => {
    const { page } = await get('/v1/tenants/acme/resources?limit=1')
    const cursor = new URL(page.next ?? '', 'http://x').searchParams.get('cursor')
    for (const path of [
      `/v1/tenants/acme/changes?cursor=${cursor}`,
      `/v1/tenants/acme/resources?parent=net&cursor=${cursor}`,
      `/v1/tenants/acme/resources?cursor=${cursor}x`,
    ])
      expect((await get(path)).status).toBe(422)
  })
})

// Pages and their cursors.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, type World } from '../../functions/simulator/edge-world.ts'

let world: World
const names = ['eu-a', 'eu-b', 'eu-c', 'eu-d', 'eu-e']
beforeEach(async () => {
  world = createWorld()
  for (const name of names) await world.create('/v1/regions', { ...REGION, name })
  await world.create('/v1/regions', { ...REGION, name: 'ch-a', jurisdiction: 'ch' })
})

interface List {
  items: { name: string }[]
  next: string | null
}
const get = async (path: string, token = world.operator) => {
  const response = await world.send('GET', path, { token })
  return { response, list: (await response.json()) as List }
}
const all = async (path: string): Promise<string[][]> => {
  const pages: string[][] = []
  let at: string | null = path
  while (at !== null) {
    const { list }: { list: List } = await get(at)
    pages.push(list.items.map(({ name }) => name))
    at = list.next
  }
  return pages
}

describe('a list', () => {
  it('comes in pages over all jurisdictions, nothing twice, nothing lost', async () => {
    expect(await all('/v1/regions?limit=2')).toEqual([
      ['ch-a', 'eu-a'],
      ['eu-b', 'eu-c'],
      ['eu-d', 'eu-e'],
    ])
    expect(await all('/v1/regions?limit=1')).toHaveLength(6)
    expect(await all('/v1/regions')).toHaveLength(1)
  })

  it('links the next page in a header too', async () => {
    const { response, list } = await get('/v1/regions?limit=2')
    expect(response.headers.get('link')).toBe(`<${list.next}>; rel="next"`)
  })

  it.each([
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=2.5',
    'limit=x',
    'limit=',
    'color=red',
    'limit=1&limit=2',
  ])('with ?%s is 422', async (query) => {
    expect((await get(`/v1/regions?${query}`)).response.status).toBe(422)
  })
})

describe('a cursor', () => {
  const first = async () => {
    const { list } = await get('/v1/regions?limit=2')
    return new URL(list.next ?? '', 'http://x').searchParams.get('cursor') ?? ''
  }

  it('that was changed anywhere is refused', async () => {
    const cursor = await first()
    for (let at = 0; at < cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A'
      const forged = cursor.slice(0, at) + other + cursor.slice(at + 1)
      const { response } = await get(`/v1/regions?cursor=${forged}`)
      // The last character of base64url carries unused bits: it may spell the same bytes.
      const sameBytes = at === cursor.length - 1 || cursor[at + 1] === '.'
      if (!sameBytes) expect(response.status, `position ${at}`).toBe(422)
    }
    expect((await get(`/v1/regions?cursor=`)).response.status).toBe(422)
    expect((await get(`/v1/regions?cursor=.`)).response.status).toBe(422)
  })

  it('of another list, another caller or another installation is refused', async () => {
    const cursor = await first()
    expect((await get(`/v1/regions?cursor=${cursor}`)).response.status).toBe(200)
    expect((await get(`/v1/sites?cursor=${cursor}`)).response.status).toBe(422)
    await world.createTenant('acme')
    const { token } = await world.createToken('acme', 'owner')
    expect((await get(`/v1/regions?cursor=${cursor}`, token)).response.status).toBe(422)
    world.env.PLATFORM_KEY = '11'.repeat(32)
    expect((await get(`/v1/regions?cursor=${cursor}`)).response.status).toBe(422)
  })
})

// Hardware: registered once, moved by the table of moves alone, each step a leaf of the log, and no serial number kept anywhere.
import { beforeAll, describe, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../functions/simulator/edge-world.ts'
import {
  COMPONENT_MOVES,
  type ComponentState,
  ComponentSummary,
  ComponentView,
} from '../../schemas/component.ts'
import { ProofBundle } from '../../schemas/log.ts'

let world: World
let owner: string
let tenantId: string
const start = async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
  await world.create('/v1/sites', siteOf('lab-01'))
  ;({ id: tenantId } = await world.createTenant('acme'))
  owner = (await world.createToken('acme', 'owner')).token
}
beforeAll(start)

const PATH = '/v1/tenants/acme/components'
const PAPER = `sha256:${'e'.repeat(64)}`
const SERVER = { kind: 'server', manufacturer: 'Acme Metal', model: 'R 760', serial: 'SN-0042' }
const CARRIED = { to: 'transferred', custodian: 'Carriers Ltd' }
const DEPLOYED = { to: 'deployed', site: 'lab-01', host: 'rack-1' }
const RETIRED = { to: 'retired', reason: 'failed' }
const STEPS = { transferred: CARRIED, deployed: DEPLOYED, retired: RETIRED }

let keys = 0
const post = (path: string, body: unknown, { key = '', headers = {} } = {}) => {
  keys += 1
  return world.send('POST', path, { token: owner, key: key || `c-${keys}`, headers, body })
}
const made = async (answer: Promise<Response>): Promise<ComponentView> => {
  const response = await answer
  expect(response.status, await response.clone().text()).toBe(201)
  return ComponentView.parse(await response.json())
}
const register = (more: object = {}) =>
  made(post(PATH, { ...SERVER, serial: `SN-${keys}`, ...more }))
const step = (id: string, body: object, more = {}) => post(`${PATH}/${id}/steps`, body, more)
const get = (path: string) => world.send('GET', path, { token: owner })
interface Problem {
  type: string
  detail?: string
  errors?: { pointer: string }[]
}
const refused = async (answer: Promise<Response>) => {
  const response = await answer
  const { detail, errors } = (await response.json()) as Problem
  return { status: response.status, detail, pointers: errors?.map(({ pointer }) => pointer) }
}

describe('a component', () => {
  it('goes from registration to its end, with a leaf of the log for every step', async () => {
    const { id } = await register({ evidence: [PAPER] })
    await made(step(id, CARRIED))
    await made(step(id, { ...DEPLOYED, evidence: [PAPER] }))
    await made(step(id, { ...DEPLOYED, host: 'rack-2' }))
    const end = await made(step(id, RETIRED))
    expect(end).toMatchObject({ state: 'retired', custodian: 'Carriers Ltd', site: null })
    expect(end.history.map(({ version, from, to, about }) => [version, from, to, about])).toEqual([
      [1, 'absent', 'registered', null],
      [2, 'registered', 'transferred', 'Carriers Ltd'],
      [3, 'transferred', 'deployed', 'lab-01/rack-1'],
      [4, 'deployed', 'deployed', 'lab-01/rack-2'],
      [5, 'deployed', 'retired', 'failed'],
    ])
    expect(end.history.map(({ evidence }) => evidence.length)).toEqual([1, 0, 1, 0, 0])
    const indexes = end.history.map(({ leafIndex }) => leafIndex)
    expect(indexes).toEqual([...indexes].sort((a, b) => a - b))
    expect(new Set(end.history.map(({ leafHash }) => leafHash)).size).toBe(5)
  })

  it('is proved by its leaves, of the type supply-chain', async () => {
    const { id, history } = await register()
    const [first] = history
    const log = '/v1/tenants/acme/log'
    const proof = await get(`${log}/proofs/inclusion?leafHash=${first?.leafHash}`)
    expect(await proof.json()).toMatchObject({ index: first?.leafIndex })
    const bundle = await get(`${log}/bundle?subject=${id}`)
    const { leaves } = ProofBundle.parse(await bundle.json())
    const [leaf] = leaves
    expect(leaves).toHaveLength(1)
    const shown = { type: 'supply-chain', subject: id, version: 1, from: 'absent' }
    expect(JSON.parse(leaf?.leaf ?? '')).toMatchObject({ ...shown, to: 'registered' })
    expect(leaf?.leaf).not.toContain('Acme Metal')
    expect(JSON.parse(leaf?.words?.text ?? '')).toMatchObject({ manufacturer: 'Acme Metal' })
  })

  it('is read with an entity tag that moves with every step', async () => {
    const { id } = await register()
    const first = await get(`${PATH}/${id}`)
    expect(first.headers.get('etag')).toBe('"v1"')
    await made(step(id, CARRIED))
    expect((await get(`${PATH}/${id}`)).headers.get('etag')).toBe('"v2"')
    expect((await get(`${PATH}/cmp_${'a'.repeat(26)}`)).status).toBe(404)
    expect((await step(`cmp_${'a'.repeat(26)}`, CARRIED)).status).toBe(404)
  })

  it('is registered once for a key, and takes a step once for a key', async () => {
    const ONCE = { ...SERVER, serial: 'SN-once' }
    const [one, two] = [await post(PATH, ONCE, { key: 'k' }), await post(PATH, ONCE, { key: 'k' })]
    const text = await one.text()
    expect([two.status, await two.text()]).toEqual([201, text])
    const { id } = JSON.parse(text) as ComponentView
    expect((await post(PATH, { ...ONCE, model: 'other' }, { key: 'k' })).status).toBe(422)
    const first = await made(step(id, CARRIED, { key: 's', headers: { 'if-match': '"v1"' } }))
    // What it expected was so when it was taken.
    const again = await made(step(id, CARRIED, { key: 's', headers: { 'if-match': '"v1"' } }))
    expect(again).toEqual(first)
    expect((await step(id, RETIRED, { key: 's' })).status).toBe(422)
    expect(again.history).toHaveLength(2)
  })

  it('has its serial number once in a tenant, and the refusal says where', async () => {
    const { id, serialDigest } = await made(post(PATH, SERVER))
    const twice = await refused(post(PATH, { ...SERVER, model: 'another', serial: ' SN-0042 ' }))
    expect(twice).toMatchObject({ status: 409, pointers: ['/serial'] })
    expect(twice.detail).toContain(id)
    expect(twice.detail).not.toContain('SN-0042')
    await world.createTenant('bravo')
    const { token } = await world.createToken('bravo', 'owner')
    const there = '/v1/tenants/bravo/components'
    const other = await world.send('POST', there, { token, key: 'k', body: SERVER })
    expect(other.status).toBe(201)
    expect(((await other.json()) as ComponentView).serialDigest).not.toBe(serialDigest)
  })

  it('leaves its serial number and the sender’s keys nowhere in the database', async () => {
    const { id } = await made(
      post(PATH, { ...SERVER, serial: 'SN-0815' }, { key: 'key-of-SN-0815' }),
    )
    await made(step(id, CARRIED, { key: 'step-of-SN-0815' }))
    const { sql } = world.tenants.actors.get(tenantId)?.surroundings.storage ?? {}
    const rows = (query: string) => sql?.exec(query).toArray() ?? []
    const kept = rows("SELECT name FROM sqlite_master WHERE type = 'table'")
      .map(({ name }) => JSON.stringify(rows(`SELECT * FROM "${name}"`)))
      .join('\n')
    expect(kept).toContain('Acme Metal')
    expect(kept).not.toContain('SN-0815')
  })
})

describe('a step', () => {
  /** One component in each state. */
  const standing = async (state: ComponentState) => {
    const { id } = await register()
    if (state !== 'registered') await made(step(id, STEPS[state]))
    return id
  }
  const others = { ...STEPS, transferred: { ...CARRIED, custodian: 'Others' } }
  const elsewhere = { ...others, deployed: { ...DEPLOYED, host: 'rack-9' } }

  it('is taken where the table has it, and refused everywhere else', async () => {
    for (const [from, moves] of Object.entries(COMPONENT_MOVES))
      for (const [to, body] of Object.entries(elsewhere)) {
        const id = await standing(from as ComponentState)
        const { status } = await step(id, body)
        const allowed = moves.includes(to as ComponentState)
        expect([from, to, status]).toEqual([from, to, allowed ? 201 : 409])
      }
  })

  it('that changes nothing is none', async () => {
    for (const state of ['transferred', 'deployed'] as const) {
      const id = await standing(state)
      expect(await refused(step(id, STEPS[state]))).toMatchObject({
        status: 409,
        pointers: ['/to'],
      })
    }
  })

  it('to a site that is not there is refused, and nothing is written', async () => {
    const { id } = await register()
    const nowhere = await refused(step(id, { ...DEPLOYED, site: 'lab-02' }))
    expect(nowhere).toMatchObject({ status: 422, pointers: ['/site'] })
    expect((await get(`${PATH}/${id}`)).headers.get('etag')).toBe('"v1"')
  })

  it('may say what it was decided upon', async () => {
    const { id } = await register()
    const wanting = (tag: string) => step(id, CARRIED, { headers: { 'if-match': tag } })
    for (const tag of ['"v2"', '"v0"', 'W/"v1"', 'nonsense', '"v1", "v2"'])
      expect([tag, (await wanting(tag)).status]).toEqual([tag, 412])
    expect((await wanting('"v1"')).status).toBe(201)
    expect((await step(id, DEPLOYED, { headers: { 'if-match': '*' } })).status).toBe(201)
  })

  it('is refused at each field’s edges, and nothing is written', async () => {
    const { id } = await register()
    const wrong: [string, object][] = [
      ['/to', { to: 'registered' }],
      ['/to', { to: 'stolen' }],
      ['/to', {}],
      ['/custodian', { to: 'transferred' }],
      ['/custodian', { ...CARRIED, custodian: '   ' }],
      ['/custodian', { ...CARRIED, custodian: 'x'.repeat(101) }],
      ['/custodian', { ...CARRIED, custodian: 'a\u202eb' }],
      ['/site', { ...DEPLOYED, site: '../lab' }],
      ['/host', { ...DEPLOYED, host: '' }],
      ['/reason', { to: 'retired', reason: 'bored' }],
      ['/evidence/0', { ...CARRIED, evidence: ['sha256:short'] }],
      ['/evidence', { ...CARRIED, evidence: Array(21).fill(PAPER) }],
    ]
    for (const [pointer, body] of wrong) {
      const { status, pointers } = await refused(step(id, body))
      expect([pointer, status]).toEqual([pointer, 422])
      expect(pointers).toContain(pointer)
    }
    expect((await get(`${PATH}/${id}`)).headers.get('etag')).toBe('"v1"')
  })
})

it('registration is refused at each field’s edges', async () => {
  const wrong: [string, object][] = [
    ['/kind', { kind: 'spoon' }],
    ['/manufacturer', { manufacturer: '' }],
    ['/manufacturer', { manufacturer: 'a\nb' }],
    ['/model', { model: 'm'.repeat(101) }],
    ['/model', { model: '\u0000' }],
    ['/serial', { serial: 's'.repeat(201) }],
    ['/serial', { serial: 7 }],
    ['/evidence/0', { evidence: ['SHA256:E'] }],
  ]
  for (const [pointer, more] of wrong) {
    const { status, pointers } = await refused(post(PATH, { ...SERVER, ...more }))
    expect([pointer, status]).toEqual([pointer, 422])
    expect(pointers).toContain(pointer)
  }
  // No text at all.
  expect((await post(PATH, { ...SERVER, serial: '\ud800' })).status).toBe(400)
})

it('is listed newest first, by state and kind, page by page, and a cursor keeps to its filter', async () => {
  await start()
  const ids: string[] = []
  for (const kind of ['disk', 'server', 'disk']) ids.push((await register({ kind })).id)
  await made(step(ids[0] ?? '', RETIRED))
  const list = async (query: string) => {
    const answer = await get(`${PATH}${query}`)
    const page = (await answer.json()) as { items: ComponentSummary[]; next: string | null }
    return { ...page, status: answer.status, ids: page.items?.map(({ id }) => id) }
  }
  const all = await list('')
  expect(new Set(all.ids)).toEqual(new Set(ids))
  expect(all.items.map((item) => ComponentSummary.safeParse(item).success)).not.toContain(false)
  expect((await list('?state=retired')).ids).toEqual([ids[0]])
  expect((await list('?kind=disk&state=registered')).ids).toEqual([ids[2]])
  expect((await list('?kind=spoon')).status).toBe(422)
  expect((await list('?maker=x')).status).toBe(422)
  const seen: string[] = []
  let next: string | null = '?limit=1&kind=disk'
  while (next !== null) {
    const page: Awaited<ReturnType<typeof list>> = await list(next)
    seen.push(...page.ids)
    next = page.next && new URL(page.next, 'http://x').search
  }
  expect(new Set(seen)).toEqual(new Set([ids[0], ids[2]]))
  expect(seen).toHaveLength(2)
})

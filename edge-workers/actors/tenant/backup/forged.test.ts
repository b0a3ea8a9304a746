// After a restore, what Git says of a change counts as ours only where it is sealed by us, or where `live` has it. Somebody with
// push rights on the repository writes whatever he likes there, and makes nobody ask for anything by it.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { confirmTokens, createLostWorld, type LostWorld } from './lost-world.fixture.ts'

let world: LostWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createLostWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const fileOf = async (id: string, name: string, at: string) =>
  (await world.memory.forge.readFile(`changes/${id}/${name}`, at)) ?? ''
const FORGED = `chg_${'f'.repeat(26)}`
/** By hand: a branch of the form of ours with these records, and its pull request. */
const pushAs = async (id: string, records: Record<string, string>) => {
  const branch = `phoenix/acme/${id}`
  await world.memory.forge.createBranch(branch, world.memory.branches.get('main') ?? '')
  for (const [name, text] of Object.entries(records))
    world.memory.person.push(branch, `changes/${id}/${name}`, text)
  await world.memory.forge.openPull({ head: branch, base: 'main', title: 'x', body: 'x' })
}
const recordsOf = async (id: string) => {
  const branch = `phoenix/acme/${id}`
  return {
    'change.json': await fileOf(id, 'change.json', branch),
    'plan.json': await fileOf(id, 'plan.json', branch),
  }
}
const restoreAndFind = async (id: string) => {
  world.lose()
  const restored = await world.restore()
  expect(restored.status).toBe(200)
  await confirmTokens(world)
  const { status } = await world.send('GET', `/changes/${id}`)
  return { status, ...restored.body }
}

it('a record that is made up by hand is left out, and named', async () => {
  const { id } = await world.propose(world.vmRequest('web'))
  const own = await recordsOf(id)
  await pushAs(FORGED, {
    'change.json': own['change.json'].replaceAll(id, FORGED),
    'plan.json': own['plan.json'].replace('"web"', '"backdoor"'),
  })
  const found = await restoreAndFind(FORGED)
  expect(found).toMatchObject({ status: 404, recovered: 1, unproved: [FORGED] })
  expect((await world.read(id)).state).toBe('proposed')
})

const TOUCHED: [string, string, (text: string) => string][] = [
  ['asker', 'change.json', (text) => text.replace(/"requester": "[^"]+"/, '"requester": "usr_x"')],
  ['beside', 'change.json', (text) => text.replace('{', '{\n  "more": 1,')],
  ['seal', 'change.json', (text) => text.replace(/("seal": "sha256:).{64}/, `$1${'0'.repeat(64)}`)],
  ['no-seal', 'change.json', (text) => text.replace(/,\s+"seal": "[^"]+"/, '')],
  ['plan', 'plan.json', (text) => text.replace('"cores": 1', '"cores": 2')],
]

it('nor one of ours where somebody changed who asked, the plan, the seal or anything beside them', async () => {
  const ids: string[] = []
  for (const [called, name, touch] of TOUCHED) {
    const { id } = await world.propose(world.vmRequest(called))
    ids.push(id)
    const text = await fileOf(id, name, `phoenix/acme/${id}`)
    expect(touch(text), called).not.toBe(text)
    world.memory.person.push(`phoenix/acme/${id}`, `changes/${id}/${name}`, touch(text))
  }
  // And one that is sealed, for another change.
  const { id } = await world.propose(world.vmRequest('sealed'))
  const other = await world.propose(world.vmRequest('other'))
  for (const [name, text] of Object.entries(await recordsOf(id))) {
    const path = `changes/${other.id}/${name}`
    world.memory.person.push(`phoenix/acme/${other.id}`, path, text.replaceAll(id, other.id))
  }
  const found = await restoreAndFind(id)
  expect(found).toMatchObject({ status: 200, recovered: 1 })
  expect([...found.unproved].sort()).toEqual([...ids, other.id].sort())
})

it('what an earlier release wrote without a seal counts where live has it, and nowhere else', async () => {
  world.env.REPOSITORY = unsealed(world.env.REPOSITORY)
  const landed = await world.apply(world.vmRequest('landed'))
  const open = await world.propose(world.vmRequest('open'))
  expect(await fileOf(landed.id, 'change.json', 'live')).not.toContain('seal')
  expect(await restoreAndFind(landed.id)).toMatchObject({
    ...{ status: 200, recovered: 1, unproved: [open.id] },
  })
  expect(await world.read(landed.id)).toMatchObject({ state: 'promoted', name: 'landed' })
})

const unsealed = (namespace: typeof world.env.REPOSITORY): typeof world.env.REPOSITORY =>
  new Proxy(namespace, {
    get: (on, name) =>
      name !== 'getByName'
        ? Reflect.get(on, name)
        : (of: string) =>
            new Proxy(on.getByName(of), {
              get: (stub, method) => {
                const run = Reflect.get(stub, method)
                if (method !== 'propose') return run
                return (repository: string, job: { change: { seal?: string } }) =>
                  run.call(stub, repository, { ...job, change: { ...job.change, seal: undefined } })
              },
            }),
  })

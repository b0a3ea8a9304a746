// Killed between any two steps: before or after every call that leaves the object, in every change's life. What is there
// afterwards goes on, and ends as if nothing had happened: one pull request, one merge, nothing held twice, nothing lost.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  REPOSITORY,
  type TenantWorld,
} from '../../../functions/simulator/tenant-world.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

type When = 'before' | 'after'
interface Crash {
  /** Which of the calls that leave the tenant's object, counted from 0. */
  at: number
  when: When
}
const NEVER: Crash = { at: -1, when: 'before' }

/**
 * Ends everything at one call: what runs then never goes on, and both objects wake from their storage. `seen` are the calls
 * so far. A call of the Tenant to the Inventory counts as well as one to the forge.
 */
const plant = (world: TenantWorld, { at, when }: Crash) => {
  const seen: string[] = []
  let crash: () => void = () => undefined
  const crashed = new Promise<'crashed'>((resolve) => {
    crash = () => resolve('crashed')
  })
  const around = async (call: string, run: () => Promise<unknown>): Promise<unknown> => {
    const mine = seen.length
    seen.push(call)
    if (mine !== at) return run()
    if (when === 'after') await run()
    world.tenants.evict(world.tenantId)
    world.repository.evict(REPOSITORY)
    crash()
    return new Promise(() => undefined)
  }
  world.memory.setIntercept(around)
  world.inventory.setIntercept((call, run) =>
    /\.(snapshot|room)$/.test(call) ? run() : around(call.replace(/^.*\./, ''), run),
  )
  return { seen, crashed }
}

/** From request to applied, the way a patient client does it: what does not answer is sent again under its key. */
const live = async (crash: Crash) => {
  const world = await createTenantWorld()
  const { seen, crashed } = plant(world, crash)
  let wasCrashed = false
  /** Runs until it ends or everything is killed; then the runtime repeats the alarm, and time passes. */
  const through = async <T>(run: () => Promise<T>): Promise<T | null> => {
    const ended = await Promise.race([run(), ...(wasCrashed ? [] : [crashed])])
    if (ended !== 'crashed') return ended as T
    wasCrashed = true
    return null
  }
  const rest = async () => {
    if ((await through(world.settle)) !== null || !wasCrashed) return
    await world.tenants.alarm(world.tenantId)
    await world.settle()
  }
  const insist = async (send: () => ReturnType<TenantWorld['request']>) => {
    const answer = (await through(send)) ?? (await send())
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.body.detail}`)
    return answer.body.id ?? ''
  }
  const id = await insist(() => world.request(world.vmRequest('web'), { key: 'ask' }))
  await rest()
  await rest()
  await insist(() => world.decide('approvals', id, { key: 'yes' }))
  await rest()
  await insist(() => world.decide('merge', id, { key: 'go' }))
  await rest()
  // What a crash left waiting is due within the longest wait.
  vi.setSystemTime(Date.now() + 301_000)
  await rest()
  const landed = await world.read(id)
  await world.report({ name: 'web', liveSha: landed.liveSha }, 'healthy')
  await rest()
  await rest()
  vi.setSystemTime(START)
  world.inventory.setIntercept(null)
  world.memory.setIntercept(null)
  const change = await world.read(id)
  const steps = world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.storage.sql.exec(
      'SELECT "from", "to", version FROM transitions WHERE changeId = ? ORDER BY seq',
      id,
    )
    .toArray()
  return {
    ...{ seen, wasCrashed },
    truth: {
      ...{ state: change.state, approvals: change.approvals.length, commit: change.commit },
      pulls: world.memory.pulls.map(({ number, state, merged }) => ({ number, state, merged })),
      branches: [...world.memory.branches.keys()].sort(),
      live: world.memory.branches.get('live') === world.memory.branches.get('main'),
      merges: change.mergeSha === world.memory.branches.get('main'),
      held: await world.inventoryStub.holds(id),
      moves: steps?.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from} ${to}`),
      versions: steps?.map(({ version }) => version).every((version, at) => version === at + 1),
      resources: (await world.send('GET', '/resources')).body.items?.map(({ name }) => name),
    },
  }
}

it('a change converges from every one of its crash points', async () => {
  const { seen, truth } = await live(NEVER)
  expect(truth).toMatchObject({
    ...{ state: 'applied', approvals: 1, live: true, merges: true, held: { held: 1 } },
    ...{ pulls: [{ number: 1, state: 'closed', merged: true }], branches: ['live', 'main'] },
    ...{ resources: ['web'], versions: true },
    moves: [
      ...['none accepted', 'accepted proposed', 'proposed approved', 'approved merged'],
      ...['merged promoted', 'promoted applying', 'applying applied'],
    ],
  })
  expect(seen.length).toBeGreaterThanOrEqual(13)
  const points = seen.flatMap(
    (_, at) =>
      [
        { at, when: 'before' },
        { at, when: 'after' },
      ] as Crash[],
  )
  for (const point of points) {
    const crashed = await live(point)
    const where = `${point.when} ${seen[point.at]} (${point.at})`
    expect(crashed.wasCrashed, where).toBe(true)
    expect(crashed.truth, where).toEqual(truth)
  }
  console.info(`crash points: ${points.length}: ${seen.join(' ')}`)
})

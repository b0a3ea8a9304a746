// Killed between any two steps: before or after every call that leaves the object, in a story told by a patient client, who sends
// again under its key what was not answered. What is there afterwards goes on, and has to end as if nothing had happened.
import { vi } from 'vitest'
import {
  createTenantWorld,
  REPOSITORY,
  type TenantWorld,
} from '../../../functions/simulator/tenant-world.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const INVENTORY = 'inventory-eu'
/** Longer than any work is put off for. */
const WAIT = 301_000

export interface Crash {
  /** Which of the calls that leave the tenant's object, counted from 0. */
  at: number
  when: 'before' | 'after'
  /** Who dies: whoever asks, with the Repository that asks for him, or the Inventory that is asked. */
  who: 'asker' | 'inventory'
}
const NEVER: Crash = { at: -1, when: 'before', who: 'asker' }

/** Whoever tells a story: each of these ends only when it was answered well. */
export interface Teller {
  world: TenantWorld
  /** Answers the id of the change. */
  ask: (request: object) => Promise<string>
  decide: (what: string, id: string, more?: { token?: string; body?: unknown }) => Promise<string>
  /** Everything that is due is done. */
  rest: () => Promise<void>
  /** The engine says that what `live` has of it is well. */
  report: (id: string) => Promise<void>
  /** Nothing dies before this: it is another story’s. */
  begin: () => void
}
export type Story = (teller: Teller) => Promise<void>

interface Call {
  name: string
  ofInventory: boolean
}

/** Ends everything at one call: what runs then never goes on. `seen` are the calls so far, to the forge and to the Inventory. */
const plant = (world: TenantWorld, { at, when, who }: Crash) => {
  const seen: Call[] = []
  let crash: () => void = () => undefined
  const crashed = new Promise<'crashed'>((resolve) => {
    crash = () => resolve('crashed')
  })
  const around = async (call: Call, run: () => Promise<unknown>): Promise<unknown> => {
    const mine = seen.length
    seen.push(call)
    if (mine !== at) return run()
    if (when === 'after') await run()
    if (who === 'inventory') {
      world.inventory.evict(INVENTORY)
      crash()
      throw Object.assign(new Error('The object was reset.'), { durableObjectReset: true })
    }
    world.tenants.evict(world.tenantId)
    world.repository.evict(REPOSITORY)
    crash()
    return new Promise(() => undefined)
  }
  world.memory.setIntercept((name, run) => around({ name, ofInventory: false }, run))
  world.inventory.setIntercept((call, run) =>
    around({ name: call.replace(/^.*\./, ''), ofInventory: true }, run),
  )
  return { seen, crashed }
}

const tellerOf = (
  world: TenantWorld,
  { who }: Crash,
  { seen, crashed }: ReturnType<typeof plant>,
) => {
  let wasCrashed = false
  let begun = 0
  void crashed.then(() => {
    wasCrashed = true
  })
  /** Null: everything was killed before it ended. Whoever outlives the Inventory is answered. */
  const through = async <T>(run: () => Promise<T>): Promise<T | null> => {
    const ended = await Promise.race([run(), ...(wasCrashed || who !== 'asker' ? [] : [crashed])])
    return ended === 'crashed' ? null : (ended as T)
  }
  const rest = async () => {
    for (let again = 0; again < 3; again += 1) {
      if ((await through(world.settle)) === null) {
        // What the runtime does with an alarm that did not end.
        await world.tenants.alarm(world.tenantId)
        await world.settle()
      }
      if (again < 2) vi.setSystemTime(Date.now() + WAIT)
    }
  }
  const insist = async (send: () => ReturnType<TenantWorld['request']>) => {
    let answer = await through(send)
    if (answer === null || answer.status >= 500) answer = await send()
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.body.detail}`)
    return answer.body.id ?? ''
  }
  let keys = 0
  const teller: Teller = {
    world,
    rest,
    ask: (request) => {
      const key = `ask-${++keys}`
      return insist(() => world.request(request, { key }))
    },
    decide: (what, id, more = {}) => {
      const key = `${what}-${++keys}`
      return insist(() => world.decide(what, id, { key, ...more }))
    },
    report: async (id) => {
      const change = await world.read(id)
      await world.report(change, 'healthy')
      await rest()
    },
    begin: () => {
      begun = seen.length
    },
  }
  return { teller, hasCrashed: () => wasCrashed, begun: () => begun }
}

/** What is there in the end, without what a crash may lawfully change: times, and how often something was looked at. */
const truthOf = async (world: TenantWorld) => {
  const sql = world.tenants.storageOf(world.tenantId)?.sql
  const ids = sql?.exec('SELECT id FROM changes ORDER BY acceptedAt, id').toArray() ?? []
  const changes = []
  for (const id of ids.map((row) => String(row.id))) {
    const { name, state, approvals, commit, revision } = await world.read(id)
    const steps =
      sql
        ?.exec('SELECT "from", "to", version FROM transitions WHERE changeId = ? ORDER BY seq', id)
        .toArray() ?? []
    changes.push({
      ...{ name, state, tree: commit?.tree, revision, approvals: approvals.length },
      moves: steps.filter(({ from, to }) => from !== to).map(({ from, to }) => `${from} ${to}`),
      versions: steps.every(({ version }, at) => version === at + 1),
      held: await world.inventoryStub.holds(id),
    })
  }
  const { pulls, branches } = world.memory
  return {
    changes: changes.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    pulls: pulls.map(({ number, state, merged }) => ({ number, state, merged })),
    branches: [...branches.keys()].sort(),
    live: branches.get('live') === branches.get('main'),
    contents: [...world.memory.contentsOf('live').keys()].filter(
      (path) => !path.startsWith('chan'),
    ),
    resources: (await world.send('GET', '/resources')).body.items?.map(({ name }) => name),
  }
}

/** From nothing to applied. */
export const life: Story = async ({ world, ask, decide, rest, report }) => {
  const id = await ask(world.vmRequest('web'))
  await rest()
  await decide('approvals', id)
  await rest()
  await decide('merge', id)
  await rest()
  await report(id)
}

/** The story with one crash in it, in a world of its own. */
export const tell = async (story: Story, crash: Crash = NEVER) => {
  vi.setSystemTime(START)
  const world = await createTenantWorld()
  const planted = plant(world, crash)
  const { teller, hasCrashed, begun } = tellerOf(world, crash, planted)
  await story(teller)
  world.inventory.setIntercept(null)
  world.memory.setIntercept(null)
  vi.setSystemTime(START)
  const { seen } = planted
  return { seen, begun: begun(), wasCrashed: hasCrashed(), truth: await truthOf(world) }
}

/** Each of them ends in the same truth as without it. Throws with the point at which it does not. */
export const walk = async (
  story: Story,
  points: readonly Crash[],
  expected: { seen: readonly Call[]; truth: object },
  equal: (truth: object, expected: object, where: string) => void,
): Promise<void> => {
  for (const point of points) {
    const { wasCrashed, truth } = await tell(story, point)
    const where = `${point.who} ${point.when} ${expected.seen[point.at]?.name} (${point.at})`
    if (!wasCrashed) throw new Error(`nothing died: ${where}`)
    equal(truth, expected.truth, where)
  }
}

/** Every point at which it may die. */
export const pointsOf = ({ seen, begun }: { seen: readonly Call[]; begun: number }): Crash[] =>
  seen
    .slice(begun)
    .flatMap(({ ofInventory }, after) =>
      (['asker', ...(ofInventory ? ['inventory'] : [])] as Crash['who'][]).flatMap((who) =>
        (['before', 'after'] as const).map((when) => ({ at: begun + after, when, who })),
      ),
    )

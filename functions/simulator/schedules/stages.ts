// Where schedules begin. Each world is brought to its stage once, without any fault, and put back before every schedule.
import { randomOf, type Surroundings } from './random.ts'
import { CANARY } from './vault.ts'
import { createSimulatedWorld, type SimulatedWorld } from './world.ts'

const DAY_MILLISECONDS = 86_400_000
const GIB = (value: number) => ({ value, unit: 'GiB' })
/** As few validators as tolerate a faulty one. */
export const chainRequest = (name: string): object => ({
  ...{ action: 'create', template: 'besu-network', name },
  parameters: {
    sites: ['lab-01', 'lab-02'],
    groups: [{ role: 'validator', count: 4, cores: 1, memory: GIB(2), disk: GIB(8) }],
  },
})

const prepared = {
  nothing: async () => undefined,
  accepted: async ({ world }: SimulatedWorld) => {
    await world.insist(world.request(world.vmRequest('web')))
  },
  proposed: async ({ world }: SimulatedWorld) => {
    await world.propose(world.vmRequest('web'))
  },
  approved: async ({ world }: SimulatedWorld) => {
    await world.approve((await world.propose(world.vmRequest('web'))).id)
  },
  merged: async ({ world }: SimulatedWorld) => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await world.insist(world.decide('merge', id))
  },
  promoted: async ({ world }: SimulatedWorld) => {
    await world.apply(world.vmRequest('web'))
    const bigger = world.vmRequest('web', { cores: 2 }, { action: 'update' })
    await world.land((await world.propose(bigger)).id)
  },
  applied: async ({ world }: SimulatedWorld) => {
    await world.apply(world.vmRequest('web'))
  },
  /** Where Phoenix has moved `live` before, and is about to. */
  'merged after another': async ({ world }: SimulatedWorld) => {
    await world.apply(world.vmRequest('web'))
    const { id } = await world.propose(world.vmRequest('db'))
    await world.approve(id)
    await world.insist(world.decide('merge', id))
  },
  'two for one room': async ({ world }: SimulatedWorld) => {
    for (const name of ['big', 'bulk']) {
      const { id } = await world.propose(
        world.vmRequest(name, { memory: { value: 80, unit: 'GiB' } }),
      )
      await world.approve(id)
    }
  },
  'a revision under way': async ({ world }: SimulatedWorld) => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    const token = world.tokens.requester
    await world.insist(
      world.decide('revisions', id, {
        token,
        body: { parameters: world.vmRequest('web', { cores: 2 }).parameters },
      }),
    )
  },
  'a withdrawal under way': async ({ world }: SimulatedWorld) => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    await world.insist(world.decide('cancel', id, { token: world.tokens.requester, body: {} }))
  },
  'an unauthorised merge': async ({ world }: SimulatedWorld) => {
    await world.propose(world.vmRequest('web'))
    world.memory.person.merge(1, 'root', { pastTheGate: true })
  },
  'an update': async ({ world }: SimulatedWorld) => {
    await world.apply(world.vmRequest('web'))
    await world.approve(
      (await world.propose(world.vmRequest('web', { cores: 2 }, { action: 'update' }))).id,
    )
  },
  /** Whose plan reads what the Functions know of its nodes, whenever it is judged. */
  'a chain approved': async ({ world }: SimulatedWorld) => {
    await world.approve((await world.propose(chainRequest('chain'))).id)
  },
  /** One that is generated, whose next value is due, and one that somebody brought. */
  secrets: async ({ world, surroundings }: SimulatedWorld) => {
    const token = world.tokens.owner
    const generate = { alphabet: 'hex', length: 16 }
    const body = { generate, rotateDays: 1 }
    await world.insist(world.send('PUT', '/secrets/db', { token, body }))
    const value = `${CANARY}-at-first-`
    await world.insist(world.send('PUT', '/secrets/api', { token, body: { value } }))
    await world.settle()
    surroundings.setNow(surroundings.now() + DAY_MILLISECONDS)
  },
} satisfies Record<string, (sim: SimulatedWorld) => Promise<unknown>>
export type StageName = keyof typeof prepared
export const STAGES = Object.keys(prepared) as StageName[]

/** `nothing` is where a whole life begins. */
export const SHARES: Record<StageName, number> = {
  ...{ nothing: 2, accepted: 3, proposed: 4, approved: 5, merged: 3, promoted: 2, applied: 2 },
  ...{ 'merged after another': 3 },
  ...{ 'two for one room': 3, 'a revision under way': 3, 'a withdrawal under way': 2 },
  ...{ 'an unauthorised merge': 2, 'an update': 3, 'a chain approved': 7, secrets: 8 },
}

export interface Stage {
  name: StageName
  sim: SimulatedWorld
  /** When schedules begin. */
  at: number
  putBack: () => void
}

export const prepareStage = async (
  name: StageName,
  surroundings: Surroundings,
  start: number,
): Promise<Stage> => {
  surroundings.setNow(start)
  // Whatever ran before it.
  surroundings.setRandom(randomOf(0))
  const sim = await createSimulatedWorld(surroundings)
  await prepared[name](sim)
  const { world } = sim
  const back = [world.directory, world.log, world.inventory, world.tenants, world.repository].map(
    ({ keep }) => keep(),
  )
  back.push(sim.office.keep())
  const forges = [world.memory, sim.platform]
  back.push(...forges.map(({ keep }) => keep()))
  for (const { remember } of forges) remember()
  return {
    ...{ name, sim, at: surroundings.now() },
    putBack: () => {
      for (const put of back) put()
    },
  }
}

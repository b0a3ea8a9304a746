// The change protocol under faults: a short run of `npm run simulate`, and what makes it believable. To see a failing seed
// again: npm run simulate -- --replay <seed>
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Inventory } from '../../../edge-workers/actors/inventory.ts'
import { Repository } from '../../../edge-workers/actors/repository.ts'
import { Tenant } from '../../../edge-workers/actors/tenant.ts'
import { REPOSITORY } from '../tenant-world.ts'
import { bundleSimulator, simulatorWithout } from './bundle.ts'
import { missing, newTally } from './faults.ts'
import { runInParts } from './parts.ts'
import { PLANTED } from './planted.ts'
import { takeOver } from './random.ts'
import { addFigures, type Figures, replay, said, simulate } from './simulate.ts'
import { createSimulatedWorld, INVENTORY } from './world.ts'

/** `npm run verify` runs ten times as many. */
const SCHEDULES = 10_000
const seed = Number(process.env.SIMULATE_SEED ?? 20_261_122)

it(`loses, doubles and leaves nothing behind over ${SCHEDULES} schedules`, async () => {
  const path = await bundleSimulator()
  const wishes = { schedules: SCHEDULES, seed }
  const parts = await runInParts(path, wishes, availableParallelism()).finally(() => rm(path))
  const figures = addFigures(parts)
  console.info(said(figures, { seed }))
  expect(figures.failures).toEqual([])
  expect(figures.tally.schedules).toBe(SCHEDULES)
  expect(figures.tally.fullLives).toBeGreaterThan(0)
  expect(missing(figures.tally)).toEqual([])
}, 3_600_000)

it('is the same twice from one seed', async () => {
  const [first, second] = [await replay(seed + 1), await replay(seed + 1)]
  expect(first.trace.length).toBeGreaterThan(10)
  expect(second).toEqual(first)
})

it('is the same whatever ran before it in its process', async () => {
  const seeds = Array.from({ length: 20 }, (_, at) => 119 + at)
  const together = await simulate({ schedules: seeds.length, seed: 119 })
  const apart: Figures[] = []
  for (const one of seeds) apart.push(await simulate({ schedules: 1, seed: one }))
  expect(together.tally).toEqual(addFigures(apart).tally)
})

it('shows of a failing schedule what it takes, and how to see it again', async () => {
  const row = PLANTED.find(({ what }) => what === 'what ends gives nothing back')
  const from = row?.from
  if (!row || !from) throw new Error('that bug is not planted')
  const without = await simulatorWithout(row.replace)
  const figures = await without.simulate({ schedules: 50, seed, from, first: true })
  const [failure] = figures.failures
  if (!failure) throw new Error('nothing failed')
  const shown = await without.replay(failure.seed, from)
  expect(shown.found).toContain(failure.found[0])
  expect(shown.left).toBeLessThan(shown.steps)
  expect(shown.trace.filter((line) => /^\d+:$/.test(line))).toHaveLength(shown.left)
  const again = `npm run simulate -- --replay ${failure.seed}`
  expect(without.said(figures, { seed })).toMatch(new RegExp(`${again}$`))
  expect(without.said(figures, { seed, from })).toContain(`${again} --from '${from}'`)
})

it('fails where a fault never happened, or a call', () => {
  expect(missing(newTally())).toEqual(
    expect.arrayContaining(['answer lost (status)', 'slow (vault)', 'tenant -> inventory']),
  )
})

it('runs the product’s own actors, over SQLite, and no copies of them', async () => {
  const surroundings = takeOver(Date.parse('2026-11-21T12:00:00Z'))
  try {
    const { world } = await createSimulatedWorld(surroundings)
    await world.insist(world.request(world.vmRequest('web')))
    const actorOf = (name: 'tenants' | 'inventory' | 'repository', of: string): unknown =>
      world[name].actors.get(of)?.actor
    expect(actorOf('tenants', world.tenantId)).toBeInstanceOf(Tenant)
    expect(actorOf('inventory', INVENTORY)).toBeInstanceOf(Inventory)
    await world.settle()
    expect(actorOf('repository', REPOSITORY)).toBeInstanceOf(Repository)
    const rows = world.tenants.storageOf(world.tenantId)?.sql.exec('SELECT sqlite_version() AS v')
    expect(rows?.one().v).toMatch(/^3\./)
  } finally {
    surroundings.restore()
  }
  // What decides about a change is nowhere in the simulator: the words of its rules are the product’s alone.
  for (const file of ['kernel', 'steps', 'people', 'calm', 'engine', 'schedule', 'world'])
    expect(readFileSync(join(import.meta.dirname, `${file}.ts`), 'utf8')).not.toMatch(
      /\bstep\(tx|enqueue\(|UPDATE changes/,
    )
})

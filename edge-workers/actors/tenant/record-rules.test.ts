// When a record holds: what speaks against its promotion, what becomes of it once an Inventory has taken or refused it, and that
// this may be repeated.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { testBook } from '../../../gitops/cost/book.fixture.ts'
import { ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Env } from '../../env.ts'
import { transaction } from '../database.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { type ChangeRow, type PlanRow, step } from './context.ts'
import { keep, keepsRecords, obstacleTo } from './records.ts'

const SHA = 'e'.repeat(40)
let bench: Bench
const keepRecord = vi.fn()
const judgeRecord = vi.fn()
const changed = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
  keepRecord.mockResolvedValue(ok({ taken: true }))
  judgeRecord.mockResolvedValue([])
})
/** Of the operators, whose records the Inventories keep. */
const context = () => {
  const INVENTORY = {
    getByName: () => ({ keepRecord, judgeRecord }),
    jurisdiction: () => INVENTORY,
  } as unknown as Env['INVENTORY']
  const tenant = () => ({ ...bench.tenant, slug: 'platform' })
  return bench.context({ env: { ...bench.world.env, INVENTORY }, tenant, changed })
}
const asBook =
  (more: Partial<PlanRow['plan']> = {}) =>
  ({ plan }: PlanRow): Partial<PlanRow> => {
    const template = { name: 'price-book', version: '1.0.0' }
    const parameters = testBook() as unknown as PlanRow['plan']['parameters']
    return { plan: { ...plan, template, parameters, placement: [], ...more } }
  }
const book = (more: Partial<ChangeRow> = {}, planned: Partial<PlanRow['plan']> = {}) => {
  const change = bench.copy(
    { name: 'rates', state: 'promoted', liveSha: SHA, livePlace: 3, ...more },
    asBook(planned),
  )
  return change
}
/** As its promotion left it. */
const standing = (change: ChangeRow) =>
  bench.stands('rates', { changeId: change.id, health: 'progressing', healthSimulated: true })
const resource = () => bench.db.select().from(tables.resources).all()[0]
const finding = (rule: string, severity: Finding['severity']) =>
  ({ rule, severity, message: `${rule} is in the way.` }) as Finding

it('is what no engine reports on', () => {
  const of = (name: string, version = '1.0.0') => keepsRecords({ template: { name, version } })
  expect([of('price-book'), of('price-book', '0.0.1')]).toEqual([true, true])
  expect([of('virtual-machine'), of('unknown')]).toEqual([false, false])
})

describe('before its promotion', () => {
  it('is held by what blocks, in words, and by nothing less', async () => {
    const change = book({ state: 'merged' })
    expect(await obstacleTo(context(), change)).toBeNull()
    judgeRecord.mockResolvedValue([finding('A', 'warn'), finding('B', 'info')])
    expect(await obstacleTo(context(), change)).toBeNull()
    judgeRecord.mockResolvedValue([
      ...[finding('A', 'block'), finding('B', 'warn'), finding('C', 'block')],
    ])
    expect(await obstacleTo(context(), change)).toBe('A: A is in the way. C: C is in the way.')
  })
})

describe('once it is promoted', () => {
  it('is applied as soon as it is taken up, and others are judged by it', async () => {
    const change = book()
    const other = bench.copy()
    standing(change)
    expect(await keep(context(), change.id)).toBeUndefined()
    expect(keepRecord.mock.calls).toMatchObject([
      [{ changeId: change.id, order: 3, removing: false, record: { kind: 'price-book' } }],
    ])
    expect(bench.read(change.id)).toMatchObject({ state: 'applied', reason: null, updatedAt: NOON })
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix', to: 'applied' }])
    expect(resource()).toMatchObject({
      ...{ health: 'healthy', healthMessage: 'kept by Phoenix', healthSimulated: false },
      ...{ state: 'applied', version: 2 },
    })
    expect([bench.work(other.id), bench.work(change.id)]).toEqual([[['gate', 0]], []])
    expect(changed).toHaveBeenCalledTimes(1)
  })

  it('that takes it away leaves nothing of it', async () => {
    const change = book({}, { action: 'delete', phase: 'remove' })
    standing(change)
    await keep(context(), change.id)
    expect(keepRecord.mock.calls).toMatchObject([[{ removing: true }]])
    expect(resource()).toMatchObject({ state: 'removed', health: 'healthy' })
  })

  it('touches nothing that another change stands for by now', async () => {
    const change = book()
    bench.stands('rates', { changeId: 'chg_later', version: 5 })
    bench.stands('other', { changeId: change.id, version: 5 })
    await keep(context(), change.id)
    const versions = bench.db
      .select()
      .from(tables.resources)
      .all()
      .map(({ version }) => version)
    expect(versions).toEqual([5, 5])
  })

  it('that is refused fails, says why, and is tried again until it is taken', async () => {
    keepRecord.mockResolvedValue(refuse('plan-blocked', { findings: [finding('FULL', 'block')] }))
    const change = book()
    standing(change)
    expect(await keep(context(), change.id)).toBe(300_000)
    const failed = bench.read(change.id)
    expect(failed).toMatchObject({ state: 'failed', reason: 'FULL: FULL is in the way.' })
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix', at: NOON }])
    expect(resource()).toMatchObject({
      ...{ health: 'degraded', healthMessage: 'FULL: FULL is in the way.', state: 'applied' },
    })
    expect(await keep(context(), change.id)).toBe(300_000)
    expect(bench.read(change.id)).toEqual(failed)
    keepRecord.mockResolvedValue(refuse('conflict', { detail: 'Not now.' }))
    await keep(context(), change.id)
    expect(bench.read(change.id).reason).toBe('Not now.')
    keepRecord.mockResolvedValue(refuse('conflict'))
    await keep(context(), change.id)
    expect(bench.read(change.id).reason).toBe('the inventory refused the record')
    keepRecord.mockResolvedValue(ok({ taken: true }))
    expect(await keep(context(), change.id)).toBeUndefined()
    expect(bench.read(change.id)).toMatchObject({ state: 'applied', reason: null })
  })

  it('whose removal is refused stays on its way out', async () => {
    keepRecord.mockResolvedValue(refuse('conflict'))
    const change = book({}, { action: 'delete', phase: 'remove' })
    standing(change)
    await keep(context(), change.id)
    expect(resource()).toMatchObject({ state: 'decommissioning', health: 'degraded' })
  })

  it('that nobody answered for is tried again, and nothing is said of it', async () => {
    keepRecord.mockResolvedValue(refuse('outage', { detail: 'The forge is slow.' }))
    const change = book()
    await expect(keep(context(), change.id)).rejects.toThrow(Outage)
    expect(bench.read(change.id)).toEqual(change)
  })

  it('is left alone where it was never promoted, or is applied by then', async () => {
    const kept: string[] = []
    for (const state of ChangeState.options) {
      keepRecord.mockClear()
      await keep(context(), book({ state }).id)
      if (keepRecord.mock.calls.length > 0) kept.push(state)
    }
    expect(kept).toEqual(['promoted', 'applying', 'failed'])
    keepRecord.mockClear()
    for (const id of [book({ liveSha: null }).id, 'chg_none'])
      expect(await keep(context(), id)).toBeUndefined()
    expect(keepRecord).not.toHaveBeenCalled()
    const change = book()
    keepRecord.mockImplementation(async () => {
      transaction(bench.db, (tx) => step(tx, change, 'applied', { actor: 'x', at: NOON }))
      return refuse('conflict')
    })
    expect(await keep(context(), change.id)).toBeUndefined()
    expect(bench.read(change.id)).toMatchObject({ state: 'applied', version: change.version + 1 })
  })
})

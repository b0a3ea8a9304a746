// What an engine's report does to a change, its targets and what stands: by the rows alone, for each place in `live` and each state.
import { eq, sql } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Outage, ok, refuse } from '../../../schemas/result.ts'
import type { StatusReport } from '../../../schemas/status.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import { type Bench, NOON, onlyForge, openBench } from './bench.fixture.ts'
import type { ChangeRow, PlanRow, TenantContext } from './context.ts'
import { forgetOldDeliveries, reportStatus, takeDelivery } from './statuses.ts'

const sha = (digit: number) => String(digit).repeat(40)
const COMPONENT = '60-web'
let bench: Bench
const pending = vi.fn()
const arm = vi.fn(async () => undefined)
const changed = vi.fn()
let reports = 0
beforeEach(async () => {
  bench = await openBench()
  vi.clearAllMocks()
  // `live` went through these, in this order.
  for (const digit of [1, 2, 3])
    bench.db
      .insert(tables.lives)
      .values({ sha: sha(digit), at: NOON })
      .run()
})
const context = (more: Partial<TenantContext> = {}) =>
  bench.context({ repository: onlyForge({ pending }), arm, changed, ...more })
const placeOf = (revision: string) =>
  bench.db.select().from(tables.lives).where(eq(tables.lives.sha, revision)).get()?.place ?? 0
type Target = Partial<typeof tables.targets.$inferInsert>
/** In `live` at that commit, waiting for what its engines say. */
const live = (
  digit: number,
  more: Partial<ChangeRow> = {},
  targets: Target[] = [{}],
  planned?: (plan: PlanRow) => Partial<PlanRow>,
) => {
  const liveSha = sha(digit)
  const place = { liveSha, livePlace: placeOf(liveSha) }
  const change = bench.copy({ state: 'promoted', mergeSha: liveSha, ...place, ...more }, planned)
  for (const target of targets)
    bench.db
      .insert(tables.targets)
      .values({
        ...{ changeId: change.id, cluster: 'lab', component: COMPONENT, state: 'waiting' },
        ...{ revision: null, message: '', simulated: false, ...target },
      })
      .run()
  return change
}
const tell = (
  digit: number,
  state: StatusReport['state'],
  { digest, ...more }: Partial<StatusReport> & { digest?: string } = {},
  own = context(),
) => {
  reports += 1
  return reportStatus(own, {
    bodyDigest: digest ?? `digest ${reports}`,
    report: {
      ...{ cluster: 'lab', repository: bench.tenant.repository, component: COMPONENT },
      ...{ revision: sha(digit), state, message: `${state}!`, simulated: false, ...more },
    },
  })
}
const taken = (value: boolean) => ok({ taken: value })
const target = ({ id }: ChangeRow) =>
  bench.db.select().from(tables.targets).where(eq(tables.targets.changeId, id)).get()
const standing = (change: ChangeRow, name = 'web') =>
  bench.stands(name, { changeId: change.id, health: 'progressing', healthSimulated: true })
const resource = (name = 'web') =>
  bench.db.select().from(tables.resources).where(eq(tables.resources.name, name)).get()
const moves = ({ id }: ChangeRow) => bench.eventsOf(id).map(({ from, to }) => `${from} ${to}`)

describe('a report is taken', () => {
  it('once; one that was refused may come again', async () => {
    const digest = 'the same'
    expect(await tell(9, 'healthy', { digest })).toEqual(refuse('unknown-revision'))
    live(1)
    expect(await tell(1, 'healthy', { digest })).toEqual(taken(true))
    expect(await tell(1, 'healthy', { digest })).toEqual(refuse('webhook-replayed'))
    const take = (of: string) => transaction(bench.db, (tx) => takeDelivery(tx, of, NOON))
    expect([take('another'), take('another'), take('the same')]).toEqual([true, false, false])
  })

  it('and whoever follows is told, and what it causes is armed for', async () => {
    live(1)
    await tell(1, 'healthy')
    expect([arm.mock.calls.length, changed.mock.calls.length]).toEqual([1, 1])
  })

  it('of something that is rendered to that cluster, at a commit that live has had', async () => {
    const change = live(1)
    for (const other of [{ cluster: 'other' }, { component: '60-db' }])
      expect(await tell(1, 'healthy', other)).toMatchObject({ refusal: { problem: 'not-found' } })
    expect(await tell(9, 'healthy')).toEqual(refuse('unknown-revision'))
    expect(bench.read(change.id)).toEqual(change)
  })

  it('of the base of the first commit, which no change of ours made', async () => {
    const base = { component: '10-tenant' }
    expect(await tell(1, 'healthy', base)).toEqual(taken(false))
    expect(await tell(1, 'healthy', { ...base, cluster: 'other' })).toMatchObject({ ok: false })
  })

  it('never where the tenant is erased', async () => {
    live(1)
    const tenant = () => ({ ...bench.tenant, state: 'erased' as const })
    expect(await tell(1, 'healthy', {}, context({ tenant }))).toEqual(refuse('not-found'))
  })
})

describe('the first commit of live', () => {
  it('is asked for where Phoenix has never moved it, and not otherwise', async () => {
    live(1)
    await tell(1, 'healthy')
    expect(pending).not.toHaveBeenCalled()
    bench.db.delete(tables.lives).run()
    pending.mockResolvedValue(refuse('conflict'))
    expect(await tell(8, 'healthy')).toEqual(refuse('unknown-revision'))
    pending.mockResolvedValue(refuse('outage', { detail: 'The forge is slow.' }))
    await expect(tell(8, 'healthy')).rejects.toThrow(Outage)
    pending.mockResolvedValue(ok({ live: sha(8) }))
    expect(await tell(8, 'healthy', { component: '10-tenant' })).toEqual(taken(false))
    expect(bench.db.select().from(tables.lives).all()).toMatchObject([{ sha: sha(8), at: NOON }])
  })

  it('is learnt once by two who ask at the same time, and not where live was moved in between', async () => {
    bench.db.delete(tables.lives).run()
    pending.mockResolvedValueOnce(ok({ live: sha(8) })).mockResolvedValueOnce(ok({ live: sha(9) }))
    const base = { component: '10-tenant' }
    const [first, second] = [tell(8, 'healthy', base), tell(9, 'healthy', base)]
    expect(await first).toEqual(taken(false))
    expect(await second).toEqual(refuse('unknown-revision'))
    expect(bench.db.select().from(tables.lives).all()).toMatchObject([{ sha: sha(8) }])
  })
})

describe('what it is about', () => {
  it('is each change under way at its place or before it, and the one that stands there', async () => {
    const [applied, waiting, later] = [live(1, { state: 'applied' }), live(2), live(3)]
    expect(await tell(2, 'healthy')).toEqual(taken(true))
    const states = [applied, waiting, later].map(({ id }) => bench.read(id).state)
    expect(states).toEqual(['applied', 'applied', 'promoted'])
    expect(target(applied)?.state).toBe('waiting')
    expect(await tell(3, 'failed')).toEqual(taken(true))
    expect([target(waiting)?.state, target(later)?.state]).toEqual(['healthy', 'failed'])
  })

  it('is no change that has no place, and none that came after', async () => {
    const [unplaced, later] = [live(1, { livePlace: null }), live(3)]
    expect(await tell(2, 'failed')).toEqual(taken(false))
    for (const change of [unplaced, later]) expect(bench.read(change.id)).toEqual(change)
  })

  it('is what stands there now, though that was applied long ago', async () => {
    const change = live(1, { state: 'applied' }, [{ state: 'healthy', revision: sha(1) }])
    standing(change)
    expect(await tell(2, 'degraded')).toEqual(taken(true))
    expect([bench.read(change.id).state, resource()?.health]).toEqual(['applied', 'degraded'])
    expect(moves(change)).toEqual(['applied applied'])
  })
})

describe('order', () => {
  it('is that of live: what was said of a later commit stays', async () => {
    const change = live(1, { state: 'applying' }, [{ state: 'healthy', revision: sha(3) }])
    expect(await tell(2, 'failed')).toEqual(taken(false))
    expect(target(change)).toMatchObject({ state: 'healthy', revision: sha(3) })
    expect(await tell(3, 'failed')).toEqual(taken(true))
  })

  it('of a commit that live never had is none', async () => {
    live(1, { state: 'applying' }, [{ state: 'healthy', revision: sha(7) }])
    expect(await tell(1, 'failed')).toEqual(taken(true))
  })

  it('within a commit is that it was healthy after it was being applied', async () => {
    const healthy: Target = { state: 'healthy', revision: sha(2) }
    const change = live(1, { state: 'applied' }, [healthy])
    expect(await tell(2, 'progressing')).toEqual(taken(false))
    expect(bench.read(change.id)).toEqual(change)
    const differs = [{ what: 'ConfigMap web', how: 'out-of-sync' as const }]
    expect(await tell(2, 'progressing', { differs })).toEqual(taken(true))
    expect(target(change)?.state).toBe('healthy')
    expect(await tell(3, 'progressing')).toEqual(taken(true))
    expect(target(change)).toMatchObject({ state: 'progressing', revision: sha(3) })
    expect(await tell(3, 'progressing')).toEqual(taken(true))
  })
})

describe('a change is', () => {
  const two: Target[] = [{}, { cluster: 'other' }]

  it('applied when each of its targets is healthy, and on its way until then', async () => {
    const change = live(1, {}, two)
    standing(change)
    await tell(1, 'healthy', { simulated: true })
    expect(bench.read(change.id)).toMatchObject({ state: 'applying', reason: null })
    expect(resource()).toMatchObject({
      ...{ health: 'progressing', healthMessage: 'being applied', healthSimulated: true },
      version: 2,
    })
    await tell(1, 'healthy', { cluster: 'other' })
    expect(bench.read(change.id)).toMatchObject({ state: 'applied', updatedAt: NOON })
    expect(resource()).toMatchObject({
      ...{ health: 'healthy', healthMessage: 'every target is healthy', version: 3 },
    })
    expect(bench.work(change.id)).toEqual([['prune', 0]])
    expect(bench.eventsOf(change.id).map(({ actor, to }) => [actor, to])).toEqual([
      ['lab', 'applying'],
      ['other', 'applied'],
    ])
  })

  it('applied by way of applying, also where the first word is that it is healthy', async () => {
    const change = live(1, { reason: 'waited' })
    await tell(1, 'healthy')
    expect(moves(change)).toEqual(['promoted applying', 'applying applied'])
    expect(bench.read(change.id).reason).toBeNull()
    const failed = live(1, { state: 'failed' })
    await tell(1, 'healthy')
    expect(moves(failed)).toEqual(['failed applied'])
  })

  it.each(['failed', 'degraded'] as const)(
    'failed when one of its targets is %s',
    async (state) => {
      const change = live(1, {}, two)
      standing(change)
      await tell(1, 'healthy')
      await tell(1, state, { cluster: 'other', message: 'no such node' })
      expect(bench.read(change.id)).toMatchObject({
        ...{ state: 'failed', reason: '60-web on other: no such node' },
      })
      expect(resource()).toMatchObject({ health: 'degraded', healthMessage: 'no such node' })
      await tell(1, 'progressing', { cluster: 'other' })
      expect(bench.read(change.id)).toMatchObject({ state: 'applying', reason: null })
    },
  )

  it('followed by its second half where it lifted the guards', async () => {
    const change = live(1, {}, [{}], ({ plan }) => ({ plan: { ...plan, phase: 'lift-guards' } }))
    standing(change)
    await tell(1, 'healthy')
    expect(bench.work(change.id)).toEqual([['follow-up', 0]])
    expect(resource()?.state).toBe('applied')
  })

  it('the end of what it removed, whose service ends with it', async () => {
    const removing = ({ plan }: PlanRow) => ({ plan: { ...plan, phase: 'remove' as const } })
    const change = live(1, {}, [{}], removing)
    const other = bench.copy()
    for (const name of ['web', 'db']) standing(change, name)
    bench.stands('another')
    const up = { state: 'up', since: NOON, until: null, message: '', simulated: false } as const
    for (const name of ['web', 'db', 'another'])
      bench.db
        .insert(tables.stretches)
        .values({ resource: name, ...up })
        .run()
    await tell(1, 'healthy')
    for (const name of ['web', 'db'])
      expect(resource(name)).toMatchObject({ state: 'removed', placement: [] })
    expect(resource('another')?.state).toBe('applied')
    const lasting = bench.db
      .select()
      .from(tables.stretches)
      .all()
      .filter(({ until }) => !until)
    expect(lasting.map((row) => row.resource)).toEqual(['another'])
    expect([bench.work(change.id), bench.work(other.id)]).toEqual([[['prune', 0]], [['gate', 0]]])
  })
})

it('what stands is in service from the first time it was healthy', async () => {
  standing(live(1))
  const stretches = () =>
    bench.db
      .select()
      .from(tables.stretches)
      .all()
      .map(({ state }) => state)
  await tell(1, 'failed')
  expect(stretches()).toEqual([])
  await tell(1, 'healthy')
  await tell(1, 'degraded')
  expect(stretches()).toEqual(['up', 'down'])
})

it('deliveries are remembered, the last five thousand', () => {
  bench.db.run(sql`
    with recursive many(n) as (select 1 union all select n + 1 from many where n < 5002)
    insert into deliveries (digest, at) select 'd' || n, printf('%06d', n) from many`)
  forgetOldDeliveries(bench.context())
  const left = bench.db.select().from(tables.deliveries).orderBy(tables.deliveries.at).all()
  expect([left.length, left[0]?.digest]).toEqual([5_000, 'd3'])
})

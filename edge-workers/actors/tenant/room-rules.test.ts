// Whether a change has its room, by the rows and the Inventory's word: what counts against it, what a claim does, and what a merge
// that did not happen gives back.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ChangeState } from '../../../schemas/change.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { ok, refuse } from '../../../schemas/result.ts'
import { transaction } from '../database.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { type ChangeRow, enqueue, type PlanRow, type TenantContext } from './context.ts'
import {
  claimRoom,
  forgetClaim,
  giveRoomBack,
  judgeOthersAgain,
  judgeRoomAgain,
  lostAtPromotion,
  noRoom,
  roomLost,
  roomReason,
  stillFits,
} from './room.ts'

const SHA = 'e'.repeat(40)
const FULL = { rule: 'CAPACITY-LOST', message: 'host x is full' } as Finding
let bench: Bench
const room = vi.fn()
const claim = vi.fn()
const unclaim = vi.fn()
beforeEach(async () => {
  bench = await openBench()
  room.mockReset().mockResolvedValue([])
  claim.mockReset().mockResolvedValue(ok({ held: 1 }))
  unclaim.mockReset().mockResolvedValue(undefined)
})
/** A tenant that may have so many machines. */
const context = (vms = 1, more: Partial<TenantContext> = {}) =>
  bench.context({
    tenant: () => ({ ...bench.tenant, quota: { ...bench.tenant.quota, vms } }),
    inventory: bench.inventory({ room, claim, unclaim }),
    ...more,
  })
const lost = async (change: ChangeRow, vms = 1) =>
  (await roomLost(context(vms), change)).map(({ message }) => message)
const USED_UP = 'the quota of machines is used up'
const tookIt = ({ id }: ChangeRow) => `change ${id} took the quota of machines`
const claiming = (id: string) => transaction(bench.db, (tx) => enqueue(tx, 'unclaim', id, 0))
const deleting = ({ request }: PlanRow): Partial<PlanRow> => ({
  request: { ...request, action: 'delete' },
})
const deletion = (more: Partial<ChangeRow> = {}) =>
  bench.copy({ request: { ...bench.first.request, action: 'delete' }, ...more }, deleting)
const placingNothing = ({ plan }: PlanRow): Partial<PlanRow> => ({
  plan: { ...plan, placement: [] },
})
/** An update of something that has a machine already. */
const growingByNothing = ({ plan, snapshot }: PlanRow): Partial<PlanRow> => ({
  snapshot: {
    ...snapshot,
    existing: { ...snapshot.existing, placement: plan.placement } as NonNullable<
      typeof snapshot.existing
    >,
  },
})

describe('an open change', () => {
  it('has its room while nobody says otherwise', async () => {
    expect(await lost(bench.copy())).toEqual([])
    expect(await stillFits(context(), bench.copy())).toEqual(ok(null))
  })

  it('is asked about, and no other: what was merged has it, what ended needs none', async () => {
    room.mockResolvedValue([FULL])
    const asked: string[] = []
    for (const state of ChangeState.options)
      if ((await lost(bench.copy({ state }))).length > 0) asked.push(state)
    expect(asked).toEqual(['proposed', 'approved'])
    expect(room).toHaveBeenCalledTimes(2)
  })

  it('that asks for no machine needs none', async () => {
    room.mockResolvedValue([FULL])
    expect(await lost(deletion(), 0)).toEqual([])
    expect(await lost(bench.copy({}, placingNothing), 0)).toEqual([])
    expect(room).not.toHaveBeenCalled()
  })

  it('loses it on a host and in the quota, and is told both in one sentence', async () => {
    room.mockResolvedValue([FULL, FULL])
    bench.stands('other')
    const change = bench.copy()
    expect(await lost(change)).toEqual(['host x is full', 'host x is full', USED_UP])
    const said = `no longer fits: host x is full; ${USED_UP}`
    expect(roomReason(await roomLost(context(), change))).toBe(said)
    expect(await stillFits(context(), change)).toMatchObject({
      refusal: { problem: 'wrong-state', detail: `It ${said}.`, findings: [FULL, FULL, {}] },
    })
  })
})

describe('against the quota count', () => {
  it('what stands, without what was removed and without the resource itself', async () => {
    bench.stands('gone', { state: 'removed' })
    bench.stands('web')
    expect(await lost(bench.copy())).toEqual([])
    bench.stands('going', { state: 'decommissioning' })
    const larger = bench.copy({}, ({ plan }) => ({
      plan: { ...plan, placement: [...plan.placement, ...plan.placement] },
    }))
    expect(await lost(larger, 2)).toEqual([USED_UP])
    expect(await lost(larger, 3)).toEqual([])
  })

  it('changes that are merged, or whose merge is under way, and no others', async () => {
    const change = bench.copy()
    bench.copy({ state: 'promoted' })
    bench.copy({ state: 'proposed' })
    const approved = bench.copy({ state: 'approved' })
    expect(await lost(change)).toEqual([])
    claiming(change.id)
    expect(await lost(change)).toEqual([])
    claiming(approved.id)
    expect(await lost(change)).toEqual([USED_UP])
    expect(await lost(change, 2)).toEqual([])
    bench.copy({ state: 'merged' })
    expect(await lost(change, 2)).toEqual([USED_UP])
  })

  it('of each of these what it adds to what its resource had', async () => {
    const change = bench.copy()
    deletion({ state: 'merged' })
    bench.copy({ state: 'merged' }, growingByNothing)
    expect(await lost(change)).toEqual([])
  })

  it('and who was merged since it was asked for is named, the last that took it first', async () => {
    const at = (hour: number) => `2026-11-21T${hour}:00:00.000Z`
    const change = bench.copy({ acceptedAt: at(12) })
    const merged = (mergedAt: string, planned?: typeof growingByNothing) =>
      bench.copy({ state: 'merged', mergeSha: SHA, mergedAt }, planned)
    merged(at(11))
    expect(await lost(change)).toEqual([USED_UP])
    const last = merged(at(14))
    const first = merged(at(12))
    merged(at(15), growingByNothing)
    expect(await lost(change)).toEqual([USED_UP])
    expect(await lost(change, 2)).toEqual([tookIt(first)])
    expect(await lost(change, 3)).toEqual([tookIt(last)])
    expect(await lost(change, 4)).toEqual([])
  })
})

describe('a claim', () => {
  it('is written down before it is made, for two minutes', async () => {
    const change = bench.copy({ state: 'approved' })
    const arm = vi.fn(async () => undefined)
    claim.mockImplementation(async () => {
      expect(arm).toHaveBeenCalledTimes(1)
      expect(bench.work(change.id)).toEqual([['unclaim', 120_000]])
      return ok({ held: 1 })
    })
    expect(await claimRoom(context(1, { arm }), change)).toEqual(ok(null))
    expect(claim).toHaveBeenCalledExactlyOnceWith(change.id)
    expect(bench.work(change.id)).toEqual([['unclaim', 120_000]])
  })

  it('of what needs no room asks for none', async () => {
    const change = deletion({ state: 'approved' })
    expect(await claimRoom(context(0), change)).toEqual(ok(null))
    expect([claim.mock.calls, bench.work(change.id)]).toEqual([[], []])
  })

  it('of two in the quota’s last room the second sees the first', async () => {
    const [one, two] = [bench.copy({ state: 'approved' }), bench.copy({ state: 'approved' })]
    const answers = await Promise.all([one, two].map((each) => claimRoom(context(), each)))
    expect(answers[0]).toEqual(ok(null))
    expect(answers[1]).toMatchObject({
      refusal: { problem: 'wrong-state', detail: `It no longer fits: ${USED_UP}.` },
    })
    expect([claim.mock.calls, bench.work(two.id)]).toEqual([[[one.id]], []])
  })

  it('that the Inventory refuses is forgotten, and says why', async () => {
    const change = bench.copy({ state: 'approved' })
    const other = bench.copy({ state: 'proposed' })
    claiming(other.id)
    const refused = (refusal: ReturnType<typeof refuse>) => {
      claim.mockResolvedValue(refusal)
      return claimRoom(context(9), change)
    }
    expect(await refused(refuse('plan-blocked', { findings: [FULL] }))).toMatchObject({
      refusal: { problem: 'wrong-state', detail: 'It no longer fits: host x is full.' },
    })
    expect(await refused(refuse('conflict', { detail: 'Nothing is held.' }))).toEqual(
      refuse('wrong-state', { detail: 'Nothing is held.' }),
    )
    expect(await refused(refuse('conflict'))).toEqual(
      refuse('wrong-state', { detail: 'Nothing is held for this change any more.' }),
    )
    expect([bench.work(change.id), bench.work(other.id)]).toEqual([
      [],
      [['unclaim', -Date.parse(NOON)]],
    ])
  })
})

describe('a merge', () => {
  it('that happened needs no looking after; the claims of others stay', () => {
    const [one, two] = [bench.copy(), bench.copy()]
    for (const { id } of [one, two]) claiming(id)
    transaction(bench.db, (tx) => enqueue(tx, 'promote', one.id, 0))
    forgetClaim(bench.db, one.id)
    const kinds = (id: string) => bench.work(id).map(([kind]) => kind)
    expect([kinds(one.id), kinds(two.id)]).toEqual([['promote'], ['unclaim']])
  })

  it('that did not happen gives its room back, once', async () => {
    const open = bench.copy({ state: 'approved' })
    const others = [bench.copy({ state: 'merged' }), bench.copy({ mergeSha: SHA })]
    for (const { id } of [open, ...others]) {
      claiming(id)
      await giveRoomBack(context(), id)
      expect(bench.work(id)).toEqual([])
    }
    await giveRoomBack(context(), 'chg_none')
    expect(unclaim).toHaveBeenCalledExactlyOnceWith(open.id)
  })
})

describe('at its promotion a change', () => {
  const at = (change: ChangeRow, before: ChangeRow[] = [], vms = 1) =>
    lostAtPromotion(context(vms), change, before)

  it('takes its room for good, and needs all of it', async () => {
    const change = bench.copy({ state: 'merged' })
    expect(await at(change)).toBeNull()
    expect(claim).toHaveBeenCalledExactlyOnceWith(change.id)
    claim.mockResolvedValue(ok({ held: 0 }))
    expect(await at(change)).toBe('its reservation no longer stands')
  })

  it('that needs none takes none', async () => {
    expect(await at(deletion({ state: 'merged' }), [], 0)).toBeNull()
    expect(claim).not.toHaveBeenCalled()
  })

  it('is judged beside what comes before it on main, and by nothing that comes after', async () => {
    const change = bench.copy({ state: 'merged' })
    const other = bench.copy({ state: 'merged' })
    expect(await at(change)).toBeNull()
    expect(await at(change, [other])).toBe(`no longer fits: ${USED_UP}`)
    expect(claim).toHaveBeenCalledTimes(1)
    expect(await at(change, [other], 2)).toBeNull()
  })

  it('says what the Inventory says', async () => {
    const change = bench.copy({ state: 'merged' })
    claim.mockResolvedValue(refuse('plan-blocked', { findings: [FULL] }))
    expect(await at(change)).toBe('no longer fits: host x is full')
    claim.mockResolvedValue(refuse('conflict'))
    expect(await at(change)).toBe('its reservation no longer stands')
  })
})

describe('whose room is another now', () => {
  it('is judged again: what is open and has a pull request', () => {
    const open = bench.copy()
    const approved = bench.copy({ state: 'approved' })
    const rest = [bench.copy({ state: 'merged' }), bench.copy({ pullNumber: null })]
    const unnamed = bench.copy()
    const ids = [open, approved, ...rest].map(({ id }) => id)
    const later = Date.parse(NOON) + 1
    transaction(bench.db, (tx) => judgeRoomAgain(tx, ids, later))
    expect([open, approved, ...rest, unnamed].map(({ id }) => bench.work(id))).toEqual([
      ...[[['gate', 1]], [['gate', 1]], [], [], []],
    ])
  })

  it('is every other open change, or every one', () => {
    const [one, two] = [bench.copy(), bench.copy({ state: 'approved' })]
    const ended = bench.copy({ state: 'closed' })
    const gates = () => [one, two, ended].map(({ id }) => bench.work(id).length)
    transaction(bench.db, (tx) => judgeOthersAgain(tx, one.id, NOON))
    expect([gates(), bench.work(two.id)]).toEqual([[0, 1, 0], [['gate', 0]]])
    transaction(bench.db, (tx) => judgeOthersAgain(tx, null, NOON))
    expect(gates()).toEqual([1, 1, 0])
  })

  it('is shown by its check at once, and whoever was refused hears why', async () => {
    const change = bench.copy()
    const arm = vi.fn(async () => undefined)
    const refused = refuse('wrong-state', { detail: 'It no longer fits.' })
    expect(await noRoom(context(1, { arm }), change.id, refused)).toEqual(refused)
    expect(bench.work(change.id)).toEqual([['gate', 0]])
    expect(arm).toHaveBeenCalledTimes(1)
  })
})

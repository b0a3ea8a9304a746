// The budget: no window of GitHub's is ever over its limit, however requests are spread and late; it survives a restart, and
// what the forge says is heeded.
import { beforeEach, describe, expect, it } from 'vitest'
import { fakeActorState } from '../../../functions/simulator/actor-state.ts'
import * as tables from '../../../schemas/tables/repository.ts'
import { type Database, openDatabase } from '../database.ts'
import { migrations } from '../migrations/repository.ts'
import { heed, LIMITS, type Payment, pay } from './limits.ts'

const START = 1_700_000_000_000
let state: ReturnType<typeof fakeActorState>
let db: Database<typeof tables>
const open = () => openDatabase(state.state.storage, tables, migrations)
beforeEach(() => {
  state = fakeActorState()
  db = open()
})
const paying = (more: Partial<Payment> = {}): Payment => ({
  ...{ repository: 'acme/one', begun: true, writes: 1, reads: 0 },
  ...more,
})
const waitOf = (payment: Payment, at: number): number => {
  const paid = pay(db, payment, at)
  return paid.ok ? 0 : (paid.refusal.retryAfterSeconds ?? -1)
}
/** Pays as often as there is room at this moment. */
const fill = (at: number, more: Partial<Payment> = {}, most = 10_000): number => {
  let paid = 0
  while (paid < most && pay(db, paying(more), at).ok) paid += 1
  return paid
}

describe('the budget', () => {
  it('gives one repository nine tenths, and the last to others who have had nothing', () => {
    expect(fill(START)).toBe(72)
    expect(fill(START, { repository: 'acme/two' })).toBe(8)
    expect(fill(START, { repository: 'acme/three' })).toBe(0)
  })

  it('leaves a part to what was begun: proposals stop before', () => {
    expect(fill(START, { begun: false })).toBe(56)
    expect(fill(START, { begun: true })).toBe(16)
    expect(fill(START, { begun: false, repository: 'acme/two' })).toBe(4)
    expect(fill(START, { begun: true, repository: 'acme/two' })).toBe(4)
  })

  it('says exactly when there is room again, and then there is', () => {
    fill(START)
    const wait = waitOf(paying(), START + 3_000)
    expect(wait).toBe(77)
    expect(waitOf(paying(), START + 3_000 + (wait - 1) * 1000)).toBe(1)
    expect(waitOf(paying(), START + 3_000 + wait * 1000)).toBe(0)
  })

  it('pays for a whole piece of work, or for nothing of it', () => {
    expect(fill(START, { writes: 4, reads: 1 })).toBe(18)
    expect(fill(START, { writes: 0, reads: 1 })).toBe(0)
    expect(db.select().from(tables.spent).all()).toMatchObject([{ writes: 72, reads: 18 }])
  })

  it('is the same after a restart', () => {
    fill(START)
    db = open()
    expect(waitOf(paying(), START)).toBeGreaterThan(0)
  })

  it('never lets a sliding window of the forge over its limit, though requests come up to 20 seconds late', () => {
    let seed = 1
    const random = () => {
      seed = (seed * 48_271) % 0x7fffffff
      return seed / 0x7fffffff
    }
    const arrived: { at: number; writes: number; reads: number }[] = []
    for (let second = 0; second < 4_500; second += 5 + Math.floor(random() * 20)) {
      const kind = random() < 0.5 ? { writes: 1, reads: 0 } : { writes: 0, reads: 1 }
      const payment = paying({ ...kind, repository: `acme/${Math.floor(random() * 4)}` })
      for (let tries = 0; tries < 60 && pay(db, payment, START + second * 1000).ok; tries += 1)
        arrived.push({ at: second + random() * 19, ...kind })
    }
    arrived.sort((a, b) => a.at - b.at)
    const over: string[] = []
    for (const { seconds, most, weigh, words } of LIMITS) {
      // At once: whatever was sent within the ten seconds that a request may take.
      const window = Math.max(seconds, 1)
      let sum = 0
      let from = 0
      for (const one of arrived) {
        sum += weigh(one)
        while ((arrived[from]?.at ?? 0) <= one.at - window) {
          const gone = arrived[from]
          sum -= gone ? weigh(gone) : 0
          from += 1
        }
        if (sum > most) over.push(`${words}: ${sum}`)
      }
    }
    expect(over).toEqual([])
    expect(arrived.length).toBeGreaterThan(600)
  })
})

describe('several who want all of it', () => {
  const HOUR = 3_600_000
  const GREEDY = ['acme/one', 'acme/two']
  /** Everybody takes what he gets, always in this order. Returns what each has had. */
  const run = (who: string[], from: number, until: number): Map<string, number> => {
    const had = new Map(who.map((repository) => [repository, 0]))
    for (let at = from; at < until; at += 30_000)
      for (const repository of who)
        had.set(repository, (had.get(repository) ?? 0) + fill(at, { repository }, 40))
    return had
  }

  it('have alike of it, and whoever comes last as well, within an hour', () => {
    const late = START + HOUR / 2
    run(GREEDY, START, late)
    const all = [...GREEDY, 'acme/late']
    // At once, though the others have taken all that they could get of this hour.
    expect(fill(late, { repository: 'acme/late', writes: 4, reads: 1, begun: false }, 1)).toBe(1)
    run(all, late, late + HOUR)
    const hour = [...run(all, late + HOUR, late + 2 * HOUR).values()]
    for (const had of hour) expect(Math.abs(had - 150)).toBeLessThan(30)
    expect(hour.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(430)
  })

  it('leave nothing unused: what one does not want the other gets', () => {
    fill(START, { repository: 'acme/two' }, 3)
    const [had = 0] = [...run(['acme/one'], START, START + HOUR).values()]
    expect(had).toBe(447)
  })

  it('hear when to come again, and those who wait come first', () => {
    run(GREEDY, START, START + HOUR)
    const at = START + HOUR + 15_000
    const late = paying({ repository: 'acme/late', writes: 60 })
    expect(waitOf(late, at)).toBeGreaterThan(0)
    for (const repository of GREEDY) expect(waitOf(paying({ repository }), at + 20_000)).toBe(30)
    expect(fill(at + 20_000, { repository: 'acme/late' }, 4)).toBe(4)
  })
})

describe('what the forge says', () => {
  it('keeps everybody away for as long as it asks', () => {
    heed(db, { refused: 31 }, START)
    expect(waitOf(paying({ repository: 'acme/two' }), START)).toBe(31)
    expect(waitOf(paying(), START + 31_000)).toBe(0)
  })

  it('without a time means a minute, then two, then four, up to an hour, and a minute again after peace', () => {
    let at = START
    const waits = []
    for (let refusal = 0; refusal < 8; refusal += 1) {
      heed(db, { refused: null }, at)
      const wait = waitOf(paying(), at)
      waits.push(wait)
      at += wait * 1000 + 1_000
    }
    expect(waits).toEqual([60, 120, 240, 480, 960, 1_920, 3_600, 3_600])
    at += 700_000
    heed(db, { refused: null }, at)
    expect(waitOf(paying(), at)).toBe(60)
  })

  it('to many requests that were under way at once counts once', () => {
    for (let request = 0; request < 20; request += 1) heed(db, { refused: null }, START)
    expect(waitOf(paying(), START)).toBe(60)
  })

  it('of a budget nearly spent is waited for until it starts anew, an hour at most', () => {
    heed(db, { lowUntil: START / 1000 + 90 }, START)
    expect(waitOf(paying(), START)).toBe(90)
    heed(db, { lowUntil: START / 1000 + 900_000 }, START)
    expect(waitOf(paying(), START)).toBe(3_600)
  })
})

describe('a clock that was a day ahead and is put back', () => {
  const AHEAD = START + 86_400_000

  it('counts what was spent ahead as spent now, once', () => {
    expect(fill(AHEAD)).toBe(72)
    expect(waitOf(paying(), START)).toBe(80)
    expect(db.select().from(tables.spent).all()).toMatchObject([
      { second: START / 1000, writes: 72, reads: 0 },
    ])
    expect(fill(START + 80_000)).toBe(72)
  })

  it('adds up what was spent in several seconds ahead, for each repository', () => {
    for (let second = 0; second < 10; second += 1) fill(AHEAD + second * 1000, {}, 2)
    fill(AHEAD, { repository: 'acme/two' }, 3)
    expect(waitOf(paying({ repository: 'acme/two' }), START)).toBe(0)
    expect(db.select().from(tables.spent).all()).toMatchObject([
      { second: START / 1000, repository: 'acme/one', writes: 20 },
      { second: START / 1000, repository: 'acme/two', writes: 4 },
    ])
  })

  it('leaves alone what lies ahead by less than a request may take', () => {
    fill(START + 19_000)
    expect(waitOf(paying(), START)).toBe(99)
  })

  it('ends a pause within an hour, and holds it until then', () => {
    heed(db, { refused: 60 }, AHEAD)
    expect(waitOf(paying(), START)).toBe(3_600)
    expect(waitOf(paying(), START + 1_800_000)).toBe(1_800)
    expect(waitOf(paying(), START + 3_600_000)).toBe(0)
  })
})

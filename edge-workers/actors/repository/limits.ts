// The forge's limits, kept by us before the forge has to: every request is paid for out of a budget before it leaves.
// GitHub counts an App's installation (docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api), so one budget
// is shared by all repositories that are reached by one credential.
import { and, eq, gt, lt, sql } from 'drizzle-orm'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/repository.ts'
import { type Database, statement, type Transaction, transaction } from '../database.ts'
import { ceilingFor, isClaimed, shareOf } from './shares.ts'

type Db = Database<typeof tables>
type Tx = Transaction<typeof tables>

export interface Cost {
  writes: number
  reads: number
}
export interface Payment extends Cost {
  repository: string
  /** What was begun goes before what is new (shares.ts). */
  begun: boolean
}
/** What the forge itself said of its limits. */
export type Said =
  /** It refused; seconds to stay away, null where it did not say. */
  | { refused: number | null }
  /** Its budget is nearly spent; the second since the epoch at which it starts again. */
  | { lowUntil: number }

/** Name of the one object that keeps the budget: this installation reaches its forge by one credential. No repository is called so. */
export const BUDGET = 'the forge’s budget'

/** A credit is used within this time, or paid for again. */
export const CREDIT_SECONDS = 10
/** A request is given up after ten seconds (gitops/forges/github.ts): so much later than it was paid for it may arrive. */
const SLACK_SECONDS = CREDIT_SECONDS + 10
const HOUR = 3_600
const WRITE_POINTS = 5

interface Limit {
  seconds: number
  most: number
  weigh: (cost: Cost) => number
  words: string
}
const writes = ({ writes }: Cost): number => writes
const requests = ({ writes, reads }: Cost): number => writes + reads
/** GitHub's own figures. Every request that is not a read is taken for one that creates content. */
export const LIMITS: readonly Limit[] = [
  { seconds: 60, most: 80, weigh: writes, words: 'takes no more writes this minute' },
  { seconds: HOUR, most: 500, weigh: writes, words: 'takes no more writes this hour' },
  {
    ...{ seconds: 60, most: 900, words: 'takes no more requests this minute' },
    weigh: ({ writes, reads }) => WRITE_POINTS * writes + reads,
  },
  { seconds: HOUR, most: 5_000, weigh: requests, words: 'takes no more requests this hour' },
  // What may be under way at once lies within the slack, however long each request takes.
  { seconds: 0, most: 100, weigh: requests, words: 'takes no more requests at once' },
]
/** Whoever was refused comes again within this time, or has no claim any more. */
const CLAIM_SECONDS = 300
/** Whoever has had his share, and hears that somebody else waits, looks again after this at the latest. */
const SHARED_SECONDS = 30

type Row = typeof tables.spent.$inferSelect

/** Seconds until no more than `room` is left of these rows, oldest first; 0: now. */
const waitUntil = (
  rows: readonly Row[],
  room: number,
  { seconds, weigh }: Pick<Limit, 'seconds' | 'weigh'>,
  now: number,
): number => {
  const window = seconds + SLACK_SECONDS
  const counted = rows.filter(({ second }) => second > now - window)
  let sum = counted.reduce((total, row) => total + weigh(row), 0)
  for (const row of counted) {
    if (sum <= room) break
    sum -= weigh(row)
    if (sum <= room) return row.second + window - now
  }
  return sum <= room ? 0 : window
}

/** What every repository spent in each of the windows, added up by SQLite: an hour has thousands of rows. */
const sumsOf = (tx: Tx, now: number) => {
  const { spent } = tables
  const cost = sql`${spent.writes} + ${spent.reads}`
  const since = (seconds: number) => {
    const from = now - seconds - SLACK_SECONDS
    return {
      writes: sql<number>`sum(iif(${spent.second} > ${from}, ${spent.writes}, 0))`,
      reads: sql<number>`sum(iif(${spent.second} > ${from}, ${spent.reads}, 0))`,
    }
  }
  return tx
    .select({
      repository: spent.repository,
      ...{ atOnce: since(0), minute: since(60), hour: since(HOUR) },
      paid: sql<number>`max(iif(${cost} > 0, ${spent.second}, 0))`,
      refused: sql<number>`max(iif(${cost} > 0, 0, ${spent.second}))`,
    })
    .from(spent)
    .where(gt(spent.second, now - HOUR - SLACK_SECONDS))
    .groupBy(spent.repository)
    .all()
}

interface Verdict {
  limit: Limit
  /** To where the sum of all may go; null: there is room. */
  ceiling: number | null
  /** More than this is not lent to it now; null: it may have more. */
  share: number | null
}

const judge = (tx: Tx, payment: Payment, now: number): Verdict[] => {
  const sums = sumsOf(tx, now)
  const kind = payment.begun ? 'begun' : 'fresh'
  return LIMITS.map((limit) => {
    const { seconds, most, weigh } = limit
    const window = seconds === 0 ? 'atOnce' : seconds === HOUR ? 'hour' : 'minute'
    const spenders = sums.map(({ repository, paid, refused, [window]: cost }) => ({
      own: repository === payment.repository,
      sum: weigh(cost),
      waits: refused > paid && refused > now - CLAIM_SECONDS,
    }))
    const had = spenders.find(({ own }) => own)?.sum ?? 0
    const all = spenders.reduce((total, { sum }) => total + sum, weigh(payment))
    const ceiling = ceilingFor(most, had + weigh(payment), kind)
    const share = shareOf(most, kind, spenders)
    return {
      limit,
      ceiling: all <= ceiling ? null : ceiling,
      share: had < share || !isClaimed(share, spenders) ? null : share,
    }
  })
}

/** The longest wait that any limit asks for, as a refusal. */
const refuseFor = (tx: Tx, payment: Payment, verdicts: Verdict[], now: number): Result<never> => {
  const { spent } = tables
  const since = gt(spent.second, now - HOUR - SLACK_SECONDS)
  const rows = tx.select().from(spent).where(since).orderBy(spent.second).all()
  const own = rows.filter(({ repository }) => repository === payment.repository)
  const waits = verdicts.map(({ limit, ceiling, share }) => ({
    words: limit.words,
    wait: Math.max(
      ceiling === null ? 0 : waitUntil(rows, ceiling - limit.weigh(payment), limit, now),
      // Who waits may have had his share long before.
      share === null
        ? 0
        : Math.min(waitUntil(own, Math.ceil(share) - 1, limit, now), SHARED_SECONDS),
    ),
  }))
  const { words, wait } = waits.reduce((longest, one) => (one.wait > longest.wait ? one : longest))
  return stayAway(words, wait)
}

const spentAhead = statement((tx: Tx) =>
  tx
    .select()
    .from(tables.spent)
    .where(gt(tables.spent.second, sql.placeholder('from')))
    .prepare(),
)
const pauseOf = statement((tx: Tx) => tx.select().from(tables.pause).prepare())

/**
 * A clock that was ahead and was put back left times that no wait of ours leads to: what was spent then counts as spent now, and
 * a pause ends within an hour. Otherwise nothing would go out for as long as the clock was ahead.
 */
const bringBack = (tx: Tx, now: number): void => {
  const { spent, pause } = tables
  for (const { second, ...row } of spentAhead(tx).all({ from: now + SLACK_SECONDS })) {
    tx.delete(spent)
      .where(and(eq(spent.second, second), eq(spent.repository, row.repository)))
      .run()
    note(tx, { ...row, second: now })
  }
  const latest = now + HOUR
  if ((pauseOf(tx).get()?.until ?? 0) > latest) tx.update(pause).set({ until: latest }).run()
}

const note = (tx: Tx, row: Row): void => {
  const { spent } = tables
  tx.insert(spent)
    .values(row)
    .onConflictDoUpdate({
      target: [spent.second, spent.repository],
      set: {
        writes: sql`${spent.writes} + ${row.writes}`,
        reads: sql`${spent.reads} + ${row.reads}`,
      },
    })
    .run()
}

/**
 * Pays for requests in one transaction, or refuses with the seconds after which there is room again.
 * `at` in milliseconds since the epoch.
 */
export const pay = (db: Db, payment: Payment, at: number): Result<null> => {
  const now = Math.floor(at / 1000)
  const { repository, writes, reads } = payment
  return transaction(db, (tx): Result<null> => {
    bringBack(tx, now)
    const paused = pauseOf(tx).get()
    if (paused && paused.until > now)
      return stayAway('limits the rate of requests', paused.until - now)
    const verdicts = judge(tx, payment, now)
    if (verdicts.some(({ ceiling, share }) => ceiling !== null || share !== null)) {
      // A row that costs nothing: it waits.
      note(tx, { second: now, repository, writes: 0, reads: 0 })
      return refuseFor(tx, payment, verdicts, now)
    }
    note(tx, { second: now, repository, writes, reads })
    tx.delete(tables.spent)
      .where(lt(tables.spent.second, now - HOUR - SLACK_SECONDS))
      .run()
    return ok(null)
  })
}

const stayAway = (words: string, seconds: number): Result<never> =>
  refuse('outage', { detail: `The forge ${words}.`, retryAfterSeconds: seconds })

/** A refusal without a time: a minute at least, and twice as long each time (GitHub, best practices). */
const FIRST_PAUSE = 60
/** Refusals that are further apart than this are not in a row. */
const IN_A_ROW_SECONDS = 600

/** Takes in what the forge said: nobody asks it anything before that time. A pause only ever grows. */
export const heed = (db: Db, said: Said, at: number): void => {
  const now = Math.floor(at / 1000)
  transaction(db, (tx) => {
    const before = tx.select().from(tables.pause).get()
    const until = before?.until ?? 0
    const write = (pause: { until: number; refusals: number }) =>
      tx
        .insert(tables.pause)
        .values({ id: 1, ...pause })
        .onConflictDoUpdate({ target: tables.pause.id, set: pause })
        .run()
    if ('lowUntil' in said) {
      const soon = Math.min(said.lowUntil, now + HOUR)
      if (soon > until) write({ until: soon, refusals: before?.refusals ?? 0 })
      return null
    }
    // Several requests on their way are refused by one and the same limit.
    if (until > now && said.refused === null) return null
    const inARow = before !== undefined && now - until < IN_A_ROW_SECONDS
    const refusals = inARow ? before.refusals + 1 : 1
    const doubled = Math.min(HOUR, FIRST_PAUSE * 2 ** (refusals - 1))
    const wait = said.refused ?? doubled
    write({ until: Math.max(until, now + wait), refusals })
    return null
  })
}

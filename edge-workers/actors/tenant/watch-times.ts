// When the pull request of an open change is looked at without anybody having told of it: less and less often the longer nothing
// happens to it, and hardly ever where the forge's webhooks arrive. Rows and sums only; watch.ts does the looking.
//
// Whether they arrive shows by itself: Phoenix opens pull requests, and of each the forge tells within moments. Where it was
// silent after the last one it is not waited for.
import { and, eq, sql } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/tenant.ts'
import { statement } from '../database.ts'
import type { ChangeRow, Db, Tx } from './context.ts'

/** Without webhooks a pull request is looked at at the latest this long after the last step of its change, … */
export const FIRST_LOOK_MILLISECONDS = 300_000
/** … then after twice as long each time, up to this. */
export const LONGEST_LOOK_MILLISECONDS = 4 * 3_600_000
/** Where webhooks arrive: in case that one was lost. With jitter never within the first day. */
export const LATE_LOOK_MILLISECONDS = 32 * 3_600_000
/** Of any wait, this part may be left out by chance, so that many changes do not ask in the same moment. */
const JITTER = 0.2
/** What Phoenix itself looks at without the forge (its room, its age) is looked at as often as this. */
const WAKE_MILLISECONDS = 3_600_000
/** The forge may tell of a pull request before it has answered whoever opened it. */
const SLACK_MILLISECONDS = 60_000

export interface Watched {
  /** Milliseconds since the epoch, as all of these: the last step of the change. */
  touchedAt: number
  /** The last look; 0: none. */
  lookedAt: number
  /** Whether webhooks arrive. */
  told: boolean
}

/** Since when is waited, and for how long at most. A time that has not come yet was written by a clock that was ahead. */
const waitOf = ({ touchedAt, lookedAt, told }: Watched, now: number) => {
  const touched = touchedAt > now ? 0 : touchedAt
  const looked = lookedAt > now ? 0 : lookedAt
  const since = Math.max(touched, looked)
  if (told) return { since, wait: LATE_LOOK_MILLISECONDS }
  const quiet = touched > 0 && looked > touched ? looked - touched : 0
  return { since, wait: Math.min(quiet + FIRST_LOOK_MILLISECONDS, LONGEST_LOOK_MILLISECONDS) }
}

export const isLookDue = (watched: Watched, now: number): boolean => {
  const { since, wait } = waitOf(watched, now)
  return now >= since + wait * (1 - JITTER)
}

/** Milliseconds until the change wakes again: for its next look, or before it for what costs the forge nothing. */
export const wakeAfter = (watched: Watched, now: number): number => {
  const { since, wait } = waitOf(watched, now)
  const look = since + wait * (1 - JITTER * Math.random()) - now
  return Math.ceil(Math.min(Math.max(look, 0), WAKE_MILLISECONDS))
}

/** For the first look after a step. */
export const firstWait = (): number =>
  Math.ceil(FIRST_LOOK_MILLISECONDS * (1 - JITTER * Math.random()))

const { forgeWord, outbox, pullLooks } = tables

const wordOf = statement((db: Db | Tx) => db.select().from(forgeWord).limit(1).prepare())
const lookOf = statement((db: Db | Tx) =>
  db
    .select({ at: pullLooks.at })
    .from(pullLooks)
    .where(eq(pullLooks.changeId, sql.placeholder('id')))
    .prepare(),
)

const isTold = (db: Db | Tx, now: number): boolean => {
  const word = wordOf(db).get()
  if (!word || word.toldAt === 0 || word.toldAt > now) return false
  return word.toldAt >= word.openedAt - SLACK_MILLISECONDS
}

export const watchedOf = (
  db: Db | Tx,
  { id, updatedAt }: Pick<ChangeRow, 'id' | 'updatedAt'>,
  now: number,
): Watched => ({
  touchedAt: Date.parse(updatedAt),
  lookedAt: lookOf(db).get({ id })?.at ?? 0,
  told: isTold(db, now),
})

const noteWord = (tx: Tx, word: { openedAt?: number; toldAt?: number }): void => {
  tx.insert(forgeWord)
    .values({ id: 1, openedAt: 0, toldAt: 0, ...word })
    .onConflictDoUpdate({ target: forgeWord.id, set: word })
    .run()
}
/** A pull request was opened or moved on: a forge that has webhooks tells of that. */
export const noteOpened = (tx: Tx, at: number): void => noteWord(tx, { openedAt: at })
/** A webhook about a pull request came in, and its signature held. */
export const noteTold = (tx: Tx, at: number): void => noteWord(tx, { toldAt: at })

export const noteLook = (tx: Tx, changeId: string, at: number): void => {
  tx.insert(pullLooks)
    .values({ changeId, at })
    .onConflictDoUpdate({ target: pullLooks.changeId, set: { at } })
    .run()
}
export const forgetLooks = (tx: Tx, changeId: string): void => {
  tx.delete(pullLooks).where(eq(pullLooks.changeId, changeId)).run()
}

const soonerWatch = statement((tx: Tx) =>
  tx
    .update(outbox)
    .set({ dueAt: sql`min(${outbox.dueAt}, ${sql.placeholder('dueAt')})` })
    .where(and(eq(outbox.kind, 'watch'), eq(outbox.changeId, sql.placeholder('changeId'))))
    .prepare(),
)
/** Something happened to an open change: from here on it is looked at as at the start; once more where it ended. */
export const watchSoon = (tx: Tx, changeId: string, at: number): void => {
  soonerWatch(tx).run({ changeId, dueAt: at + firstWait() })
}

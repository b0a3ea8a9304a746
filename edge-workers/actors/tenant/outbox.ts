// The work that leaves the object, driven by its alarm: at least once, named by its change, with back-off and jitter.
// An alarm that throws is retried six times and then gone, so nothing here throws and the next one is always set.
import { and, asc, eq, gt, lte, min, ne, type Placeholder, sql } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/tenant.ts'
import { isolateCounters } from '../../http/counters.ts'
import { traceWork } from '../../trace/request.ts'
import { waitAfter, wordsOfFailure } from '../back-off.ts'
import { statement } from '../database.ts'
import { scheduleBackup } from './backup/take.ts'
import type { Db, OutboxKind, TenantContext } from './context.ts'
import { isClosed } from './log/standing.ts'

/** Nothing but the end of a tenant waits longer than this: what is looked at sooner says when it wants to be looked at again. */
const HOUR_MILLISECONDS = 3_600_000
/** One alarm handles at most this many pieces, so that it ends and others get their turn. */
const PIECES_PER_ALARM = 200

/** Answers with the number of milliseconds after which it wants to run again; with anything else when it is done. */
export type Handler = (changeId: string) => Promise<unknown>
export type Handlers = Record<OutboxKind, Handler>

const firstDue = statement((db: Db) =>
  db
    .select()
    .from(tables.outbox)
    .where(lte(tables.outbox.dueAt, sql.placeholder('now')))
    .orderBy(asc(tables.outbox.dueAt), asc(tables.outbox.id))
    .limit(1)
    .prepare(),
)

const tooFar = (latest: number | Placeholder) =>
  and(gt(tables.outbox.dueAt, latest), ne(tables.outbox.kind, 'lifecycle'))
const oneTooFar = statement((db: Db) =>
  db
    .select({ id: tables.outbox.id })
    .from(tables.outbox)
    .where(tooFar(sql.placeholder('latest')))
    .limit(1)
    .prepare(),
)

/** A clock that was ahead and was put back left times that would let work lie for as long as it was ahead. */
const bringForward = ({ db, now }: TenantContext): void => {
  const latest = now().getTime() + HOUR_MILLISECONDS
  if (oneTooFar(db).get({ latest }))
    db.update(tables.outbox).set({ dueAt: latest }).where(tooFar(latest)).run()
}

/** Runs everything that is due, oldest first, until nothing is. Returns how many pieces were done. */
export const runDue = async (context: TenantContext, handlers: Handlers): Promise<number> => {
  bringForward(context)
  let done = 0
  // Another database may take the place of this one between two pieces.
  for (; done < PIECES_PER_ALARM && !isClosed(context); done += 1) {
    const row = firstDue(context.db).get({ now: context.now().getTime() })
    if (!row) break
    try {
      const again = await traceWork(context.env, `outbox ${row.kind}`, () =>
        handlers[row.kind as OutboxKind](row.changeId),
      )
      finish(context, row, typeof again === 'number' ? again : null)
    } catch (error) {
      postpone(context, row, error)
    }
  }
  return done
}

/** What was asked for again meanwhile is another: its generation has grown. */
const same = and(
  eq(tables.outbox.id, sql.placeholder('id')),
  eq(tables.outbox.generation, sql.placeholder('generation')),
)
const remove = statement((db: Db) => db.delete(tables.outbox).where(same).prepare())
const putOff = statement((db: Db) =>
  db
    .update(tables.outbox)
    .set({ dueAt: sql`${sql.placeholder('dueAt')}`, attempts: 0 })
    .where(same)
    .prepare(),
)

const finish = (
  { db, now }: TenantContext,
  { id, generation }: typeof tables.outbox.$inferSelect,
  again: number | null,
): void => {
  if (again === null) remove(db).run({ id, generation })
  else putOff(db).run({ id, generation, dueAt: now().getTime() + again })
}

const postpone = (
  context: TenantContext,
  row: typeof tables.outbox.$inferSelect,
  error: unknown,
): void => {
  const attempts = row.attempts + 1
  const lastError = wordsOfFailure(error)
  context.db
    .update(tables.outbox)
    .set({
      attempts,
      dueAt: context.now().getTime() + waitAfter(attempts, error),
      lastError,
    })
    .where(and(eq(tables.outbox.id, row.id), eq(tables.outbox.generation, row.generation)))
    .run()
  isolateCounters.add('phoenix_retries_total', { of: 'tenant', kind: row.kind })
  console.log(
    JSON.stringify({
      ...{ level: 'warn', event: 'outbox-retry' },
      kind: row.kind,
      change: row.changeId,
      attempts,
      error: lastError,
    }),
  )
}

const nearest = statement((db: Db) =>
  db
    .select({ due: min(tables.outbox.dueAt) })
    .from(tables.outbox)
    .prepare(),
)

/** When the next piece is due, in milliseconds since the epoch; null when the outbox is empty. */
export const nextDue = (context: TenantContext): number | null => {
  scheduleBackup(context)
  const due = nearest(context.db).get()?.due ?? null
  if (due === null || due <= context.now().getTime() + HOUR_MILLISECONDS) return due
  bringForward(context)
  return nearest(context.db).get()?.due ?? null
}

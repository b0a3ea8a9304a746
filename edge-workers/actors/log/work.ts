// The steps from a head to an anchored checkpoint, driven by the alarm: each at least once, with back-off and jitter.
// What there is to do is read from the log's own tables every time; the rows of `work` only say when, so that none can be lost.
import { and, eq, gt, sql } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/log.ts'
import { isolateCounters } from '../../http/counters.ts'
import { traceWork } from '../../trace/request.ts'
import { LONGEST_WAIT_MILLISECONDS, waitAfter, wordsOfFailure } from '../back-off.ts'
import { statement, transaction } from '../database.ts'
import { newest } from './checkpoints.ts'
import { type Db, type LogContext, paceOf } from './context.ts'
import { LogFault } from './halt.ts'
import { appendBatch, hasNewHeads } from './heads.ts'
import { hasUnloggedKeys } from './keys.ts'
import {
  anchorNewest,
  compareWithPublished,
  compareWithWitnesses,
  publishNewest,
  toAnchor,
  toPublish,
} from './publish.ts'
import { cosignNewest, type Postponed, signNewest } from './sign.ts'
import { sizeOf } from './tree.ts'

/** What the forge asks for after a refusal is no longer than this. */
const HOUR_MILLISECONDS = 3_600_000
/** One alarm takes at most this many steps, so that it ends. */
const STEPS_PER_ALARM = 50

interface Step {
  kind: string
  /** When it is due if nobody has said so yet; null: there is nothing to do. */
  dueAt: (context: LogContext, now: number) => number | null
  /** Answers with how long nothing of the kind may follow; null: at once. */
  run: (context: LogContext) => Promise<Postponed | null>
}

/** The next of the fixed moments at which heads are appended: it tells nothing of when the first of them came. */
const nextBatch = ({ env }: LogContext, now: number): number => {
  const { batchMilliseconds } = paceOf(env)
  return (Math.floor(now / batchMilliseconds) + 1) * batchMilliseconds
}

const nothing = async (done: void | Promise<void>): Promise<null> => {
  await done
  return null
}

const STEPS: readonly Step[] = [
  {
    kind: 'compare',
    dueAt: ({ standing }, now) => (standing.compared ? null : now),
    run: (context) => nothing(compareWithPublished(context)),
  },
  {
    kind: 'witness',
    dueAt: ({ standing }, now) => (standing.witnessed ? null : now),
    run: (context) => nothing(compareWithWitnesses(context)),
  },
  {
    kind: 'append',
    dueAt: (context, now) =>
      hasNewHeads(context.db) || hasUnloggedKeys(context.db) ? nextBatch(context, now) : null,
    run: async (context) => nothing(appendBatch(context)),
  },
  {
    kind: 'sign',
    // A key that is not in the log yet waits for the next batch, and what it signs waits for it.
    dueAt: ({ db }, now) =>
      sizeOf(db) > (newest(db)?.size ?? 0) && !hasUnloggedKeys(db) ? now : null,
    run: (context) => nothing(signNewest(context)),
  },
  {
    kind: 'cosign',
    dueAt: ({ db }, now) => (newest(db)?.cosigned === false ? now : null),
    run: cosignNewest,
  },
  { kind: 'publish', dueAt: ({ db }, now) => (toPublish(db) ? now : null), run: publishNewest },
  { kind: 'anchor', dueAt: ({ db }, now) => (toAnchor(db) ? now : null), run: anchorNewest },
]

const { work } = tables
const everything = statement((db: Db) => db.select().from(work).prepare())
const rowsOf = (db: Db) =>
  new Map(
    everything(db)
      .all()
      .map((row) => [row.kind, row]),
  )

/** A clock that was ahead and was put back left times that no wait of ours leads to: they come no later than the longest. */
const bringForward = ({ db, env }: LogContext, now: number): void => {
  const pace = paceOf(env)
  const longest: Record<string, number> = {
    append: pace.batchMilliseconds,
    publish: pace.publishMilliseconds,
    anchor: pace.anchorMilliseconds,
  }
  for (const { kind, dueAt, attempts } of rowsOf(db).values()) {
    const failed = attempts > 0 ? HOUR_MILLISECONDS : LONGEST_WAIT_MILLISECONDS
    const latest = now + Math.max(failed, longest[kind] ?? 0)
    if (dueAt > latest)
      db.update(work)
        .set({ dueAt: latest })
        .where(and(eq(work.kind, kind), gt(work.dueAt, latest)))
        .run()
  }
}

/** Notes what is to be done and not noted yet. Synchronous; call it after whatever may have made work. */
export const schedule = (context: LogContext): void => {
  const now = context.now().getTime()
  bringForward(context, now)
  const known = rowsOf(context.db)
  for (const { kind, dueAt } of STEPS) {
    if (known.has(kind)) continue
    const due = dueAt(context, now)
    if (due !== null)
      context.db.insert(work).values({ kind, dueAt: due, attempts: 0 }).onConflictDoNothing().run()
  }
}

/** Until the log is compared with what was published, that is the only step there is. */
const open = ({ db, standing }: LogContext) => {
  const known = rowsOf(db)
  return STEPS.filter(({ kind }) => (kind === 'compare') === (standing.compared === null)).flatMap(
    (step) => {
      const row = known.get(step.kind)
      return row ? [{ step, row }] : []
    },
  )
}

/** In milliseconds since the epoch; null: nothing is due. */
export const nextDue = (context: LogContext): number | null => {
  const times = open(context).map(({ row }) => row.dueAt)
  return times.length > 0 ? Math.min(...times) : null
}

/**
 * Takes every step that is due, in their order, until none is. Never rejects. Answers how many were taken. The comparison is taken
 * alone: whoever waits for it does not wait for what follows, for which the alarm is set.
 */
export const runDue = async (context: LogContext): Promise<number> => {
  for (let taken = 0; taken < STEPS_PER_ALARM; taken += 1) {
    schedule(context)
    const now = context.now().getTime()
    const next = open(context).find(({ row }) => row.dueAt <= now)
    if (!next) return taken
    const { step } = next
    try {
      const wait = await traceWork(context.env, `log ${step.kind}`, () => step.run(context))
      finish(context, step.kind, wait)
    } catch (error) {
      postpone(context, step.kind, error)
    }
    if (step.kind === 'compare') return taken + 1
  }
  return STEPS_PER_ALARM
}

const finish = ({ db, now }: LogContext, kind: string, wait: Postponed | null): void => {
  const row = eq(work.kind, kind)
  if (wait === null) db.delete(work).where(row).run()
  else
    db.update(work)
      .set({
        ...{ dueAt: now().getTime() + wait.milliseconds, attempts: 0, lastError: wait.why },
      })
      .where(row)
      .run()
}

const postpone = ({ db, now }: LogContext, kind: string, error: unknown): void => {
  const lastError = wordsOfFailure(error, error instanceof LogFault)
  const attempts = transaction(db, (tx) => {
    const before = tx.select().from(work).where(eq(work.kind, kind)).get()?.attempts ?? 0
    tx.update(work)
      .set({
        attempts: sql`${work.attempts} + 1`,
        dueAt: now().getTime() + waitAfter(before, error, HOUR_MILLISECONDS),
        lastError,
      })
      .where(eq(work.kind, kind))
      .run()
    return before + 1
  })
  isolateCounters.add('phoenix_retries_total', { of: 'log', kind })
  console.log(
    JSON.stringify({ level: 'warn', event: 'log-retry', kind, attempts, error: lastError }),
  )
}

// The event stream of one change (Server-Sent Events, WHATWG HTML §9.2): resumable, with heartbeats so that a
// client that went away is noticed, ended when the change is.
import { and, asc, eq, gt, inArray } from 'drizzle-orm'
import { isOver } from '../../../schemas/change.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import { rolloutMoves } from '../../../schemas/rollout.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { TenantContext } from './context.ts'
import { readChangeRow } from './context.ts'
import { readRollout } from './rollouts/rows.ts'

const HEARTBEAT_MILLISECONDS = 10_000
/** A stream ends after this long; the client resumes where it was. */
const LONGEST_MILLISECONDS = 600_000

/** What a stream tells of: transitions of these ids, until nothing can follow. */
export interface Followed {
  ids: () => string[]
  hasEnded: () => boolean
}

export interface Followers {
  /** Wakes every stream. */
  changed: () => void
  follow: (
    context: TenantContext,
    followed: Followed,
    lastEventId: number,
    /** Asked before each part is sent: a revoked token ends its streams. */
    mayRead: () => boolean,
  ) => ReadableStream<Uint8Array>
}

export const createFollowers = (): Followers => {
  const waiting = new Set<() => void>()
  return {
    changed: () => {
      for (const wake of [...waiting]) wake()
    },
    follow: (context, followed, lastEventId, mayRead) => {
      const text = new TextEncoder()
      let last = lastEventId
      let stopped = false
      const startedAt = Date.now()
      const pause = () =>
        new Promise<boolean>((resolve) => {
          const timer = setTimeout(() => end(false), HEARTBEAT_MILLISECONDS)
          const wake = () => end(true)
          const end = (woken: boolean) => {
            clearTimeout(timer)
            waiting.delete(wake)
            resolve(woken)
          }
          waiting.add(wake)
        })
      return new ReadableStream<Uint8Array>({
        async pull(controller) {
          while (!stopped) {
            const events = mayRead() ? eventsAfter(context, followed.ids(), last) : []
            if (events.length > 0) {
              last = events.at(-1)?.seq ?? last
              controller.enqueue(text.encode(events.map(frame).join('')))
              return
            }
            if (
              !mayRead() ||
              followed.hasEnded() ||
              Date.now() - startedAt > LONGEST_MILLISECONDS
            ) {
              controller.enqueue(text.encode('event: end\ndata: {}\n\n'))
              controller.close()
              return
            }
            if (!(await pause())) {
              controller.enqueue(text.encode(': still here\n\n'))
              return
            }
          }
        },
        cancel() {
          stopped = true
        },
      })
    },
  }
}

const eventsAfter = ({ db }: TenantContext, ids: string[], seq: number) =>
  db
    .select()
    .from(tables.transitions)
    .where(and(inArray(tables.transitions.changeId, ids), gt(tables.transitions.seq, seq)))
    .orderBy(asc(tables.transitions.seq))
    .limit(100)
    .all()

const frame = ({
  seq,
  from,
  to,
  reason,
  actor,
  at,
  version,
}: typeof tables.transitions.$inferSelect): string =>
  `id: ${seq}\nevent: ${from === to ? 'note' : 'state'}\ndata: ${JSON.stringify({ from, to, reason, actor, at, version })}\n\n`

/** A change or a rollout, by its id. */
export const followedOf = (context: TenantContext, id: string): Result<Followed> => {
  if (readRollout(context.db, id)) return ok(followedRollout(context, id))
  return readChangeRow(context.db, id) ? ok(followedChange(context, id)) : refuse('not-found')
}

/** One change. `applied` stays open to a later report only on the resource. */
const followedChange = ({ db }: TenantContext, id: string): Followed => ({
  ids: () => [id],
  hasEnded: () => {
    const change = readChangeRow(db, id)
    return change === undefined || isOver(change.state)
  },
})

/** A rollout with the changes of its phases, those included that are opened later. */
const followedRollout = ({ db }: TenantContext, id: string): Followed => ({
  ids: () => [
    id,
    ...db
      .select({ id: tables.changes.id })
      .from(tables.changes)
      .where(eq(tables.changes.rollout, id))
      .all()
      .map((change) => change.id),
  ],
  hasEnded: () => {
    const rollout = readRollout(db, id)
    return rollout === undefined || rolloutMoves[rollout.state].length === 0
  },
})

// What a restore cannot know: what was revoked, ended, withdrawn or taken away after the cut stands in the older rows as if nothing
// had happened, and the leaves that said so are gone. So after one that may have lost leaves no older credential counts until an
// owner says that it does, and no older sign-in and no approval at all. Nothing is written for it: the log itself has the order.
import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { isOpen } from '../../../../schemas/change.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Refused, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { statement } from '../../database.ts'
import { liveApprovals, MERGED_BEFORE_LOSS, voidApprovals } from '../approvals.ts'
import { type Db, step, type Tx } from '../context.ts'
import { tenantIdOf } from '../log/append.ts'
import { ADOPTED } from './log-name.ts'

const { transitions } = tables

const adoption = statement((db: Db | Tx) =>
  db
    .select({ seq: transitions.seq, at: transitions.at, reason: transitions.reason })
    .from(transitions)
    .where(and(eq(transitions.changeId, sql.placeholder('tenant')), eq(transitions.to, ADOPTED)))
    .orderBy(desc(transitions.version))
    .limit(1)
    .prepare(),
)
/** The last restore that may have lost leaves; undefined: there was none. */
export const lastAdoption = (db: Db | Tx) => adoption(db).get({ tenant: tenantIdOf(db) })

/** What makes a credential good, and who says so again: the newest counts. */
const GIVEN = ['issued', 'active', 'invited', 'joined', 'confirmed']
const given = statement((db: Db | Tx) =>
  db
    .select({ seq: sql<number | null>`max(${transitions.seq})` })
    .from(transitions)
    .where(and(eq(transitions.changeId, sql.placeholder('id')), inArray(transitions.to, GIVEN)))
    .prepare(),
)

/** A token, a workload, an invitation or a member from before it, which nobody has confirmed since. */
export const isAside = (db: Db | Tx, id: string): boolean => {
  const adopted = lastAdoption(db)
  return adopted !== undefined && (given(db).get({ id })?.seq ?? 0) < adopted.seq
}

/** A sign-in from before it: whoever it is signs in again. */
export const isFromBefore = (db: Db | Tx, { createdAt }: { createdAt: string }): boolean => {
  const adopted = lastAdoption(db)
  return adopted !== undefined && createdAt <= adopted.at
}

export const refuseAside = (): Refused =>
  refuse('unauthenticated', {
    detail:
      'This tenant was restored from a backup, and nobody knows whether this token was revoked after it was made: an owner confirms it, or makes another.',
  })

/** Owners and operators, and people only: a machine’s token would confirm itself. */
export const mayConfirm = (who: Principal): Result<null> =>
  who.person ? ok(null) : refuse('forbidden', { detail: 'Only people confirm credentials.' })

const WITHDRAWN = 'the database was restored from before it may have been withdrawn'

/** In the transaction of the restore: who approved is asked again, also for what was merged and is not promoted. */
export const voidAllApprovals = (tx: Tx, at: string): void => {
  for (const change of tx.select().from(tables.changes).all()) {
    if (!isOpen(change.state) || change.liveSha !== null) continue
    const had = liveApprovals(tx, change).length > 0
    if (had) voidApprovals(tx, change, at, WITHDRAWN)
    if (change.state === 'merged')
      step(tx, change, 'merged', { actor: 'phoenix', at, reason: MERGED_BEFORE_LOSS })
    else if (had)
      step(tx, change, change.state === 'approved' ? 'proposed' : change.state, {
        ...{ actor: 'phoenix', at, reason: WITHDRAWN },
      })
  }
}

export interface SetAside {
  tokens: number
  workloads: number
  invitations: number
}

/** How many of those that would be good otherwise. `now`: ISO. */
export const countAside = (db: Db | Tx, now: string): SetAside => {
  const aside = (rows: readonly { id: string }[]) => rows.filter(({ id }) => isAside(db, id)).length
  const isStanding = ({ expiresAt }: { expiresAt: string | null }) =>
    expiresAt === null || expiresAt > now
  if (!lastAdoption(db)) return { tokens: 0, workloads: 0, invitations: 0 }
  const tokens = db.select().from(tables.tokens).all()
  const invitations = db.select().from(tables.invitations).all()
  return {
    tokens: aside(tokens.filter((row) => row.revokedAt === null && isStanding(row))),
    workloads: aside(
      db
        .select()
        .from(tables.workloads)
        .all()
        .filter(({ deletedAt }) => deletedAt === null),
    ),
    invitations: aside(
      invitations.filter(
        (row) => row.revokedAt === null && row.acceptedAt === null && isStanding(row),
      ),
    ),
  }
}

// Pages of the tenant's log: its leaves as they are hashed, and the same steps for people, both the newest first.
import { and, desc, eq, gte, inArray, lt, type SQL } from 'drizzle-orm'
import type { AuditEntry, LeafView, LeafWords, LogLeaf } from '../../../../schemas/log.ts'
import { mayDo, type Principal } from '../../../../schemas/principal.ts'
import { ok, type Result } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { equalInConstantTime, hex } from '../../../digest.ts'
import type { Page } from '../../contracts.ts'
import { among } from '../../database.ts'
import { pageOf } from '../../page.ts'
import type { Db, TenantContext } from '../context.ts'
import { wordsDigestOf, wordsKeyOf } from './append.ts'
import type { LeafFilter, LogOperations } from './contracts.ts'

const { logLeaves, transitions, members, changes, rollouts } = tables
const DAY_MILLISECONDS = 86_400_000

/** Words are of people and for people of the tenant: operators see that there are some. */
export const mayReadWords = (who: Principal): boolean => mayDo(who, 'changes.read')

/** Null where there are none, or they are not those of the leaf any more. */
export const wordsOf = (
  db: Db,
  { index, leaf, reason }: { index: number; leaf: string; reason: string | null },
): LeafWords | null => {
  const { words } = JSON.parse(leaf) as LogLeaf
  if (reason === null || words === null) return null
  return equalInConstantTime(wordsDigestOf(db, index, reason), words)
    ? { text: reason, key: hex(wordsKeyOf(db, index)) }
    : null
}

export const leafColumns = {
  index: logLeaves.index,
  type: logLeaves.type,
  subject: logLeaves.subject,
  leaf: logLeaves.leaf,
  hash: logLeaves.hash,
  reason: transitions.reason,
}

const filtered = ({ subject, type }: LeafFilter, after: string | null): SQL[] => [
  ...(after === null ? [] : [lt(logLeaves.index, Number(after))]),
  ...(subject === undefined ? [] : [eq(logLeaves.subject, subject)]),
  ...(type === undefined ? [] : [eq(logLeaves.type, type)]),
]
const keyOf = ({ index }: { index: number }): string => String(index)

export const listLeaves = (
  { db }: TenantContext,
  who: Principal,
  { page: { limit, after }, filter }: LogOperations['log.leaves']['input'],
): Result<Page<LeafView>> => {
  const rows = db
    .select(leafColumns)
    .from(logLeaves)
    .innerJoin(transitions, eq(transitions.seq, logLeaves.seq))
    .where(and(...filtered(filter, after)))
    .orderBy(desc(logLeaves.index))
    .limit(limit + 1)
    .all()
  const shows = mayReadWords(who)
  return ok(
    pageOf(rows, limit, keyOf, ({ reason, ...row }) => ({
      ...row,
      words: shows ? wordsOf(db, { ...row, reason }) : null,
    })),
  )
}

/** What people call those that a page is about. */
const namesIn = (db: Db, rows: readonly { actor: string; subject: string }[]) => {
  const actors = [...new Set(rows.map(({ actor }) => actor))]
  const subjects = [...new Set(rows.map(({ subject }) => subject))]
  const people = db
    .select({ id: members.id, name: members.handle })
    .from(members)
    .where(among(members.id, actors))
    .all()
  const things = [changes, rollouts].flatMap((table) =>
    db
      .select({ id: table.id, name: table.name })
      .from(table)
      .where(among(table.id, subjects))
      .all(),
  )
  return {
    handles: new Map(people.map(({ id, name }) => [id, name])),
    names: new Map(things.map(({ id, name }) => [id, name])),
  }
}

export const listAudit = (
  { db }: TenantContext,
  who: Principal,
  { page: { limit, after }, filter }: LogOperations['log.audit']['input'],
): Result<Page<AuditEntry>> => {
  const { actor, from, to } = filter
  const { version, at, from: before, to: became, reason: words } = transitions
  const end = to === undefined ? null : new Date(Date.parse(to) + DAY_MILLISECONDS).toISOString()
  const rows = db
    .select({
      ...{ index: logLeaves.index, type: logLeaves.type, subject: logLeaves.subject },
      ...{ at, actor: transitions.actor, version, from: before, to: became, words },
    })
    .from(logLeaves)
    .innerJoin(transitions, eq(transitions.seq, logLeaves.seq))
    .where(
      and(
        ...filtered(filter, after),
        actor === undefined ? undefined : inArray(transitions.actor, idsOf(db, actor)),
        from === undefined ? undefined : gte(at, `${from}T00:00:00.000Z`),
        end === null ? undefined : lt(at, end),
      ),
    )
    .orderBy(desc(logLeaves.index))
    .limit(limit + 1)
    .all()
  const { handles, names } = namesIn(db, rows)
  const shows = mayReadWords(who)
  return ok(
    pageOf(rows, limit, keyOf, (row) => ({
      ...row,
      handle: handles.get(row.actor) ?? null,
      name: names.get(row.subject) ?? null,
      words: shows ? row.words : null,
    })),
  )
}

/** Who is meant by a pseudonym or a handle. */
const idsOf = (db: Db, actor: string): string[] => [
  actor,
  ...db
    .select({ id: members.id })
    .from(members)
    .where(eq(members.handle, actor))
    .all()
    .map(({ id }) => id),
]

// The freeze of every promotion, as the Directory keeps it: one row for each freeze, one for each vote to lift it.
// Who may freeze or vote is judged at the door. Leaves of the log are written by the platform's own tenant, which is told again
// by every sweep until it has them all (noteFreezes).
import { asc, desc, eq, isNull } from 'drizzle-orm'
import { type FreezeView, LIFTS_NEEDED } from '../../../schemas/freeze.ts'
import { PLATFORM_SLUG } from '../../../schemas/ids.ts'
import { type Principal, scopesOf } from '../../../schemas/principal.ts'
import { Outage, ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/directory.ts'
import { couldBeOnePersons, type Vote } from '../../auth/one-person.ts'
import { OPERATOR_SUBJECT } from '../../auth/operator.ts'
import { base32, deriveKey, hmacSha256 } from '../../digest.ts'
import type { Env } from '../../env.ts'
import type { Versioned } from '../contracts.ts'
import { type Database, type Transaction, transaction } from '../database.ts'
import { findTenant, tenantStub } from '../stubs.ts'
import type { NoteFreeze } from '../tenant/freeze/contracts.ts'
import type { FreezeApi, FreezeInput, LiftInput, Voters } from './freeze-contracts.ts'

type Db = Database<typeof tables>
type Tx = Transaction<typeof tables>
type Row = typeof tables.freezes.$inferSelect
const { freezes, freezeLifts } = tables

/** Freezes that the platform's tenant is told of again. */
const NOTED_AGAIN = 20

const current = (db: Db | Tx): Row | undefined =>
  db.select().from(freezes).where(isNull(freezes.liftedAt)).get()

const liftsOf = (db: Db | Tx, id: string) =>
  db
    .select({ by: freezeLifts.by, at: freezeLifts.at })
    .from(freezeLifts)
    .where(eq(freezeLifts.freezeId, id))
    .orderBy(asc(freezeLifts.at), asc(freezeLifts.by))
    .all()

/** Why an older copy of the Directory is not put in place now. */
export const FROZEN =
  'Every promotion is frozen, and a backup may know nothing of it: lift the freeze first.'

export const frozen = (db: Db): Awaited<ReturnType<FreezeApi['frozen']>> => {
  const row = current(db)
  return row ? { reason: row.reason, since: row.at } : null
}

/** Everything counts up: a freeze, a vote, an end. */
const versionOf = (db: Db | Tx): number => {
  const all = db.select().from(freezes).all()
  const ended = all.filter(({ liftedAt }) => liftedAt !== null).length
  return all.length + ended + db.select().from(freezeLifts).all().length
}

/**
 * Never more than there are when it begins: with the root credential alone one vote is enough, for nobody else could ever give
 * the second. Who loses his role afterwards does not make it less, or whoever takes roles away would lift it alone.
 */
const neededOf = (voters: Voters): number => Math.min(LIFTS_NEEDED, 1 + new Set(voters).size)

export const readFreeze = (db: Db | Tx, voters: Voters | null): Versioned<FreezeView> => {
  const row = current(db)
  const view: FreezeView = {
    ...{ frozen: row !== undefined, id: row?.id ?? null, reason: row?.reason ?? null },
    ...{ since: row?.at ?? null, by: row?.by ?? null },
    lifts: row ? liftsOf(db, row.id) : [],
    liftsNeeded: row?.liftsNeeded ?? (voters === null ? LIFTS_NEEDED : neededOf(voters)),
  }
  return { value: view, version: versionOf(db) }
}

export const setFreeze = (
  db: Db,
  env: Pick<Env, 'PLATFORM_KEY'>,
  { key: sent, fingerprint, body, by, voters }: FreezeInput,
  now: string,
): Result<null> => {
  // With a blank between them: no key has one.
  const requestKey = `${by} ${sent}`
  const id = `frz_${base32(hmacSha256(deriveKey(env.PLATFORM_KEY, 'freeze-id'), requestKey), 20)}`
  return transaction(db, (tx): Result<null> => {
    const before = tx.select().from(freezes).where(eq(freezes.requestKey, requestKey)).get()
    if (before && before.fingerprint !== fingerprint) return refuse('idempotency-key-reused')
    if (before || current(tx)) return ok(null)
    const liftsNeeded = voters && neededOf(voters)
    const row = { id, requestKey, fingerprint, reason: body.reason, by, at: now, liftsNeeded }
    tx.insert(freezes).values(row).run()
    return ok(null)
  })
}

/** Later than every vote before it, so that their order never changes. */
const after = (now: string, earlier: readonly { at: string }[]): string => {
  const last = earlier.at(-1)
  return last !== undefined && last.at >= now
    ? new Date(Date.parse(last.at) + 1).toISOString()
    : now
}

/** One for each voter. Given again by a credential that fewer could use, it is so much more his own. */
const addLift = (tx: Tx, { id }: Row, { by, behind }: Vote, at: string): Result<null> => {
  const all = tx.select().from(freezeLifts).where(eq(freezeLifts.freezeId, id)).all()
  const own = all.find((lift) => lift.by === by)
  const left = own ? own.behind.filter((other) => behind.includes(other)) : [...behind]
  if (!own && all.some((lift) => couldBeOnePersons(lift, { by, behind }))) {
    return refuse('separation-of-duties', {
      detail:
        'The same person could have given this vote and one before it, by a credential that he made for another: come with one that is yours alone, or have the other vote given again with one, or another operator vote.',
    })
  }
  tx.insert(freezeLifts)
    .values({ freezeId: id, by, at, behind: left })
    .onConflictDoUpdate({
      target: [freezeLifts.freezeId, freezeLifts.by],
      set: { behind: left },
    })
    .run()
  return ok(null)
}

export const liftFreeze = (
  db: Db,
  { by, behind, voters, ifVersion }: LiftInput,
  now: string,
): Result<null> =>
  transaction(db, (tx): Result<null> => {
    if (ifVersion !== '*' && ifVersion !== versionOf(tx)) return refuse('precondition-failed')
    const row = current(tx)
    if (!row) return ok(null)
    const counts = (subject: string) => subject === OPERATOR_SUBJECT || voters.includes(subject)
    if (!counts(by)) {
      return refuse('forbidden', {
        detail:
          'Whoever became an operator after the freeze began does not lift it, unless too few of the others are left: then a day later.',
      })
    }
    const at = after(now, liftsOf(tx, row.id))
    const added = addLift(tx, row, { by, behind }, at)
    if (!added.ok) return added
    const given = liftsOf(tx, row.id).filter((lift) => counts(lift.by)).length
    const liftsNeeded = row.liftsNeeded ?? neededOf(voters)
    const liftedAt = given >= liftsNeeded ? at : null
    tx.update(freezes).set({ liftsNeeded, liftedAt }).where(eq(freezes.id, row.id)).run()
    return ok(null)
  })

/** The Directory itself, as it comes to the platform's tenant. */
const asPlatform = (tenantId: string): Principal => ({
  ...{ tenantId, credential: 'phoenix', subject: 'phoenix', person: false, behind: [] },
  ...{ roles: ['operator'], scopes: scopesOf('operator') },
})

/** The log is the platform tenant's: without one there is none, and what happened is told as soon as there is. */
const tellAll = async (db: Db, env: Env): Promise<void> => {
  const rows = db.select().from(freezes).orderBy(desc(freezes.at)).limit(NOTED_AGAIN).all()
  const entry = rows.length === 0 ? null : await findTenant(env, PLATFORM_SLUG)
  const reached = entry && tenantStub(env, entry.jurisdiction, entry.id)
  if (!entry || !reached?.ok) return
  const caller = { kind: 'principal' as const, principal: asPlatform(entry.id) }
  for (const { id, reason, by, at, liftedAt } of rows.reverse()) {
    const input: NoteFreeze = { id, reason, by, at, liftedAt, lifts: liftsOf(db, id) }
    await reached.value.stub.call(caller, 'freeze.note', input)
  }
}

/** What the platform's tenant does not take now the next sweep brings. */
export const noteFreezes = async (db: Db, env: Env): Promise<void> => {
  try {
    await tellAll(db, env)
  } catch {
    console.error(JSON.stringify({ level: 'error', actor: 'directory', event: 'freeze-note' }))
  }
}

/** The operators who were so at a time, of those who are so now. Rejects with Outage: nobody is not the same as nobody known. */
export const votersOf = async (env: Env, since: string): Promise<string[]> => {
  const entry = await findTenant(env, PLATFORM_SLUG)
  if (!entry) return []
  const reached = tenantStub(env, entry.jurisdiction, entry.id)
  const caller = { kind: 'principal' as const, principal: asPlatform(entry.id) }
  const asked = reached.ok
    ? await reached.value.stub.call(caller, 'freeze.voters', { since })
    : reached
  if (!asked.ok) throw new Outage('directory', 'cannot ask who the operators are', 5)
  return asked.value
}

// A tenant's database comes back from an export. First the files are proved, then everything is replaced in one transaction with
// a leaf that says so; then whoever was erased is erased again, what Git has and the export has not is taken over, and rooms
// are reserved again. Until that has ended nobody else comes in, and the same request finishes what a crash broke off.
import { eq, inArray, isNull, sql } from 'drizzle-orm'
import type { RestoreBackup, RestoreReport } from '../../../../schemas/backup.ts'
import { type ChangeState, isOpen, OPEN_STATES } from '../../../../schemas/change.ts'
import type { LogHead } from '../../../../schemas/log.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { storeOf } from '../../backup/platform.ts'
import { type Found, fetchPieces, findExport, putInPlace } from '../../backup/restore.ts'
import { backupKeys } from '../../backup/seal.ts'
import { transaction } from '../../database.ts'
import { migrations } from '../../migrations/tenant.ts'
import { logStub } from '../../stubs.ts'
import { claimAgain } from '../arc/scope.ts'
import { enqueue, type OutboxKind, record, type TenantContext, type Tx } from '../context.ts'
import { settleCredentialsOfBackup } from '../credentials/status/after-restore.ts'
import { headOf, openLog, sizeOf } from '../log/append.ts'
import { onLog } from '../log/on-log.ts'
import { compareAgain, noteRestoring } from '../log/standing.ts'
import { agreeOnErasures } from '../people/erasures.ts'
import { countAside, lastAdoption, voidAllApprovals } from './aside.ts'
import { unknownMembers } from './confirm.ts'
import { shutDoors } from './doors.ts'
import { ADOPTED, logName, RESTORED } from './log-name.ts'
import { NOTHING_FOUND, recoverFromGit } from './recover.ts'
import { reserveAgain } from './reserve-again.ts'
import { forgetExports, storageOf } from './take.ts'
import { endUnderWay, noteUnderWay, readUnderWay, type UnderWay } from './under-way.ts'

const { changes, forgeWord, outbox, sessions, tenant } = tables

/** What was published says otherwise than the backup, and nobody said that this is to be left behind. */
class Contradicted extends Error {
  override name = 'Contradicted'
}

const RUNNING_SECONDS = 10
const running = new WeakSet<TenantContext>()

/** One at a time. */
export const restoreTenant = async (
  context: TenantContext,
  who: Principal,
  asked: RestoreBackup,
): Promise<Result<RestoreReport>> =>
  alone(context, who, async () => {
    const broken = readUnderWay(context.db)
    if (!broken) return restoreFrom(context, who, asked)
    if (asked.backup === 'newest' || asked.backup === broken.backup)
      return settleAfter(context, broken)
    return refuse('conflict', {
      detail: `The restore from ${broken.backup} is not over: repeat that one first, or give it up.`,
    })
  })

/**
 * Gives up what a restore has not found in Git yet, where that cannot be read any more: the rows stay, the log says so, and the
 * tenant's people come in again. What Git has beyond comes back when its request is repeated under its key.
 */
export const abandonRestore = (
  context: TenantContext,
  who: Principal,
): Promise<Result<RestoreReport>> =>
  alone(context, who, async () => {
    const mark = readUnderWay(context.db)
    if (!mark) return refuse('conflict', { detail: 'No restore of this tenant is under way.' })
    const at = context.now().toISOString()
    openLog(context.db, context.env)
    stepOfTenant(context, {
      ...{ actor: who.subject, at, to: context.tenant().state },
      reason: `the restore from backup ${mark.backup} was given up: what Git has beyond it was not all taken over`,
    })
    await agreeOnErasures(context)
    return endRestore(context, mark)
  })

const alone = async <T>(
  context: TenantContext,
  who: Principal,
  work: () => Promise<Result<T>>,
): Promise<Result<T>> => {
  if (!who.person) return refuse('forbidden', { detail: 'Only people restore.' })
  if (running.has(context))
    return refuse('outage', {
      detail: 'A restore of this tenant is running.',
      retryAfterSeconds: RUNNING_SECONDS,
    })
  running.add(context)
  try {
    return await work()
  } finally {
    running.delete(context)
  }
}

/** A leaf of the tenant itself. */
export const stepOfTenant = (
  { db }: Pick<TenantContext, 'db'>,
  {
    also,
    ...said
  }: { actor: string; at: string; to: string; reason: string; also?: (tx: Tx) => void },
): void =>
  transaction(db, (tx) => {
    const row = tx.select().from(tenant).get()
    if (!row) throw new Error('a restore without its tenant')
    const version = row.version + 1
    tx.update(tenant).set({ version }).where(eq(tenant.id, row.id)).run()
    record(tx, { ...said, changeId: row.id, version, from: row.state })
    also?.(tx)
  })

const restoreFrom = async (
  context: TenantContext,
  who: Principal,
  { backup, adopt }: RestoreBackup,
): Promise<Result<RestoreReport>> => {
  const { env, db } = context
  if (!env.BACKUPS)
    return refuse('not-supported', { detail: 'This installation keeps no backups.' })
  const owner = context.tenant().id
  const storage = storageOf(db)
  const restoring = {
    storage,
    owner,
    store: storeOf(env, owner),
    keys: backupKeys(env),
    migrations,
  }
  const found = await findExport(restoring, backup)
  if (!found.ok) return found
  const { head } = found.value
  const published = await publishedOf(context, head.log)
  const may = mayReplace(context, found.value, { adopt, published })
  if (!may.ok) return may
  const fetched = await fetchPieces(restoring, found.value)
  if (!fetched.ok) return fetched
  // Time has passed.
  const still = mayReplace(context, found.value, { adopt, published })
  if (!still.ok) return still
  const before = { ...headOf(db), log: logName(db, owner) }
  const mark: UnderWay = {
    ...{ backup: head.id, logSize: head.logSize, publishedSize: published?.size ?? null },
    progress: NOTHING_FOUND,
  }
  try {
    putInPlace(restoring, found.value, () => {
      goOnFrom(context, who, found.value, { adopt, published, before })
      noteUnderWay(db, mark)
    })
  } catch (error) {
    // Everything is as it was.
    compareAgain(context)
    if (!(error instanceof Contradicted)) throw error
    return refuse('conflict', {
      detail:
        'What was published of this log is not what the backup has: look for another backup, or send adopt: true to go on as another log.',
    })
  }
  noteRestoring(context)
  return settleAfter(context, mark)
}

/** What the platform knows of this log. */
const publishedOf = async ({ env }: TenantContext, log: string): Promise<LogHead | null> => {
  return onLog(() => logStub(env).headOf(log))
}

const mayReplace = (
  { db }: TenantContext,
  { head }: Found,
  { adopt, published }: { adopt: boolean; published: LogHead | null },
): Result<null> => {
  const size = sizeOf(db)
  if (size > head.logSize)
    return refuse('conflict', {
      detail: `This database has ${size} leaves and the backup ${head.logSize}: only an older or an empty one is replaced.`,
    })
  if (!adopt && published !== null && published.size > head.logSize)
    return refuse('conflict', {
      detail: `The backup’s log has ${head.logSize} leaves, and ${published.size} were published: look for a newer backup, or send adopt: true to go on without the leaves between.`,
    })
  return ok(null)
}

interface Around {
  adopt: boolean
  published: LogHead | null
  /** Of the database that was in place. */
  before: LogHead & { log: string }
}

/**
 * In the transaction of the restore: whether the log keeps its name. A database that was lost may have signed and shown leaves
 * that nobody else knows, so only one that was provably as long as the backup, and the same, goes on with it. One leaf proves
 * nothing: it is what a database that was lost begins with.
 */
const keepsLog = ({ db }: TenantContext, { head }: Found, around: Around): boolean => {
  const { adopt, published, before } = around
  const agrees =
    published === null ||
    (published.size <= head.logSize && headOf(db, published.size).root === published.root)
  if (!agrees && !adopt) throw new Contradicted()
  // Nor does anybody lose what another log has by a word that he forgot.
  const grown = before.log === head.log && headOf(db, before.size).root === before.root
  if (before.size > 1 && !grown && !adopt) throw new Contradicted()
  const same = before.log === head.log && before.size > 1 && before.size === head.logSize
  return agrees && same && headOf(db, head.logSize).root === before.root
}

/** In the transaction of the restore: the leaf that shows it, and everything that is open looked at anew. */
const goOnFrom = (
  context: TenantContext,
  { subject: actor }: Principal,
  found: Found,
  around: Around,
): void => {
  const { head } = found
  compareAgain(context)
  openLog(context.db, context.env)
  const at = context.now().toISOString()
  const to = keepsLog(context, found, around) ? RESTORED : ADOPTED
  const published = around.published?.size ?? 'none'
  if (context.tenant().id !== head.owner) throw new Error('a backup of another tenant')
  stepOfTenant(context, {
    ...{ to, actor, at },
    reason: `the database of ${head.at} with ${head.logSize} leaves, from backup ${head.id}; ${published} were published`,
    also: (tx) => {
      // The end of a session leaves no leaf, so it is known in no log.
      tx.update(sessions).set({ endedAt: at }).where(isNull(sessions.endedAt)).run()
      if (to === ADOPTED) {
        voidAllApprovals(tx, at)
        shutDoors(tx, at)
      }
      settleCredentialsOfBackup(context, tx, { at, lost: to === ADOPTED })
      lookAgain(tx, Date.parse(at))
    },
  })
}

const WORK: Partial<Record<ChangeState, OutboxKind[]>> = {
  accepted: ['reserve'],
  // The forge may show another check than the older copy knows of, and a claim may be held for a merge that it never began.
  proposed: ['observe-reviews', 'gate-again', 'unclaim'],
  approved: ['observe-reviews', 'gate-again', 'unclaim'],
  merged: ['promote'],
  promoted: ['settle'],
}

/** What waited in the older copy is due at once; each piece of work may be done twice. */
export const lookAgain = (tx: Tx, at: number): void => {
  // That webhooks arrived where the copy was made says nothing of here.
  tx.delete(forgeWord).run()
  tx.update(outbox)
    .set({ dueAt: at, attempts: 0, generation: sql`${outbox.generation} + 1` })
    .run()
  const open = tx
    .select({ id: changes.id, state: changes.state })
    .from(changes)
    .where(inArray(changes.state, [...OPEN_STATES]))
    .all()
  for (const { id, state } of open) for (const kind of WORK[state] ?? []) enqueue(tx, kind, id, at)
}

const settleAfter = async (
  context: TenantContext,
  { progress: known, ...report }: UnderWay,
): Promise<Result<RestoreReport>> => {
  const { db } = context
  context.tenantChanged()
  forgetExports(context)
  await agreeOnErasures(context)
  const progress = { ...structuredClone(NOTHING_FOUND), ...structuredClone(known) }
  try {
    await recoverFromGit(context, progress)
  } finally {
    // Whoever repeats it goes on from here: the forge's limits let it go so far only.
    noteUnderWay(db, { ...report, progress })
  }
  await reserveAgain(context)
  return endRestore(context, { ...report, progress })
}

const UNTOLD =
  'Whatever was done between the backup and the loss and is not in Git is not known here: members who joined, left or were given other roles, tokens, workloads and invitations that were made or revoked, settings, webhook endpoints that were made, credentials that were revoked, suspended or given out, and whether the tenant was suspended or its deletion asked for. Look through them before you confirm what was set aside: webhook endpoints are off until somebody switches them on, accounts at the forge are proved again by their members; phoenix-member and phoenix-approver credentials are suspended until somebody reinstates them; of others, revoke again what was revoked.'

/** It lets people in again. Rejects with Outage. */
const endRestore = async (
  context: TenantContext,
  { progress: known, ...report }: UnderWay,
): Promise<Result<RestoreReport>> => {
  const { db } = context
  const { recovered, unproved } = { ...NOTHING_FOUND, ...known }
  const adopted = lastAdoption(db)
  const isNew = adopted?.reason?.includes(report.backup) === true
  const gone = await unknownMembers(context)
  const had = db.select({ state: changes.state }).from(changes).all()
  const held = had.length - recovered
  const resourceGroupLost = await claimAgain(context)
  endUnderWay(db)
  compareAgain(context)
  context.changed()
  await context.arm()
  console.log(
    JSON.stringify({
      ...{ level: 'warn', event: 'tenant-restored', tenant: context.tenant().id, ...report },
      ...{ changes: held, open: had.filter(({ state }) => isOpen(state)).length, recovered },
      unproved: unproved.length,
    }),
  )
  const { publishedSize, logSize } = report
  return ok({
    ...{ ...report, changes: held, recovered, unproved },
    leavesLost: publishedSize === null ? null : Math.max(0, publishedSize - logSize),
    setAside: countAside(db, context.now().toISOString()),
    ...{ unknownMembers: gone, resourceGroupLost, untold: isNew ? UNTOLD : null },
  })
}

// A tenant's database comes back from an export. First the files are proved, then everything is replaced in one transaction with
// a leaf that says so; then whoever was erased is erased again, what Git has and the export has not is taken over, and rooms
// are reserved again. Each of these may be repeated: the same request finishes what a crash broke off.
import { eq, inArray, sql } from 'drizzle-orm'
import type { RestoreBackup, RestoreReport } from '../../../../schemas/backup.ts'
import { type ChangeState, isOpen, OPEN_STATES } from '../../../../schemas/change.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { Outage, ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { storeOf } from '../../backup/platform.ts'
import { type Found, fetchPieces, findExport, putInPlace } from '../../backup/restore.ts'
import { backupKeys } from '../../backup/seal.ts'
import { transaction } from '../../database.ts'
import { migrations } from '../../migrations/tenant.ts'
import { logStub } from '../../stubs.ts'
import { enqueue, type OutboxKind, record, type TenantContext, type Tx } from '../context.ts'
import { openLog, sizeOf } from '../log/append.ts'
import { compareAgain } from '../log/standing.ts'
import { agreeOnErasures } from '../people/erasures.ts'
import { ADOPTED, RESTORED } from './log-name.ts'
import { recoverFromGit } from './recover.ts'
import { reserveAgain } from './reserve-again.ts'
import { forgetExports, storageOf } from './take.ts'

const { changes, outbox, tenant } = tables

export const restoreTenant = async (
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
  putInPlace(restoring, found.value, () => {
    goOnFrom(context, who, found.value, published)
  })
  return settleAfter(context, { backup: head.id, logSize: head.logSize, publishedSize: published })
}

/** Leaves that the platform knows of this log. */
const publishedOf = async ({ env }: TenantContext, log: string): Promise<number | null> => {
  try {
    return (await logStub(env).headOf(log))?.size ?? null
  } catch (error) {
    throw new Outage('log', 'does not answer', 2, error)
  }
}

const mayReplace = (
  { db }: TenantContext,
  { head }: Found,
  { adopt, published }: { adopt: boolean; published: number | null },
): Result<null> => {
  const size = sizeOf(db)
  if (size > head.logSize)
    return refuse('conflict', {
      detail: `This database has ${size} leaves and the backup ${head.logSize}: only an older or an empty one is replaced.`,
    })
  if (!adopt && published !== null && published > head.logSize)
    return refuse('conflict', {
      detail: `The backup’s log has ${head.logSize} leaves, and ${published} were published: look for a newer backup, or send adopt: true to go on without the leaves between.`,
    })
  return ok(null)
}

/** In the transaction of the restore: the leaf that shows it, and everything that is open looked at anew. */
const goOnFrom = (
  context: TenantContext,
  { subject: actor }: Principal,
  { head }: Found,
  published: number | null,
): void => {
  compareAgain(context)
  openLog(context.db, context.env)
  const at = context.now().toISOString()
  const lost = published !== null && published > head.logSize
  transaction(context.db, (tx) => {
    const row = tx.select().from(tenant).get()
    if (!row || row.id !== head.owner) throw new Error('a backup of another tenant')
    const version = row.version + 1
    tx.update(tenant).set({ version }).where(eq(tenant.id, row.id)).run()
    record(tx, {
      ...{ changeId: row.id, version, from: row.state, to: lost ? ADOPTED : RESTORED, actor, at },
      reason: `the database of ${head.at} with ${head.logSize} leaves, from backup ${head.id}; ${published ?? 'none'} were published`,
    })
    lookAgain(tx, Date.parse(at))
    return null
  })
}

const WORK: Partial<Record<ChangeState, OutboxKind[]>> = {
  accepted: ['reserve'],
  proposed: ['observe-reviews', 'gate'],
  approved: ['observe-reviews', 'gate'],
  merged: ['promote'],
  promoted: ['settle'],
}

/** What waited in the older copy is due at once; each piece of work may be done twice. */
const lookAgain = (tx: Tx, at: number): void => {
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
  report: Pick<RestoreReport, 'backup' | 'logSize' | 'publishedSize'>,
): Promise<Result<RestoreReport>> => {
  context.tenantChanged()
  forgetExports(context)
  const had = context.db.select({ state: changes.state }).from(changes).all()
  await agreeOnErasures(context)
  const recovered = await recoverFromGit(context)
  await reserveAgain(context)
  context.changed()
  await context.arm()
  console.log(
    JSON.stringify({
      ...{ level: 'warn', event: 'tenant-restored', tenant: context.tenant().id, ...report },
      ...{ changes: had.length, open: had.filter(({ state }) => isOpen(state)).length, recovered },
    }),
  )
  return ok({ ...report, changes: had.length, recovered })
}

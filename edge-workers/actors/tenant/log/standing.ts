// Whether this database is as new as what was published of its log. A head that went out was signed and may be anchored: whoever
// appended after it from an older copy would have two histories. So the platform is asked once in the life of the object, before
// anybody acts and anything is written, and a database that is behind does nothing but wait for an operator to restore a newer one.
// The same while a restore is under way: what it has not found yet would be done twice.
import type { LogHead } from '../../../../schemas/log.ts'
import type { Action } from '../../../../schemas/principal.ts'
import { Outage, type Refused, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { forgetRows } from '../../database.ts'
import { refuseOutage } from '../../outage.ts'
import { logStub } from '../../stubs.ts'
import { logName } from '../backup/log-name.ts'
import { isUnderWay } from '../backup/under-way.ts'
import type { TenantContext } from '../context.ts'
import { agreeAgain, beforePersonalData, isAgreed } from '../people/erasures.ts'
import { headOf, ownerOf, sizeOf } from './append.ts'
import { WAITS_FOR_OPERATOR } from './contracts.ts'
import { onLog } from './on-log.ts'
import { takeIn } from './take-in.ts'

/** Until an operator has restored it, asking sooner is of no use. */
const BEHIND_SECONDS = 60

/** Until whoever restores has repeated it. */
const RESTORING_SECONDS = 10

const standings = new WeakMap<TenantContext, 'level' | 'behind' | 'restoring'>()
const comparing = new WeakMap<TenantContext, Promise<void>>()

/** Our log goes on from this head: it is as long or longer, and was the same at that size. */
const goesOnFrom = ({ db }: TenantContext, published: LogHead | null): boolean =>
  published === null ||
  (sizeOf(db) >= published.size && headOf(db, published.size).root === published.root)

const compare = async (context: TenantContext): Promise<void> => {
  const { id } = context.tenant()
  if (isUnderWay(context.db)) return noteRestoring(context)
  const published = await onLog(() => logStub(context.env).headOf(logName(context.db, id)))
  if (!goesOnFrom(context, published)) return noteBehind(context)
  await takeIn(context)
  // Time has passed.
  if (isUnderWay(context.db)) return noteRestoring(context)
  standings.set(context, 'level')
}

const compareOnce = (context: TenantContext): Promise<void> => {
  const known = comparing.get(context)
  if (known) return known
  const asking = compare(context).finally(() => {
    if (comparing.get(context) === asking) comparing.delete(context)
  })
  comparing.set(context, asking)
  return asking
}

/** From now on nothing is done. Said when it is found out, as often as that is. */
export const noteBehind = (context: TenantContext): void => {
  if (standings.get(context) !== 'behind')
    console.error(
      JSON.stringify({
        ...{ level: 'error', event: 'database-behind-its-log', tenant: context.tenant().id },
        size: sizeOf(context.db),
      }),
    )
  standings.set(context, 'behind')
}

/** An older copy of the database than what was published of its log: known since the last comparison. */
export const isBehind = (context: TenantContext): boolean => standings.get(context) === 'behind'

/** The rows of a backup are in place, and what Git has beyond them is not yet. */
export const noteRestoring = (context: TenantContext): void =>
  void standings.set(context, 'restoring')

/** Nothing goes out, and nobody but operators comes in. */
export const isClosed = (context: TenantContext): boolean =>
  isBehind(context) || standings.get(context) === 'restoring'

/** Another database has taken the place of the one that was compared: nothing that was agreed holds for it. */
export const compareAgain = (context: TenantContext): void => {
  standings.delete(context)
  comparing.delete(context)
  agreeAgain(context)
  forgetRows(context.db)
  Object.assign(ownerOf(context.db), { tenantId: null, takenIn: false })
  context.tenantChanged()
}

const refuseBehind = (): Refused =>
  refuse('outage', { detail: WAITS_FOR_OPERATOR.behind, retryAfterSeconds: BEHIND_SECONDS })

const refuseClosed = (context: TenantContext): Refused =>
  isBehind(context)
    ? refuseBehind()
    : refuse('outage', {
        detail: WAITS_FOR_OPERATOR.restoring,
        retryAfterSeconds: RESTORING_SECONDS,
      })

/** Then there is nothing to wait for: a hot read waits for no promise. */
export const isSettled = (context: TenantContext): boolean =>
  standings.get(context) === 'level' && isAgreed(context)

/** What an operator does about it. */
const RESTORING: readonly Action[] = ['backups.read', 'backups.write']

/**
 * Before anybody acts: null, or why nobody does. Once in the life of the object, and again with each call as long as it is
 * behind or the platform did not answer. Rejects with Outage.
 */
export const settleFirst = async (
  context: TenantContext,
  action: Action,
): Promise<Refused | null> => {
  if (standings.get(context) !== 'level') await compareOnce(context)
  if (isClosed(context)) return RESTORING.includes(action) ? null : refuseClosed(context)
  // An older copy of the database brings back people who were erased: nobody acts before they are gone again.
  if (!isAgreed(context)) await beforePersonalData(context)
  return null
}

/** The same for what comes with no principal. Rejects with Outage, also where the database is behind. */
export const beforeWriting = async (context: TenantContext): Promise<void> => {
  if (standings.get(context) === 'level') return
  await compareOnce(context)
  if (isBehind(context)) throw new Outage('log', 'has more than this database', BEHIND_SECONDS)
  if (isClosed(context)) throw new Outage('tenant', 'is being restored', RESTORING_SECONDS)
}

/** And where it answers with a refusal. */
export const whenLevel = async <T>(
  context: TenantContext,
  run: () => Result<T> | Promise<Result<T>>,
): Promise<Result<T>> => {
  try {
    await beforeWriting(context)
  } catch (error) {
    if (isClosed(context)) return refuseClosed(context)
    const later = refuseOutage(error)
    if (later) return later
    throw error
  }
  return run()
}

/** How long alarms wait, in milliseconds; 0: they go on. Nothing goes out of a database that is behind. */
export const pauseOf = async (context: TenantContext): Promise<number> => {
  try {
    await beforeWriting(context)
    return 0
  } catch (error) {
    if (!(error instanceof Outage)) throw error
    return error.retryAfterSeconds * 1_000
  }
}

/** A tenant is made once: not again where its database is gone, and its log was published. Rejects with Outage. */
export const refuseNewcomer = async (
  { db, env }: Pick<TenantContext, 'db' | 'env'>,
  tenantId: string,
): Promise<Refused | null> => {
  if (db.select().from(tables.tenant).get()) return null
  return (await onLog(() => logStub(env).headOf(tenantId))) === null ? null : refuseBehind()
}

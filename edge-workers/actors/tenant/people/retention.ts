// What has ended is forgotten after a while, which the tenant's owners may set: sessions, tokens, invitations, challenges.
import { and, isNotNull, lt, or, type SQL } from 'drizzle-orm'
import type { SQLiteColumn } from 'drizzle-orm/sqlite-core'
import { Outage } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { ENDED_DAYS } from '../../../../schemas/tenant-settings.ts'
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import { forgetRequests } from '../credentials/presentations/forget.ts'
import { agreeOnErasures } from './erasures.ts'
import { spendKey } from './spent-keys.ts'

const DAY_MILLISECONDS = 86_400_000
const { sessions, tokens, invitations, forgeChallenges } = tables

/** Any of these times is set and before `end`. Times are ISO 8601 in UTC, so their order as text is their order in time. */
const before = (end: string, ...columns: SQLiteColumn[]): SQL | undefined =>
  or(...columns.map((column) => and(isNotNull(column), lt(column, end))))

export const forgetEnded = (context: TenantContext): void =>
  transaction(context.db, (tx) => {
    forget(context, tx)
    return undefined
  })

const forget = (context: TenantContext, db: Tx): void => {
  const days = context.tenant().settings.retention?.endedDays ?? ENDED_DAYS
  const end = new Date(context.now().getTime() - days * DAY_MILLISECONDS).toISOString()
  db.delete(sessions)
    .where(before(end, sessions.endedAt, sessions.expiresAt))
    .run()
  // One that was exchanged for a workload's ends by itself as well.
  const made = db
    .delete(tokens)
    .where(before(end, tokens.revokedAt, tokens.expiresAt))
    .returning({ key: tokens.idempotencyKey, workload: tokens.workload })
    .all()
  const offered = db
    .delete(invitations)
    .where(before(end, invitations.acceptedAt, invitations.revokedAt, invitations.expiresAt))
    .returning({ key: invitations.idempotencyKey })
    .all()
  // Nobody sent the key of what was exchanged.
  for (const { key, workload } of made)
    if (workload === null) spendKey(context, db, { kind: 'token', key })
  for (const { key } of offered) spendKey(context, db, { kind: 'invitation', key })
  forgetRequests(context, db, end)
  db.delete(forgeChallenges)
    .where(before(end, forgeChallenges.usedAt, forgeChallenges.expiresAt))
    .run()
}

/** With every sweep. A Directory that does not answer is asked again with the next. */
export const keepHouse = async (context: TenantContext): Promise<void> => {
  // The Directory knows a tenant before its actor does.
  if (!context.db.select().from(tables.tenant).get()) return
  forgetEnded(context)
  try {
    await agreeOnErasures(context)
  } catch (error) {
    if (!(error instanceof Outage)) throw error
    console.log(JSON.stringify({ level: 'warn', event: 'erasures-not-compared' }))
  }
}

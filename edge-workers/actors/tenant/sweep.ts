// What the sweep does in a tenant's object: forgets what has ended, and says how much is due. Nothing where the database is
// behind what was published of it, and nothing where nobody has come yet: the Directory knows a tenant before its actor does.
import { count, max, min } from 'drizzle-orm'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { TenantApi } from '../contracts.ts'
import type { TenantContext } from './context.ts'
import { lookInTurn } from './drift/forge.ts'
import { pauseOf } from './log/standing.ts'
import { keepHouse } from './people/retention.ts'
import { forgetOldDeliveries } from './statuses.ts'
import { forgetOldWebhooks } from './webhooks/deliveries.ts'

export const sweepTenant = async (context: TenantContext): ReturnType<TenantApi['wake']> => {
  const { db } = context
  if (!db.select().from(tables.tenant).get()) return { due: 0 }
  const level = (await pauseOf(context)) === 0
  if (level) {
    forgetOldDeliveries(context)
    forgetOldWebhooks(context)
    await keepHouse(context)
  }
  const { outbox } = tables
  const { rows, oldest, attempts } = db
    .select({ rows: count(), oldest: min(outbox.dueAt), attempts: max(outbox.attempts) })
    .from(outbox)
    .get() ?? { rows: 0, oldest: null, attempts: null }
  const waiting = oldest === null ? 0 : Math.max(0, context.now().getTime() - oldest)
  if (level) lookInTurn(context)
  await context.arm()
  return { due: rows, waitingSeconds: Math.floor(waiting / 1000), attempts: attempts ?? 0 }
}

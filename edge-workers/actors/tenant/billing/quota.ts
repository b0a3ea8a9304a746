// What of the quota is used, spoken for and left.
import { and, asc, eq, gt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/sqlite-core'
import { type QuotaKind, type QuotaView, quotaKinds } from '../../../../schemas/quota.ts'
import type { Use } from '../../../../schemas/snapshot.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../context.ts'
import { usedBy } from '../taken.ts'

const { changes, machines } = tables
const now = alias(machines, 'now')
const STANDS = ''

/** What each open change would add to what stands, the oldest first. What stands already as large as that adds nothing. */
const growths = ({ db }: TenantContext): { change: string; use: Use }[] => {
  const more = (kind: Exclude<QuotaKind, 'vms'>) =>
    sql<number>`sum(max(0, ${machines[kind]} - coalesce(${now[kind]}, 0)))`
  return db
    .select({
      change: machines.changeId,
      vms: sql<number>`sum(${now.name} is null)`,
      ...{ cores: more('cores'), memoryMiB: more('memoryMiB'), diskGiB: more('diskGiB') },
    })
    .from(machines)
    .innerJoin(changes, eq(changes.id, machines.changeId))
    .leftJoin(now, and(eq(now.name, machines.name), sql`+${now.changeId} = ${STANDS}`))
    .where(gt(machines.changeId, STANDS))
    .groupBy(machines.changeId)
    .orderBy(asc(changes.acceptedAt), asc(changes.id))
    .all()
    .map(({ change, ...use }) => ({ change, use }))
}

export const readQuota = (context: TenantContext): QuotaView => {
  const { slug, quota: limits } = context.tenant()
  const used = usedBy({ db: context.db, name: '' })
  const open = growths(context)
  const items = quotaKinds.map((kind) => {
    const reservedBy = open
      .map(({ change, use }) => ({ change, amount: use[kind] }))
      .filter(({ amount }) => amount > 0)
    const reserved = reservedBy.reduce((sum, { amount }) => sum + amount, 0)
    const limit = limits[kind]
    const available = Math.max(0, limit - used[kind] - reserved)
    return { ...{ kind, limit, used: used[kind], reserved, reservedBy }, available }
  })
  const { quotaRecord } = limits
  return {
    ...{ tenant: slug, items },
    source: quotaRecord
      ? { kind: 'change', change: quotaRecord.change, removed: quotaRecord.removed }
      : { kind: 'operators' },
  }
}

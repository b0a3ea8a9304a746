// A page of a tenant's changes, newest first. The time of acceptance with the id behind it is the sort key.
import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { ChangeView } from '../../../schemas/change.ts'
import { changes } from '../../../schemas/tables/tenant.ts'
import type { Page, PageRequest } from '../contracts.ts'
import { pageOf } from '../page.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import type { KeptViews } from './kept-views.ts'

const keyOf = ({ acceptedAt, id }: ChangeRow): string => `${acceptedAt} ${id}`

export const listChanges = (
  { db }: TenantContext,
  views: KeptViews,
  { limit, after }: PageRequest,
  { state, name }: { state?: string; name?: string },
): Page<ChangeView> => {
  const rows = db
    .select()
    .from(changes)
    .where(
      and(
        after === null ? undefined : lt(sql`${changes.acceptedAt} || ' ' || ${changes.id}`, after),
        state === undefined ? undefined : sql`${changes.state} = ${state}`,
        name === undefined ? undefined : eq(changes.name, name),
      ),
    )
    .orderBy(desc(changes.acceptedAt), desc(changes.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, keyOf, views.of)
}

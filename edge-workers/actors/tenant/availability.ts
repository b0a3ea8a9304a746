// How what stands has fared: stretches in which it was up or down, as engines reported them, and a month of them measured.
// A thing is in service from the first time it was healthy until its removal is applied. An engine's silence is no outage.
import { and, eq, gte, isNull, lt, or } from 'drizzle-orm'
import { availabilityOf, monthOf, type Span, spanOf } from '../../../gitops/availability.ts'
import type { Availability, Month } from '../../../schemas/availability.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import {
  type Db,
  lastVersion,
  type ResourceRow,
  record,
  type TenantContext,
  type Tx,
} from './context.ts'
import { subjectOfResource } from './log/append.ts'

const { stretches } = tables

interface Report {
  resource: string
  /** Neither: it is being changed, and what it was before goes on. */
  health: 'healthy' | 'degraded' | 'progressing'
  message: string
  simulated: boolean
  at: string
}

const lasting = (tx: Tx, resource: string) =>
  tx
    .select()
    .from(stretches)
    .where(and(eq(stretches.resource, resource), isNull(stretches.until)))
    .get()

/** What an invoice's credits stand on is in the log as it happens. Its words are the name of what went up or down. */
const noteStretch = (
  tx: Tx,
  { resource, from, to, at }: { resource: string; from: string; to: string; at: string },
): void => {
  const changeId = subjectOfResource(tx, resource)
  const version = lastVersion(tx, changeId) + 1
  record(tx, { changeId, version, from, to, reason: resource, actor: 'phoenix', at })
}

/** Begins another stretch where the report says something else than the one that lasts. */
export const noteHealth = (tx: Tx, { resource, health, message, simulated, at }: Report): void => {
  if (health === 'progressing') return
  const state = health === 'healthy' ? 'up' : 'down'
  const now = lasting(tx, resource)
  // What never was up is not in service yet.
  if (now?.state === state || (!now && state === 'down')) return
  if (now) tx.update(stretches).set({ until: at }).where(eq(stretches.id, now.id)).run()
  noteStretch(tx, { resource, from: now?.state ?? 'none', to: state, at })
  tx.insert(stretches).values({ resource, state, since: at, until: null, message, simulated }).run()
}

export const endService = (tx: Tx, resource: string, at: string): void => {
  const now = lasting(tx, resource)
  if (!now) return
  tx.update(stretches).set({ until: at }).where(eq(stretches.id, now.id)).run()
  noteStretch(tx, { resource, from: now.state, to: 'ended', at })
}

const stretchesIn = (db: Db, resource: string, { from, to }: Span) =>
  db
    .select()
    .from(stretches)
    .where(
      and(
        eq(stretches.resource, resource),
        lt(stretches.since, new Date(to).toISOString()),
        or(isNull(stretches.until), gte(stretches.until, new Date(from).toISOString())),
      ),
    )
    .orderBy(stretches.since, stretches.id)
    .all()

/** Null for what stands where nobody promised anything. */
export const measure = (
  { db, now }: TenantContext,
  { name, tier }: Pick<ResourceRow, 'name' | 'tier'>,
  month?: Month,
): Availability | null => {
  if (tier === null) return null
  const at = now()
  const asked = month ?? monthOf(at)
  return availabilityOf(asked, tier, stretchesIn(db, name, spanOf(asked)), at.getTime())
}

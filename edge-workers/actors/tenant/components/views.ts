// How a component is shown: what is known of it, and each step with its leaf in the tenant's log.
import { and, asc, desc, eq, lt, sql } from 'drizzle-orm'
import type { ComponentSummary, ComponentView } from '../../../../schemas/component.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Page, Versioned } from '../../contracts.ts'
import { pageOf } from '../../page.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import type { ComponentOperations } from './contracts.ts'

const { components, componentSteps, logLeaves, transitions } = tables
export type ComponentRow = typeof components.$inferSelect

const summaryOf = (row: ComponentRow): ComponentSummary => ({
  ...{ id: row.id, kind: row.kind as ComponentSummary['kind'], manufacturer: row.manufacturer },
  ...{ model: row.model, serialDigest: row.serialDigest, state: row.state },
  ...{ custodian: row.custodian, site: row.site, host: row.host },
  ...{ createdAt: row.createdAt, updatedAt: row.updatedAt },
})

const historyOf = (on: Db | Tx, id: string): ComponentView['history'] =>
  on
    .select({
      version: transitions.version,
      from: transitions.from,
      to: transitions.to,
      actor: transitions.actor,
      at: transitions.at,
      about: componentSteps.about,
      evidence: componentSteps.evidence,
      leafIndex: logLeaves.index,
      leafHash: logLeaves.hash,
    })
    .from(transitions)
    .innerJoin(logLeaves, eq(logLeaves.seq, transitions.seq))
    .innerJoin(
      componentSteps,
      and(eq(componentSteps.componentId, id), eq(componentSteps.version, transitions.version)),
    )
    .where(eq(transitions.changeId, id))
    .orderBy(asc(transitions.version))
    .all()

export const versionedView = (on: Db | Tx, row: ComponentRow): Versioned<ComponentView> => ({
  value: { ...summaryOf(row), history: historyOf(on, row.id) },
  version: row.version,
})

export const findComponent = (on: Db | Tx, id: string): ComponentRow | undefined =>
  on.select().from(components).where(eq(components.id, id)).get()

export const readComponent = (
  { db }: TenantContext,
  id: string,
): Result<Versioned<ComponentView>> => {
  const row = findComponent(db, id)
  return row ? ok(versionedView(db, row)) : refuse('not-found')
}

const keyOf = ({ createdAt, id }: ComponentRow): string => `${createdAt} ${id}`

export const listComponents = (
  { db }: TenantContext,
  { limit, after, filter }: ComponentOperations['components.list']['input'],
): Page<ComponentSummary> => {
  const { state, kind } = filter
  const rows = db
    .select()
    .from(components)
    .where(
      and(
        after === null
          ? undefined
          : lt(sql`${components.createdAt} || ' ' || ${components.id}`, after),
        state === undefined ? undefined : eq(components.state, state),
        kind === undefined ? undefined : eq(components.kind, kind),
      ),
    )
    .orderBy(desc(components.createdAt), desc(components.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, keyOf, summaryOf)
}

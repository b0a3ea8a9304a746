// Reading rollouts: one, a page of them, the runbook of what people do, and the documents for people outside.
import { desc, lt, sql } from 'drizzle-orm'
import { runbook } from '../../../../gitops/runbook.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import type { RolloutSummary, RolloutView } from '../../../../schemas/rollout.ts'
import { rollouts } from '../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest } from '../../contracts.ts'
import { pageOf } from '../../page.ts'
import type { TenantContext } from '../context.ts'
import { planCosts } from './planned-costs.ts'
import { type RolloutRow, readReports, readRollout, systemOf } from './rows.ts'
import { rolloutSummary, rolloutView } from './view.ts'

const keyOf = ({ createdAt, id }: RolloutRow): string => `${createdAt} ${id}`

/** Newest first. */
export const listRollouts = (
  context: TenantContext,
  { limit, after }: PageRequest,
): Page<RolloutSummary> => {
  const rows = context.db
    .select()
    .from(rollouts)
    .where(
      after === null ? undefined : lt(sql`${rollouts.createdAt} || ' ' || ${rollouts.id}`, after),
    )
    .orderBy(desc(rollouts.createdAt), desc(rollouts.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, keyOf, (row) => rolloutSummary(context, row))
}

export const readRolloutView = async (
  context: TenantContext,
  id: string,
): Promise<Result<RolloutView>> => {
  const before = readRollout(context.db, id)
  if (before) await planCosts(context, before)
  const row = readRollout(context.db, id)
  return row ? ok(rolloutView(context, row)) : refuse('not-found')
}

/** What people do, as Markdown; or a document of the system, as JSON. */
export const readText = (
  context: TenantContext,
  id: string,
  what: 'runbook' | { document: string },
): Result<string> => {
  const row = readRollout(context.db, id)
  if (!row) return refuse('not-found')
  return what === 'runbook' ? ok(runbookOf(context, row)) : documentOf(row, what.document)
}

const runbookOf = ({ db }: TenantContext, row: RolloutRow): string => {
  const reported = readReports(db, row.id).filter(({ state }) => state !== 'missing')
  return runbook(systemOf(row), row, new Set(reported.map(({ id }) => id)))
}

const documentOf = (row: RolloutRow, name: string): Result<string> => {
  const { documents } = systemOf(row)
  const write = Object.hasOwn(documents, name) ? documents[name] : undefined
  if (!write) return refuse('not-found')
  const written = write(row)
  return written === null
    ? refuse('not-found', {
        detail: 'The rollout’s parameters do not say enough to write this document.',
      })
    : ok(JSON.stringify(written))
}

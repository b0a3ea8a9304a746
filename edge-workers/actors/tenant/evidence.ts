// Gathers the rows of a period for the evidence of a policy pack. Everything in it is this tenant's own: one database each.
import { and, asc, eq, gte, inArray, isNotNull, lt, ne, sql } from 'drizzle-orm'
import { type EvidenceRows, makeEvidence } from '../../../gitops/evidence.ts'
import type { Evidence, EvidenceChange, EvidenceException } from '../../../schemas/evidence.ts'
import { EXCEPTION_TEMPLATE } from '../../../schemas/exception.ts'
import { RuleExceptionParameters } from '../../../schemas/parameters/rule-exception.ts'
import type { Finding } from '../../../schemas/plan.ts'
import { findPack } from '../../../schemas/policy-packs/packs.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../digest.ts'
import type { TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'

const CHANGES_AT_MOST = 2_000
const DAY_MILLISECONDS = 86_400_000

export interface Period {
  from: string
  to: string
}

/** From the first moment of `from` until before `end`. */
interface Span {
  start: string
  end: string
}
const spanOf = ({ from, to }: Period): Span => ({
  start: `${from}T00:00:00.000Z`,
  end: new Date(Date.parse(to) + DAY_MILLISECONDS).toISOString(),
})

type StepRow = typeof tables.transitions.$inferSelect

export const readEvidence = (
  context: TenantContext,
  name: string,
  period: Period,
): Result<Evidence> => {
  const pack = findPack(name)
  if (!pack) return refuse('not-found')
  const span = spanOf(period)
  const steps = context.db
    .select()
    .from(tables.transitions)
    .where(and(gte(tables.transitions.at, span.start), lt(tables.transitions.at, span.end)))
    .orderBy(asc(tables.transitions.seq))
    .all()
  const byChange = Map.groupBy(steps, ({ changeId }) => changeId)
  if (byChange.size > CHANGES_AT_MOST) {
    return refuse('invalid-parameters', {
      detail: `More than ${CHANGES_AT_MOST} changes took a step in this period: name a shorter one.`,
    })
  }
  const rows: EvidenceRows = {
    tenant: context.tenant().slug,
    period,
    plans: plansOf(context, steps, span),
    changes: changesOf(context, byChange, span),
    exceptions: exceptionsOf(context, span),
  }
  return ok(makeEvidence(pack, rows, sha256Hex))
}

const inSpan = ({ db }: TenantContext, { start, end }: Span) =>
  db
    .selectDistinct({ id: tables.transitions.changeId })
    .from(tables.transitions)
    .where(and(gte(tables.transitions.at, start), lt(tables.transitions.at, end)))

/** The first revision is planned with the request; a later one when somebody asked for it, which is a step of its own. */
const plannedIn = (steps: StepRow[]): Set<string> =>
  new Set(
    steps.flatMap(({ changeId, version, reason }) => {
      const revision =
        version === 1 ? '1' : /^revision (\d+) is being written$/.exec(reason ?? '')?.[1]
      return revision === undefined ? [] : [`${changeId} ${revision}`]
    }),
  )

const plansOf = (context: TenantContext, steps: StepRow[], span: Span): EvidenceRows['plans'] => {
  const { changeId, revision, plan } = tables.plans
  const planned = plannedIn(steps)
  return context.db
    .select({ changeId, revision, findings: sql<string>`json_extract(${plan}, '$.findings')` })
    .from(tables.plans)
    .where(inArray(changeId, inSpan(context, span)))
    .orderBy(asc(changeId), asc(revision))
    .all()
    .filter((row) => planned.has(`${row.changeId} ${row.revision}`))
    .map((row) => ({
      change: row.changeId,
      findings: (JSON.parse(row.findings) as Finding[]).map(({ rule, severity, exception }) => ({
        ...{ rule, severity },
        ...(exception ? { exception } : {}),
      })),
    }))
}

const until = (at: string | null, { end }: Span): string | null =>
  at !== null && at < end ? at : null

const changesOf = (
  context: TenantContext,
  byChange: Map<string, StepRow[]>,
  span: Span,
): EvidenceChange[] => {
  const approvals = Map.groupBy(
    context.db
      .select()
      .from(tables.approvals)
      .where(
        and(
          inArray(tables.approvals.changeId, inSpan(context, span)),
          lt(tables.approvals.at, span.end),
        ),
      )
      .orderBy(asc(tables.approvals.at), asc(tables.approvals.id))
      .all(),
    ({ changeId }) => changeId,
  )
  const rows = context.db
    .select()
    .from(tables.changes)
    .where(inArray(tables.changes.id, inSpan(context, span)))
    .orderBy(asc(tables.changes.acceptedAt), asc(tables.changes.id))
    .all()
  return rows.map(({ id, request, name, requester, mergeSha, mergedAt }) => {
    const steps = byChange.get(id) ?? []
    const merged = until(mergedAt, span)
    return {
      ...{ id, action: request.action, template: request.template, name, requester },
      state: steps.at(-1)?.to ?? '',
      approvals: (approvals.get(id) ?? []).map(
        ({ subject, source, revision, headSha, at, voidedAt }) => ({
          ...{ subject, source, revision, headSha, at, voidedAt: until(voidedAt, span) },
        }),
      ),
      mergeSha: merged === null ? null : mergeSha,
      mergedAt: merged,
      steps: steps.map(({ version, to, actor, at, leafHash }) => ({
        ...{ version, to, actor, at, leafHash },
      })),
    }
  })
}

/** Every exception that was promoted, from then until the next promoted change of its name. */
const exceptionsOf = (context: TenantContext, span: Span): EvidenceException[] => {
  const promoted = context.db
    .select({ change: tables.changes, at: tables.transitions.at })
    .from(tables.changes)
    .innerJoin(
      tables.transitions,
      and(
        eq(tables.transitions.changeId, tables.changes.id),
        eq(tables.transitions.to, 'promoted'),
        // A note to a promoted change is no promotion.
        ne(tables.transitions.from, 'promoted'),
        lt(tables.transitions.at, span.end),
      ),
    )
    .where(
      and(
        sql`json_extract(${tables.changes.request}, '$.template') = ${EXCEPTION_TEMPLATE}`,
        isNotNull(tables.changes.liveSha),
      ),
    )
    .orderBy(asc(tables.transitions.seq))
    .all()
  const byName = Map.groupBy(promoted, ({ change }) => change.name)
  return [...byName.values()]
    .flatMap((line) =>
      line.flatMap(({ change, at }, index) => {
        if (change.request.action === 'delete') return []
        const { plan } = readPlanRow(context.db, change)
        const read = RuleExceptionParameters.safeParse(plan.parameters)
        if (!read.success) return []
        const { rule, resource = null, owner, reason, expires } = read.data
        const endedAt = line[index + 1]?.at ?? null
        const over = endedAt !== null && endedAt < span.start
        if (over || expires < span.start.slice(0, 10)) return []
        const where = { change: change.id, commit: change.liveSha ?? '', since: at, endedAt }
        return [{ name: change.name, rule, resource, owner, reason, expires, ...where }]
      }),
    )
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.since < b.since ? -1 : 1))
}

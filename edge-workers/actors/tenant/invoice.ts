// The draft of a month's invoice from this tenant's own rows: what each change made stand, from its promotion on.
import { and, asc, eq, inArray, isNotNull } from 'drizzle-orm'
import { spanOf } from '../../../gitops/availability.ts'
import { standInCredits } from '../../../gitops/catalog.ts'
import { draftInvoice, type Stood } from '../../../gitops/invoice.ts'
import type { Month } from '../../../schemas/availability.ts'
import type { Invoice } from '../../../schemas/invoice.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../digest.ts'
import { measure } from './availability.ts'
import { type PlanRow, readPlanRow, type TenantContext } from './context.ts'

const { changes, resources, transitions } = tables

/** When each promoted change of a name began to stand, in the order of `live`. */
const promotions = ({ db }: TenantContext) =>
  db
    .select({
      ...{ id: changes.id, name: changes.name, revision: changes.revision },
      ...{ state: changes.state, at: transitions.at },
    })
    .from(changes)
    .innerJoin(
      transitions,
      and(eq(transitions.changeId, changes.id), eq(transitions.to, 'promoted')),
    )
    .where(isNotNull(changes.livePlace))
    .orderBy(asc(changes.livePlace), asc(transitions.seq))
    .all()
type Promotion = ReturnType<typeof promotions>[number]

const appliedAt = ({ db }: TenantContext, changeId: string): string | null =>
  db
    .select({ at: transitions.at })
    .from(transitions)
    .where(and(eq(transitions.changeId, changeId), eq(transitions.to, 'applied')))
    .orderBy(asc(transitions.seq))
    .get()?.at ?? null

const isRemoval = ({ plan }: Pick<PlanRow, 'plan'>): boolean => plan.phase === 'remove'

interface Standing extends Stood {
  standIn: string | null
}

/** Each change of one name until the next one, the second half of a removal until it was applied. */
const stretchesOf = (context: TenantContext, rows: Promotion[], month: Month): Standing[] => {
  const { from, to } = spanOf(month)
  return rows.flatMap((row, index) => {
    const next = rows[index + 1]?.at ?? null
    if (Date.parse(row.at) >= to || (next !== null && Date.parse(next) <= from)) return []
    const made = readPlanRow(context.db, row)
    const { cost, findings } = made.plan
    const gone = isRemoval(made) ? appliedAt(context, row.id) : null
    const found = findings.find(({ rule }) => rule === 'COST-STANDIN')
    return [
      {
        ...{ resource: row.name, change: row.id, cost, from: row.at, to: gone ?? next },
        standIn: found?.message ?? null,
      },
    ]
  })
}

/** Of what stood in the month, whether or not it still does; what is made again keeps its name and its history. */
const measured = (context: TenantContext, names: string[], month: Month) =>
  names.length === 0
    ? []
    : context.db
        .select({ name: resources.name, tier: resources.tier })
        .from(resources)
        .where(inArray(resources.name, names))
        .orderBy(asc(resources.name))
        .all()
        .flatMap((row) => {
          const availability = measure(context, row, month)
          return availability && availability.elapsedSeconds > 0
            ? [{ resource: row.name, ...availability }]
            : []
        })

export const readInvoice = (context: TenantContext, month: Month): Result<Invoice> => {
  const now = context.now()
  if (spanOf(month).from > now.getTime()) {
    const errors = [{ pointer: '/month', detail: 'This month has not begun.' }]
    return refuse('invalid-parameters', { errors })
  }
  const stood = [...Map.groupBy(promotions(context), ({ name }) => name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, rows]) => stretchesOf(context, rows, month))
  const names = [...new Set(stood.map(({ resource }) => resource))]
  const standIn = stood.flatMap((one) => (one.standIn === null ? [] : [one.standIn]))
  const input = {
    ...{ tenant: context.tenant().slug, month, now, credits: standInCredits },
    stood: stood.map(({ standIn: _standIn, ...one }) => one),
    availability: measured(context, names, month),
    simulated: [...new Set(standIn)],
  }
  return ok(draftInvoice(input, sha256Hex))
}

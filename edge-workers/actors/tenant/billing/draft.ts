// The draft of a month's invoice from this tenant's own rows: what each change made stand, from its promotion on.
import { asc } from 'drizzle-orm'
import { spanOf } from '../../../../gitops/availability.ts'
import { standInCredits } from '../../../../gitops/catalog.ts'
import { draftInvoice } from '../../../../gitops/invoice.ts'
import type { Month } from '../../../../schemas/availability.ts'
import { INVOICE_ATTESTATIONS, type Invoice } from '../../../../schemas/invoice.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { sha256Hex } from '../../../digest.ts'
import { among } from '../../database.ts'
import { measure } from '../availability.ts'
import type { TenantContext } from '../context.ts'
import { promotionsByName, stretchesOf } from './standing.ts'

const { resources } = tables

/** Of what stood in the month, whether or not it still does; what is made again keeps its name and its history. */
const measured = (context: TenantContext, names: string[], month: Month) =>
  names.length === 0
    ? []
    : context.db
        .select({ name: resources.name, tier: resources.tier })
        .from(resources)
        .where(among(resources.name, names))
        .orderBy(asc(resources.name))
        .all()
        .flatMap((row) => {
          const availability = measure(context, row, month)
          return availability && availability.elapsedSeconds > 0
            ? [{ resource: row.name, ...availability }]
            : []
        })

const stoodIn = (context: TenantContext, month: Month) => {
  const { from, to } = spanOf(month)
  return promotionsByName(context).flatMap(([resource, rows]) =>
    stretchesOf(
      ...([context, rows] as const),
      (span) => Date.parse(span.from) < to && (span.to === null || Date.parse(span.to) > from),
    ).map(({ id, made, ...span }) => ({
      ...{ resource, change: id, cost: made.plan.cost, from: span.from, to: span.to },
      standIn: made.plan.findings.find(({ rule }) => rule === 'COST-STANDIN')?.message ?? null,
    })),
  )
}

/** How many of the parties operators want to attest an invoice of this tenant. */
export const attestationsNeeded = (context: TenantContext): number =>
  context.tenant().quota.invoiceAttestations ?? INVOICE_ATTESTATIONS

/** `issued`: the document as it would be issued now, which is another than the draft to the digest. */
export const draftOf = (
  context: TenantContext,
  month: Month,
  state: Invoice['state'] = 'draft',
): Result<Invoice> => {
  const now = context.now()
  if (spanOf(month).from > now.getTime()) {
    const errors = [{ pointer: '/month', detail: 'This month has not begun.' }]
    return refuse('invalid-parameters', { errors })
  }
  const stood = stoodIn(context, month)
  const standIn = stood.flatMap((one) => (one.standIn === null ? [] : [one.standIn]))
  const input = {
    ...{ tenant: context.tenant().slug, month, now, credits: standInCredits, state },
    stood: stood.map(({ standIn: _standIn, ...one }) => one),
    availability: measured(context, [...new Set(stood.map(({ resource }) => resource))], month),
    simulated: [...new Set(standIn)],
    attestationsNeeded: attestationsNeeded(context),
  }
  return ok(draftInvoice(input, sha256Hex))
}

// Invoices: drafted from the rows, issued once the month is over, attested by parties, settled. An issued one never changes:
// what is found out later about its month is no reason to write it anew.
import { asc, desc, eq } from 'drizzle-orm'
import { monthOf, spanOf } from '../../../../gitops/availability.ts'
import { Month } from '../../../../schemas/availability.ts'
import type {
  Attestation,
  Invoice,
  InvoiceSummary,
  InvoiceView,
  Party,
} from '../../../../schemas/invoice.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Page, PageRequest } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import { type Db, record, type TenantContext, type Tx } from '../context.ts'
import { attestationsNeeded, draftOf } from './draft.ts'

const { attestations, invoices } = tables
export type InvoiceRow = typeof invoices.$inferSelect

/** How the log names an invoice. */
export const invoiceId = (month: Month): string => `inv_${month}`

export const issuedRow = (db: Db | Tx, month: Month): InvoiceRow | undefined =>
  db.select().from(invoices).where(eq(invoices.month, month)).get()

export const attestationsOf = (db: Db | Tx, month: Month): Attestation[] =>
  db
    .select()
    .from(attestations)
    .where(eq(attestations.month, month))
    .orderBy(asc(attestations.at), asc(attestations.party))
    .all()
    .map(({ party, memberId, at, digest }) => ({
      ...{ party: party as Party, by: memberId, at, digest },
    }))

const summaryOf = (db: Db | Tx, row: InvoiceRow): InvoiceSummary => ({
  month: row.month,
  state: row.settledAt === null ? 'issued' : 'settled',
  ...{ digest: row.digest, issuedAt: row.issuedAt, settledAt: row.settledAt },
  attestations: attestationsOf(db, row.month),
  attestationsNeeded: row.document.attestationsNeeded,
})

const draftSummary = (context: TenantContext, month: Month): InvoiceSummary => ({
  ...{ month, state: 'draft', digest: null, issuedAt: null, settledAt: null, attestations: [] },
  attestationsNeeded: attestationsNeeded(context),
})

const viewOf = (db: Db | Tx, row: InvoiceRow): InvoiceView => ({
  ...summaryOf(db, row),
  document: row.document,
})

/** A month as the address says it. */
export const readMonth = (text: string): Result<Month> => {
  const parsed = Month.safeParse(text)
  return parsed.success
    ? ok(parsed.data)
    : refuse('invalid-parameters', {
        errors: [{ pointer: '/month', detail: 'A month, as 2026-11.' }],
      })
}

export const readInvoice = (context: TenantContext, text: string): Result<InvoiceView> => {
  const read = readMonth(text)
  if (!read.ok) return read
  const month = read.value
  const row = issuedRow(context.db, month)
  if (row) return ok(viewOf(context.db, row))
  const draft = draftOf(context, month)
  return draft.ok ? ok({ ...draftSummary(context, month), document: draft.value }) : draft
}

const monthBefore = (month: Month): Month => monthOf(new Date(spanOf(month).from - 1))

const firstMonth = (context: TenantContext): Month => monthOf(new Date(context.tenant().createdAt))

/** Months from the tenant's first to this one, the latest first, after `after`. */
const months = (context: TenantContext, { limit, after }: PageRequest): Month[] => {
  const first = firstMonth(context)
  const found: Month[] = []
  let month = after === null ? monthOf(context.now()) : monthBefore(after)
  // One more than is shown says whether there are more.
  while (month >= first && found.length <= limit) {
    found.push(month)
    month = monthBefore(month)
  }
  return found
}

export const listInvoices = (context: TenantContext, page: PageRequest): Page<InvoiceSummary> => {
  const wanted = months(context, page)
  const issued = new Map(
    context.db
      .select()
      .from(invoices)
      .orderBy(desc(invoices.month))
      .all()
      .map((row) => [row.month, row]),
  )
  const items = wanted.slice(0, page.limit).map((month) => {
    const row = issued.get(month)
    return row ? summaryOf(context.db, row) : draftSummary(context, month)
  })
  return { items, next: wanted.length > page.limit ? (items.at(-1)?.month ?? null) : null }
}

const freeze = (tx: Tx, document: Invoice, { subject: actor }: Principal, at: string): void => {
  const { month, digest } = document
  const row = { month, document, digest, issuedAt: at, settledAt: null, version: 1 }
  tx.insert(invoices).values(row).run()
  record(tx, {
    ...{ changeId: invoiceId(month), version: 1, from: 'draft', to: 'issued' },
    ...{ reason: digest, actor, at },
  })
}

export const issueInvoice = (
  context: TenantContext,
  who: Principal,
  text: string,
): Result<InvoiceView> => {
  if (!who.person) return refuse('forbidden', { detail: 'Only people issue invoices.' })
  const read = readMonth(text)
  if (!read.ok) return read
  const month = read.value
  if (!issuedRow(context.db, month)) {
    const made = draftOf(context, month, 'issued')
    if (!made.ok) return made
    if (month < firstMonth(context)) {
      return refuse('conflict', { detail: 'The tenant was not there yet.' })
    }
    if (!made.value.complete) {
      return refuse('conflict', { detail: 'The month is not over: its draft still changes.' })
    }
    const at = context.now().toISOString()
    transaction(context.db, (tx) => freeze(tx, made.value, who, at))
    context.changed()
  }
  return readInvoice(context, month)
}

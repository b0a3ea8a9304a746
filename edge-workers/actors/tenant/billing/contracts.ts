// Operations of quota, usage and invoices.
import type { AttestInvoice, InvoiceSummary, InvoiceView } from '../../../../schemas/invoice.ts'
import type { Finding } from '../../../../schemas/plan.ts'
import type { QuotaView } from '../../../../schemas/quota.ts'
import type { TenantQuota } from '../../../../schemas/tenant.ts'
import type { UsagePeriod, UsageRecord, UsageTotals } from '../../../../schemas/usage.ts'
import type { Page, PageRequest } from '../../contracts.ts'
import type { Keyed } from '../operation-inputs.ts'

export interface BillingOperations {
  'quota.read': { input: null; output: QuotaView }
  /** For the operators' own tenant: what speaks against another quota here. Null: without a record. */
  'quota.judge': { input: { quota: TenantQuota | null }; output: Finding[] }
  /** For the operators' own tenant: a quota that was promoted there. Once per change, in the order of `live`. */
  'quota.keep': {
    input: { change: string; order: number; quota: TenantQuota | null }
    output: { taken: boolean }
  }

  'usage.list': {
    input: { period: UsagePeriod; page: PageRequest }
    output: Page<UsageRecord> & { totals: UsageTotals }
  }

  /** Of every month since the tenant is there, the latest first. */
  'invoices.list': { input: PageRequest; output: Page<InvoiceSummary> }
  /** Of a month that has begun; one that has not, and what is no month, is refused. */
  'invoices.read': { input: string; output: InvoiceView }
  /** Freezes the document of a month that is over. A second time changes nothing. */
  'invoices.issue': { input: string; output: InvoiceView }
  'invoices.attest': { input: Keyed<AttestInvoice> & { month: string }; output: InvoiceView }
  /** For other tenants: the identity of an operator, so that nobody speaks for two parties. Null: has none. */
  'invoices.identity-of-operator': { input: string; output: string | null }
}

// The rows of quota, usage and invoices in the table of operations.
import { ok } from '../../../../schemas/result.ts'
import type { OperationRows } from '../operation.ts'
import { attestInvoice, identityOfOperator } from './attest.ts'
import type { BillingOperations } from './contracts.ts'
import { issueInvoice, listInvoices, readInvoice } from './invoices.ts'
import { readQuota } from './quota.ts'
import { judgeQuotaHere, keepQuotaHere } from './quota-records.ts'
import { listUsage } from './usage.ts'

export const billingOperations: OperationRows<BillingOperations> = {
  'quota.read': { action: 'quota.read', run: (context) => ok(readQuota(context)) },
  'quota.judge': {
    action: 'platform.write',
    run: (context, _, input) => ok(judgeQuotaHere(context, input)),
  },
  'quota.keep': {
    action: 'platform.write',
    run: (context, _, input) => keepQuotaHere(context, input),
  },

  'usage.list': { action: 'usage.read', run: (context, _, input) => listUsage(context, input) },

  'invoices.list': {
    action: 'invoices.read',
    run: (context, _, page) => ok(listInvoices(context, page)),
  },
  'invoices.read': {
    action: 'invoices.read',
    run: (context, _, month) => readInvoice(context, month),
  },
  'invoices.issue': { action: 'invoices.issue', run: issueInvoice },
  'invoices.attest': { action: 'invoices.attest', run: attestInvoice },
  'invoices.identity-of-operator': { action: 'invoices.attest', run: identityOfOperator },
}

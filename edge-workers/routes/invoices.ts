// /v1/tenants/{tenant}/invoices: drafts of months, issued once they are over, attested by parties until they are settled.
// Nothing is paid here.
import { AttestInvoice, InvoiceSummary, InvoiceView } from '../../schemas/invoice.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerDigested } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { readKeyed, requireIdempotencyKey } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList } from './collection.ts'

const TAG = 'Invoices'
const LIST = '/v1/tenants/{tenant}/invoices'
const ONE = `${LIST}/{month}`
const view = { schema: InvoiceView, name: 'Invoice' }

const registerReads = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List invoices',
      description: 'Of every month since the tenant was made, the latest first, drafts included.',
      tag: TAG,
      action: 'invoices.read',
      answers: {
        200: {
          text: 'The invoices, without their lines.',
          ...{ schema: InvoiceSummary, name: 'InvoiceSummary', list: true },
        },
      },
    },
    answerList('invoices.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: ONE,
      summary: 'Read an invoice',
      description:
        'What stood in the month, for how many seconds, at the price that was approved with it; a credit line for each promise of availability that was not kept; what has no price is shown as such, with the reason. A draft until it is issued: of the present month so far. An issued invoice never changes: what is found out later about its month does not touch it.',
      tag: TAG,
      action: 'invoices.read',
      answers: { 200: { text: 'The invoice and who stands behind it.', ...view } },
      problems: ['invalid-parameters'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const read = await tenant.call(caller, 'invoices.read', param(c, 'month'))
      return read.ok
        ? answerDigested(c, JSON.stringify(read.value))
        : answerRefusal(c, read.refusal)
    },
  )
}

const issue = async (c: AppContext): Promise<Response> => {
  const door = await tenantDoor(c, param(c, 'tenant'))
  if (!door.ok) return answerRefusal(c, door.refusal)
  // The month itself is what makes a repeat the same: no key is kept.
  const key = requireIdempotencyKey(c)
  if (!key.ok) return answerRefusal(c, key.refusal)
  const { tenant, caller } = door.value
  const issued = await tenant.call(caller, 'invoices.issue', param(c, 'month'))
  return answer(c, issued, { status: 201 })
}

const attest = async (c: AppContext): Promise<Response> => {
  const door = await tenantDoor(c, param(c, 'tenant'))
  if (!door.ok) return answerRefusal(c, door.refusal)
  const month = param(c, 'month')
  const asked = await readKeyed(c, AttestInvoice, `POST attestations ${month}`)
  if (!asked.ok) return answerRefusal(c, asked.refusal)
  const { tenant, caller } = door.value
  const attested = await tenant.call(caller, 'invoices.attest', { month, ...asked.value })
  return answer(c, attested, { status: 201 })
}

const registerActs = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/issue`,
      summary: 'Issue an invoice',
      description:
        'Freezes the document of a month that is over, with its digest. A second time is the same.',
      tag: TAG,
      action: 'invoices.issue',
      idempotencyKey: true,
      answers: { 201: { text: 'The invoice as it was issued.', ...view } },
      problems: ['conflict', 'invalid-parameters'],
    },
    issue,
  )

  addRoute(
    app,
    {
      method: 'post',
      path: `${ONE}/attestations`,
      summary: 'Attest an invoice',
      description:
        'Puts the name of one’s party to the digest of the issued document: `tenant` (owner or admin), `auditor`, `platform` (operator). Each party once, each by another person, and none by a credential that another of them made. Settled when as many have attested as the document says (`attestationsNeeded`, any of them); operators set it for a tenant as `invoiceAttestations`.',
      tag: TAG,
      action: 'invoices.attest',
      idempotencyKey: true,
      body: AttestInvoice,
      bodyName: 'AttestInvoice',
      answers: { 201: { text: 'The invoice and who stands behind it now.', ...view } },
      problems: ['conflict', 'separation-of-duties'],
    },
    attest,
  )
}

export const registerInvoiceRoutes = (app: App): void => {
  registerReads(app)
  registerActs(app)
}

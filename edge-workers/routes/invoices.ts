// /v1/tenants/{tenant}/invoices/{month}: the draft of a month. Nothing is settled or paid here.
import { Month } from '../../schemas/availability.ts'
import { Invoice } from '../../schemas/invoice.ts'
import type { Refusal } from '../../schemas/result.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerDigested } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'

export const NO_MONTH: Refusal = {
  problem: 'invalid-parameters',
  errors: [{ pointer: '/month', detail: 'A month, as 2026-11.' }],
}

export const registerInvoiceRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/invoices/{month}',
      summary: 'Read the draft of an invoice',
      description:
        'What stood in the month, for how many seconds, at the price that was approved with it; a credit line for each promise of availability that was not kept; what has no price is shown as such. A draft: nobody has settled it. Of the present month: so far.',
      tag: 'Invoices',
      who: 'owner, admin, auditor',
      answers: { 200: { text: 'The draft.', schema: Invoice, name: 'Invoice' } },
      problems: ['invalid-parameters'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const { tenant, caller } = door.value
      const who = await tenant.whoAmI(caller, 'invoices.read')
      if (!who.ok) return answerRefusal(c, who.refusal)
      const month = Month.safeParse(param(c, 'month'))
      if (!month.success) return answerRefusal(c, NO_MONTH)
      const read = await tenant.readInvoice(caller, month.data)
      return read.ok
        ? answerDigested(c, JSON.stringify(read.value))
        : answerRefusal(c, read.refusal)
    },
  )
}

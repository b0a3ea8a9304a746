// /v1/tenants/{tenant}/quota and /usage: what a tenant may have, and what it has had. Invoices are in invoices.ts.
import { QuotaView } from '../../schemas/quota.ts'
import { UsagePage, UsageQuery } from '../../schemas/usage.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerDigested, answerJson } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { NO_FILTER, nextLink, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, PAGING, param } from '../http/route.ts'
import { registerInvoiceRoutes } from './invoices.ts'
import { periodOf } from './usage-period.ts'

const TAG = 'Quota and usage'

const registerQuota = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/quota',
      summary: 'Read the quota',
      description:
        'For each kind: the limit, what stands, what open changes would add and which ones, what is left. Operators change it by the template `tenant-quota` in the tenant `platform`; without that record the quota holds that they gave when they made the tenant.',
      tag: TAG,
      action: 'quota.read',
      answers: { 200: { text: 'The quota.', schema: QuotaView, name: 'Quota' } },
      problems: ['invalid-parameters'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const query = readQuery(c, NO_FILTER)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const read = await door.value.tenant.call(door.value.caller, 'quota.read', null)
      return read.ok
        ? answerDigested(c, JSON.stringify(read.value))
        : answerRefusal(c, read.refusal)
    },
  )

const registerUsage = (app: App): void =>
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/tenants/{tenant}/usage',
      summary: 'Read the usage',
      description:
        'A record for each size of a resource at each place, from the promotion of the change that made it so until the next one, or until its removal was applied. Whole days of UTC, both included; at most 366 of them.',
      tag: TAG,
      action: 'usage.read',
      query: UsageQuery.extend(PAGING.shape),
      answers: { 200: { text: 'The records.', schema: UsagePage, name: 'UsagePage' } },
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const query = readQuery(c, UsageQuery)
      if (!query.ok) return answerRefusal(c, query.refusal)
      const period = periodOf(query.value, c.get('clock')())
      if (!period.ok) return answerRefusal(c, period.refusal)
      const scope = { tenantId: door.value.tenantId, filter: query.value }
      const page = readPage(c, scope)
      if (!page.ok) return answerRefusal(c, page.refusal)
      const input = { period: period.value, page: page.value }
      const listed = await door.value.tenant.call(door.value.caller, 'usage.list', input)
      if (!listed.ok) return answerRefusal(c, listed.refusal)
      const { items, totals } = listed.value
      const next = nextLink(c, scope, listed.value.next)
      const headers = next === null ? {} : { link: `<${next}>; rel="next"` }
      return answerJson(c, { ...period.value, items, next, totals }, { headers })
    },
  )

export const registerBillingRoutes = (app: App): void => {
  registerQuota(app)
  registerUsage(app)
  registerInvoiceRoutes(app)
}

// Pages of quota, usage and invoices. A form's decision goes the way the API's goes.
import { monthOf } from '../../gitops/availability.ts'
import { AttestInvoice } from '../../schemas/invoice.ts'
import { problems } from '../../schemas/problems.ts'
import { type Refusal, type Result, refuse } from '../../schemas/result.ts'
import { UsageQuery } from '../../schemas/usage.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { keyed } from '../http/idempotency.ts'
import { nextLink, readPage, readQuery } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { periodOf } from '../routes/usage-period.ts'
import { readForm, refusedPage } from './answers.tsx'
import { newKey } from './forms.ts'
import { InvoicePage } from './invoice-page.tsx'
import { InvoicesPage } from './invoices-page.tsx'
import { answerPageHtml } from './layout.tsx'
import { QuotaPage } from './quota-page.tsx'
import { isOwnForm, ownDoor } from './session.ts'
import { UsagePage } from './usage-page.tsx'

const showQuota = async (c: AppContext) => {
  const door = await ownDoor(c)
  if (!door.ok) return refusedPage(c, door.refusal)
  const read = await door.value.tenant.call(door.value.caller, 'quota.read', null)
  return read.ok
    ? answerPageHtml(
        c,
        { title: `Quota of ${read.value.tenant}` },
        <QuotaPage quota={read.value} />,
      )
    : refusedPage(c, read.refusal)
}

const showUsage = async (c: AppContext) => {
  const door = await ownDoor(c)
  if (!door.ok) return refusedPage(c, door.refusal)
  const { tenant, caller, tenantId, entry } = door.value
  const query = readQuery(c, UsageQuery.pick({ month: true }))
  if (!query.ok) return refusedPage(c, query.refusal)
  const now = c.get('clock')()
  const period = periodOf(query.value, now)
  if (!period.ok) return refusedPage(c, period.refusal)
  const scope = { tenantId, filter: query.value }
  const page = readPage(c, scope)
  if (!page.ok) return refusedPage(c, page.refusal)
  const input = { period: period.value, page: page.value }
  const listed = await tenant.call(caller, 'usage.list', input)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  const month = query.value.month ?? monthOf(now)
  const next = nextLink(c, scope, listed.value.next)
  return answerPageHtml(
    c,
    { title: `Usage of ${entry.slug} in ${month}` },
    <UsagePage
      tenant={entry.slug}
      month={month}
      usage={{ ...period.value, ...listed.value, next }}
    />,
  )
}

const showInvoices = async (c: AppContext) => {
  const door = await ownDoor(c)
  if (!door.ok) return refusedPage(c, door.refusal)
  const { tenant, caller, tenantId, entry } = door.value
  const page = readPage(c, { tenantId })
  if (!page.ok) return refusedPage(c, page.refusal)
  const listed = await tenant.call(caller, 'invoices.list', page.value)
  if (!listed.ok) return refusedPage(c, listed.refusal)
  const next = nextLink(c, { tenantId }, listed.value.next)
  return answerPageHtml(
    c,
    { title: `Invoices of ${entry.slug}` },
    <InvoicesPage tenant={entry.slug} invoices={listed.value.items} next={next} />,
  )
}

const showInvoice = async (c: AppContext, door: Entered, refused: Refusal | null = null) => {
  const { tenant, caller, entry } = door
  const read = await tenant.call(caller, 'invoices.read', c.req.param('month') ?? '')
  if (!read.ok) return refusedPage(c, read.refusal)
  const view = read.value
  const [who, names] = await Promise.all([
    tenant.whoAmI(caller, 'invoices.read'),
    tenant.call(...([caller, 'members.names', view.attestations.map(({ by }) => by)] as const)),
  ])
  if (!who.ok) return refusedPage(c, who.refusal)
  const reader = { tenant: entry.slug, who: who.value, names: names.ok ? names.value : {} }
  const refusal = refused && (refused.detail ?? problems[refused.problem].wayOut)
  return answerPageHtml(
    c,
    { title: `Invoice of ${view.month}`, status: refused ? 409 : 200 },
    <InvoicePage view={view} reader={reader} refusal={refusal} />,
  )
}

type Act = (door: Entered, month: string, form: URLSearchParams) => Promise<Result<unknown>>

const attest: Act = ({ tenant, caller }, month, form) => {
  const body = AttestInvoice.safeParse({
    digest: form.get('digest'),
    party: form.get('party') ?? undefined,
  })
  return body.success
    ? tenant.call(caller, 'invoices.attest', {
        month,
        ...keyed(newKey(), body.data, `POST attestations ${month}`),
      })
    : Promise.resolve(refuse('invalid-parameters'))
}

const issue: Act = ({ tenant, caller }, month) => tenant.call(caller, 'invoices.issue', month)

const decide = (act: Act) => async (c: AppContext) => {
  if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
  const door = await ownDoor(c)
  if (!door.ok) return refusedPage(c, door.refusal)
  const month = c.req.param('month') ?? ''
  const done = await act(door.value, month, await readForm(c))
  return done.ok
    ? c.redirect(`/t/${door.value.entry.slug}/invoices/${month}`, 303)
    : showInvoice(c, door.value, done.refusal)
}

export const registerBillingPages = (app: App): void => {
  app.get('/t/:tenant/quota', showQuota)
  app.get('/t/:tenant/usage', showUsage)
  app.get('/t/:tenant/invoices', showInvoices)
  app.get('/t/:tenant/invoices/:month', async (c) => {
    const door = await ownDoor(c)
    return door.ok ? showInvoice(c, door.value) : refusedPage(c, door.refusal)
  })
  app.post('/t/:tenant/invoices/:month/issue', decide(issue))
  app.post('/t/:tenant/invoices/:month/attestations', decide(attest))
}

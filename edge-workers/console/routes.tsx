// The console: the same tenant doors as the API, shown as pages. A form's decision goes the way the API's goes.

import type { ChangeView } from '../../schemas/change.ts'
import { problems } from '../../schemas/problems.ts'
import type { Result } from '../../schemas/result.ts'
import type { Entered } from '../auth/door.ts'
import type { App, AppContext } from '../http/context.ts'
import { nextLink, readPage } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { unpackResult } from '../packed.ts'
import { answerEvents, readForm, refusedPage } from './answers.tsx'
import { registerArcClusterPages } from './azure/clusters-routes.tsx'
import { registerArcMachinePages } from './azure/machines-routes.tsx'
import { registerSecretPages } from './azure/secret-routes.tsx'
import { registerBillingPages } from './billing-routes.tsx'
import { registerCataloguePages } from './catalogue-routes.tsx'
import { ChangePage } from './change-page.tsx'
import { registerComponentPages } from './component-routes.tsx'
import { registerCredentialApprovalPages } from './credential-approval-routes.tsx'
import { registerCredentialSignIn } from './credential-sign-in.tsx'
import { registerCredentialPages } from './credentials/routes.ts'
import { driftFor } from './drift.tsx'
import { registerForgeAccountPages } from './forge-account-routes.tsx'
import { registerFreezePages } from './freeze-pages.tsx'
import { registerHolderPages } from './holder/routes.tsx'
import { registerIdentityPages } from './identity-routes.tsx'
import { registerInvitationPages } from './invitation-routes.tsx'
import { answerPageHtml } from './layout.tsx'
import { ChangesPage } from './list-pages.tsx'
import { LIVE } from './live.ts'
import { registerLogPages } from './log-routes.tsx'
import { handlesOf, People } from './people.tsx'
import { registerPeoplePages } from './people-routes.tsx'
import { registerPresentationReturn } from './presentation-return.tsx'
import { registerResourcePages } from './resource-routes.tsx'
import { registerRolloutPages } from './rollout-routes.tsx'
import { doorOfChange, isOwnForm, sessionDoor } from './session.ts'
import { registerSettingsPages } from './settings-routes.tsx'
import { registerSignInRoutes } from './sign-in-routes.tsx'
import { noteTenant, noteTenants } from './tenant-banner.tsx'
import { registerTokenPages } from './token-routes.tsx'
import { registerWebhookPages } from './webhook-routes.tsx'
import { registerWorkloadPages } from './workload-routes.tsx'

type Decide = (door: Entered, id: string, form: URLSearchParams) => Promise<Result<ChangeView>>
const key = (): string => `console:${crypto.randomUUID()}`

const DECISIONS: Record<string, Decide> = {
  approve: ({ tenant, caller }, id, form) => {
    const head = form.get('head') ?? ''
    return tenant.approveChange(
      caller,
      id,
      key(),
      /^[0-9a-f]{40}$/.test(head) ? { headSha: head } : {},
    )
  },
  merge: ({ tenant, caller }, id) => tenant.mergeChange(caller, id, key()),
  reject: ({ tenant, caller }, id) => tenant.rejectChange(caller, id, key(), null),
  cancel: ({ tenant, caller }, id) => tenant.cancelChange(caller, id, key(), null),
  restore: ({ tenant, caller }, id) => tenant.reviseChange(caller, id, key(), null),
}

const showChange = async (c: AppContext, door: Entered, id: string, refusal: string | null) => {
  const { tenant, caller } = door
  const [change, plan, who] = await Promise.all([
    unpackResult(tenant.readChange(caller, id)),
    tenant.readPlan(caller, id),
    tenant.whoAmI(caller, 'changes.read'),
  ])
  if (!change.ok) return refusedPage(c, change.refusal)
  if (!plan.ok) return refusedPage(c, plan.refusal)
  if (!who.ok) return refusedPage(c, who.refusal)
  const { value } = change.value
  const approvers = value.approvals.map(({ subject }) => subject)
  await noteTenant(c, door)
  const people = await handlesOf(door, [who.value.subject, value.requester, ...approvers])
  return answerPageHtml(
    c,
    { title: `${value.action} ${value.name}`, scripts: ['/live.js'], status: refusal ? 409 : 200 },
    <People.Provider value={people}>
      <ChangePage change={value} plan={plan.value.plan} who={who.value} refusal={refusal} />
    </People.Provider>,
  )
}

export const registerConsoleRoutes = (app: App): void => {
  noteTenants(app)
  // Before the pages: their last part may be anything.
  registerPresentationReturn(app)
  registerHolderPages(app)
  registerArcMachinePages(app)
  registerSignInRoutes(app)
  registerCredentialSignIn(app)
  registerIdentityPages(app)
  registerCataloguePages(app)
  registerSettingsPages(app)
  registerRolloutPages(app)
  registerResourcePages(app)
  registerBillingPages(app)
  registerPeoplePages(app)
  registerTokenPages(app)
  registerForgeAccountPages(app)
  registerWorkloadPages(app)
  registerComponentPages(app)
  registerSecretPages(app)
  registerArcClusterPages(app)
  registerWebhookPages(app)
  registerCredentialPages(app)
  registerInvitationPages(app)
  registerFreezePages(app)
  registerLogPages(app)
  app.get('/live.js', (c) =>
    c.body(LIVE, 200, {
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=300',
    }),
  )

  // Short ways to one's own pages.
  for (const list of ['changes', 'rollouts']) {
    app.get(`/${list}`, async (c) => {
      const door = await sessionDoor(c)
      return door.ok
        ? c.redirect(`/t/${door.value.entry.slug}/${list}`, 303)
        : refusedPage(c, door.refusal)
    })
  }
  app.get('/t/:tenant/changes', async (c) => {
    const door = await sessionDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const { tenant, caller, tenantId, entry } = door.value
    if (c.req.param('tenant') !== entry.slug) return refusedPage(c, { problem: 'not-found' })
    const page = readPage(c, { tenantId })
    if (!page.ok) return refusedPage(c, page.refusal)
    const listed = await tenant.listChanges(caller, page.value, {})
    if (!listed.ok) return refusedPage(c, listed.refusal)
    const next = nextLink(c, { tenantId }, listed.value.next)
    const { items } = listed.value
    const askers = items.map(({ requester }) => requester)
    return answerPageHtml(
      c,
      { title: `Changes of ${entry.slug}` },
      <People.Provider value={await handlesOf(door.value, askers)}>
        <ChangesPage
          tenant={entry.slug}
          changes={items}
          drift={await driftFor(door.value)}
          next={next}
        />
      </People.Provider>,
    )
  })

  app.get('/changes/:id', async (c) => {
    const door = await doorOfChange(c, c.req.param('id'))
    return door.ok
      ? showChange(c, door.value, c.req.param('id'), null)
      : refusedPage(c, door.refusal)
  })

  app.get('/changes/:id/events', (c) => answerEvents(c, c.req.param('id')))

  registerCredentialApprovalPages(app, showChange)

  app.post('/changes/:id/:decision', async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const door = await doorOfChange(c, c.req.param('id'))
    if (!door.ok) return refusedPage(c, door.refusal)
    const { id, decision } = c.req.param()
    const decide = Object.hasOwn(DECISIONS, decision) ? DECISIONS[decision] : undefined
    if (!decide) return refusedPage(c, { problem: 'not-found' })
    const result = await decide(door.value, id, await readForm(c))
    if (result.ok) return c.redirect(`/changes/${id}`, 303)
    const { problem, detail } = result.refusal
    if (problem === 'unauthenticated' || problem === 'not-found')
      return refusedPage(c, result.refusal)
    return showChange(c, door.value, id, detail ?? problems[problem].wayOut)
  })
}

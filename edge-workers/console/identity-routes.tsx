// /, /tenants, /sessions, /t/{tenant}: where somebody lands who is signed in.
import { directoryStub, tenantStub } from '../actors/stubs.ts'
import { dropSession, readSession, type Session } from '../auth/session-cookie.ts'
import { endEverywhere, isStanding } from '../auth/sessions.ts'
import type { App, AppContext } from '../http/context.ts'
import { nextLink, readPage } from '../http/page.ts'
import { answerRefusal } from '../http/problem.ts'
import { unpackResult } from '../packed.ts'
import { refusedPage } from './answers.tsx'
import { SessionsPage, TenantsPage } from './identity-pages.tsx'
import { answerPageHtml } from './layout.tsx'
import { WelcomePage } from './list-pages.tsx'
import { callerOf, endSession, isOwnForm, sessionDoor } from './session.ts'
import { TenantPage } from './tenant-page.tsx'

/** A session that has not ended. */
const standing = async (c: AppContext): Promise<Session | null> => {
  const session = readSession(c)
  return session && (await isStanding(c, callerOf(session))) ? session : null
}

const welcome = (c: AppContext) => answerPageHtml(c, { title: 'Welcome' }, <WelcomePage />)

export const registerIdentityPages = (app: App): void => {
  app.get('/', async (c) => {
    if (!readSession(c)) {
      const door = await sessionDoor(c)
      return door.ok ? c.redirect(`/t/${door.value.entry.slug}`, 303) : welcome(c)
    }
    const session = await standing(c)
    if (!session) {
      dropSession(c)
      return welcome(c)
    }
    const page = { limit: 2, after: null }
    const { items } = await directoryStub(c.env).tenantsOf(session.identity, page)
    const [only] = items
    return c.redirect(only && items.length === 1 ? `/t/${only.slug}` : '/tenants', 303)
  })

  app.get('/tenants', async (c) => {
    const session = await standing(c)
    if (!session) return refusedPage(c, { problem: 'unauthenticated' })
    const scope = { tenantId: session.identity }
    const page = readPage(c, scope)
    if (!page.ok) return refusedPage(c, page.refusal)
    const listed = await directoryStub(c.env).tenantsOf(session.identity, page.value)
    return answerPageHtml(
      c,
      { title: 'Your tenants' },
      <TenantsPage
        tenants={listed.items.map(({ id, slug, jurisdiction }) => {
          const reached = tenantStub(c.env, jurisdiction, id)
          return { slug, jurisdiction, simulated: reached.ok && reached.value.simulated }
        })}
        label={session.label ?? ''}
        next={nextLink(c, scope, listed.next)}
      />,
    )
  })

  app.get('/sessions', async (c) => {
    const session = await standing(c)
    if (!session) return refusedPage(c, { problem: 'unauthenticated' })
    const now = c.get('clock')().toISOString()
    const sessions = await directoryStub(c.env).listSessions(session.identity, now)
    return answerPageHtml(
      c,
      { title: 'Your sessions' },
      <SessionsPage sessions={sessions} current={session.sessionId} />,
    )
  })

  app.post('/sessions/:id/end', async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const id = c.req.param('id')
    // Its own may be ended again: a tenant may not have heard of it the first time.
    if (id === readSession(c)?.sessionId) {
      await endSession(c)
      return c.redirect('/sign-in', 303)
    }
    const session = await standing(c)
    if (!session) return refusedPage(c, { problem: 'unauthenticated' })
    const ended = await endEverywhere(c, session.identity, id)
    return ended.ok ? c.redirect('/sessions', 303) : refusedPage(c, ended.refusal)
  })

  app.get('/t/:tenant', async (c) => {
    const door = await sessionDoor(c)
    if (!door.ok) return refusedPage(c, door.refusal)
    const { tenant, caller, entry } = door.value
    if (c.req.param('tenant') !== entry.slug) return refusedPage(c, { problem: 'not-found' })
    const [read, who] = await Promise.all([
      unpackResult(tenant.readTenant(caller)),
      tenant.whoAmI(caller, 'tenant.read'),
    ])
    if (!read.ok) return refusedPage(c, read.refusal)
    if (!who.ok) return refusedPage(c, who.refusal)
    const { value } = read.value
    return answerPageHtml(
      c,
      { title: value.name },
      <TenantPage tenant={value} reader={who.value} />,
    )
  })
}

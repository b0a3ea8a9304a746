// The pages for people: routes, sign-in, and the forms that merge and review. They work without a script and call the
// same functions as the API, so that the rules are the same on both doors.
import { randomBytes } from 'node:crypto'
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import * as z from 'zod'
import type { Account } from '../accounts.ts'
import { type ForgeContext, ForgeRefusal, findRepository, type Repository } from '../context.ts'
import { mergePull } from '../merge.ts'
import { requireWriter } from '../pulls.ts'
import { submitReview } from '../reviews.ts'
import { createAuthorizePages } from './authorize-page.ts'
import { errorPage, type Frame, type Html, page, repositoryPath } from './layout.ts'
import { pullPage } from './pull-page.ts'
import { commitPage, homePage, pullsPage, repositoryPage, treePage } from './repository-pages.ts'
import { STYLE } from './style.ts'

const COOKIE = 'phoenix_forge_session'
const SESSIONS_LIMIT = 1000
const FORM_LIMIT_BYTES = 256 * 1024

const HEADERS: Record<string, string> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  // Stricter would make browsers send `Origin: null` with our own forms.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cache-Control': 'no-store',
}

interface PageEnv {
  Variables: { viewer: Account | null }
}
type Visit = Context<PageEnv>

/** Where to go after signing in: a path of this server and nothing else. */
const ownPath = (text: string | undefined): string =>
  text !== undefined && /^\/(?![/\\])[^\\]*$/.test(text) ? text : '/'

const signInPage = (frame: Frame, fault: string | null): Html =>
  page(
    frame,
    'Sign in',
    html`<h1>Sign in</h1>
      <form class="card" method="post" action="/-/sign-in">
        ${fault === null ? '' : html`<p class="tag failure">${fault}</p>`}
        <input type="hidden" name="return" value="${frame.path}">
        <label>Token of an account of this forge
          <input type="password" name="token" required autocomplete="off" autofocus></label>
        <button>Sign in</button>
      </form>
      <h2>Accounts of this forge</h2>
      <ul class="rows">
        ${frame.forge.accounts.all.map(
          ({ login, displayName, kind }) =>
            html`<li><strong>${login}</strong> ${displayName} <span class="tag">${kind}</span></li>`,
        )}
      </ul>`,
  )

const PullForm = z.object({ number: z.string().regex(/^\d{1,9}$/) })
const MergeForm = z.object({ sha: z.string(), bypass: z.string().optional() })
const ReviewForm = z.object({
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']),
  body: z.string().default(''),
  commit_id: z.string(),
})

const readForm = async <Schema extends z.ZodType>(c: Visit, schema: Schema) => {
  if (Number(c.req.header('content-length') ?? 0) > FORM_LIMIT_BYTES)
    throw new ForgeRefusal(413, 'The form is too large.')
  const parsed = schema.safeParse(await c.req.parseBody())
  if (!parsed.success) throw new ForgeRefusal(422, 'The form is not filled in as it should be.')
  return parsed.data
}

const addSessions = (pages: Hono<PageEnv>, forge: ForgeContext): void => {
  const sessions = new Map<string, Account>()
  pages.use('*', async (c, next) => {
    // SameSite keeps the cookie away from other sites' forms; the origin is checked all the same.
    const origin = c.req.header('origin')
    if (c.req.method === 'POST' && origin !== `http://${c.req.header('host')}`)
      throw new ForgeRefusal(403, 'This form was not sent from a page of this forge.')
    c.set('viewer', sessions.get(getCookie(c, COOKIE) ?? '') ?? null)
    await next()
    for (const [name, value] of Object.entries(HEADERS)) c.res.headers.set(name, value)
  })
  pages.get('/-/sign-in', (c) =>
    c.html(signInPage({ ...frameOf(forge, c), path: ownPath(c.req.query('return')) }, null)),
  )
  pages.post('/-/sign-in', async (c) => {
    const form = await readForm(c, z.object({ token: z.string(), return: z.string().optional() }))
    const path = ownPath(form.return)
    const account = forge.accounts.byToken(form.token.trim())
    if (account === null)
      return c.html(signInPage({ ...frameOf(forge, c), path }, 'No account has this token.'), 401)
    const oldest = sessions.keys().next().value
    if (sessions.size >= SESSIONS_LIMIT && oldest !== undefined) sessions.delete(oldest)
    const id = randomBytes(32).toString('base64url')
    sessions.set(id, account)
    setCookie(c, COOKIE, id, { httpOnly: true, sameSite: 'Strict', path: '/' })
    return c.redirect(path, 303)
  })
  pages.post('/-/sign-out', (c) => {
    sessions.delete(getCookie(c, COOKIE) ?? '')
    deleteCookie(c, COOKIE, { path: '/' })
    return c.redirect('/', 303)
  })
}

const frameOf = (forge: ForgeContext, c: Visit): Frame => ({
  forge,
  viewer: c.get('viewer') ?? null,
  path: c.req.path,
})

const repositoryOf = (forge: ForgeContext, c: Visit): Repository => {
  const found = findRepository(forge, c.req.param('owner') ?? '', c.req.param('repo') ?? '')
  if (found === null) throw new ForgeRefusal(404, 'There is no such repository.')
  return found
}

const numberOf = (c: Visit): number => {
  const parsed = PullForm.safeParse({ number: c.req.param('number') })
  if (!parsed.success) throw new ForgeRefusal(404, 'There is no such pull request.')
  return Number(parsed.data.number)
}

const addForms = (pages: Hono<PageEnv>, forge: ForgeContext): void => {
  pages.post('/:owner/:repo/pull/:number/merge', async (c) => {
    const account = requireWriter(c.get('viewer'))
    const repository = repositoryOf(forge, c)
    const number = numberOf(c)
    const { sha, bypass } = await readForm(c, MergeForm)
    const words = { title: null, message: null }
    const input = { ...words, expectedHead: sha, bypass: bypass === 'yes' }
    await forge.alone(repository, () => mergePull(forge, repository, account, number, input))
    return c.redirect(repositoryPath(repository, `/pull/${number}`), 303)
  })
  pages.post('/:owner/:repo/pull/:number/reviews', async (c) => {
    const account = requireWriter(c.get('viewer'))
    const repository = repositoryOf(forge, c)
    const number = numberOf(c)
    const { event, body, commit_id } = await readForm(c, ReviewForm)
    const input = { event, body, commitId: commit_id }
    await forge.alone(repository, () => submitReview(forge, repository, account, number, input))
    return c.redirect(repositoryPath(repository, `/pull/${number}`), 303)
  })
}

export const createPages = (forge: ForgeContext): Hono<PageEnv> => {
  const pages = new Hono<PageEnv>()
  pages.onError((error, c) => {
    const refusal = error instanceof ForgeRefusal ? error : null
    if (refusal === null) console.error(`simulated forge: ${error.name}: ${error.message}`)
    const status = refusal?.status ?? 500
    const reasons = (refusal?.errors ?? []).filter((reason) => typeof reason === 'string')
    const detail = refusal ? [refusal.message, ...reasons].join('. ') : 'Something went wrong.'
    const back = c.req.path.replace(/\/(?:merge|reviews)$/, '')
    const shown = errorPage({ ...frameOf(forge, c), path: back }, `Refused (${status})`, detail)
    return c.html(shown, status as 400, HEADERS)
  })
  addSessions(pages, forge)
  pages.get('/-/style.css', (c) =>
    c.body(STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }),
  )
  pages.get('/', (c) => c.html(homePage(frameOf(forge, c))))
  pages.get('/:owner/:repo', async (c) =>
    c.html(await repositoryPage(frameOf(forge, c), repositoryOf(forge, c))),
  )
  pages.get('/:owner/:repo/pulls', (c) =>
    c.html(pullsPage(frameOf(forge, c), repositoryOf(forge, c))),
  )
  pages.get('/:owner/:repo/pull/:number', async (c) =>
    c.html(await pullPage(frameOf(forge, c), repositoryOf(forge, c), numberOf(c))),
  )
  pages.get('/:owner/:repo/commit/:sha', async (c) =>
    c.html(await commitPage(frameOf(forge, c), repositoryOf(forge, c), c.req.param('sha'))),
  )
  pages.get('/:owner/:repo/tree/:rest{.+}', async (c) =>
    c.html(await treePage(frameOf(forge, c), repositoryOf(forge, c), c.req.param('rest'))),
  )
  addForms(pages, forge)
  pages.route(
    '/login/oauth',
    createAuthorizePages(forge, (c) => frameOf(forge, c)),
  )
  pages.notFound((c) =>
    c.html(
      errorPage({ ...frameOf(forge, c), path: '/' }, 'Not found', 'There is nothing here.'),
      404,
      HEADERS,
    ),
  )
  return pages
}

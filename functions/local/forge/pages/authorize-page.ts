// Where a browser is sent to say which account is its own: the signed-in one agrees, and goes back with a code.
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import * as z from 'zod'
import type { Account } from '../accounts.ts'
import { type ForgeContext, ForgeRefusal } from '../context.ts'
import type { AuthorizationRequest, OAuth } from '../oauth.ts'
import { type Frame, type Html, page } from './layout.ts'

const Query = z.object({
  client_id: z.string().max(100),
  redirect_uri: z.string().max(500).optional(),
  state: z.string().min(1).max(500),
  code_challenge: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/)
    .optional(),
  code_challenge_method: z.literal('S256').optional(),
})

/** A stranger's address is never gone to, not even with an error. */
const readRequest = ({ application }: OAuth, input: unknown): AuthorizationRequest => {
  const parsed = Query.safeParse(input)
  if (!parsed.success) throw new ForgeRefusal(400, 'This request for authorization is incomplete.')
  const { client_id, redirect_uri, state, code_challenge } = parsed.data
  if (client_id !== application.clientId)
    throw new ForgeRefusal(404, 'No application has this client id.')
  if (redirect_uri !== undefined && redirect_uri !== application.redirectUri)
    throw new ForgeRefusal(400, 'The redirect_uri is not the one of this application.')
  return { state, challenge: code_challenge ?? null }
}

const consentPage = (frame: Frame, account: Account, query: Record<string, string>): Html =>
  page(
    frame,
    'Authorize Phoenix',
    html`<h1>Authorize Phoenix</h1>
      <form class="card" method="post" action="/login/oauth/authorize">
        <p>Phoenix would like to know which account of this forge is yours. It gets no access to anything.</p>
        <p>You are <strong>${account.displayName}</strong> (${account.login}).</p>
        ${Object.entries(query).map(
          ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
        )}
        <button>Authorize as ${account.login}</button>
      </form>`,
  )

/** A form's answer may not lead to another address under the pages' policy; a page of ours may. */
const goOnPage = (frame: Frame, address: string): Html =>
  page(
    frame,
    'Authorized',
    html`<section class="card"><h1>Authorized</h1><p><a href="${address}">Back to Phoenix</a></p></section>`,
  )

export interface AuthorizeEnv {
  Variables: { viewer: Account | null }
}

export const createAuthorizePages = (
  forge: ForgeContext,
  frameOf: (c: Context<AuthorizeEnv>) => Frame,
): Hono<AuthorizeEnv> => {
  const pages = new Hono<AuthorizeEnv>()
  const requireOAuth = (): OAuth => {
    if (forge.oauth === null) throw new ForgeRefusal(404, 'This forge knows no application.')
    return forge.oauth
  }
  pages.get('/authorize', (c) => {
    readRequest(requireOAuth(), c.req.query())
    const viewer = c.get('viewer')
    const here = c.req.path + new URL(c.req.url).search
    return viewer === null
      ? c.redirect(`/-/sign-in?return=${encodeURIComponent(here)}`, 303)
      : c.html(consentPage(frameOf(c), viewer, c.req.query()))
  })
  pages.post('/authorize', async (c) => {
    const viewer = c.get('viewer')
    if (viewer === null) throw new ForgeRefusal(403, 'Sign in first.')
    const oauth = requireOAuth()
    const address = oauth.grant(viewer, readRequest(oauth, await c.req.parseBody()))
    return c.html(goOnPage(frameOf(c), address), 200, { Refresh: `0;url=${address}` })
  })
  return pages
}

/** The application's own call, with its secret; not a page, and asked from anywhere. */
export const exchangeCode = async (forge: ForgeContext, request: Request): Promise<Response> => {
  if (forge.oauth === null) return new Response(null, { status: 404 })
  const form = new URLSearchParams(await request.text())
  const exchanged = forge.oauth.exchange(Object.fromEntries(form))
  // GitHub answers its refusals with 200 too.
  return Response.json(
    'token' in exchanged
      ? { access_token: exchanged.token, token_type: 'bearer', scope: '' }
      : { error: exchanged.error, error_description: 'The simulated forge does not take this.' },
    { headers: { 'Cache-Control': 'no-store' } },
  )
}

// The frame around every page: header, banner, main, footer. Pages are complete without a script.
import type { Child } from 'hono/jsx'
import { readSession } from '../auth/session-cookie.ts'
import { isLaptop } from '../env.ts'
import type { AppContext } from '../http/context.ts'
import { FreezeBanner, type FreezeShown, freezeShown } from './freeze-banner.tsx'
import { hasCookie } from './session.ts'
import { TenantBanner } from './tenant-banner.tsx'

export interface PageOptions {
  title: string
  status?: 200 | 202 | 400 | 401 | 403 | 404 | 409 | 422 | 429 | 500 | 503
  /** Scripts of our own to load, as addresses on this host. */
  scripts?: string[]
  headers?: Record<string, string>
}

const NAVIGATION = [
  ['/changes', 'Changes'],
  ['/rollouts', 'Rollouts'],
  ['/resources', 'Resources'],
  ['/templates', 'Templates'],
  ['/regions', 'Regions'],
  ['/price-book', 'Prices'],
  ['/docs', 'API'],
  ['/rules', 'Rules'],
  ['/policy-packs', 'Packs'],
  ['/log', 'Log'],
  ['/problems', 'Problems'],
] as const

/** Who is signed in, as far as his own cookie says: asking a tenant would cost every page a call. */
const Reader = ({ c }: { c: AppContext }) => {
  const session = readSession(c)
  if (!session && !hasCookie(c))
    return (
      <p class="reader">
        <a href="/sign-in">Sign in</a>
      </p>
    )
  return (
    <form class="reader" method="post" action="/sign-out">
      {session ? (
        <>
          <a href="/tenants">Tenants</a> <a href="/sessions">{session.label ?? 'Sessions'}</a>
        </>
      ) : (
        <span class="soft">API token</span>
      )}{' '}
      <button type="submit" class="link">
        Sign out
      </button>
    </form>
  )
}

const Shell = (props: {
  c: AppContext
  title: string
  scripts: string[]
  freeze: FreezeShown | null
  children?: Child | Child[]
}) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{props.title} · Phoenix</title>
      <link rel="stylesheet" href="/style.css" />
      <link rel="icon" href="data:," />
      {props.scripts.map((address) => (
        <script type="module" src={address} />
      ))}
    </head>
    <body>
      <a class="skip" href="#main">
        Skip to content
      </a>
      {isLaptop(props.c.env) ? (
        <p class="banner">
          <strong>Laptop:</strong> stand-ins are simulated. Nothing here changes real
          infrastructure.
        </p>
      ) : null}
      <FreezeBanner freeze={props.freeze} />
      <TenantBanner c={props.c} />
      <header class="top">
        <div>
          <a class="brand" href="/">
            Phoenix
          </a>
          <nav aria-label="Main">
            {NAVIGATION.map(([address, name]) => (
              <a href={address} aria-current={props.c.req.path === address ? 'page' : undefined}>
                {name}
              </a>
            ))}
          </nav>
          <Reader c={props.c} />
        </div>
      </header>
      <main id="main">{props.children}</main>
      <footer class="foot">Request {props.c.get('requestId')}</footer>
    </body>
  </html>
)

/** A whole page as a response. Everything in `body` is escaped by hono/jsx. */
export const answerPageHtml = async (
  c: AppContext,
  { title, status = 200, scripts = [], headers = {} }: PageOptions,
  body: Child,
): Promise<Response> => {
  const freeze = await freezeShown(c)
  const shell = (
    <Shell c={c} title={title} scripts={scripts} freeze={freeze}>
      {body}
    </Shell>
  )
  return c.body(`<!doctype html>${shell}`, status, {
    'content-type': 'text/html; charset=utf-8',
    ...headers,
  })
}

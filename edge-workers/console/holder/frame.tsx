// The frame of what holders see: no way into the console, no words but theirs. The address of such a page is a secret, so it is
// told to no other host and indexed nowhere.
import type { Child } from 'hono/jsx'
import { isLaptop } from '../../env.ts'
import type { AppContext } from '../../http/context.ts'
import type { Messages } from '../languages/en.ts'
import { messagesFor } from '../languages/languages.ts'

/** Of a page without a script, in seconds. */
const REFRESH_SECONDS = 15

export interface HolderPage {
  title: string
  status?: 200 | 404
  /** Something may still happen: it looks again by itself. */
  live?: boolean
  /** What the script compares. */
  version?: string
}

const Shell = (props: {
  c: AppContext
  words: Messages
  page: HolderPage
  children?: Child | Child[]
}) => {
  const { c, words, page } = props
  return (
    <html lang={words.lang} dir={words.dir}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <title>{page.title}</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
        {page.live ? (
          <>
            <noscript>
              <meta http-equiv="refresh" content={String(REFRESH_SECONDS)} />
            </noscript>
            <script type="module" src="/holder.js" />
          </>
        ) : null}
      </head>
      <body class="holder">
        {isLaptop(c.env) ? <p class="banner">{words.laptop}</p> : null}
        <main
          id="main"
          {...(page.live ? { 'data-live': 'true', 'data-version': page.version ?? '' } : {})}
        >
          {props.children}
        </main>
      </body>
    </html>
  )
}

export const wordsOf = (c: AppContext): Messages => messagesFor(c.req.header('accept-language'))

export const answerHolder = (c: AppContext, page: HolderPage, body: Child): Response => {
  const words = wordsOf(c)
  const shell = (
    <Shell c={c} words={words} page={page}>
      {body}
    </Shell>
  )
  return c.body(`<!doctype html>${shell}`, page.status ?? 200, {
    'content-type': 'text/html; charset=utf-8',
    'content-language': words.lang,
    'x-robots-tag': 'noindex, nofollow',
    vary: 'accept-language',
  })
}

/** The same for what never was, for what is gone, and for whoever does not know its secret. */
export const answerNothing = (c: AppContext): Response => {
  const { title, text } = wordsOf(c).notFound
  return answerHolder(
    c,
    { title, status: 404 },
    <>
      <h1>{title}</h1>
      <p>{text}</p>
    </>,
  )
}

// /sign-in: to an identity provider and back, or with an API token; /sign-out.
import type { SessionEntry } from '../actors/contracts.ts'
import { beginSignIn, finishSignIn, type SignedIn } from '../auth/oidc/authorization-code.ts'
import { findIssuer, type Issuer, readIssuers } from '../auth/oidc/issuers.ts'
import {
  readSession,
  SESSION_SECONDS,
  setFlow,
  setProfile,
  setSession,
  takeFlow,
} from '../auth/session-cookie.ts'
import { beginSession, endEverywhere } from '../auth/sessions.ts'
import { parseToken } from '../auth/token.ts'
import { base32, deriveKey, hmacSha256 } from '../digest.ts'
import { isLaptop } from '../env.ts'
import type { App, AppContext } from '../http/context.ts'
import { answerRefusal } from '../http/problem.ts'
import { readForm, refusedPage } from './answers.tsx'
import { answerPageHtml } from './layout.tsx'
import { endSession, isOwnForm, localPath, startSession } from './session.ts'
import { SignInPage } from './sign-in-pages.tsx'

const MAX_LABEL = 60

type Note = 'refused' | 'token' | 'outage' | 'credential' | 'busy'
const STATUS = { refused: 401, token: 401, outage: 503, credential: 401, busy: 429 } as const

export const showSignIn = (
  c: AppContext,
  next: string,
  note: Note | null = null,
  retryAfterSeconds?: number,
) =>
  answerPageHtml(
    c,
    {
      ...{ title: 'Sign in', status: note === null ? 200 : STATUS[note] },
      headers: retryAfterSeconds === undefined ? {} : { 'retry-after': `${retryAfterSeconds}` },
    },
    <SignInPage
      {...{ next, note, issuers: readIssuers(c.env).issuers, laptop: isLaptop(c.env) }}
    />,
  )

/** One flow makes one session, however often its answer is brought. */
const sessionIdOf = (c: AppContext, { flowId, identity }: SignedIn): string =>
  `ses_${base32(hmacSha256(deriveKey(c.env.PLATFORM_KEY, 'session-id'), `${flowId} ${identity}`), 26)}`

/** Begins it, and this browser has it. */
export const takeSession = async (
  c: AppContext,
  session: SessionEntry,
  name: string | undefined,
): Promise<void> => {
  const { id: sessionId, identity } = session
  const before = readSession(c)
  await beginSession(c, session)
  // This browser has one session; the one it had would be left with nobody to end it.
  if (before && before.sessionId !== sessionId)
    await endEverywhere(c, before.identity, before.sessionId)
  const label = name?.slice(0, MAX_LABEL)
  const expiresAt = Date.parse(session.expiresAt)
  setSession(c, { sessionId, identity, expiresAt, ...(label ? { label } : {}) })
}

const letIn = async (c: AppContext, issuer: Issuer, signedIn: SignedIn): Promise<Response> => {
  const { identity, claims, next } = signedIn
  const now = c.get('clock')()
  const expiresAt = new Date(now.getTime() + SESSION_SECONDS * 1000).toISOString()
  const session = {
    ...{ id: sessionIdOf(c, signedIn), identity, issuer: issuer.name },
    ...{ createdAt: now.toISOString(), expiresAt },
  }
  await takeSession(c, session, claims.name ?? claims.handle ?? claims.email)
  if (next.startsWith('/invitations/')) await setProfile(c, { identity }, claims)
  return c.redirect(next, 303)
}

export const registerSignInRoutes = (app: App): void => {
  app.get('/sign-in', (c) => showSignIn(c, localPath(c.req.query('next'))))

  app.get('/sign-in/:issuer', async (c) => {
    const issuer = findIssuer(c.env, c.req.param('issuer'))
    if (!issuer) return refusedPage(c, { problem: 'not-found' })
    const next = localPath(c.req.query('next'))
    const begun = await beginSignIn(c, issuer, next)
    if (!begun.ok) return showSignIn(c, next, 'outage')
    setFlow(c, begun.value.flow)
    return c.redirect(begun.value.location, 303)
  })

  app.get('/sign-in/:issuer/callback', async (c) => {
    const issuer = findIssuer(c.env, c.req.param('issuer'))
    if (!issuer) return refusedPage(c, { problem: 'not-found' })
    const finished = await finishSignIn(c, issuer, c.req.queries(), takeFlow(c))
    if (finished.ok) return letIn(c, issuer, finished.value)
    return showSignIn(c, '/', finished.refusal.problem === 'outage' ? 'outage' : 'refused')
  })

  app.post('/sign-in', async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    const form = await readForm(c)
    const token = (form.get('token') ?? '').trim()
    const next = localPath(form.get('next') ?? undefined)
    if (!parseToken(token)) return showSignIn(c, next, 'token')
    await endSession(c)
    startSession(c, token)
    return c.redirect(next, 303)
  })

  app.post('/sign-out', async (c) => {
    if (!isOwnForm(c)) return answerRefusal(c, { problem: 'forbidden' })
    await endSession(c)
    return c.redirect('/', 303)
  })
}

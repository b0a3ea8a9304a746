// /sign-in: to an identity provider and back, or with an API token; /sign-out.
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

const showSignIn = (
  c: AppContext,
  next: string,
  note: 'refused' | 'token' | 'outage' | null = null,
) =>
  answerPageHtml(
    c,
    { title: 'Sign in', status: note === null ? 200 : note === 'outage' ? 503 : 401 },
    <SignInPage
      {...{ next, note, issuers: readIssuers(c.env).issuers, laptop: isLaptop(c.env) }}
    />,
  )

/** One flow makes one session, however often its answer is brought. */
const sessionIdOf = (c: AppContext, { flowId, identity }: SignedIn): string =>
  `ses_${base32(hmacSha256(deriveKey(c.env.PLATFORM_KEY, 'session-id'), `${flowId} ${identity}`), 26)}`

const letIn = async (c: AppContext, issuer: Issuer, signedIn: SignedIn): Promise<Response> => {
  const { identity, claims, next } = signedIn
  const before = readSession(c)
  const now = c.get('clock')()
  const expiresAt = now.getTime() + SESSION_SECONDS * 1000
  const sessionId = sessionIdOf(c, signedIn)
  await beginSession(c, {
    ...{ id: sessionId, identity, issuer: issuer.name },
    ...{ createdAt: now.toISOString(), expiresAt: new Date(expiresAt).toISOString() },
  })
  // This browser has one session; the one it had would be left with nobody to end it.
  if (before && before.sessionId !== sessionId)
    await endEverywhere(c, before.identity, before.sessionId)
  const label = (claims.name ?? claims.handle ?? claims.email)?.slice(0, MAX_LABEL)
  setSession(c, { sessionId, identity, expiresAt, ...(label ? { label } : {}) })
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

// Signing in with an identity provider: the authorization code flow (OpenID Connect Core §3.1) with PKCE (RFC 7636), state, nonce
// and the issuer's name in its answer (RFC 9207). What a flow has to remember is in a sealed cookie of the browser that began it.

import * as z from 'zod'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import { toBase64url } from '../../base64.ts'
import { deriveKey, equalInConstantTime } from '../../digest.ts'
import type { AppContext } from '../../http/context.ts'
import { outgoing } from '../../outgoing.ts'
import { open, seal } from '../../sealing.ts'
import { looksLikeApplication } from './application.ts'
import { identityOf } from './identity.ts'
import type { Issuer } from './issuers.ts'
import { discover, verifyJwt } from './provider-keys.ts'

export const FLOW_SECONDS = 600
/** An ID token is taken straight from the provider: it was made just now. */
const ID_TOKEN_SECONDS = 600
const TOKEN_TIMEOUT_MILLISECONDS = 10_000
const MAX_ANSWER_CHARACTERS = 100_000
const BOUND = 'sign-in'

const Flow = z.strictObject({
  issuer: z.string(),
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** Where the browser goes afterwards. */
  next: z.string(),
  /** Milliseconds since the epoch. */
  expiresAt: z.number(),
})
type Flow = z.infer<typeof Flow>

/** What the provider says of a person; every part of it may be missing. */
export interface Claims {
  name?: string
  email?: string
  handle?: string
}

export interface SignedIn {
  identity: string
  claims: Claims
  next: string
  /** Of this flow and of no other: what comes of it is named by it. */
  flowId: string
}

const random = (): string => toBase64url(crypto.getRandomValues(new Uint8Array(32)))
const flowKey = (c: AppContext): Uint8Array => deriveKey(c.env.PLATFORM_KEY, BOUND)

const redirectUri = (c: AppContext, { name }: Issuer): string =>
  `${c.env.PUBLIC_URL}/sign-in/${name}/callback`

/** The address to send the browser to, and the cookie that it has to bring back. Refuses with `outage`. */
export const beginSignIn = async (
  c: AppContext,
  issuer: Issuer,
  next: string,
): Promise<Result<{ location: string; flow: string }>> => {
  const now = c.get('clock')
  const metadata = await discover(issuer.issuer, { fetch: outgoing(c.env), now })
  if (!metadata.ok) return metadata
  if (metadata.value.authorization_endpoint === undefined) return refuse('outage')
  const [state, nonce, verifier] = [random(), random(), random()]
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  const location = new URL(metadata.value.authorization_endpoint)
  for (const [name, value] of Object.entries({
    ...{ response_type: 'code', client_id: issuer.clientId, redirect_uri: redirectUri(c, issuer) },
    ...{ scope: ['openid', ...issuer.scopes].join(' '), state, nonce },
    ...{ code_challenge: toBase64url(new Uint8Array(digest)), code_challenge_method: 'S256' },
    ...(issuer.prompt ? { prompt: issuer.prompt } : {}),
  }))
    location.searchParams.set(name, value)
  const expiresAt = now().getTime() + FLOW_SECONDS * 1000
  const flow: Flow = { issuer: issuer.name, state, nonce, verifier, next, expiresAt }
  const plain = new TextEncoder().encode(JSON.stringify(flow))
  return ok({ location: location.href, flow: await seal(flowKey(c), plain, BOUND) })
}

const openFlow = async (c: AppContext, sealed: string): Promise<Flow | null> => {
  try {
    const plain = await open(flowKey(c), sealed, BOUND)
    const flow = Flow.parse(JSON.parse(new TextDecoder().decode(plain)))
    return flow.expiresAt > c.get('clock')().getTime() ? flow : null
  } catch {
    return null
  }
}

/** application/x-www-form-urlencoded, as RFC 6749 §2.3.1 wants user and password. */
const formEncoded = (text: string): string => new URLSearchParams({ '': text }).toString().slice(1)

const Tokens = z.object({ id_token: z.string().max(MAX_ANSWER_CHARACTERS) })

/** The ID token for a code (RFC 6749 §4.1.3). A code that is refused is `unauthenticated`, anything else `outage`. */
const redeem = async (
  c: AppContext,
  issuer: Issuer,
  tokenEndpoint: string,
  { code, verifier }: { code: string; verifier: string },
): Promise<Result<string>> => {
  const { clientId, clientSecret } = issuer
  const form = new URLSearchParams({
    ...{ grant_type: 'authorization_code', code, code_verifier: verifier },
    ...{ redirect_uri: redirectUri(c, issuer), client_id: clientId },
  })
  const basic = btoa(`${formEncoded(clientId)}:${formEncoded(clientSecret ?? '')}`)
  try {
    const answer = await outgoing(c.env)(tokenEndpoint, {
      method: 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(clientSecret === undefined ? {} : { authorization: `Basic ${basic}` }),
      },
      body: form.toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(TOKEN_TIMEOUT_MILLISECONDS),
    })
    const text = await answer.text()
    if (answer.status === 400) return refuse('unauthenticated')
    if (answer.status !== 200 || text.length > MAX_ANSWER_CHARACTERS) return refuse('outage')
    return ok(Tokens.parse(JSON.parse(text)).id_token)
  } catch {
    return refuse('outage')
  }
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length > 0 && value.length <= 254 ? value : undefined

const claimsOf = (payload: Record<string, unknown>): Claims => {
  const name = textOf(payload.name)
  const email = textOf(payload.email)
  const handle = textOf(payload.preferred_username)
  return { ...(name ? { name } : {}), ...(email ? { email } : {}), ...(handle ? { handle } : {}) }
}

/**
 * What the browser brought back (RFC 6749 §4.1.2, RFC 9207 §2.4), redeemed and proved (OpenID Connect Core §3.1.3.7). Refuses
 * with `unauthenticated` whatever does not belong to the flow of this browser, and with `outage`.
 */
export const finishSignIn = async (
  c: AppContext,
  issuer: Issuer,
  query: Record<string, string[]>,
  sealed: string | undefined,
): Promise<Result<SignedIn>> => {
  const flow = sealed === undefined ? null : await openFlow(c, sealed)
  const once = (name: string): string | undefined =>
    query[name]?.length === 1 ? query[name][0] : undefined
  const state = once('state')
  if (!flow || flow.issuer !== issuer.name || state === undefined) return refuse('unauthenticated')
  if (!equalInConstantTime(state, flow.state)) return refuse('unauthenticated')
  const reach = { fetch: outgoing(c.env), now: c.get('clock') }
  const metadata = await discover(issuer.issuer, reach)
  if (!metadata.ok) return metadata
  const named = metadata.value.authorization_response_iss_parameter_supported === true
  if ((named || query.iss !== undefined) && once('iss') !== issuer.issuer)
    return refuse('unauthenticated')
  const code = once('code')
  if (code === undefined || query.error !== undefined) return refuse('unauthenticated')
  if (metadata.value.token_endpoint === undefined) return refuse('outage')
  const idToken = await redeem(c, issuer, metadata.value.token_endpoint, { code, ...flow })
  if (!idToken.ok) return idToken
  const verified = await verifyJwt(idToken.value, {
    ...{ issuer: issuer.issuer, audience: issuer.clientId, algorithms: issuer.algorithms },
    ...{ maxAgeSeconds: ID_TOKEN_SECONDS, ...reach },
  })
  if (!verified.ok) return verified
  const { nonce, azp, aud, [issuer.subjectClaim]: subject } = verified.value
  const alone = !Array.isArray(aud) || aud.length === 1
  const ours = azp === undefined ? alone : azp === issuer.clientId
  const fresh = typeof nonce === 'string' && equalInConstantTime(nonce, flow.nonce)
  const person =
    typeof subject === 'string' && subject !== '' && !looksLikeApplication(verified.value)
  if (!ours || !fresh || !person) return refuse('unauthenticated')
  return ok({
    identity: identityOf(c.env, issuer, subject),
    claims: claimsOf(verified.value),
    ...{ next: flow.next, flowId: flow.state },
  })
}

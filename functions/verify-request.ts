// The one lock on the Functions' door: a request must carry a token that the edge signed for exactly this request.
// Default deny; what is open is named. Does not decide what a tenant may do: the edge did that before it signed.
import { createHash } from 'node:crypto'
import type {
  HttpRequest,
  HttpResponseInit,
  InvocationContext,
  PreInvocationHandler,
} from '@azure/functions'
import { createLocalJWKSet, errors, type JWTVerifyGetKey, jwtVerify } from 'jose'
import * as z from 'zod'
import type { Clock } from '../schemas/ports.ts'
import { parseTraceparent } from '../schemas/trace.ts'
import {
  WIRE_ALGORITHMS,
  WIRE_AUDIENCE,
  WIRE_CLOCK_SKEW_SECONDS,
  WIRE_HEADER,
  WIRE_ISSUER,
  WIRE_LIFETIME_SECONDS,
  WIRE_TYPE,
  WireClaims,
} from '../schemas/wire.ts'
import { createReplayCache } from './replay-cache.ts'

const TOKEN_MAX_CHARACTERS = 4096
/** Where the hook leaves the claims for the function. */
const CLAIMS_INPUT = 'wireClaims'

/** For the operator's log only; the caller learns none of it. */
export type RequestRefusal =
  | 'not-configured'
  | 'no-token'
  | 'bad-token'
  | 'expired'
  | 'other-request'
  | 'replayed'

export type Verdict = { ok: true; claims: WireClaims } | { ok: false; reason: RequestRefusal }

export interface SignedRequest {
  method: string
  url: string
  token: string | null
  /** Read only once the signature is known to be ours. */
  body: () => Promise<Uint8Array>
}

export type VerifyRequest = (request: SignedRequest) => Promise<Verdict>

/** One key, or two while the edge changes from one to the next. A private member must never come here. */
const PublicJwks = z.object({
  keys: z
    .array(z.looseObject({ kid: z.string().min(1), d: z.undefined().optional() }))
    .min(1)
    .max(2),
})

const readKeys = (jwks: string | undefined): JWTVerifyGetKey | null => {
  try {
    const { keys } = PublicJwks.parse(JSON.parse(jwks ?? ''))
    const local = createLocalJWKSet({ keys: keys as never })
    return async (header, token) => {
      // Without a kid jose would try whichever key fits the algorithm.
      if (typeof header?.kid !== 'string') throw new errors.JWKSNoMatchingKey()
      return local(header, token)
    }
  } catch {
    return null
  }
}

const refused = (reason: RequestRefusal): Verdict => ({ ok: false, reason })

const isFor = (claims: WireClaims, request: SignedRequest, body: Uint8Array): boolean => {
  const { pathname, search } = new URL(request.url)
  return (
    claims.htm === request.method &&
    claims.htp === pathname + search &&
    claims.bsh === createHash('sha256').update(body).digest('base64url')
  )
}

/**
 * Checks a request token (schemas/wire.ts; RFC 7519, RFC 8725, in the spirit of RFC 9449).
 * `jwks` is the JSON text of the edge's public keys; unreadable keys refuse everything. Never throws for a bad request.
 */
export const createRequestVerifier = ({
  jwks,
  now,
}: {
  jwks: string | undefined
  now: Clock
}): VerifyRequest => {
  const keys = readKeys(jwks)
  const replays = createReplayCache()

  const verifyToken = async (token: string, getKey: JWTVerifyGetKey, at: Date) => {
    const { payload } = await jwtVerify(token, getKey, {
      algorithms: [...WIRE_ALGORITHMS],
      issuer: WIRE_ISSUER,
      audience: WIRE_AUDIENCE,
      typ: WIRE_TYPE,
      clockTolerance: WIRE_CLOCK_SKEW_SECONDS,
      maxTokenAge: WIRE_LIFETIME_SECONDS,
      currentDate: at,
    })
    return WireClaims.parse(payload)
  }

  return async (request) => {
    if (!keys) return refused('not-configured')
    const { token } = request
    if (!token) return refused('no-token')
    if (token.length > TOKEN_MAX_CHARACTERS) return refused('bad-token')
    const at = now()
    let claims: WireClaims
    try {
      claims = await verifyToken(token, keys, at)
    } catch (error) {
      return refused(error instanceof errors.JWTExpired ? 'expired' : 'bad-token')
    }
    if (claims.exp - claims.iat > WIRE_LIFETIME_SECONDS) return refused('bad-token')
    if (!isFor(claims, request, await request.body())) return refused('other-request')
    const forgetAt = (claims.exp + WIRE_CLOCK_SKEW_SECONDS) * 1000
    const seen = replays.seen(`${claims.jti} ${claims.nonce}`, forgetAt, at.getTime())
    return seen ? refused('replayed') : { ok: true, claims }
  }
}

const unauthorised = (): HttpResponseInit => ({
  status: 401,
  headers: { 'content-type': 'application/problem+json', 'www-authenticate': WIRE_HEADER },
  body: JSON.stringify({ type: 'about:blank', title: 'Unauthorized', status: 401 }),
})

/** A message is no answer to anybody: it is left where it is, and in the end it is poison. */
const refuseMessage = (): never => {
  throw new Error('this function is not open')
}

/**
 * A preInvocation hook: functions named in `open` run for anyone, timers run for the host, everything else needs a
 * verified request. A refused function is replaced by one that answers 401, or fails where nobody asked by HTTP.
 */
export const requireSignedRequest =
  ({
    verifyRequest,
    open,
  }: {
    verifyRequest: VerifyRequest
    open: readonly string[]
  }): PreInvocationHandler =>
  async (hook) => {
    const { functionName, options } = hook.invocationContext
    const { type } = options.trigger
    if (open.includes(functionName) || type === 'timerTrigger') return
    const request = type === 'httpTrigger' ? (hook.inputs[0] as HttpRequest) : undefined
    const verdict: Verdict = request
      ? await verifyRequest({
          method: request.method,
          url: request.url,
          token: request.headers.get(WIRE_HEADER),
          body: async () => new Uint8Array(await request.clone().arrayBuffer()),
        })
      : refused('no-token')
    if (verdict.ok) {
      hook.invocationContext.extraInputs.set(CLAIMS_INPUT, verdict.claims)
      return
    }
    const trace = parseTraceparent(request?.headers.get('traceparent'))?.traceId
    const { reason } = verdict
    hook.invocationContext.warn(
      JSON.stringify({ level: 'warn', event: 'request-refused', reason, trace }),
    )
    hook.functionHandler = request ? unauthorised : refuseMessage
  }

/** Whether the hook let this request in. */
export const isVerified = (context: InvocationContext): boolean =>
  context.extraInputs.get(CLAIMS_INPUT) !== undefined

/** The claims the hook verified. Throws in a function that the hook did not guard. */
export const verifiedClaims = (context: InvocationContext): WireClaims =>
  WireClaims.parse(context.extraInputs.get(CLAIMS_INPUT))

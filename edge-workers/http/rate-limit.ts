// A limit per caller and minute, told by RateLimit headers (draft-ietf-httpapi-ratelimit-headers-10). It is counted in this
// process only: several isolates together let more through. It protects us from one caller's mistake, not from a flood.
import type { MiddlewareHandler } from 'hono'
import type { Credential } from '../auth/credential.ts'
import type { AppContext, AppTypes } from './context.ts'
import { answerRefusal } from './problem.ts'

const WINDOW_SECONDS = 60
const DEFAULT_LIMIT = 600
const MAX_CALLERS = 10_000
/** Forges and engines send for all tenants from few addresses and do not repeat: their signature is what limits them. */
const UNLIMITED = /^\/(?:healthz$|webhooks\/)/

interface Window {
  endsAt: number
  taken: number
}

const limitOf = ({ env }: AppContext): number => {
  const limit = Number(env.RATE_LIMIT ?? DEFAULT_LIMIT)
  return Number.isInteger(limit) && limit >= 0 ? limit : DEFAULT_LIMIT
}

const keyOf = (credential: Credential): string =>
  credential.kind === 'jwt'
    ? `jwt ${credential.digest}`
    : `token ${credential.tokenId} ${credential.secretDigest}`

/** Of credentials that were read before: a key that is the same string is not hashed again. */
const keys = new WeakMap<Credential, string>()

/** The whole credential, so that nobody can use up another's limit by guessing at it; else the client's address. */
const callerOf = (c: AppContext, address: string | undefined): string => {
  const credential = c.get('credential')
  if (!credential.ok) return `address ${address ?? 'unknown'}`
  const known = keys.get(credential.value)
  if (known !== undefined) return known
  const key = keyOf(credential.value)
  keys.set(credential.value, key)
  return key
}

export const rateLimit = (): MiddlewareHandler<AppTypes> => {
  const windows = new Map<string, Window>()
  const windowOf = (key: string, now: number): Window => {
    const known = windows.get(key)
    if (known && known.endsAt > now) return known
    windows.delete(key)
    const [oldest] = windows.keys()
    if (windows.size >= MAX_CALLERS && oldest !== undefined) windows.delete(oldest)
    const fresh = { endsAt: now + WINDOW_SECONDS * 1000, taken: 0 }
    windows.set(key, fresh)
    return fresh
  }

  return async (c, next) => {
    const limit = limitOf(c)
    if (limit === 0 || UNLIMITED.test(c.req.path)) return next()
    const now = c.get('clock')().getTime()
    const address = c.req.header('cf-connecting-ip')
    // Credentials that were refused count against their sender's address as well.
    const failures = address === undefined ? null : windowOf(`failures ${address}`, now)
    const window = windowOf(callerOf(c, address), now)
    window.taken += 1
    const seconds = Math.max(1, Math.ceil((window.endsAt - now) / 1000))
    const refused = window.taken > limit || (failures !== null && failures.taken >= limit)
    if (refused) {
      c.res = answerRefusal(c, { problem: 'rate-limited', retryAfterSeconds: seconds })
    } else {
      await next()
    }
    if (c.res.status === 401 && failures) failures.taken += 1
    const { headers } = c.res
    headers.set('ratelimit-policy', `"default";q=${limit};w=${WINDOW_SECONDS}`)
    headers.set('ratelimit', `"default";r=${Math.max(0, limit - window.taken)};t=${seconds}`)
    return undefined
  }
}

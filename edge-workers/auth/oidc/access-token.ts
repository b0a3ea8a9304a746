// Access tokens of people from identity providers (RFC 9068), verified here; who it is in a tenant that tenant's actor says. The provider
// cannot take one back: it ends by itself, or with the membership, which is asked for in every call.
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { AppContext } from '../../http/context.ts'
import { outgoing } from '../../outgoing.ts'
import { looksLikeApplication } from './application.ts'
import { identityOf } from './identity.ts'
import { type Issuer, readIssuers } from './issuers.ts'
import { type ReadJwt, readJwt } from './jwt-form.ts'
import { verifyJwt } from './provider-keys.ts'

/** Who the provider says it is: a keyed digest of issuer and subject. */
export interface ProvenIdentity {
  identity: string
  /** Milliseconds since the epoch. */
  expiresAt: number
}

/** A key that a provider withdraws is noticed by then. */
const KEPT_AT_MOST_MILLISECONDS = 600_000
const MAX_KEPT = 10_000
/** By digest of the token, for each installation in this process. Only the signature is not checked again. */
const proven = new WeakMap<object, Map<string, ProvenIdentity & { until: number }>>()

/** An ID token says who signed in somewhere; it lets nobody in here, whatever its audience is. */
const isIdToken = (claims: ReadJwt['claims']): boolean =>
  claims.at_hash !== undefined ||
  claims.c_hash !== undefined ||
  (typeof claims.typ === 'string' && claims.typ.toLowerCase() === 'id')

const hasScope = (claims: ReadJwt['claims'], wanted: string | undefined): boolean =>
  wanted === undefined ||
  [claims.scope, claims.scp]
    .flat()
    .some((list) => typeof list === 'string' && list.split(' ').includes(wanted))

const verify = async (c: AppContext, jwt: string): Promise<Result<ProvenIdentity>> => {
  const read = readJwt(jwt)
  const issuer = read && findAudience(readIssuers(c.env).issuers, read.claims.iss)
  if (!read || !issuer || isIdToken(read.claims) || looksLikeApplication(read.claims))
    return refuse('unauthenticated')
  const verified = await verifyJwt(jwt, {
    ...{ issuer: issuer.issuer, audience: issuer.audience, algorithms: issuer.algorithms },
    types: issuer.accessTokenTypes,
    ...{ fetch: outgoing(c.env), now: c.get('clock') },
  })
  if (!verified.ok) return verified
  const { exp = 0, [issuer.subjectClaim]: subject } = verified.value
  const expiresAt = exp * 1000
  // Clocks may differ where a token begins. Where it ends, it ends.
  if (expiresAt <= c.get('clock')().getTime()) return refuse('unauthenticated')
  if (
    typeof subject !== 'string' ||
    subject === '' ||
    !hasScope(verified.value, issuer.accessTokenScope)
  )
    return refuse('unauthenticated')
  return ok({ identity: identityOf(c.env, issuer, subject), expiresAt })
}

const findAudience = (
  issuers: readonly Issuer[],
  iss: unknown,
): (Issuer & { audience: string }) | null => {
  const found = issuers.find(({ issuer }) => issuer === iss)
  return found?.audience === undefined ? null : { ...found, audience: found.audience }
}

/** Refuses with `unauthenticated`, without a reason, and with `outage` while the provider's keys cannot be had. */
export const verifyAccessToken = async (
  c: AppContext,
  { jwt, digest }: { jwt: string; digest: string },
): Promise<Result<ProvenIdentity>> => {
  const kept = proven.get(c.env.DIRECTORY) ?? new Map()
  proven.set(c.env.DIRECTORY, kept)
  const now = c.get('clock')().getTime()
  const known = kept.get(digest)
  if (known && known.until > now)
    return ok({ identity: known.identity, expiresAt: known.expiresAt })
  kept.delete(digest)
  const verified = await verify(c, jwt)
  if (!verified.ok) return verified
  if (kept.size >= MAX_KEPT) kept.clear()
  const { expiresAt } = verified.value
  kept.set(digest, {
    ...verified.value,
    until: Math.min(expiresAt, now + KEPT_AT_MOST_MILLISECONDS),
  })
  return verified
}

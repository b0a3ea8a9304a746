// Whether a token was given to an application or to a person. Of issuers that people sign in with, a person's token makes no
// machine act and an application's signs nobody in: else one token would ask and approve. What cannot be told is neither.
import type { JWTPayload } from 'jose'
import type { Env } from '../../env.ts'
import { type Issuer, readIssuers } from './issuers.ts'

/** What providers call the client in an access token: RFC 9068 §2.2, OpenID Connect Core §2, Okta, Entra 1.0, Keycloak 23. */
const CLIENT_CLAIMS = ['client_id', 'azp', 'cid', 'appid', 'clientId']
/** RFC 6749 §4.4; Auth0 writes it with a hyphen. */
const OWN_GRANT = /^client[-_]credentials$/i
const SERVICE_ACCOUNT = 'service-account-'

const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '')

/**
 * RFC 9068 §2.2: of a grant without a person the client is the subject; Auth0 adds a word. Entra's `sub` is its `oid` then, and
 * never else.
 */
const isOwnSubject = ({ sub, ...claims }: JWTPayload): boolean => {
  if (typeof sub !== 'string' || sub === '') return false
  const own = [sub, sub.replace(/@clients$/, '')]
  return claims.oid === sub || CLIENT_CLAIMS.some((name) => own.some((one) => claims[name] === one))
}

/** Any mark of an application, whoever may have made it: nobody signs in with such a token. */
export const looksLikeApplication = (claims: JWTPayload): boolean =>
  isOwnSubject(claims) ||
  lower(claims.idtyp) === 'app' ||
  lower(claims.preferred_username).startsWith(SERVICE_ACCOUNT) ||
  [claims.gty, claims.grant_type].flat().some((grant) => OWN_GRANT.test(lower(grant)))

/**
 * Marks of an application that no person can give to a token of his own. A user's name is his to choose in many a realm:
 * Keycloak's mark counts where it is the client's own, which only its grant writes into the token.
 */
export const isApplication = (claims: JWTPayload): boolean => {
  const client = lower(claims.client_id ?? claims.clientId)
  const isServiceAccount =
    client !== '' &&
    lower(claims.azp) === client &&
    lower(claims.preferred_username) === `${SERVICE_ACCOUNT}${client}`
  return isOwnSubject(claims) || claims.idtyp === 'app' || isServiceAccount
}

/** Entra has one directory at several addresses: for each version of its tokens, in each of its clouds. */
const ENTRA =
  /^https:\/\/(?:sts\.(?:windows\.net|chinacloudapi\.cn)|login\.(?:partner\.)?microsoftonline\.(?:com|us|cn))\/([^/]+)(?:\/v2\.0)?\/?$/i
const peopleOf = (address: string): string => {
  const directory = ENTRA.exec(address)?.[1]
  return directory === undefined ? address : `entra ${directory.toLowerCase()}`
}

/** The provider whose people sign in here and may have tokens of this issuer, at whichever of its addresses. */
export const signInIssuer = (env: Pick<Env, 'OIDC_ISSUERS'>, issuer: string): Issuer | null =>
  readIssuers(env).issuers.find(({ issuer: now, knownAs = now }) =>
    [now, knownAs].some((address) => peopleOf(address) === peopleOf(issuer)),
  ) ?? null

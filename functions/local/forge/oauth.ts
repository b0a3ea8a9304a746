// The OAuth application that this forge knows: the web application flow of GitHub (docs.github.com, authorizing OAuth apps) with
// PKCE (RFC 7636, S256 only). Codes and tokens are in memory: a restart forgets them. A token says who its account is, and nothing
// else: no scope can be asked for.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Account } from './accounts.ts'

export interface OAuthApplication {
  clientId: string
  clientSecret: string
  /** The one address that codes are sent to. */
  redirectUri: string
}

export interface AuthorizationRequest {
  state: string
  /** S256; absent: the application does without. */
  challenge: string | null
}

const CODE_LIFETIME_MILLISECONDS = 600_000
const TOKEN_LIFETIME_MILLISECONDS = 600_000
const MOST_KEPT = 1000

interface Grant {
  account: Account
  challenge: string | null
  until: number
}

const same = (a: string, b: string): boolean => {
  const [left, right] = [a, b].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

export interface OAuth {
  application: OAuthApplication
  /** The account agrees: where its browser goes next. */
  grant: (account: Account, request: AuthorizationRequest) => string
  /** A token for a code, once; else the error that RFC 6749 section 5.2 names. */
  exchange: (input: Record<string, string>) => { token: string } | { error: string }
  /** Whose token this is; null when it is none of ours. */
  accountOf: (token: string) => Account | null
}

export const createOAuth = (application: OAuthApplication, now: () => Date): OAuth => {
  const codes = new Map<string, Grant>()
  const tokens = new Map<string, Grant>()
  const keep = (map: Map<string, Grant>, name: string, grant: Grant): void => {
    const oldest = map.keys().next().value
    if (map.size >= MOST_KEPT && oldest !== undefined) map.delete(oldest)
    map.set(name, grant)
  }
  const alive = (grant: Grant | undefined): grant is Grant =>
    grant !== undefined && grant.until > now().getTime()

  return {
    application,
    grant: (account, { state, challenge }) => {
      const code = randomBytes(20).toString('hex')
      keep(codes, code, { account, challenge, until: now().getTime() + CODE_LIFETIME_MILLISECONDS })
      const url = new URL(application.redirectUri)
      url.searchParams.set('code', code)
      url.searchParams.set('state', state)
      return url.href
    },
    exchange: ({ client_id = '', client_secret = '', code = '', code_verifier = '', ...rest }) => {
      const known = same(client_id, application.clientId)
      if (!known || !same(client_secret, application.clientSecret))
        return { error: 'incorrect_client_credentials' }
      const grant = codes.get(code)
      codes.delete(code)
      if (!alive(grant)) return { error: 'bad_verification_code' }
      if ((rest.redirect_uri ?? application.redirectUri) !== application.redirectUri)
        return { error: 'redirect_uri_mismatch' }
      const proof = createHash('sha256').update(code_verifier).digest('base64url')
      if (grant.challenge !== null && !same(proof, grant.challenge))
        return { error: 'bad_verification_code' }
      const token = `gho_${randomBytes(20).toString('hex')}`
      keep(tokens, token, {
        ...grant,
        until: now().getTime() + TOKEN_LIFETIME_MILLISECONDS,
      })
      return { token }
    },
    accountOf: (token) => {
      const grant = tokens.get(token)
      return alive(grant) ? grant.account : null
    },
  }
}

// Whose browser came back with this code: GitHub's web application flow (docs.github.com/apps/oauth-apps, authorizing OAuth apps)
// with PKCE (RFC 7636). The access token is used once, to ask who it is, and kept nowhere.
import type { ForgeOAuth } from '../../schemas/forge-account.ts'
import type { ForgeAccount } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'
import { accountOf } from './github-answers.ts'

const TIMEOUT_MILLISECONDS = 10_000
const MOST_TOKEN_CHARACTERS = 2_000

export interface OAuthCode {
  code: string
  verifier: string
  /** The same as in the authorization request. */
  redirectUri: string
}

interface Options {
  oauth: ForgeOAuth
  /** Base of the REST API. */
  apiUrl: string
  fetch: typeof fetch
}

/** One call; half an answer, or one of another kind, is an outage. */
const ask = async (
  doFetch: typeof fetch,
  url: string,
  init: RequestInit,
): Promise<Record<string, unknown>> => {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS)
  let answer: Response
  let json: unknown
  try {
    // Redirects are not followed: a secret goes to the address that operators configured, and to no other.
    answer = await doFetch(url, { ...init, redirect: 'manual', signal })
    json = answer.ok ? await answer.json() : null
  } catch (error) {
    throw new Outage('forge', 'does not answer', undefined, error)
  }
  if (answer.status === 401 || answer.status === 403)
    throw new Denied('forge', `answers ${answer.status}`)
  if (!answer.ok || typeof json !== 'object' || json === null)
    throw new Outage('forge', `answers ${answer.status}`)
  return json as Record<string, unknown>
}

/**
 * The account that agreed; null when the forge does not take the code (used, too old, of another verifier).
 * @throws Outage when the forge does not answer; Denied when it does not take our own credentials.
 */
export const accountBehindCode = async (
  { oauth, apiUrl, fetch: doFetch }: Options,
  { code, verifier, redirectUri }: OAuthCode,
): Promise<ForgeAccount | null> => {
  const granted = await ask(doFetch, oauth.tokenUrl, {
    method: 'POST',
    headers: { accept: 'application/json', 'user-agent': 'phoenix' },
    body: new URLSearchParams({
      ...{ client_id: oauth.clientId, client_secret: oauth.clientSecret },
      ...{ code, code_verifier: verifier, redirect_uri: redirectUri },
    }),
  })
  if (granted.error === 'incorrect_client_credentials')
    throw new Denied('forge', 'does not know our OAuth application')
  // GitHub refuses a code with status 200 and a field `error`.
  const token = granted.access_token
  if (granted.error !== undefined || typeof token !== 'string' || token === '') return null
  if (token.length > MOST_TOKEN_CHARACTERS || !/^[\x21-\x7e]+$/.test(token)) return null
  const user = await ask(doFetch, `${apiUrl}/user`, {
    headers: {
      ...{ authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
      ...{ 'user-agent': 'phoenix', 'x-github-api-version': '2022-11-28' },
    },
  })
  try {
    return accountOf(user)
  } catch (error) {
    throw new Outage('forge', 'does not say whose token this is', undefined, error)
  }
}

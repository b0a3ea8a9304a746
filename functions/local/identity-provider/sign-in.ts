// Signing in as a demo person by script, as a browser would do it: the authorization code flow with PKCE (RFC 7636), the person's
// button pressed. For scripts and tests of the laptop; a real provider has no such button.
import { createHash, randomBytes } from 'node:crypto'
import { SCRIPT_CLIENT, SCRIPT_REDIRECT } from './provider.ts'

const MOST_STEPS = 10

/** Follows a browser's way through the provider as this person, until it leaves for `until`. Returns that address. */
export const pressThrough = async (
  start: string,
  { subject, until }: { subject: string; until: string },
): Promise<URL> => {
  const cookies = new Map<string, string>()
  let address = start
  let form: URLSearchParams | undefined
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const answer: Response = await fetch(address, {
      method: form ? 'POST' : 'GET',
      headers: cookie ? { cookie } : {},
      redirect: 'manual',
      ...(form ? { body: form } : {}),
    })
    await answer.body?.cancel()
    form = undefined
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? []
      if (value) cookies.set(name, value)
      else cookies.delete(name)
    }
    const location = answer.headers.get('location')
    if (location === null) {
      if (!new URL(address).pathname.startsWith('/interaction/'))
        throw new Error(`the identity provider answered ${answer.status}`)
      form = new URLSearchParams({ subject })
      continue
    }
    const next = new URL(location, address)
    if (next.href.startsWith(until)) return next
    address = next.href
  }
  throw new Error('the identity provider goes in circles')
}

/** An access token for the product's API, valid for 15 minutes. `issuer`: the provider's address. */
export const accessTokenOf = async (issuer: string, subject: string): Promise<string> => {
  const verifier = randomBytes(32).toString('base64url')
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: SCRIPT_CLIENT, redirect_uri: SCRIPT_REDIRECT },
    ...{ scope: 'openid api', state: randomBytes(8).toString('hex') },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })
  const back = await pressThrough(`${issuer}/auth?${query}`, { subject, until: SCRIPT_REDIRECT })
  const answer = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code: back.searchParams.get('code') ?? '' },
      ...{ client_id: SCRIPT_CLIENT, redirect_uri: SCRIPT_REDIRECT, code_verifier: verifier },
    }),
  })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (token === undefined) throw new Error('the identity provider gave no access token')
  return token
}

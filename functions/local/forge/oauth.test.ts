// The forge's OAuth application: a code for whoever agreed, a token for the code, once, and the token says who it is.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { accountBehindCode } from '../../../gitops/forges/github-oauth.ts'
import { Denied, Outage } from '../../../schemas/result.ts'
import { openForge, type TestForge } from './testing.ts'

const REDIRECT = 'http://127.0.0.1:9/callbacks/forge'
const APPLICATION = { clientId: 'phoenix', clientSecret: 'a-secret', redirectUri: REDIRECT }
const VERIFIER = 'v'.repeat(64)
const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')

const open = () => openForge({ oauth: APPLICATION })
const authorizeUrl = (forge: TestForge, more: Record<string, string> = {}): string => {
  const url = new URL(`${forge.url}/login/oauth/authorize`)
  const query = { client_id: 'phoenix', redirect_uri: REDIRECT, state: 'the-state', ...more }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return url.href
}
const signIn = async (forge: TestForge, token = 'ada-token'): Promise<string> => {
  const answer = await fetch(`${forge.url}/-/sign-in`, {
    ...{ method: 'POST', redirect: 'manual', headers: { origin: forge.url } },
    body: new URLSearchParams({ token }),
  })
  return answer.headers.get('set-cookie')?.split(';')[0] ?? ''
}
/** As a browser does: the page, its form, and where it leads. */
const agree = async (forge: TestForge, more: Record<string, string> = {}): Promise<URL> => {
  const cookie = await signIn(forge)
  const page = await fetch(authorizeUrl(forge, more), { headers: { cookie } })
  const html = await page.text()
  expect([page.status, html.includes('simulated')]).toEqual([200, true])
  const fields = [...html.matchAll(/type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const done = await fetch(`${forge.url}/login/oauth/authorize`, {
    ...{ method: 'POST', headers: { cookie, origin: forge.url } },
    body: new URLSearchParams(fields.map(([, name = '', value = '']) => [name, value])),
  })
  expect(done.status).toBe(200)
  return new URL(done.headers.get('refresh')?.replace('0;url=', '') ?? '')
}
const exchange = (forge: TestForge, code: string, more: object = {}) =>
  accountBehindCode(
    {
      oauth: {
        ...{ clientId: 'phoenix', clientSecret: 'a-secret', authorizeUrl: authorizeUrl(forge) },
        ...{ tokenUrl: `${forge.url}/login/oauth/access_token`, ...more },
      },
      ...{ apiUrl: `${forge.url}/api/v3`, fetch },
    },
    { code, verifier: VERIFIER, redirectUri: REDIRECT },
  )

describe('an account that agrees', () => {
  it('sends its browser back with a code and the state, and the code says who it is, once', async () => {
    const forge = await open()
    const back = await agree(forge, { code_challenge: CHALLENGE, code_challenge_method: 'S256' })
    expect([back.origin + back.pathname, back.searchParams.get('state')]).toEqual([
      REDIRECT,
      'the-state',
    ])
    const code = back.searchParams.get('code') ?? ''
    expect(await exchange(forge, code)).toEqual({ login: 'ada', account: expect.any(Number) })
    expect(await exchange(forge, code)).toBeNull()
  })

  it('gives nothing to another verifier, and that ends the code', async () => {
    const forge = await open()
    const other = createHash('sha256').update('another').digest('base64url')
    const back = await agree(forge, { code_challenge: other, code_challenge_method: 'S256' })
    expect(await exchange(forge, back.searchParams.get('code') ?? '')).toBeNull()
  })

  it('gives a token that says who it is and does nothing else', async () => {
    const forge = await open()
    const code = (await agree(forge)).searchParams.get('code') ?? ''
    const body = new URLSearchParams({ client_id: 'phoenix', client_secret: 'a-secret', code })
    const granted = await fetch(`${forge.url}/login/oauth/access_token`, { method: 'POST', body })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${forge.url}/api/v3/user`, { headers })).status).toBe(200)
    const other = await fetch(`${forge.url}/api/v3/repos/dbis/gitops/pulls`, { headers })
    expect(other.status).toBe(403)
  })
})

describe('an application', () => {
  it('that is not known, or would send codes elsewhere, gets no page', async () => {
    const forge = await open()
    const cookie = await signIn(forge)
    const status = async (more: Record<string, string>) =>
      (await fetch(authorizeUrl(forge, more), { headers: { cookie } })).status
    expect(await status({ client_id: 'other' })).toBe(404)
    expect(await status({ redirect_uri: 'http://evil.example/' })).toBe(400)
    expect(await status({ code_challenge: CHALLENGE, code_challenge_method: 'plain' })).toBe(400)
  })

  it('with another secret is denied, and without an answer it is an outage', async () => {
    const forge = await open()
    const code = (await agree(forge)).searchParams.get('code') ?? ''
    await expect(exchange(forge, code, { clientSecret: 'wrong' })).rejects.toBeInstanceOf(Denied)
    const nowhere = { tokenUrl: 'http://127.0.0.1:9/token' }
    await expect(exchange(forge, code, nowhere)).rejects.toBeInstanceOf(Outage)
    // A page in the place of an answer.
    const page = { tokenUrl: `${forge.url}/-/sign-in` }
    await expect(exchange(forge, code, page)).rejects.toThrow()
  })

  it('whose browser is not signed in is asked to sign in first, and comes back', async () => {
    const forge = await open()
    const asked = await fetch(authorizeUrl(forge), { redirect: 'manual' })
    expect(asked.status).toBe(303)
    expect(decodeURIComponent(asked.headers.get('location') ?? '')).toContain(
      '/login/oauth/authorize?client_id=phoenix',
    )
  })
})

// Signing in, in a browser's way, over a real OpenID provider in this process: button, provider, tenant; and every answer that
// must not let anybody in.
import { decodeJwt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { createSignInWorld, type SignInWorld } from '../auth/oidc/sign-in.fixture.ts'

let world: SignInWorld
/** Stands between the edge and the provider where a test wants it to. */
let between: typeof fetch | null = null
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createSignInWorld({ reach: (input, init) => (between ?? fetch)(input, init) })
  await world.bind('rita', ['requester'])
  await world.bind('anton', ['approver'])
})
afterEach(() => {
  between = null
})
afterAll(async () => {
  vi.useRealTimers()
  await world.stop()
})

const isIn = async (browser: ReturnType<SignInWorld['browser']>) =>
  (await browser.go('/t/acme/changes')).status === 200

describe('the way in', () => {
  it('leads from the button over the provider to the page that was wanted', async () => {
    const browser = world.browser()
    const wanted = await browser.go('/t/acme/changes')
    expect(wanted.headers.get('location')).toBe('/sign-in?next=%2Ft%2Facme%2Fchanges')
    const page = await (await browser.go('/sign-in?next=%2Ft%2Facme%2Fchanges')).text()
    expect(page).toContain('href="/sign-in/demo?next=%2Ft%2Facme%2Fchanges"')
    const back = await browser.signIn('rita', '/t/acme/changes')
    expect(back.status).toBe(303)
    expect(back.headers.get('location')).toBe('/t/acme/changes')
    expect(await isIn(browser)).toBe(true)
    expect(await (await browser.go('/')).headers.get('location')).toBe('/t/acme')
    expect(await (await browser.go('/t/acme')).text()).toContain('Rita Requester')
    expect(await (await browser.go('/tenants')).text()).toContain('Kept in: eu<')
  })

  it('asks with PKCE, state and nonce, and never shows a secret', async () => {
    const at = new URL(await world.browser().begin())
    expect(at.searchParams.get('code_challenge_method')).toBe('S256')
    expect(at.searchParams.get('response_type')).toBe('code')
    const values = ['state', 'nonce', 'code_challenge'].map((name) => at.searchParams.get(name))
    expect(new Set(values).size).toBe(3)
    for (const value of values) expect(value).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(at.href).not.toContain('c%2Fl')
  })

  it('keeps the session where scripts and other sites do not get at it', async () => {
    const browser = world.browser()
    const set = (await browser.signIn('rita')).headers
      .getSetCookie()
      .find((cookie) => cookie.startsWith('phoenix_session='))
    expect(set).toMatch(/HttpOnly/i)
    expect(set).toMatch(/SameSite=Lax/i)
    world.env.PUBLIC_URL = 'https://phoenix.example'
    try {
      const secure = (await world.browser().go('/sign-in/demo')).headers.getSetCookie().join()
      expect(secure).toMatch(/__Host-phoenix_sign_in=.*Secure/)
    } finally {
      world.env.PUBLIC_URL = 'http://127.0.0.1:8787'
    }
  })

  it('keeps a token, too, where no neighbour of the host can put one', async () => {
    const signIn = (cookie = '') =>
      world.http('POST', '/sign-in', {
        body: `token=${world.tokens.requester}&next=/t/acme/changes`,
        headers: {
          ...{ origin: world.env.PUBLIC_URL, cookie },
          'content-type': 'application/x-www-form-urlencoded',
        },
      })
    expect((await signIn()).headers.getSetCookie().join()).toContain('phoenix_token=phx_')
    const page = (cookie: string) => world.http('GET', '/t/acme/changes', { headers: { cookie } })
    expect((await page(`phoenix_token=${world.tokens.requester}`)).status).toBe(200)
    world.env.PUBLIC_URL = 'https://phoenix.example'
    try {
      const set = (await signIn()).headers.getSetCookie().find((one) => one.includes('phx_'))
      expect(set).toMatch(/^__Host-phoenix_token=.*Path=\/.*Secure/)
      expect((await page(`phoenix_token=${world.tokens.requester}`)).status).toBe(303)
      const own = `__Host-phoenix_token=${world.tokens.requester}`
      expect((await page(own)).status).toBe(200)
      const out = await world.http('POST', '/sign-out', {
        headers: { origin: 'https://phoenix.example', cookie: own },
      })
      expect(out.headers.getSetCookie().join()).toMatch(/__Host-phoenix_token=;/)
    } finally {
      world.env.PUBLIC_URL = 'http://127.0.0.1:8787'
    }
  })

  it.each([
    '/.//evil.example',
    '/a/..//evil.example',
    '/../x',
    '/a/./b',
    '/a/..',
    '/a//b',
    '/\\evil',
  ])('takes %s for no address of ours', async (next) => {
    const page = await (
      await world.browser().go(`/sign-in?next=${encodeURIComponent(next)}`)
    ).text()
    expect(page).toContain('href="/sign-in/demo?next=%2F"')
  })

  it('never goes to another host afterwards', async () => {
    const browser = world.browser()
    const back = await browser.signIn('rita', '//evil.example/x')
    expect(back.headers.get('location')).toBe('/')
  })

  it('tells somebody without a tenant what to do', async () => {
    const browser = world.browser()
    expect((await browser.signIn('ada')).headers.get('location')).toBe('/')
    expect((await browser.go('/')).headers.get('location')).toBe('/tenants')
    expect(await (await browser.go('/tenants')).text()).toContain('No tenant yet')
    expect((await browser.go('/changes')).status).toBe(404)
  })

  it('says so when the provider does not answer', async () => {
    const browser = world.browser()
    const back = await browser.press(await browser.begin(), 'rita')
    between = () => Promise.reject(new TypeError('nobody is there'))
    expect((await browser.go(back)).status).toBe(503)
    expect(await isIn(browser)).toBe(false)
  })
})

describe('what lets nobody in', () => {
  const callback = async (change: (query: URLSearchParams) => void) => {
    const browser = world.browser()
    const back = new URL(await browser.press(await browser.begin(), 'rita'), 'http://x')
    change(back.searchParams)
    const answer = await browser.go(`${back.pathname}?${back.searchParams}`)
    return { status: answer.status, in: await isIn(browser) }
  }
  const REFUSED = { status: 401, in: false }

  it.each<[string, (query: URLSearchParams) => void]>([
    ['another state', (query) => query.set('state', 'a'.repeat(43))],
    ['no state', (query) => query.delete('state')],
    ['two states', (query) => query.append('state', query.get('state') ?? '')],
    ['another issuer', (query) => query.set('iss', 'https://evil.example')],
    ['no issuer, of a provider that names itself', (query) => query.delete('iss')],
    ['another code', (query) => query.set('code', 'b'.repeat(43))],
    ['an error', (query) => query.set('error', 'access_denied')],
  ])('%s', async (_, change) => {
    expect(await callback(change)).toEqual(REFUSED)
  })

  it('lets in what is not changed', async () => {
    expect(await callback(() => undefined)).toEqual({ status: 303, in: true })
  })

  it('an ID token by an algorithm that the provider is not configured with', async () => {
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true })
    const rsa = { ...(await exportJWK(publicKey)), kid: 'rsa', alg: 'RS256', use: 'sig' }
    between = async (input, init) => {
      const answer = await fetch(input, init)
      const body = () => answer.json() as Promise<{ keys: object[]; id_token: string }>
      if (String(input).endsWith('/jwks'))
        return Response.json({ keys: [...(await body()).keys, rsa] })
      if (!String(input).endsWith('/token')) return answer
      const tokens = await body()
      const signed = new SignJWT(decodeJwt(tokens.id_token))
        .setProtectedHeader({ alg: 'RS256', kid: 'rsa' })
        .sign(privateKey)
      return Response.json({ ...tokens, id_token: await signed })
    }
    // The kept keys are older than they may be.
    world.advance(300)
    const before = world.env.OIDC_ISSUERS ?? ''
    try {
      expect(await callback(() => undefined)).toEqual(REFUSED)
      // The token itself is good: with the algorithm in the setting it lets in.
      const [issuer] = JSON.parse(before) as object[]
      world.env.OIDC_ISSUERS = JSON.stringify([{ ...issuer, algorithms: ['ES256', 'RS256'] }])
      expect(await callback(() => undefined)).toEqual({ status: 303, in: true })
    } finally {
      world.env.OIDC_ISSUERS = before
      world.advance(-300)
    }
  })

  it('an answer that was already brought', async () => {
    const browser = world.browser()
    const back = await browser.press(await browser.begin(), 'rita')
    const kept = new Map(browser.cookies)
    expect((await browser.go(back)).status).toBe(303)
    expect((await browser.go(back)).status).toBe(401)
    const again = world.browser()
    for (const [name, value] of kept) again.cookies.set(name, value)
    expect((await again.go(back)).status).toBe(401)
    expect(await isIn(again)).toBe(false)
  })

  it('an answer in another browser, with or without a flow of its own', async () => {
    const attacker = world.browser()
    const back = await attacker.press(await attacker.begin(), 'anton')
    const victim = world.browser()
    expect((await victim.go(back)).status).toBe(401)
    await victim.begin()
    expect((await victim.go(back)).status).toBe(401)
    expect(await isIn(victim)).toBe(false)
  })

  it('an answer after ten minutes', async () => {
    const browser = world.browser()
    const back = await browser.press(await browser.begin(), 'rita')
    world.advance(601)
    try {
      expect((await browser.go(back)).status).toBe(401)
    } finally {
      world.advance(-601)
    }
  })

  it('a session that somebody made up, changed, or has kept too long', async () => {
    const browser = world.browser()
    await browser.signIn('rita')
    const good = browser.cookies.get('phoenix_session') ?? ''
    const [payload = '', mac = ''] = good.split('.')
    const longer = btoa(
      atob(payload.replaceAll('-', '+').replaceAll('_', '/')).replace('ses_', 'set_'),
    )
    for (const bad of [
      `${payload}.${'0'.repeat(64)}`,
      `${longer.replaceAll('=', '')}.${mac}`,
      payload,
      'x.y',
    ]) {
      browser.cookies.set('phoenix_session', bad)
      expect(await isIn(browser)).toBe(false)
    }
    browser.cookies.set('phoenix_session', good)
    expect(await isIn(browser)).toBe(true)
    world.advance(12 * 3600 + 1)
    try {
      browser.cookies.set('phoenix_session', good)
      expect(await isIn(browser)).toBe(false)
    } finally {
      world.advance(-12 * 3600 - 1)
    }
  })

  it('a sign-in with a provider that is not configured', async () => {
    expect((await world.browser().go('/sign-in/nobody')).status).toBe(404)
    expect((await world.browser().go('/sign-in/nobody/callback?state=x')).status).toBe(404)
  })
})

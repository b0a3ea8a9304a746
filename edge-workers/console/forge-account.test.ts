// One's own account at the forge, in a browser without a script: by a signature, and by signing in at the forge.
import { beforeEach, describe, expect, it } from 'vitest'
import { sshSign } from '../../functions/local/ssh-sign.ts'
import { keyNamed, openAccount } from '../../functions/simulator/forge-proof.ts'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

const PAGE = '/t/acme/forge-account'
let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
  openAccount(world, 'olga')
})

const origin = 'http://127.0.0.1:8787'
const cookieOf = (token: string) => ({ cookie: `phoenix_token=${token}` })
const get = async (path: string, token: string | null = world.tokens.owner) => {
  const response = await world.http('GET', path, token === null ? {} : { headers: cookieOf(token) })
  return { status: response.status, html: await response.text(), headers: response.headers }
}
const post = async (
  path: string,
  form: Record<string, string> = {},
  { token = world.tokens.owner, from = origin }: { token?: string; from?: string } = {},
) => {
  const response = await world.http('POST', path, {
    body: new URLSearchParams(form).toString(),
    headers: {
      ...cookieOf(token),
      ...{ origin: from, 'content-type': 'application/x-www-form-urlencoded' },
    },
  })
  return { status: response.status, html: await response.text(), headers: response.headers }
}
const textOf = (html: string): string =>
  html
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
const field = (html: string, name: string): string =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''

describe('a signature', () => {
  it('links the account by two forms, and a third takes the link away', async () => {
    expect((await get(PAGE)).html).toContain('No account is linked')
    const asked = await post(`${PAGE}/challenges`, { login: 'olga', key: 'one' })
    expect(asked.status).toBe(200)
    const text = /<pre>(This account[^<]*)<\/pre>/.exec(textOf(asked.html))?.[1] ?? ''
    const namespace = 'phoenix-forge-account'
    const signature = sshSign(keyNamed('olga'), { text, namespace }).replaceAll('\n', '\r\n')
    const done = await post(PAGE, {
      ...{ challenge: field(asked.html, 'challenge'), key: 'two', signature },
    })
    expect([done.status, done.headers.get('location')]).toEqual([303, PAGE])
    const { html } = await get(PAGE)
    expect(html).toContain('>olga<')
    const gone = await post(`${PAGE}/unlink`, { version: field(html, 'version') })
    expect(gone.status).toBe(303)
    expect((await get(PAGE)).html).toContain('No account is linked')
  })

  it('that is none is refused in words, and nothing typed is lost or run', async () => {
    const hostile = '"><script>alert(1)</script>'
    const bad = await post(`${PAGE}/challenges`, { login: hostile })
    expect([bad.status, bad.html.includes('<script>alert')]).toEqual([409, false])
    const asked = await post(`${PAGE}/challenges`, { login: 'olga' })
    const challenge = field(asked.html, 'challenge')
    const refused = await post(PAGE, { challenge, signature: hostile, login: 'olga' })
    expect(refused.status).toBe(409)
    expect(refused.html).toContain('not what ssh-keygen -Y sign writes')
    expect(field(refused.html, 'login') || refused.html).toContain('olga')
  })

  it('is taken from a page of ours only', async () => {
    const foreign = await post(
      `${PAGE}/challenges`,
      { login: 'olga' },
      { from: 'https://evil.example' },
    )
    expect(foreign.status).toBe(403)
  })
})

const OAUTH = {
  ...{ clientId: 'phoenix', clientSecret: 'a-secret' },
  authorizeUrl: 'https://forge.example/login/oauth/authorize',
  tokenUrl: 'https://forge.example/login/oauth/access_token',
}
/** The forge of these tests: what it was sent, and whose code it takes. */
const forgeAnswers = (who: { login: string; id: number }) => {
  const sent: { url: string; body: URLSearchParams; headers: Headers }[] = []
  const fake: typeof fetch = async (input, init) => {
    const body = new URLSearchParams(String(init?.body ?? ''))
    sent.push({ url: String(input), body, headers: new Headers(init?.headers) })
    if (String(input) === OAUTH.tokenUrl)
      return Response.json(
        body.get('code') === 'right'
          ? { access_token: 'gho_1' }
          : { error: 'bad_verification_code' },
      )
    return Response.json(who)
  }
  world.env.LOCAL = { fetch: fake }
  world.env.FORGE_OAUTH = JSON.stringify(OAUTH)
  return sent
}
const goOut = async (token = world.tokens.owner) => {
  const out = await post(`${PAGE}/authorize`, {}, { token })
  expect(out.status).toBe(200)
  return new URL(out.headers.get('refresh')?.replace('0;url=', '') ?? '')
}
const comeBack = async (state: string, code = 'right', token = world.tokens.owner) => {
  // From another site: no cookie comes along.
  const page = await get(`/callbacks/forge?${new URLSearchParams({ code, state })}`, null)
  expect(page.status).toBe(200)
  const form = Object.fromEntries(
    ['challenge', 'binding', 'code'].map((name) => [name, field(page.html, name)]),
  )
  return post(`${PAGE}/return`, form, { token })
}

describe('signing in at the forge', () => {
  it('is offered only where operators registered an application', async () => {
    expect((await get(PAGE)).html).not.toContain('Go to the forge')
    expect((await post(`${PAGE}/authorize`)).status).toBe(409)
    world.env.FORGE_OAUTH = '{"clientId": 7'
    expect((await get(PAGE)).html).not.toContain('Go to the forge')
    forgeAnswers({ login: 'Olga-At-Forge', id: 77 })
    expect((await get(PAGE)).html).toContain('Go to the forge')
  })

  it('links the account that agreed, with PKCE, and keeps no token', async () => {
    const sent = forgeAnswers({ login: 'Olga-At-Forge', id: 77 })
    const out = await goOut()
    const { searchParams: query } = out
    expect([out.origin + out.pathname, query.get('client_id'), query.get('redirect_uri')]).toEqual([
      ...[OAUTH.authorizeUrl, 'phoenix', `${origin}/callbacks/forge`],
    ])
    const done = await comeBack(query.get('state') ?? '')
    expect([done.status, done.headers.get('location')]).toEqual([303, PAGE])
    const { html } = await get(PAGE)
    expect(html).toContain('>olga-at-forge<')
    const verifier = sent[0]?.body.get('code_verifier') ?? ''
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    expect(Buffer.from(digest).toString('base64url')).toBe(query.get('code_challenge'))
    expect(sent[1]?.headers.get('authorization')).toBe('Bearer gho_1')
    const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    const tables = sql?.exec("SELECT name FROM sqlite_master WHERE type = 'table'").toArray() ?? []
    const all = tables.flatMap(({ name }) => sql?.exec(`SELECT * FROM "${name}"`).toArray() ?? [])
    expect(JSON.stringify(all)).not.toMatch(/gho_1|a-secret/)
  })

  it('comes back once', async () => {
    forgeAnswers({ login: 'olga', id: 77 })
    const state = (await goOut()).searchParams.get('state') ?? ''
    expect((await comeBack(state)).status).toBe(303)
    expect((await comeBack(state)).status).toBe(409)
  })

  it('comes back to whoever went out, by the credential he went out with', async () => {
    forgeAnswers({ login: 'olga', id: 77 })
    const state = (await goOut()).searchParams.get('state') ?? ''
    // Somebody else is led to the way back of olga, or she with another token.
    expect((await comeBack(state, 'right', world.tokens.approver)).status).toBe(409)
    const second = await world.tokenOf('olga', 'owner')
    expect((await comeBack(state, 'right', second)).status).toBe(409)
    expect((await comeBack(state.replace(/.$/, (end) => (end === '0' ? '1' : '0')))).status).toBe(
      409,
    )
    expect((await comeBack(state)).status).toBe(303)
  })

  it('with a code that the forge does not take links nothing', async () => {
    forgeAnswers({ login: 'olga', id: 77 })
    const state = (await goOut()).searchParams.get('state') ?? ''
    expect((await comeBack(state, 'wrong')).status).toBe(409)
    expect((await get(PAGE)).html).toContain('No account is linked')
  })

  it('as an account that another member has linked is refused', async () => {
    forgeAnswers({ login: 'ANTON', id: 1 })
    const state = (await goOut()).searchParams.get('state') ?? ''
    const refused = await comeBack(state)
    expect(refused.status).toBe(409)
    expect(refused.html).toContain('linked to another member')
  })

  it('with anything but a state of ours says only that', async () => {
    for (const query of ['', '?code=x', '?code=x&state=acme.fch_x.y', '?error=access_denied'])
      expect((await get(`/callbacks/forge${query}`, null)).status).toBe(409)
  })
})

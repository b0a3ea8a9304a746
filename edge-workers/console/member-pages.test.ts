// Members, tokens and invitations as pages: what owners can do there without a script, and what everybody else sees.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { deriveKey, hex, hmacSha256 } from '../digest.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const ORIGIN = 'http://127.0.0.1:8787'
const byToken = (token: string) => `phoenix_token=${token}`
/** A session as signing in leaves it. */
const signIn = async (person: string): Promise<string> => {
  const [sessionId, identity] = [`ses_${person}`, person.padStart(64, '0')]
  await world.env.DIRECTORY.getByName('directory').startSession({
    ...{ id: sessionId, identity, issuer: 'lab', createdAt: '2026-11-21T12:00:00.000Z' },
    expiresAt: '2026-11-22T00:00:00.000Z',
  })
  const expiresAt = Date.parse('2026-11-22T00:00:00Z')
  const payload = Buffer.from(JSON.stringify({ sessionId, identity, expiresAt })).toString(
    'base64url',
  )
  const key = deriveKey(world.env.PLATFORM_KEY, 'session')
  return `phoenix_session=${payload}.${hex(hmacSha256(key, payload))}`
}
const get = async (path: string, cookie?: string) => {
  const answer = await world.http('GET', path, { headers: cookie === undefined ? {} : { cookie } })
  return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
}
const post = async (
  path: string,
  cookie: string,
  fields: Record<string, string | string[]> = {},
  origin = ORIGIN,
) => {
  const form = new URLSearchParams()
  for (const [name, values] of Object.entries(fields))
    for (const value of [values].flat()) form.append(name, value)
  const type = 'application/x-www-form-urlencoded'
  const headers = { cookie, origin, 'content-type': type }
  const answer = await world.http('POST', path, { body: form.toString(), headers })
  return { status: answer.status, to: answer.headers.get('location'), text: await answer.text() }
}
const owner = () => byToken(world.tokens.owner)
const linkIn = (text: string) => /\/invitations\/phi_[A-Za-z0-9_]+/.exec(text)?.[0] ?? ''
const invite = async (fields: Record<string, string | string[]> = {}) => {
  const sent = { key: 'console:1', roles: ['requester'], hours: '24', ...fields }
  return post('/t/acme/invitations', owner(), sent)
}
const versionIn = (text: string) => /name="version" value="(\d+)"/.exec(text)?.[1] ?? ''

describe('the page of members', () => {
  it('lists everybody, with forms for owners and none for others', async () => {
    const page = await get('/t/acme/members', owner())
    expect(page.status).toBe(200)
    for (const handle of ['olga', 'rita', 'anton', 'ada'])
      expect(page.text).toContain(`>${handle}<`)
    expect(page.text).toContain('Make the link')
    for (const token of [world.tokens.requester, world.tokens.auditor]) {
      const other = await get('/t/acme/members', byToken(token))
      expect(other.status).toBe(200)
      expect(other.text).not.toContain('<form method="post" action="/t/')
    }
    expect((await get('/t/dbis/members', owner())).status).toBe(404)
    expect((await get('/t/acme/members')).to).toBe('/sign-in?next=%2Ft%2Facme%2Fmembers')
  })

  it('shows a new invitation’s link once; the form sent again shows the same one', async () => {
    const made = await invite()
    expect(made.status).toBe(200)
    const link = linkIn(made.text)
    expect(link).not.toBe('')
    expect(linkIn((await invite()).text)).toBe(link)
    const later = await get('/t/acme/members', owner())
    expect(later.text).not.toContain('phi_')
    expect(later.text.match(/invitations\/inv[a-z2-7]{16}\/revoke/g)).toHaveLength(1)
  })

  it.each([
    ['no role', { roles: [] }],
    ['a role that is none', { roles: ['root'] }],
    ['the operators’ role', { roles: ['operator'] }],
    ['a time that is none', { hours: 'soon' }],
  ])('says what is wrong with %s', async (_, fields) => {
    const refused = await invite(fields)
    expect(refused.status).toBe(409)
    expect(refused.text).toContain('role="alert"')
    expect(linkIn(refused.text)).toBe('')
  })

  it('takes no form from another site, and none from whoever may not', async () => {
    const sent = { key: 'console:1', roles: ['owner'], hours: '24' }
    const foreign = await post('/t/acme/invitations', owner(), sent, 'https://evil.example')
    expect(foreign.status).toBe(403)
    const weak = await post('/t/acme/invitations', byToken(world.tokens.auditor), sent)
    expect(linkIn(weak.text)).toBe('')
    expect((await get('/t/acme/members', owner())).text).not.toContain('/revoke')
  })

  it('changes roles, removes and erases, each only as the page was read', async () => {
    const one = `/t/acme/members/${world.ids.rita}`
    const first = versionIn((await get(one, owner())).text)
    const sent = { version: first, roles: ['auditor'] }
    expect((await post(`${one}/roles`, owner(), sent)).to).toBe(one)
    expect((await post(`${one}/roles`, owner(), { ...sent, roles: ['owner'] })).status).toBe(409)
    const second = versionIn((await get(one, owner())).text)
    expect((await post(`${one}/remove`, owner(), { version: second })).to).toBe(one)
    const third = versionIn((await get(one, owner())).text)
    expect((await post(`${one}/erase`, owner(), { version: third })).status).toBe(409)
    expect((await post(`${one}/erase`, owner(), { version: third, sure: 'yes' })).to).toBe(one)
    const gone = await get(one, owner())
    expect(gone.text).toContain('Erased member')
    expect(gone.text).not.toContain('rita')
  })

  it('gives the personal data to himself as a file, and not to others', async () => {
    const path = `/t/acme/members/${world.ids.rita}/export`
    const mine = await get(path, byToken(world.tokens.requester))
    expect(JSON.parse(mine.text)).toMatchObject({ schema: 'phoenix.personal-export/v1' })
    expect((await get(path, byToken(world.tokens.auditor))).status).toBe(403)
  })

  it('adds a service account, for which a token can be made', async () => {
    const sent = { key: 'console:2', handle: 'deploy-bot', roles: ['requester'] }
    const made = await post('/t/acme/service-accounts', owner(), sent)
    const id = made.to?.split('/').at(-1) ?? ''
    expect(id).toMatch(/^svc_/)
    expect((await get('/t/acme/tokens', owner())).text).toContain('deploy-bot (machine)')
    const token = { key: 'console:3', name: 'CI', member: id, days: '30' }
    expect((await post('/t/acme/tokens', owner(), token)).text).toContain('phx_ten_eu_')
  })
})

describe('the page of tokens', () => {
  const tokenIn = (text: string) => /phx_[A-Za-z0-9_]+/.exec(text)?.[0] ?? ''
  const rita = () => byToken(world.tokens.requester)
  const works = async (token: string) =>
    (await world.http('GET', '/v1/tenants/acme/me', { token })).status

  it('makes a token with the scopes chosen, shown once, the same for a form sent again', async () => {
    const sent = {
      key: 'console:4',
      name: 'CI',
      days: '7',
      scopes: ['changes:read', 'tenant:read'],
    }
    const made = await post('/t/acme/tokens', rita(), sent)
    const token = tokenIn(made.text)
    const me = await world.http('GET', '/v1/tenants/acme/me', { token })
    expect(await me.json()).toMatchObject({ scopes: ['changes:read', 'tenant:read'] })
    vi.setSystemTime(Date.now() + 60_000)
    expect(tokenIn((await post('/t/acme/tokens', rita(), sent)).text)).toBe(token)
    expect((await get('/t/acme/tokens', rita())).text).not.toContain('phx_')
  })

  it('gives no scope that the reader has not', async () => {
    const sent = { key: 'console:5', name: 'CI', days: '7', scopes: ['changes:approve'] }
    const refused = await post('/t/acme/tokens', rita(), sent)
    expect([refused.status, tokenIn(refused.text)]).toEqual([409, ''])
    const page = (await get('/t/acme/tokens', rita())).text
    expect(page).not.toContain('changes:approve')
  })

  it('rotates and revokes', async () => {
    const made = await post('/t/acme/tokens', rita(), { key: 'k', name: 'CI', days: '0' })
    const old = tokenIn(made.text)
    const id = old.split('_')[4] ?? ''
    const rotated = await post(`/t/acme/tokens/${id}/rotate`, rita(), { key: 'r' })
    const fresh = tokenIn(rotated.text)
    expect(await Promise.all([works(old), works(fresh)])).toEqual([200, 200])
    const revoked = await post(`/t/acme/tokens/${id}/revoke`, rita())
    expect(revoked.to).toBe('/t/acme/tokens?revoked')
    expect((await get('/t/acme/tokens?revoked', rita())).text).toContain('The token is revoked')
    expect((await get('/t/acme/tokens', rita())).text).not.toContain('The token is revoked')
    expect(await Promise.all([works(old), works(fresh)])).toEqual([401, 200])
  })

  it('has the newest first', async () => {
    for (const name of ['elder', 'middle', 'younger']) {
      vi.setSystemTime(Date.now() + 60_000)
      await post('/t/acme/tokens', rita(), { key: name, name, days: '0' })
    }
    const { text } = await get('/t/acme/tokens', rita())
    const at = ['younger', 'middle', 'elder'].map((name) => text.indexOf(name))
    expect(at).toEqual([...at].sort((a, b) => a - b))
    expect(at).not.toContain(-1)
  })

  it('shows nobody the tokens of others but owners and admins', async () => {
    expect((await get('/t/acme/tokens', rita())).text).not.toContain('>anton<')
    expect((await get('/t/acme/tokens', owner())).text).toContain('>anton<')
  })
})

describe('the page of an invitation', () => {
  it('says nothing to whoever is not signed in, and brings him back', async () => {
    const link = linkIn((await invite()).text)
    const page = await get(link)
    expect(page.text).toContain(`href="/sign-in?next=${encodeURIComponent(link)}"`)
    const none = link.slice(0, -1)
    const plain = (text: string, path: string) =>
      text.replaceAll(encodeURIComponent(path), '…').replace(/req_\w+/, '')
    expect(plain((await get(none)).text, none)).toBe(plain(page.text, link))
    expect(page.text).not.toMatch(/acme/i)
  })

  it('shows the tenant and the roles, and a button that makes a member', async () => {
    const link = linkIn((await invite({ roles: ['requester', 'auditor'] })).text)
    const cookie = await signIn('a1')
    const offer = await get(link, cookie)
    expect(offer.text).toContain('Join ACME')
    expect(offer.text).toContain('requester, auditor')
    expect((await get('/t/acme/members', cookie)).status).toBe(404)
    const joined = await post(link, cookie, { handle: 'grace', name: 'Grace Hopper', email: '' })
    expect(joined.to).toBe('/t/acme')
    expect((await get('/t/acme/members', cookie)).text).toContain('>grace<')
    expect((await get(link, cookie)).to).toBe('/t/acme')
  })

  it('says which handle somebody got, and why, where the one that was typed is taken', async () => {
    const link = linkIn((await invite()).text)
    const cookie = await signIn('a1')
    const joined = await post(link, cookie, { handle: 'rita' })
    expect([joined.status, joined.to]).toEqual([200, null])
    expect(joined.text).toMatch(/Your handle here is <strong>rita-2<\/strong>/)
    expect((await get('/t/acme/members', cookie)).text).toContain('>rita-2<')
  })

  it('is the same for every invitation that cannot be used', async () => {
    const link = linkIn((await invite()).text)
    await post(link, await signIn('a1'), { handle: 'grace' })
    const stranger = await signIn('b2')
    const pages = await Promise.all(
      [link, link.slice(0, -1), '/invitations/x'].map((path) => get(path, stranger)),
    )
    for (const { status, text } of pages) {
      expect(status).toBe(404)
      expect(text.replace(/req_\w+/, '')).toBe(pages[0]?.text.replace(/req_\w+/, ''))
    }
    expect((await post(link, stranger, { handle: 'eve' })).status).toBe(404)
  })

  it('is not for a session that has ended, nor for a form of another site', async () => {
    const link = linkIn((await invite()).text)
    const cookie = await signIn('a1')
    const foreign = await post(link, cookie, { handle: 'grace' }, 'https://evil.example')
    expect(foreign.status).toBe(403)
    const directory = world.env.DIRECTORY.getByName('directory')
    await directory.endSession('a1'.padStart(64, '0'), 'ses_a1', '2026-11-21T12:00:00.000Z')
    expect((await post(link, cookie, { handle: 'grace' })).to).toContain('/sign-in')
    expect((await get(link, cookie)).text).toContain('Sign in first')
    expect((await get('/t/acme/members', owner())).text).not.toContain('grace')
  })

  it('keeps what was typed when it does not fit', async () => {
    const link = linkIn((await invite()).text)
    const cookie = await signIn('a1')
    const refused = await post(link, cookie, { handle: 'Grace H', name: '"><script>' })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('role="alert"')
    expect(refused.text).not.toContain('"><script>')
    expect((await get(link, cookie)).status).toBe(200)
  })
})

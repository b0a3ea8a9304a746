// Sessions: one hop for a hot read, refused on the very next request once they ended, wherever they had come to.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { accessTokenOf } from '../../../functions/local/identity-provider/sign-in.ts'
import type { SessionView } from '../../../schemas/session.ts'
import { identityOf } from './identity.ts'
import type { Issuer } from './issuers.ts'
import { createSignInWorld, type SignInWorld } from './sign-in.fixture.ts'

let world: SignInWorld
let members: Record<'rita' | 'olga', string>
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createSignInWorld()
  await world.createTenant('dbis')
  await world.createTenant('strangers')
  const rita = await world.bind('rita', ['requester'])
  const olga = await world.bind('olga', ['owner'])
  await world.bind('rita', ['auditor'], 'dbis')
  members = { rita: rita.id, olga: olga.id }
})
afterAll(async () => {
  vi.useRealTimers()
  await world.stop()
})

type Browser = ReturnType<SignInWorld['browser']>
let browser: Browser
beforeEach(async () => {
  browser = world.browser()
  await browser.signIn('rita')
})

/** Ids of calls to tenants and the Directory while this runs. */
const callsOf = async (work: () => Promise<unknown>) => {
  const before = { tenants: world.tenants.calls.length, directory: world.directory.calls.length }
  await work()
  return {
    tenants: world.tenants.calls.slice(before.tenants),
    directory: world.directory.calls.slice(before.directory),
  }
}
const status = async (path: string, from = browser) => (await from.go(path)).status
const sessionId = (from = browser): string => {
  const [payload = ''] = (from.cookies.get('phoenix_session') ?? '').split('.')
  return JSON.parse(Buffer.from(payload, 'base64url').toString()).sessionId
}
const bearer = (handle: string) => accessTokenOf(world.provider.url, `demo-${handle}`)

describe('a hot read', () => {
  it('of a page is nothing but the page’s own reads, all of the tenant’s actor', async () => {
    await browser.go('/t/acme')
    const calls = await callsOf(async () => expect(await status('/t/acme')).toBe(200))
    expect(calls.directory).toEqual([])
    // What the tenant is, and what its reader may see of it.
    const reads = ['readTenant', 'whoAmI'].map((read) => `${world.tenantId}.${read}`)
    expect(new Set(calls.tenants)).toEqual(new Set(reads))
  })

  it('with a session is one hop, to the tenant’s actor', async () => {
    const { id } = await world.insist(world.request(world.vmRequest('followed')))
    const follow = () => browser.go(`/t/acme/rollouts/${id}/events`)
    await (await follow()).body?.cancel()
    const calls = await callsOf(async () => (await follow()).body?.cancel())
    expect(calls).toEqual({ tenants: [`${world.tenantId}.follow`], directory: [] })
  })

  it('with an access token is one hop too', async () => {
    const token = await bearer('rita')
    const read = () => world.http('GET', '/v1/tenants/acme', { token })
    expect((await read()).status).toBe(200)
    const calls = await callsOf(async () => expect((await read()).status).toBe(200))
    expect(calls).toEqual({ tenants: [`${world.tenantId}.readTenant`], directory: [] })
  })
})

describe('a session that ended', () => {
  it('is refused on the very next request, in every tenant', async () => {
    for (const tenant of ['acme', 'dbis']) expect(await status(`/t/${tenant}`)).toBe(200)
    const elsewhere = world.browser()
    await elsewhere.signIn('rita')
    const ended = await elsewhere.post(`/sessions/${sessionId()}/end`)
    expect(ended.headers.get('location')).toBe('/sessions')
    for (const tenant of ['acme', 'dbis', 'strangers']) {
      const answer = await browser.go(`/t/${tenant}`)
      expect([answer.status, answer.headers.get('location')]).toEqual([
        303,
        `/sign-in?next=%2Ft%2F${tenant}`,
      ])
    }
    expect(await status('/t/acme', elsewhere)).toBe(200)
  })

  it('ends with signing out, although the cookie is kept', async () => {
    expect(await status('/t/acme')).toBe(200)
    const kept = browser.cookies.get('phoenix_session') ?? ''
    await browser.post('/sign-out')
    expect(browser.cookies.has('phoenix_session')).toBe(false)
    browser.cookies.set('phoenix_session', kept)
    expect(await status('/t/acme')).toBe(303)
    expect(await status('/sessions')).toBe(303)
  })

  it('ends when the same browser signs in anew', async () => {
    expect(await status('/t/acme')).toBe(200)
    const kept = browser.cookies.get('phoenix_session') ?? ''
    await browser.signIn('rita')
    expect(await status('/t/acme')).toBe(200)
    browser.cookies.set('phoenix_session', kept)
    expect(await status('/t/acme')).toBe(303)
  })

  it('is not opened by what the Directory said before it ended', async () => {
    const id = sessionId()
    const identity = (
      await world.env.DIRECTORY.getByName('directory').enterTenant(
        id,
        'acme',
        new Date().toISOString(),
      )
    )?.session
    if (!identity) throw new Error('not let in')
    await browser.post('/sign-out')
    await world.tenant.openSession(identity)
    const caller = { kind: 'session' as const, sessionId: id, identity: identity.identity }
    expect(await world.tenant.whoAmI(caller, 'self.read')).toMatchObject({ ok: false })
  })
})

it('knows nobody on the very next request who was removed', async () => {
  const added = await world.bind('anton', ['auditor'])
  const removed = world.browser()
  await removed.signIn('anton')
  const token = await bearer('anton')
  const read = () => world.http('GET', '/v1/tenants/acme', { token })
  expect([await status('/t/acme', removed), (await read()).status]).toEqual([200, 200])
  const gone = await world.http('DELETE', `/v1/tenants/acme/members/${added.id}`, {
    ...{ token: world.operator, headers: { 'if-match': '*' } },
  })
  expect(gone.status).toBe(200)
  expect((await read()).status).toBe(404)
  expect(await status('/t/acme', removed)).toBe(404)
  const [there, never] = [await removed.go('/t/acme'), await removed.go('/t/never-was')]
  const text = async (answer: Response) => (await answer.text()).replace(/Request [\w-]+/, '')
  expect(await text(there)).toBe(await text(never))
})

describe('the lists', () => {
  const list = async (token: string) =>
    (
      (await (await world.http('GET', '/v1/tenants/acme/sessions', { token })).json()) as {
        items: SessionView[]
      }
    ).items
  const end = (token: string, id: string) =>
    world.http('DELETE', `/v1/tenants/acme/sessions/${id}`, { token })

  it('show people their own, owners everybody’s', async () => {
    await browser.go('/t/acme')
    const olga = world.browser()
    await olga.signIn('olga')
    await olga.go('/t/acme')
    const own = await list(await bearer('rita'))
    expect(own.map(({ member }) => member)).toContain(members.rita)
    expect(own.every(({ member }) => member === members.rita)).toBe(true)
    const all = await list(world.tokens.owner)
    expect(new Set(all.map(({ member }) => member))).toContain(members.olga)
    expect(JSON.stringify(all)).not.toContain('identity')
  })

  it('let an owner end anybody’s in his tenant, and there only', async () => {
    for (const tenant of ['acme', 'dbis']) await browser.go(`/t/${tenant}`)
    const answer = await end(world.tokens.owner, sessionId())
    expect(((await answer.json()) as SessionView).endedAt).not.toBeNull()
    expect([await status('/t/acme'), await status('/t/dbis')]).toEqual([303, 200])
  })

  it('let a person end his own, everywhere', async () => {
    for (const tenant of ['acme', 'dbis']) await browser.go(`/t/${tenant}`)
    expect((await end(await bearer('rita'), sessionId())).status).toBe(200)
    expect([await status('/t/acme'), await status('/t/dbis')]).toEqual([303, 303])
  })

  it('answer alike for another’s session and one that never was', async () => {
    await browser.go('/t/acme')
    const token = world.tokens.auditor
    const answers = [await end(token, sessionId()), await end(token, `ses_${'a'.repeat(26)}`)]
    expect(answers.map((answer) => answer.status)).toEqual([404, 404])
    expect(await status('/t/acme')).toBe(200)
  })
})

describe('one’s own, in no tenant in particular', () => {
  it('are listed and ended with an access token', async () => {
    await browser.go('/t/acme')
    const token = await bearer('rita')
    const listed = (await (await world.http('GET', '/v1/sessions', { token })).json()) as {
      items: { id: string }[]
    }
    expect(listed.items.map(({ id }) => id)).toContain(sessionId())
    const foreign = await world.http('DELETE', `/v1/sessions/${sessionId()}`, {
      token: await bearer('olga'),
    })
    expect(foreign.status).toBe(404)
    expect(await status('/t/acme')).toBe(200)
    const ended = await world.http('DELETE', `/v1/sessions/${sessionId()}`, { token })
    expect(ended.status).toBe(204)
    expect(await status('/t/acme')).toBe(303)
  })

  it('are ended by a repeat where a tenant could not be told the first time', async () => {
    await browser.go('/t/acme')
    const kept = browser.cookies.get('phoenix_session') ?? ''
    const token = await bearer('rita')
    const end = () => world.http('DELETE', `/v1/sessions/${sessionId()}`, { token })
    world.tenants.setIntercept((call, run) =>
      call.endsWith('.closeSession') ? Promise.reject(new Error('lost')) : run(),
    )
    const spy = vi.spyOn(console, 'error').mockImplementation(() => undefined)
    expect((await end()).status).toBeGreaterThanOrEqual(500)
    spy.mockRestore()
    world.tenants.setIntercept(null)
    expect((await end()).status).toBe(204)
    browser.cookies.set('phoenix_session', kept)
    expect(await status('/t/acme')).toBe(303)
  })

  it('are not an API token’s business', async () => {
    const { status: code } = await world.http('GET', '/v1/sessions', { token: world.tokens.owner })
    expect(code).toBe(403)
    expect((await world.http('GET', '/v1/sessions')).status).toBe(401)
  })

  it('come with one’s tenants, and no others', async () => {
    const slugs = async (handle: string) => {
      const answer = await world.http('GET', '/v1/tenants', { token: await bearer(handle) })
      return ((await answer.json()) as { items: { slug: string }[] }).items.map(({ slug }) => slug)
    }
    expect(await slugs('rita')).toEqual(['acme', 'dbis'])
    expect(await slugs('paula')).toEqual([])
  })
})

describe('pages without a tenant in their address', () => {
  it('are about the tenant last chosen', async () => {
    await browser.go('/t/dbis')
    expect((await browser.go('/changes')).headers.get('location')).toBe('/t/dbis/changes')
    await browser.go('/t/acme')
    expect((await browser.go('/resources')).headers.get('location')).toBe('/t/acme/resources')
    expect((await browser.go('/')).headers.get('location')).toBe('/tenants')
  })

  it('find a change in another tenant of the person, and in nobody else’s', async () => {
    const { id } = await world.insist(world.request(world.vmRequest('found')))
    await browser.go('/t/dbis')
    expect(await status(`/changes/${id}`)).toBe(200)
    const stranger = world.browser()
    await world.bind('ada', ['owner'], 'strangers')
    await stranger.signIn('ada')
    expect(await status(`/changes/${id}`, stranger)).toBe(404)
  })

  it('never show another tenant’s page', async () => {
    const text = async (path: string) => {
      const answer = await browser.go(path)
      return [answer.status, (await answer.text()).replace(/Request [\w-]+/, '')]
    }
    expect(await text('/t/strangers')).toEqual(await text('/t/never-was'))
    expect((await text('/t/strangers'))[0]).toBe(404)
  })
})

describe('operators', () => {
  it('come into every tenant with an identity, as long as they are operators', async () => {
    await world.createTenant('platform', { repository: 'platform/fleet' })
    const otto = await world.bind('otto', ['operator'], 'platform')
    await world.bind('paula', ['owner'], 'platform')
    const operator = world.browser()
    await operator.signIn('otto')
    const other = world.browser()
    await other.signIn('paula')
    expect([await status('/t/acme', operator), await status('/t/acme', other)]).toEqual([200, 404])
    const token = await bearer('otto')
    const read = async (path: string) => (await world.http('GET', path, { token })).status
    expect([await read('/v1/tenants/acme'), await read('/metrics')]).toEqual([200, 200])
    const gone = await world.http('DELETE', `/v1/tenants/platform/members/${otto.id}`, {
      ...{ token: world.operator, headers: { 'if-match': '*' } },
    })
    expect(gone.status).toBe(200)
    expect([await status('/t/acme', operator), await status('/t/platform', operator)]).toEqual([
      404, 404,
    ])
    expect([await read('/v1/tenants/acme'), await read('/metrics')]).toEqual([404, 401])
  })
})

describe('the Directory', () => {
  it('keeps of who signed in and who joined a keyed digest, and neither issuer nor subject', async () => {
    const made = await world.http('POST', '/v1/tenants/dbis/invitations', {
      ...{ token: world.operator, key: 'join', body: { roles: ['auditor'] } },
    })
    const { link } = (await made.json()) as { link: string }
    const accepted = await world.http('POST', '/v1/invitations/accept', {
      ...{ token: await bearer('paula'), key: 'accept' },
      body: { invitation: link.split('/').at(-1) },
    })
    expect(accepted.status).toBe(200)
    const paula = world.browser()
    await paula.signIn('paula')
    expect([await status('/t/dbis', paula), await status('/t/acme')]).toEqual([200, 200])
    const { sql } = world.directory.actors.get('directory')?.surroundings.storage ?? {}
    const rows = (what: string) => (sql?.exec(`SELECT * FROM ${what}`).toArray() ?? []) as object[]
    const names = rows("sqlite_master WHERE type = 'table'") as { name: string }[]
    const all = names.map(({ name }) => [name, rows(`"${name}"`)] as const)
    const kept = Object.fromEntries(all) as Record<string, { identity?: string }[]>
    const [issuer] = JSON.parse(world.env.OIDC_ISSUERS ?? '') as [
      Pick<Issuer, 'issuer' | 'knownAs'>,
    ]
    const knownAs = issuer.knownAs ?? ''
    expect(issuer.issuer).toBe(world.provider.url)
    for (const subject of ['demo-rita', 'demo-paula']) {
      const identity = identityOf(world.env, issuer, subject)
      for (const table of ['identities', 'sessions'])
        expect(
          kept[table]?.map((row) => row.identity),
          `${table} ${subject}`,
        ).toContain(identity)
    }
    const text = JSON.stringify(kept)
    for (const plain of [issuer.issuer, knownAs, new URL(knownAs).host, 'demo-', 'paula'])
      expect(text.toLowerCase(), plain).not.toContain(plain.toLowerCase())
  })
})

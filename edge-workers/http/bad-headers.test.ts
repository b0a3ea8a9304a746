// Requests that are odd around the body: doubled and oversized headers, preconditions, other methods, twins of an address, foreign
// origins and hosts. Over every route of the OpenAPI document; authorisation never differs, nothing is echoed, nothing is a 5xx.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

const EVIL = 'evil.example'

let world: TenantWorld
let routes: { method: string; path: string; asksForCredential: boolean }[]
beforeAll(async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createTenantWorld()
  const document = (await (await world.http('GET', '/v1/openapi.json')).json()) as {
    paths: Record<string, Record<string, { security?: unknown[] }>>
  }
  // What is behind us does not answer here, and /readyz says so.
  const { '/readyz': _, ...paths } = document.paths
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security = [] }]) => ({
      ...{ method: method.toUpperCase(), asksForCredential: security.length > 0 },
      path: path
        .replace('{tenant}', 'acme')
        .replaceAll('{name}', 'rita')
        .replaceAll(/\{\w+\}/g, `chg_${'a'.repeat(26)}`),
    })),
  )
})
afterAll(() => {
  vi.restoreAllMocks()
})

const isProblem = (response: Response) =>
  response.headers.get('content-type') === 'application/problem+json'
/** With a name that is sent twice as the platform hands it on: joined. */
const send = (
  method: string,
  path: string,
  headers: [string, string][] = [],
  { token = '', body }: { token?: string; body?: object } = {},
) => {
  const all = new Headers(headers)
  if (token) all.append('authorization', `Bearer ${token}`)
  if (body) all.set('content-type', 'application/json')
  const init = { method, headers: all, ...(body ? { body: JSON.stringify(body) } : {}) }
  return world.app.request(path, init, world.env)
}
const counted = () => world.tenants.calls.length
const expectNothingOf = async (response: Response, ...words: string[]) => {
  const text = `${await response.clone().text()}${JSON.stringify([...response.headers])}`
  for (const word of words) expect(text).not.toContain(word)
}

describe('a header', () => {
  it.each([8_192, 65_536])('of %i bytes is read or refused, and never repeated', async (bytes) => {
    const long = `sesame${'x'.repeat(bytes)}`
    const names = ['authorization', 'idempotency-key', 'if-match', 'if-none-match', 'x-request-id']
    const more = ['traceparent', 'accept', 'cookie', 'user-agent', 'content-type', 'origin', 'x-y']
    for (const name of [...names, ...more])
      for (const [method, path] of [
        ['GET', '/v1/tenants/acme'],
        ['POST', '/v1/tenants/acme/workloads'],
        ['PATCH', '/v1/tenants/acme'],
        ['POST', '/v1/token'],
        ['GET', '/t/acme/changes'],
      ] as const) {
        const response = await send(method, path, [[name, long]], { token: world.tokens.owner })
        expect(response.status, `${name} ${method} ${path}`).toBeLessThan(500)
        if (response.status >= 400) expect(isProblem(response), `${name} ${path}`).toBe(true)
        await expectNothingOf(response, 'sesame')
      }
  })

  it('that names a credential twice names none', async () => {
    const { owner, auditor } = world.tokens
    for (const [one, two] of [
      [owner, owner],
      [owner, auditor],
      [auditor, 'x'],
      ['', owner],
    ]) {
      const twice: [string, string][] = [
        ['authorization', `Bearer ${one}`],
        ['authorization', `Bearer ${two}`],
      ]
      const before = counted()
      const response = await send('GET', '/v1/tenants/acme', twice)
      expect(response.status).toBe(401)
      expect(counted()).toBe(before)
    }
  })

  it('that names two intentions names none', async () => {
    const twice: [string, string][] = [
      ['idempotency-key', 'a'],
      ['idempotency-key', 'b'],
    ]
    const body = { name: 'x' }
    const path = '/v1/tenants/acme/tokens'
    const response = await send('POST', path, twice, { token: world.tokens.owner, body })
    expect(response.status).toBe(400)
    expect(isProblem(response)).toBe(true)
    for (const key of ['a b', 'ü', 'a\tb', 'x'.repeat(256)]) {
      const headers: [string, string][] = [['idempotency-key', Buffer.from(key).toString('latin1')]]
      const one = await send('POST', path, headers, { token: world.tokens.owner, body })
      expect(one.status, key).toBe(400)
    }
  })

  it('of a precondition matches one strong tag or anything, and no list', async () => {
    const path = '/v1/tenants/acme/members/rita'
    const { headers } = await send('GET', path, [], { token: world.operator })
    const etag = headers.get('etag') ?? ''
    const patch = async (ifMatch: string | null) => {
      const sent: [string, string][] = ifMatch === null ? [] : [['if-match', ifMatch]]
      const more = { token: world.operator, body: { name: 'Rita' } }
      return (await send('PATCH', path, sent, more)).status
    }
    expect(await patch(null)).toBe(428)
    expect(await patch('')).toBe(428)
    const never = [
      `W/${etag}`,
      `${etag}, ${etag}`,
      `"v0", ${etag}`,
      `${etag},*`,
      '*, *',
      'v1',
      '"v01"',
    ]
    const odd = [`${etag}x`, '"v-1"', '"v1e3"', '"v999999999999999999"', '""', "'v1'", '"V1"']
    for (const tag of [...never, ...odd]) expect(await patch(tag), tag).toBe(412)
    expect(await patch(etag)).toBe(200)
    expect(await patch(etag)).toBe(412)
    expect(await patch('*')).toBe(200)
  })

  it('that overrides the method overrides nothing', async () => {
    const names = ['x-http-method-override', 'x-http-method', 'x-method-override', '_method']
    for (const name of names)
      for (const method of ['DELETE', 'PATCH', 'POST']) {
        const headers: [string, string][] = [
          [name, method],
          ['if-match', '*'],
          ['idempotency-key', 'k'],
        ]
        const path = `/v1/tenants/acme/members/rita`
        const read = await send('GET', path, headers, { token: world.operator })
        expect([read.status, await read.json()]).toMatchObject([200, { state: 'active' }])
        const query = `?_method=${method}&X-HTTP-Method-Override=${method}`
        expect((await send('GET', `${path}${query}`, [], { token: world.operator })).status).toBe(
          200,
        )
      }
  })

  it('that names the request or its trace is taken only where it is one', async () => {
    const bad = [
      '<script>evil</script>',
      'evil\u00e9 evil',
      'e'.repeat(65),
      'a/../../evil',
      "';--evil",
    ]
    for (const value of bad) {
      const headers: [string, string][] = [
        ['x-request-id', value],
        ['traceparent', value],
      ]
      const response = await send('GET', '/v1/tenants/acme', headers)
      expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{24}$/)
      expect(response.headers.get('traceparent')).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
      await expectNothingOf(response, value)
    }
  })
})

describe('another method', () => {
  it('is answered for every address: HEAD as GET without a body, OPTIONS with what there is', async () => {
    for (const path of new Set(routes.map((route) => route.path))) {
      const methods = routes.filter((route) => route.path === path).map(({ method }) => method)
      const options = await send('OPTIONS', path, [['origin', `https://${EVIL}`]])
      expect(options.status, path).toBe(204)
      const allow = options.headers.get('allow')?.split(', ') ?? []
      expect(allow, path).toEqual(expect.arrayContaining(methods))
      const head = await send('HEAD', path)
      expect(await head.text(), path).toBe('')
      // Without a GET that is a 405 too.
      expect(head.status, path).toBe((await send('GET', path)).status)
      for (const method of ['PROPFIND', 'LOCK', 'QUERY', 'get-out'])
        expect((await send(method, path)).status, `${method} ${path}`).toBe(405)
    }
  })
})

describe('a twin of an address', () => {
  const twins = (path: string): string[] => {
    const last = path.split('/').at(-1) ?? ''
    const before = path.slice(0, -last.length)
    return [
      ...[`${path}/`, `${path}//`, `/${path}`, path.toUpperCase(), `${path}%20`, `${path}%00`],
      ...[`${before}${last.toUpperCase()}`, `${before}%2F${last}`, `${before}/${last}`],
      ...[`${path}%2F`, `${path}/%2e`, `${path};x=1`, `${path}.json`, `${path}%3f`, `${path}%23`],
      ...[path.replace('/v1/', '/V1/'), path.replace('/v1/', '/v1//'), `/.${path}`],
      ...[path.replaceAll('/', '%2F').replace('%2F', '/'), path.replaceAll('/', '\\/')],
      ...[
        path.replace('acme', 'acme%2F'),
        path.replace('acme', 'ACME'),
        path.replace('acme', 'acme%00'),
      ],
      ...[path.replace('acme', '%61cme'), path.replace('acme', 'x/../acme')],
    ].filter((twin) => twin !== path)
  }

  it('lets nobody further than the address itself, with no credential or with a weak one', async () => {
    let tried = 0
    for (const { method, path, asksForCredential } of routes.filter((one) => one.asksForCredential))
      for (const token of ['', world.tokens.auditor]) {
        const own = (await send(method, path, [], { token })).status
        for (const twin of twins(path)) {
          const response = await send(method, twin, [], { token })
          tried += 1
          const what = `${method} ${twin} ${token === '' ? 'nobody' : 'auditor'} ${response.status}`
          expect(response.status, what).toBeLessThan(500)
          // No body, no key, no precondition: only a read could be a success, and only where the address itself is one.
          if (response.status < 300) expect(own, what).toBeLessThan(300)
          if (asksForCredential && token === '')
            expect([401, 404, 405, 303], what).toContain(response.status)
        }
      }
    expect(tried).toBeGreaterThan(1_000)
  })
})

const isWallets = (path: string): boolean => /^\/(?:i|\.well-known)\//.test(path)

describe('another site', () => {
  it('is given no way to read our answers', async () => {
    for (const origin of ['null', `https://${EVIL}`, 'http://127.0.0.1:8787', ''])
      for (const { method, path } of routes) {
        const headers: [string, string][] = [
          ['origin', origin],
          ['access-control-request-method', 'DELETE'],
          ['access-control-request-headers', 'authorization'],
        ]
        const answers = [
          await send(method, path, headers, { token: world.tokens.auditor }),
          await send('OPTIONS', path, headers),
        ]
        for (const response of answers) {
          expect(response.status, `${method} ${path}`).toBeLessThan(500)
          const names = [...response.headers.keys()].filter((name) => /^access-control-/.test(name))
          // Wallets may be pages of any origin: what they read has no credential of a member's.
          if (isWallets(path)) {
            expect(response.headers.get('access-control-allow-origin'), path).toBe('*')
            expect(names, path).not.toContain('access-control-allow-credentials')
          } else expect(names, `${method} ${path}`).toEqual([])
        }
      }
  })

  it('posts no form of ours', async () => {
    for (const path of ['/sign-in', '/sign-out', '/changes/x/approve'])
      for (const origin of [
        'null',
        `https://${EVIL}`,
        'http://127.0.0.1:8787.evil.example',
        null,
      ]) {
        const headers: [string, string][] = origin === null ? [] : [['origin', origin]]
        const response = await send('POST', path, headers)
        expect(response.status, `${path} ${origin}`).toBe(403)
      }
  })
})

describe('another host', () => {
  it('is in no link, whatever the request calls us', async () => {
    const names = ['host', 'x-forwarded-host', 'x-host', 'x-original-url', 'x-rewrite-url']
    const headers: [string, string][] = [
      ...names.map((name): [string, string] => [name, EVIL]),
      ['x-forwarded-proto', 'gopher'],
      ['forwarded', `host=${EVIL};proto=gopher`],
    ]
    const paths = routes.filter(({ method }) => method === 'GET').map(({ path }) => path)
    const more = ['/v1/tenants/acme/members?limit=1', '/', '/changes', '/t/acme', '/none']
    for (const path of [...paths, ...more]) {
      const response = await send('GET', `http://${EVIL}${path}`, headers, {
        token: world.tokens.owner,
      })
      expect(response.status, path).toBeLessThan(500)
      await expectNothingOf(response, EVIL, 'gopher')
    }
  })

  it('is not where anybody is sent after signing in', async () => {
    const nexts = [`//${EVIL}`, `https://${EVIL}`, `/\\${EVIL}`, `/%2F${EVIL}`, `/\t/${EVIL}`]
    for (const next of [...nexts, `javascript:alert(1)//${EVIL}`, `/@${EVIL}`]) {
      const response = await send('GET', `/sign-in?next=${encodeURIComponent(next)}`)
      await expectNothingOf(response, EVIL)
    }
  })
})

describe('a line break in what is reflected', () => {
  it('starts no header', async () => {
    const breaks = ['%0d%0a', '%0a', '%0d', '%E5%98%8A%E5%98%8D', '%u000a', '\\r\\n']
    for (const one of breaks)
      for (const path of [
        `/t/x${one}Set-Cookie:evil=1`,
        `/t/x${one}Set-Cookie:evil=1/changes`,
        `/sign-in?next=/${one}Set-Cookie:evil=1`,
        `/changes/x${one}Set-Cookie:evil=1`,
        `/problems/x${one}Set-Cookie:evil=1`,
        `/v1/tenants/x${one}Set-Cookie:evil=1`,
        `/v1/tenants/acme/workloads?limit=1&cursor=${one}Set-Cookie:evil=1`,
        `/v1/tenants/acme/workloads/${one}Set-Cookie:evil=1`,
      ]) {
        const response = await send('GET', path, [], { token: world.tokens.owner })
        expect(response.status, path).toBeLessThan(500)
        expect(response.headers.get('set-cookie') ?? '', path).not.toContain('evil')
        expect(response.headers.get('location') ?? '', path).not.toMatch(/[\r\n]/)
      }
  })
})

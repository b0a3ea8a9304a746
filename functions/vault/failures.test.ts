// A vault that fails in every way that it can: each is an answer of its own, nothing is sent twice by itself, a lost answer makes
// no second version, and neither a value nor a name nor an address is in what is told of it.
import { describe, expect, it, vi } from 'vitest'
import type { AzureFault } from '../../schemas/azure.ts'
import { VAULT_HOST } from '../local/vault/stand-in.ts'
import { createVaultWorld, OTHER, OWN } from './in-process.fixture.ts'

const VALUE = 'Sesame-Unsaid'
const set = {
  ...{ name: 'db-password', value: VALUE, contentType: null, expiresAt: null, notBefore: null },
}
const key = { name: 'signing', kind: 'EC-P256', expiresAt: null, notBefore: null } as const

const refuse =
  (status: number, inner: string | null, headers: Record<string, string> = {}) =>
  () =>
    Response.json(
      {
        error: { code: 'Code', message: VALUE, ...(inner ? { innererror: { code: inner } } : {}) },
      },
      { status, headers },
    )
const html = (status: number) => () =>
  new Response('<html>Sesame-Unsaid</html>', { status, headers: { 'content-type': 'text/html' } })
const cut = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"value":'))
        controller.error(new TypeError('terminated'))
      },
    }),
  )
const slow = () => new Promise<Response>(() => undefined)

const table: [string, () => Response | Promise<Response>, Partial<AzureFault>][] = [
  ['401', refuse(401, null), { fault: 'denied' }],
  ['403, no right', refuse(403, 'ForbiddenByRbac'), { fault: 'denied' }],
  ['403, disabled', refuse(403, 'SecretDisabled'), { fault: 'conflict', target: 'disabled' }],
  ['404', refuse(404, null), { fault: 'absent' }],
  ['409', refuse(409, 'ObjectIsBeingDeleted'), { fault: 'conflict', target: 'being-deleted' }],
  [
    '409, deleted',
    refuse(409, 'ObjectIsDeletedButRecoverable'),
    { fault: 'conflict', target: 'deleted' },
  ],
  [
    '429',
    refuse(429, null, { 'retry-after': '17' }),
    { fault: 'throttled', retryAfterSeconds: 17 },
  ],
  ['400', refuse(400, null), { fault: 'refused' }],
  ['500', refuse(500, null), { fault: 'unreachable' }],
  ['503 that says when', refuse(503, null, { 'retry-after': '9' }), { retryAfterSeconds: 9 }],
  ['slow', slow, { fault: 'unreachable' }],
  ['cut off', cut, { fault: 'unreachable' }],
  ['HTML, 200', html(200), { fault: 'unreachable' }],
  ['HTML, 502', html(502), { fault: 'unreachable' }],
  ['JSON of another shape', () => Response.json({ hello: VALUE }), { fault: 'unreachable' }],
  ['elsewhere', () => Response.redirect('https://evil.example/', 302), { fault: 'unreachable' }],
]

describe('a vault that answers', () => {
  it.each(table)('%s', async (_, planned, fault) => {
    const logged = vi.spyOn(console, 'log')
    let writes = 0
    let slowed = false
    const world = await createVaultWorld({
      clients: { answerWithinMs: 40 },
      instead: (request) => {
        // What comes first is the look at what is there.
        if (request.method === 'GET' || !request.headers.has('authorization')) return null
        writes += 1
        return planned()
      },
    })
    const { secrets, keys } = world.of(OWN)
    for (const ask of [() => secrets('setSecret', 'op', set), () => keys('createKey', 'op', key)]) {
      writes = 0
      const answer = await ask()
      expect(answer).toMatchObject({ ok: false, fault })
      // Whoever asked to wait is not asked at all until then.
      expect(writes).toBe(slowed ? 0 : 1)
      slowed = answer.ok === false && answer.fault.fault === 'throttled'
      expect(JSON.stringify(answer)).not.toMatch(/Sesame|db-password|signing|vault\.azure/)
    }
    expect(logged).not.toHaveBeenCalled()
  })

  it('with pages that go on at another host: unreachable, and nobody there is sent a token', async () => {
    const elsewhere = 'https://evil.example/secrets?api-version=7.6'
    const world = await createVaultWorld({
      instead: ({ headers }) =>
        headers.has('authorization') ? Response.json({ value: [], nextLink: elsewhere }) : null,
    })
    const answer = await world.of(OWN).secrets('listSecrets', 'op', {})
    expect(answer).toMatchObject({ ok: false, fault: { fault: 'unreachable' } })
    expect(world.asked.map(({ url }) => new URL(url).host)).not.toContain('evil.example')
  })

  it('nothing at all, or no token: unreachable, and no name in the error', async () => {
    const world = await createVaultWorld({
      clients: { credential: { getToken: async () => Promise.reject(new Error(VALUE)) } },
    })
    const answer = await world.of(OWN).secrets('setSecret', 'op', set)
    expect(answer).toMatchObject({ ok: false, fault: { fault: 'unreachable' } })
    const away = await createVaultWorld({
      clients: { fetch: () => Promise.reject(new TypeError('fetch failed')) },
    })
    const other = await away.of(OWN).secrets('setSecret', 'op', set)
    expect(other).toMatchObject({ ok: false, fault: { fault: 'unreachable' } })
  })
})

describe('nothing is half done', () => {
  it('a lost answer makes no second version, of a value, a key or a rotation', async () => {
    let lose = true
    const world = await createVaultWorld()
    const reach = world.vault.answer
    world.vault.answer = async (request) => {
      const answer = await reach(request)
      const writes = request.method === 'PUT' || request.url.includes('/create')
      return lose && writes && answer.ok ? new Response('lost', { status: 504 }) : answer
    }
    const { secrets, keys } = world.of(OWN)
    const rotate = { name: key.name }
    const asks = [
      () => secrets('setSecret', 'op-1', set),
      () => keys('createKey', 'op-1', key),
      () => keys('rotateKey', 'op-2', rotate),
    ]
    for (const ask of asks) {
      lose = true
      expect(await ask()).toMatchObject({ ok: false, fault: { fault: 'unreachable' } })
      lose = false
      const after = await ask()
      expect(after.ok).toBe(true)
      expect(await ask()).toEqual(after)
    }
    const made = [...world.vault.store.items.values()].map(({ versions }) => versions.length)
    expect(made.sort()).toEqual([1, 2])
  })

  it('a vault that protects against purging refuses it as that, and not as a right that lacks', async () => {
    const world = await createVaultWorld({ purgeProtected: [VAULT_HOST] })
    const { secrets, keys } = world.of(OWN)
    await secrets('setSecret', 'op-1', set)
    await keys('createKey', 'op-1', key)
    const deleted = await secrets('deleteSecret', 'op-2', { name: set.name })
    expect(deleted).toMatchObject({ ok: true, value: { purgeable: false } })
    await keys('deleteKey', 'op-2', { name: key.name })
    for (const purged of [
      await secrets('purgeSecret', 'op-3', { name: set.name }),
      await keys('purgeKey', 'op-3', { name: key.name }),
    ])
      expect(purged).toMatchObject({
        ok: false,
        fault: { fault: 'refused', target: 'purge-protected' },
      })
  })

  it('an identity without roles is denied, whatever it asks', async () => {
    const world = await createVaultWorld({ assignments: {} })
    const { secrets, keys } = world.of(OWN)
    for (const answer of [
      await secrets('setSecret', 'op', set),
      await secrets('listSecrets', 'op', {}),
      await keys('createKey', 'op', key),
    ])
      expect(answer).toMatchObject({ ok: false, fault: { fault: 'denied' } })
  })
})

describe('values', () => {
  it('are asked back by nothing: no request reads one, and the identity may not', async () => {
    const world = await createVaultWorld()
    const { secrets } = world.of(OWN)
    await secrets('setSecret', 'op-1', set)
    await secrets('setSecret', 'op-1', set)
    await secrets('secretVersions', 'op', { name: set.name })
    await secrets('deleteSecret', 'op-2', { name: set.name })
    await secrets('recoverSecret', 'op-3', { name: set.name })
    const sent = world.asked.filter(({ text }) => text.includes(VALUE))
    expect(sent.map(({ method }) => method)).toEqual(['PUT'])
    const token = await world.credential.getToken('https://vault.azure.net/.default')
    const url = `https://${VAULT_HOST}/secrets/phx-s-eu-aaaaaaaaaaaaaaaa-db-password?api-version=7.6`
    const read = await world.fetch(url, { headers: { authorization: `Bearer ${token.token}` } })
    expect(read.status).toBe(403)
  })

  it('of others are out of reach: a tenant without a vault is denied', async () => {
    const world = await createVaultWorld({
      vaults: { tenants: { [OWN]: 'https://own.vault.azure.net' } },
    })
    expect((await world.of(OWN).secrets('setSecret', 'op', set)).ok).toBe(true)
    for (const owner of [OTHER, 'platform', '', '../x', 'ten_eu_aaaaaaaaaaaaaaaa/x'])
      expect(await world.of(owner).secrets('setSecret', 'op', set)).toMatchObject({
        ok: false,
        fault: { fault: 'denied' },
      })
  })
})

// Webhooks over HTTP: what is taken, what is refused, who may do it, and that the secret is where it is made and nowhere else.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { NewWebhook, WebhookView } from '../../schemas/webhook.ts'
import {
  createWebhookWorld,
  type WebhookWorld,
} from '../actors/tenant/webhooks/receiver.fixture.ts'

const LIST = '/v1/tenants/acme/webhooks'
const NEVER = `whe_${'a'.repeat(20)}`
const FIELDS = { url: 'https://hooks.example.com/in', description: 'Ours', events: [] }

let world: WebhookWorld
const logged: string[] = []
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  for (const level of ['log', 'error', 'warn', 'info'] as const)
    vi.spyOn(console, level).mockImplementation((...parts) => void logged.push(parts.join(' ')))
  world = await createWebhookWorld()
})
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const post = (path: string, key: string, body?: unknown, token = world.tokens.owner) =>
  world.http('POST', path, { token, key, ...(body === undefined ? {} : { body }) })
const bodyOf = async <T>(answer: Response): Promise<T> => (await answer.json()) as T
const shapeOf = async (answer: Response) => {
  const headers = Object.fromEntries(answer.headers)
  const { 'x-request-id': _id, traceparent: _trace, ...rest } = headers
  const { instance: _, ...problem } = await bodyOf<Record<string, unknown>>(answer)
  return { status: answer.status, headers: rest, problem }
}

describe('a webhook', () => {
  it('is created once per key, with its secret, and read without it', async () => {
    const made = await post(LIST, 'create-1', FIELDS)
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store'])
    const webhook = await bodyOf<NewWebhook>(made)
    expect(webhook.secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made.headers.get('location')).toBe(`${LIST}/${webhook.id}`)
    expect(await bodyOf(await post(LIST, 'create-1', FIELDS))).toEqual(webhook)
    expect((await post(LIST, 'create-1', { ...FIELDS, description: 'x' })).status).toBe(422)

    const { secret, ...view } = webhook
    const read = await world.http('GET', `${LIST}/${webhook.id}`, { token: world.tokens.auditor })
    expect(await bodyOf(read)).toEqual(view)
    expect(read.headers.get('cache-control')).toBe('private, no-cache')
    const list = await (await world.http('GET', LIST, { token: world.tokens.owner })).text()
    expect(list).toContain(webhook.id)
    expect(list).not.toContain(secret.slice(6, 20))
  })

  it('is changed and deleted at the version that was read', async () => {
    const { id } = await bodyOf<NewWebhook>(await post(LIST, 'create-2', FIELDS))
    const one = `${LIST}/${id}`
    const change = (body: unknown, ifMatch?: string) =>
      world.http('PATCH', one, {
        ...{ token: world.tokens.owner, body },
        ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
      })
    expect((await change({ enabled: false })).status).toBe(428)
    expect((await change({ enabled: false }, '"v9"')).status).toBe(412)
    expect((await change({}, '"v1"')).status).toBe(422)
    const url = 'https://hooks.example.com:8443/other'
    const changed = await change({ enabled: false, url, events: ['phoenix.change.*'] }, '"v1"')
    expect(changed.headers.get('etag')).toBe('"v2"')
    expect(await bodyOf<WebhookView>(changed)).toMatchObject({
      ...{ enabled: false, url, events: ['phoenix.change.*'], disabledReason: null },
    })
    const remove = (ifMatch: string) =>
      world.http('DELETE', one, { token: world.tokens.owner, headers: { 'if-match': ifMatch } })
    expect((await remove('"v1"')).status).toBe(412)
    expect((await remove('"v2"')).status).toBe(204)
    expect((await remove('*')).status).toBe(404)
    expect((await world.http('GET', one, { token: world.tokens.owner })).status).toBe(404)
    expect((await post(LIST, 'create-2', FIELDS)).status).toBe(409)
  })

  it('is rotated once per key', async () => {
    const { id, secret } = await bodyOf<NewWebhook>(await post(LIST, 'create-3', FIELDS))
    const rotate = (key: string, body?: unknown) => post(`${LIST}/${id}/rotate-secret`, key, body)
    const first = await bodyOf<NewWebhook>(await rotate('rotate-1'))
    expect(first.secret).not.toBe(secret)
    expect(first.previousSecretUntil).toBe('2026-11-22T12:00:00.000Z')
    expect(await bodyOf(await rotate('rotate-1'))).toEqual(first)
    expect((await rotate('rotate-1', { overlapSeconds: 5 })).status).toBe(422)
    expect((await rotate('rotate-2', { overlapSeconds: 0 })).status).toBe(200)
    expect((await rotate('rotate-1')).status).toBe(409)
    expect(
      (await world.http('POST', `${LIST}/${id}/rotate-secret`, { token: world.tokens.owner }))
        .status,
    ).toBe(400)
    // The first secret of the key that made it is not one any more.
    expect((await post(LIST, 'create-3', FIELDS)).status).toBe(409)
  })

  it('is tested once per key', async () => {
    const { id } = await bodyOf<NewWebhook>(await post(LIST, 'create-4', FIELDS))
    const test = async (key: string) => {
      const answer = await post(`${LIST}/${id}/test`, key)
      expect(answer.status).toBe(202)
      return (await bodyOf<{ id: string }>(answer)).id
    }
    const first = await test('test-1')
    expect(await test('test-1')).toBe(first)
    expect(await test('test-2')).not.toBe(first)
    const list = await world.http('GET', `${LIST}/${id}/deliveries?state=waiting&limit=1`, {
      token: world.tokens.auditor,
    })
    const page = await bodyOf<{ items: unknown[]; next: string }>(list)
    expect(page.items).toHaveLength(1)
    const rest = await world.http('GET', page.next, { token: world.tokens.auditor })
    expect(await bodyOf<{ items: unknown[] }>(rest)).toMatchObject({ items: [{}], next: null })
    for (const query of ['?state=lost', '?state=dead&state=dead', '?order=1', '?cursor=x'])
      expect(
        (await world.http('GET', `${LIST}/${id}/deliveries${query}`, { token: world.tokens.owner }))
          .status,
        query,
      ).toBe(422)
  })
})

describe('bad input', () => {
  it.each([
    ...['http://hooks.example.com/', 'https://127.0.0.1/', 'https://2130706433/', 'https://[::1]/'],
    ...['https://localhost./', 'https://169.254.169.254/', 'https://user@hooks.example.com/'],
    ...[
      'https://hooks.example.com:22/',
      'https://hooks.example.com/#x',
      'x',
      'https://a.internal/',
    ],
  ])('refuses the address %s, made and changed, and says where', async (url) => {
    const made = await post(LIST, `bad ${url}`.replaceAll(/[^a-z0-9]/g, '-'), { ...FIELDS, url })
    expect(made.status).toBe(422)
    expect(await bodyOf(made)).toMatchObject({ errors: [{ pointer: '/url' }] })
    const list = await bodyOf<{ items: WebhookView[] }>(
      await world.http('GET', LIST, { token: world.tokens.owner }),
    )
    const changed = await world.http('PATCH', `${LIST}/${list.items[0]?.id}`, {
      ...{ token: world.tokens.owner, body: { url }, headers: { 'if-match': '*' } },
    })
    expect(changed.status).toBe(422)
  })

  it('refuses fields that are not of the contract', async () => {
    for (const [pointer, fields] of [
      ['/url', { url: '' }],
      ['/url', { url: 7 }],
      ['/events/0', { events: ['phoenix.change.unheard'] }],
      ['/events', { events: ['phoenix.change.*', 'phoenix.change.*'] }],
      ['/description', { description: 'two\nlines' }],
      ['/secret', { secret: 'whsec_mine' }],
    ] as const) {
      const answer = await post(LIST, `bad-field-${pointer.length}`, { ...FIELDS, ...fields })
      expect(answer.status, pointer).toBe(422)
      expect(await bodyOf(answer)).toMatchObject({ errors: [{ pointer }] })
    }
  })

  it('refuses more endpoints than there may be', async () => {
    const list = async () =>
      (
        await bodyOf<{ items: unknown[] }>(
          await world.http('GET', LIST, { token: world.tokens.owner }),
        )
      ).items.length
    for (let number = await list(); number < 16; number += 1)
      expect((await post(LIST, `many-${number}`, FIELDS)).status).toBe(201)
    const answer = await post(LIST, 'too-many', FIELDS)
    expect([answer.status, await list()]).toEqual([409, 16])
  })
})

describe('ids', () => {
  it('of another tenant look like ids that never were, at every address', async () => {
    await world.createTenant('other', { basesOn: ['lab'] })
    const { token } = await world.createToken('other', 'owner')
    const theirs = '/v1/tenants/other/webhooks'
    const foreign = await bodyOf<NewWebhook>(await post(theirs, 'theirs', FIELDS, token))
    const message = await bodyOf<{ id: string }>(
      await post(`${theirs}/${foreign.id}/test`, 't', undefined, token),
    )
    const own =
      (
        await bodyOf<{ items: WebhookView[] }>(
          await world.http('GET', LIST, { token: world.tokens.owner }),
        )
      ).items.at(-1)?.id ?? ''
    const headers = { 'if-match': '*' }
    const tries: [string, (id: string) => string, object][] = [
      ['GET', (id) => `${LIST}/${id}`, {}],
      ['PATCH', (id) => `${LIST}/${id}`, { headers, body: { enabled: true } }],
      ['DELETE', (id) => `${LIST}/${id}`, { headers }],
      ['POST', (id) => `${LIST}/${id}/rotate-secret`, {}],
      ['POST', (id) => `${LIST}/${id}/test`, {}],
      ['GET', (id) => `${LIST}/${id}/deliveries`, {}],
      ['POST', (id) => `${LIST}/${id}/deliveries/${message.id}/replay`, {}],
      ['POST', (id) => `${LIST}/${own}/deliveries/${id}/replay`, {}],
    ]
    for (const [method, path, more] of tries) {
      const shapes = []
      for (const id of [foreign.id, NEVER, message.id, 'no id at all', '%00']) {
        const sent = { token: world.tokens.owner, key: `foreign-${method}-${id.length}`, ...more }
        shapes.push(await shapeOf(await world.http(method, path(encodeURIComponent(id)), sent)))
      }
      expect(shapes[0]).toMatchObject({ status: 404 })
      for (const shape of shapes) expect(shape).toEqual(shapes[0])
    }
  })
})

describe('secrets', () => {
  it('are nowhere but in the answers that made them', async () => {
    const { id, secret } = await bodyOf<NewWebhook>(
      await post(
        '/v1/tenants/other/webhooks',
        'canary',
        FIELDS,
        (await world.createToken('other', 'owner')).token,
      ),
    )
    expect(secret).toMatch(/^whsec_/)
    const kept = [...world.tenants.actors.values()].flatMap(({ surroundings }) =>
      ['webhook_endpoints', 'webhook_deliveries', 'transitions', 'commands', 'outbox'].flatMap(
        (table) => [...surroundings.storage.sql.exec(`SELECT * FROM ${table}`)],
      ),
    )
    const text = JSON.stringify(kept) + logged.join('\n')
    expect(text).toContain(id)
    expect(text).not.toContain(secret.slice(6, 20))
    // Nor is an address in the log or in what is logged: it may hold a secret of the receiver's.
    expect(logged.join('\n')).not.toContain('hooks.example')
    const leaves = kept.filter((row) => row !== undefined && 'leafHash' in row)
    expect(JSON.stringify(leaves)).not.toContain('hooks.example')
  })
})

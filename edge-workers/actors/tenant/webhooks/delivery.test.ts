// Deliveries from an event to a receiver: what is sent, what is tried again, what dies, what is replayed. The clock is moved;
// signatures are verified by a library that is not ours.
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebhookEvent, type WebhookView } from '../../../../schemas/webhook.ts'
import { ANSWER, createWebhookWorld, type WebhookWorld } from './receiver.fixture.ts'
import { ATTEMPTS_AT_MOST } from './schedule.ts'

const URL_A = 'https://hooks.example.com/a'
const URL_B = 'https://hooks.example.com/b'
const DAY = 86_400

let world: WebhookWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createWebhookWorld()
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const read = async (id: string) => (await world.ask<WebhookView>('GET', `/${id}`)).body
const change = async (name: string): Promise<void> => {
  await world.insist(world.request(world.vmRequest(name)))
  await world.settleHooks()
}

describe('what is sent', () => {
  it('is every step of a change, as CloudEvents, signed so that the public library verifies it', async () => {
    const { secret } = await world.createHook({ url: URL_A })
    await change('web')
    expect(world.arrived.map(({ event }) => event.type)).toEqual([
      'phoenix.change.accepted',
      'phoenix.change.proposed',
      // What its gate says.
      'phoenix.change.noted',
    ])
    for (const { headers, body } of world.arrived) {
      const verified = WebhookEvent.parse(new Webhook(secret).verify(body, headers))
      expect(verified.source).toBe('http://127.0.0.1:8787/v1/tenants/acme')
      expect(verified.data.change).toEqual({
        ...{ action: 'create', template: 'virtual-machine', name: 'web' },
      })
      expect(verified.data.url).toBe(`${verified.source}/changes/${verified.subject}`)
      expect(headers['content-type']).toContain('application/cloudevents+json')
    }
    expect(world.arrived[0]?.event.data).toMatchObject({ actor: world.ids.rita, from: null })
  })

  it('does not verify under another secret, another time or another body', async () => {
    const { secret } = await world.createHook({ url: URL_A })
    const other = await world.createHook({ url: URL_B, events: ['phoenix.rollout.*'] })
    await change('web')
    const { headers, body } = world.arrived[0] ?? {
      headers: {} as Record<string, string>,
      body: '',
    }
    const verify = (by: string, what: string, more = {}) =>
      new Webhook(by).verify(what, { ...headers, ...more })
    expect(() => verify(other.secret, body)).toThrow()
    expect(() => verify(secret, body.replace('web', 'wob'))).toThrow()
    expect(() => verify(secret, body, { 'webhook-id': 'msg_x' })).toThrow()
    const at = Number(headers['webhook-timestamp'])
    expect(() => verify(secret, body, { 'webhook-timestamp': String(at + 1) })).toThrow()
  })

  it('is only what the endpoint asks for, and nothing from before it was', async () => {
    await change('before')
    await world.createHook({ url: URL_A, events: ['phoenix.change.proposed'] })
    await world.createHook({ url: URL_B, events: ['phoenix.rollout.*'] })
    await change('after')
    expect(world.arrived.map(({ url, event }) => [url, event.type])).toEqual([
      [URL_A, 'phoenix.change.proposed'],
    ])
  })

  it('tells of the other endpoints and of tokens, by pseudonyms', async () => {
    await world.createHook({ url: URL_A })
    const other = await world.createHook({ url: URL_B, enabled: false })
    await world.settleHooks()
    const told = world.arrived.filter(({ event }) => event.subject === other.id)
    expect(told.map(({ event }) => event.type)).toEqual(['phoenix.webhook.disabled'])
    expect(told[0]?.event.data.actor).toBe(world.ids.olga)
  })

  it('costs nothing where nobody listens', async () => {
    await change('quiet')
    const { sql } = world.tenants.actors.get(world.tenantId)?.surroundings.storage ?? {}
    expect([...(sql?.exec("SELECT * FROM outbox WHERE kind = 'notify'") ?? [])]).toEqual([])
    expect(world.arrived).toEqual([])
  })
})

describe('what does not arrive', () => {
  it('is tried again over about a day under one webhook-id and the same bytes, then is dead', async () => {
    world.receive(ANSWER.broken)
    const { id, secret } = await world.createHook({ url: URL_A })
    const { id: message } = await world.test(id)
    await world.settleHooks()
    const times = [Date.now()]
    for (let round = 0; world.arrived.length < ATTEMPTS_AT_MOST && round < 400; round += 1) {
      const before = world.arrived.length
      const [delivery] = await world.deliveriesOf(id)
      const due = Date.parse(delivery?.nextAttemptAt ?? '')
      await world.later((due - Date.now()) / 1000 - 1)
      expect(world.arrived).toHaveLength(before)
      await world.later(1)
      expect(world.arrived).toHaveLength(before + 1)
      times.push(Date.now())
    }
    const waits = times.slice(1).map((time, index) => (time - (times[index] ?? 0)) / 1000)
    const suggested = [5, 300, 1800, 7200, 18_000, 36_000, 50_400]
    waits.forEach((wait, index) => {
      expect(wait).toBeGreaterThanOrEqual(suggested[index] ?? 0)
      expect(wait).toBeLessThanOrEqual((suggested[index] ?? 0) * 1.2 + 1)
    })
    expect(new Set(world.arrived.map(({ headers }) => headers['webhook-id']))).toEqual(
      new Set([message]),
    )
    expect(new Set(world.arrived.map(({ body }) => body)).size).toBe(1)
    expect(new Set(world.arrived.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(8)
    for (const { headers, body } of world.arrived.slice(-1))
      expect(new Webhook(secret).verify(body, headers)).toBeTruthy()
    expect(await world.deliveriesOf(id, '?state=dead')).toMatchObject([
      { state: 'dead', attempts: ATTEMPTS_AT_MOST, lastStatus: 500, lastError: 'status' },
    ])
    await world.later(30 * 3600)
    expect(world.arrived).toHaveLength(ATTEMPTS_AT_MOST)
  })

  it('can be replayed by hand, under the same webhook-id', async () => {
    world.receive(
      () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1/' } }),
    )
    const { id } = await world.createHook({ url: URL_A })
    await change('web')
    await world.later(2 * DAY)
    for (let round = 0; round < 10; round += 1) await world.later(DAY)
    const dead = await world.deliveriesOf(id, '?state=dead')
    expect(dead.map(({ lastError }) => lastError)).toEqual(['redirect', 'redirect', 'redirect'])
    world.receive(ANSWER.ok)
    world.arrived.length = 0
    const [first] = dead
    const replayed = await world.ask('POST', `/${id}/deliveries/${first?.id}/replay`)
    expect(replayed).toMatchObject({ status: 202, body: { state: 'waiting', attempts: 0 } })
    await world.settleHooks()
    expect(world.arrived.map(({ headers }) => headers['webhook-id'])).toEqual([first?.id])
    expect(await world.deliveriesOf(id, '?state=delivered')).toMatchObject([{ id: first?.id }])
  })

  it('waits as long as Retry-After says, within bounds', async () => {
    const answers = [
      new Response(null, { status: 429, headers: { 'retry-after': '600' } }),
      new Response(null, { status: 503, headers: { 'retry-after': '99999999' } }),
      new Response(null, { status: 500, headers: { 'retry-after': '3600' } }),
    ]
    world.receive(() => answers.shift() ?? ANSWER.ok())
    const { id } = await world.createHook({ url: URL_A })
    await world.test(id)
    const waitOf = async () => {
      await world.settleHooks()
      const [delivery] = await world.deliveriesOf(id)
      const wait = (Date.parse(delivery?.nextAttemptAt ?? '') - Date.now()) / 1000
      await world.later(wait)
      return wait
    }
    expect(await waitOf()).toBeGreaterThanOrEqual(600)
    expect(await waitOf()).toBeLessThanOrEqual(6 * 3600 * 1.2 + 1)
    // Of other statuses it means nothing to us.
    expect(await waitOf()).toBeLessThanOrEqual(1800 * 1.2 + 1)
  })

  it('is not sent to an address that is no longer allowed', async () => {
    const { id } = await world.createHook({ url: URL_A })
    const { sql } = world.tenants.actors.get(world.tenantId)?.surroundings.storage ?? {}
    sql?.exec('UPDATE webhook_endpoints SET url = ?', 'https://169.254.169.254/latest/meta-data')
    await world.test(id)
    await world.settleHooks()
    expect(world.arrived).toEqual([])
    expect(await world.deliveriesOf(id)).toMatchObject([
      { state: 'dead', lastError: 'address-refused', lastStatus: null },
    ])
  })
})

describe('an endpoint that is of no use', () => {
  it('is switched off by 410, and the others are told', async () => {
    world.receive((url) => (url === URL_A ? new Response(null, { status: 410 }) : ANSWER.ok()))
    const { id } = await world.createHook({ url: URL_A })
    await world.createHook({ url: URL_B, events: ['phoenix.webhook.disabled'] })
    await change('web')
    expect(await read(id)).toMatchObject({
      ...{ enabled: false, disabledReason: 'its receiver answered 410 Gone' },
    })
    expect(world.arrived.filter(({ url }) => url === URL_B)).toMatchObject([
      { event: { type: 'phoenix.webhook.disabled', subject: id, data: { actor: 'phoenix' } } },
    ])
    const sent = world.arrived.length
    await change('more')
    expect(world.arrived).toHaveLength(sent)
  })

  it('is switched off when everything of it dies for days, and says so', async () => {
    world.receive(ANSWER.broken)
    const { id } = await world.createHook({ url: URL_A })
    for (let day = 0; day < 9; day += 1) {
      if ((await read(id)).enabled) await world.test(id)
      for (let part = 0; part < 8; part += 1) await world.later(DAY / 8)
      if (day === 3) expect(await read(id)).toMatchObject({ enabled: true })
    }
    expect(await read(id)).toMatchObject({
      ...{ enabled: false, disabledReason: 'nothing arrived for 4 days' },
    })
    // Whoever enables it gives it a new time.
    await world.ask('PATCH', `/${id}`, { body: { enabled: true }, ifMatch: '*' })
    await world.test(id)
    for (let part = 0; part < 20; part += 1) await world.later(DAY / 8)
    expect(await world.deliveriesOf(id, '?state=dead&limit=1')).toMatchObject([{ attempts: 8 }])
    expect(await read(id)).toMatchObject({ enabled: true, disabledReason: null })
  })

  it('stays on while something arrives', async () => {
    world.receive(ANSWER.broken)
    const { id } = await world.createHook({ url: URL_A })
    for (let day = 0; day < 9; day += 1) {
      await world.test(id)
      for (let part = 0; part < 8; part += 1) await world.later(DAY / 8)
      world.receive(ANSWER.ok)
      await world.test(id)
      await world.settleHooks()
      world.receive(ANSWER.broken)
    }
    expect(await read(id)).toMatchObject({ enabled: true })
  })

  it('keeps nothing for itself while it is off, and starts from then on', async () => {
    const { id } = await world.createHook({ url: URL_A })
    await world.ask('PATCH', `/${id}`, { body: { enabled: false }, ifMatch: '*' })
    await change('unheard')
    expect((await world.ask('POST', `/${id}/test`)).status).toBe(409)
    await world.ask('PATCH', `/${id}`, { body: { enabled: true }, ifMatch: '*' })
    world.arrived.length = 0
    await change('heard')
    const names = world.arrived.map(({ event }) => event.data.change?.name)
    expect(new Set(names.filter(Boolean))).toEqual(new Set(['heard']))
  })
})

describe('a receiver that never answers', () => {
  it('holds up neither the other endpoints nor any change', async () => {
    let release = (_: Response): void => undefined
    const never = new Promise<Response>((resolve) => {
      release = resolve
    })
    world.receive((url) => (url === URL_A ? never : ANSWER.ok()))
    await world.createHook({ url: URL_A })
    await world.createHook({ url: URL_B, events: ['phoenix.change.*'] })
    const asked = await world.insist(world.request(world.vmRequest('web')))
    // Alarms only: what goes on beside them has not ended, and cannot.
    await world.turn()
    expect((await world.read(asked.id)).state).toBe('proposed')
    const to = (url: string) => world.arrived.filter((each) => each.url === url)
    expect(to(URL_B).map(({ event }) => event.type)).toEqual([
      'phoenix.change.accepted',
      'phoenix.change.proposed',
      // What its gate says.
      'phoenix.change.noted',
    ])
    // And is called once, not again and again.
    expect(to(URL_A)).toHaveLength(1)
    release(ANSWER.ok())
    await world.settleHooks()
    expect(to(URL_A).length).toBeGreaterThanOrEqual(3)
  })

  it('is called again after a crash, under the same webhook-id', async () => {
    world.receive(() => new Promise(() => undefined))
    const { id } = await world.createHook({ url: URL_A })
    const { id: message } = await world.test(id)
    await world.turn()
    expect(world.arrived).toHaveLength(1)
    world.tenants.evict(world.tenantId)
    world.receive(ANSWER.ok)
    // It may still be on its way from before: it is left alone for as long as that can take.
    vi.setSystemTime(Date.now() + 30_000)
    await world.turn()
    expect(world.arrived).toHaveLength(1)
    vi.setSystemTime(Date.now() + 31_000)
    await world.turn()
    expect(world.arrived.map(({ headers }) => headers['webhook-id'])).toEqual([message, message])
    expect(await world.deliveriesOf(id)).toMatchObject([{ state: 'delivered', attempts: 2 }])
  })
})

describe('a database that is put back', () => {
  it('tells the same events under the same webhook-ids', async () => {
    await world.createHook({ url: URL_A })
    await change('web')
    const ids = () => world.arrived.map(({ headers, event }) => [headers['webhook-id'], event.id])
    const before = ids()
    world.arrived.length = 0
    const { sql } = world.tenants.actors.get(world.tenantId)?.surroundings.storage ?? {}
    sql?.exec('DELETE FROM webhook_deliveries')
    sql?.exec('DELETE FROM webhook_cursor')
    await change('other')
    expect(ids().slice(0, before.length)).toEqual(before)
    expect(ids().length).toBeGreaterThan(before.length)
  })
})

describe('a suspended tenant', () => {
  it('calls nobody until it is resumed, and then tells what happened', async () => {
    await world.createHook({ url: URL_A })
    const act = async (what: string, body: object) => {
      const path = `/v1/tenants/acme/${what}`
      const answer = await world.http('POST', path, { token: world.operator, key: what, body })
      expect(answer.status).toBe(200)
      await world.settleHooks()
    }
    await act('suspend', { reason: 'A try.' })
    await world.later(2 * 3600)
    expect(world.arrived).toEqual([])
    await act('resume', {})
    expect(world.arrived.map(({ event }) => event.type)).toEqual([
      'phoenix.tenant.suspended',
      'phoenix.tenant.active',
    ])
  })
})

describe('a secret', () => {
  it('is joined by its successor during the overlap, and alone no more after it', async () => {
    const { id, secret } = await world.createHook({ url: URL_A })
    const rotate = () =>
      world.ask<{ secret: string }>('POST', `/${id}/rotate-secret`, {
        body: { overlapSeconds: 3600 },
      })
    const rotated = (await rotate()).body.secret
    expect(rotated).not.toBe(secret)
    const verifies = async (by: string): Promise<boolean> => {
      world.arrived.length = 0
      await world.test(id)
      await world.settleHooks()
      const { body, headers } = world.arrived.at(-1) ?? { body: '', headers: {} }
      try {
        return Boolean(new Webhook(by).verify(body, headers))
      } catch {
        return false
      }
    }
    expect([await verifies(secret), await verifies(rotated)]).toEqual([true, true])
    await world.later(3599)
    expect(await verifies(secret)).toBe(true)
    await world.later(2)
    expect([await verifies(secret), await verifies(rotated)]).toEqual([false, true])
    const third = (await rotate()).body.secret
    const fourth = (await rotate()).body.secret
    expect([await verifies(rotated), await verifies(third), await verifies(fourth)]).toEqual([
      ...[false, true, true],
    ])
  })
})

describe('old deliveries', () => {
  it('are forgotten after 30 days', async () => {
    const { id } = await world.createHook({ url: URL_A })
    await world.test(id)
    await world.settleHooks()
    await world.later(29 * DAY)
    await world.tenant.wake()
    expect(await world.deliveriesOf(id)).toHaveLength(1)
    await world.later(2 * DAY)
    await world.tenant.wake()
    expect(await world.deliveriesOf(id)).toEqual([])
  })
})

describe('another tenant', () => {
  it('is told nothing', async () => {
    await world.createTenant('other', { basesOn: ['lab'] })
    const { token } = await world.createToken('other', 'owner')
    const made = await world.http('POST', '/v1/tenants/other/webhooks', {
      ...{ token, key: 'their-hook', body: { url: URL_B } },
    })
    expect(made.status).toBe(201)
    await change('web')
    expect(world.arrived).toEqual([])
  })
})

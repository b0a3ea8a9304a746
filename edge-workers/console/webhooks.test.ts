// The console's pages of webhooks: forms do what the API does, the secret is shown once, a reader has no buttons.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  ANSWER,
  createWebhookWorld,
  type WebhookWorld,
} from '../actors/tenant/webhooks/receiver.fixture.ts'

const LIST = '/t/acme/webhooks'
let world: WebhookWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createWebhookWorld()
})
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const page = async (path: string, token = world.tokens.owner) => {
  const answer = await world.http('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  return { status: answer.status, text: await answer.text() }
}
const send = async (
  path: string,
  form: Record<string, string>,
  { token = world.tokens.owner, origin = 'http://127.0.0.1:8787' } = {},
) => {
  const answer = await world.http('POST', path, {
    body: new URLSearchParams(form).toString(),
    headers: {
      ...{ cookie: `phoenix_token=${token}`, origin },
      'content-type': 'application/x-www-form-urlencoded',
    },
  })
  return { status: answer.status, text: await answer.text(), to: answer.headers.get('location') }
}

it('make a webhook, show its secret once, and lead to it', async () => {
  const form = { url: 'https://hooks.example.com/<b>', description: 'Pager', key: 'console:1' }
  const made = await send(LIST, form)
  const [secret = 'none'] = /whsec_[A-Za-z0-9+/=]+/.exec(made.text) ?? []
  expect([made.status, secret]).toEqual([200, expect.stringMatching(/^whsec_.{44}$/)])
  // Sent again, it is the same.
  expect((await send(LIST, form)).text).toContain(secret)
  const list = await page(LIST)
  expect(list.text).not.toContain('whsec_')
  const ways = [...list.text.matchAll(/\/t\/acme\/webhooks\/whe_[a-z2-7]+/g)]
  expect(ways).toHaveLength(1)
  const one = await page(ways[0]?.[0] ?? '')
  expect(one.text).toContain('Pager')
  expect(one.text).toContain('hooks.example.com/%3Cb%3E')
})

it('refuse an address that is not public, in words', async () => {
  const refused = await send(LIST, { url: 'https://169.254.169.254/', key: 'console:2' })
  expect(refused.status).toBe(409)
  expect(refused.text).toContain('Must be an address of the public internet.')
})

it('test, show what died, and replay it', async () => {
  const { id } = await world.createHook({ url: 'https://hooks.example.com/dead' })
  const one = `${LIST}/${id}`
  world.receive(() => new Response(null, { status: 410 }))
  expect(await send(`${one}/test`, { key: 'console:3' })).toMatchObject({ status: 303, to: one })
  await world.settleHooks()
  const dead = await page(one)
  expect(dead.text).toContain('its receiver answered 410 Gone')
  // Not while it is off.
  expect(dead.text).not.toContain('/replay')
  world.receive(ANSWER.ok)
  expect((await send(`${one}/enable`, {})).status).toBe(303)
  const [, replay = ''] = /action="([^"]+\/replay)"/.exec((await page(one)).text) ?? []
  expect((await send(replay, {})).status).toBe(303)
  await world.settleHooks()
  expect(await world.deliveriesOf(id, '?state=delivered')).toHaveLength(1)
})

it('rotate, disable and delete', async () => {
  const { id, secret } = await world.createHook({ url: 'https://hooks.example.com/x' })
  const one = `${LIST}/${id}`
  const rotated = await send(`${one}/rotate-secret`, { key: 'console:4' })
  expect(rotated.text).toContain('whsec_')
  expect(rotated.text).not.toContain(secret)
  expect((await send(`${one}/disable`, {})).status).toBe(303)
  expect((await page(one)).text).toContain('disabled')
  expect(await send(`${one}/delete`, {})).toMatchObject({ status: 303, to: LIST })
  expect((await page(one)).status).toBe(404)
})

it('give readers no buttons, others nothing, and other sites nothing', async () => {
  const auditor = await page(LIST, world.tokens.auditor)
  expect([auditor.status, auditor.text.includes('New webhook')]).toEqual([200, false])
  expect((await page(LIST, world.tokens.requester)).status).toBe(403)
  expect((await page('/t/other/webhooks')).status).toBe(404)
  const elsewhere = { origin: 'https://evil.example' }
  expect((await send(LIST, { url: 'https://hooks.example.com/' }, elsewhere)).status).toBe(403)
  const writing = await send(
    LIST,
    { url: 'https://hooks.example.com/', key: 'console:5' },
    { token: world.tokens.auditor },
  )
  expect(writing.status).toBe(409)
  expect(writing.text).not.toContain('whsec_')
})

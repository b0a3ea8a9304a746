// The receiver on the laptop: takes what verifies, refuses what does not, tells repeats apart, and keeps other sites out.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Webhook } from 'standardwebhooks'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'

const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`
const OTHER = `whsec_${Buffer.alloc(32, 2).toString('base64')}`
const EVENT = {
  ...{ specversion: '1.0', id: 'evt_1', source: 'https://phoenix.example/v1/tenants/acme' },
  ...{ type: 'phoenix.change.applied', subject: 'chg_<script>', time: '2026-11-21T12:00:00.000Z' },
  datacontenttype: 'application/json',
  data: { tenant: 'acme', version: 7, from: 'applying', to: 'applied', actor: 'lab', url: null },
}

let folder = ''
let receiver: WebhookReceiver
const start = () => startWebhookReceiver({ port: 0, secretsPath: join(folder, 'secrets.json') })
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'receiver-'))
  receiver = await start()
})
afterEach(async () => {
  await receiver.close()
  await rm(folder, { recursive: true })
})

const deliver = async (secret: string, id = 'msg_1', body = JSON.stringify(EVENT)) => {
  const at = new Date()
  const answer = await fetch(receiver.url, {
    method: 'POST',
    headers: {
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(secret).sign(id, at, body),
    },
    body,
  })
  return answer.status
}
const paste = (secret: string, origin = receiver.origin) =>
  fetch(`${receiver.origin}/secrets`, {
    method: 'POST',
    headers: { origin, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ secret }),
    redirect: 'manual',
  })

it('takes what verifies, and tells a repeat by its id', async () => {
  receiver.trust(SECRET)
  expect([await deliver(SECRET), await deliver(SECRET), await deliver(SECRET, 'msg_2')]).toEqual([
    ...[204, 204, 204],
  ])
  expect(receiver.received()).toMatchObject([
    { id: 'msg_2', times: 1, verified: true, event: { type: 'phoenix.change.applied' } },
    { id: 'msg_1', times: 2, verified: true },
  ])
})

it('refuses what does not verify, and shows it as that', async () => {
  expect(await deliver(SECRET)).toBe(401)
  receiver.trust(SECRET)
  expect(await deliver(OTHER)).toBe(401)
  expect(receiver.received()).toMatchObject([{ verified: false, times: 2 }])
})

it('keeps the secrets that are pasted on its page, for its owner only', async () => {
  expect((await paste(SECRET, 'https://elsewhere.example')).status).toBe(403)
  expect((await paste('nonsense')).status).toBe(422)
  expect(await deliver(SECRET)).toBe(401)
  expect((await paste(SECRET)).status).toBe(303)
  expect(await deliver(SECRET)).toBe(204)
  const path = join(folder, 'secrets.json')
  expect(await readFile(path, 'utf8')).toContain(SECRET)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  await receiver.close()
  receiver = await start()
  expect(await deliver(SECRET)).toBe(204)
})

it('says that it is simulated, shows no secret, and escapes what was sent', async () => {
  receiver.trust(SECRET)
  await deliver(SECRET)
  const page = await (await fetch(receiver.origin)).text()
  expect(page).toContain('Simulated')
  expect(page).toContain('chg_&lt;script&gt;')
  expect(page).not.toContain('chg_<script>')
  expect(page).not.toContain(SECRET)
})

it('answers only under its own name', async () => {
  const { port } = new URL(receiver.origin)
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const asked = request(
      { host: '127.0.0.1', port, path: '/', headers: { host: `evil.example:${port}` } },
      (answer) => {
        answer.resume()
        resolve(answer.statusCode)
      },
    )
    asked.on('error', reject)
    asked.end()
  })
  expect(status).toBe(421)
})

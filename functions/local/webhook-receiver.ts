// A receiver of webhooks on this machine, so that a newcomer sees one arrive: it verifies signatures with the public library of
// Standard Webhooks, as a tenant's own receiver would, and shows the last deliveries. Simulated: nobody else's, and no memory.
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'
import * as z from 'zod'
import { WebhookEvent } from '../../schemas/webhook.ts'
import { toRequest, writeResponse } from './forge/http.ts'
import { receiverPage } from './webhook-receiver-page.ts'

const HOST = '127.0.0.1'
/** Where deliveries go, below the receiver's origin. */
export const RECEIVER_PATH = '/phoenix'
const SHOWN_AT_MOST = 50
const BODY_BYTES_AT_MOST = 256 * 1024
const SECRETS_AT_MOST = 50

const Secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,86}={0,2}$/)
const Secrets = z.array(Secret).max(SECRETS_AT_MOST)

export interface Received {
  /** `webhook-id`. */
  id: string
  /** When it came last. */
  at: string
  /** How often it came: more than once is a repeat. */
  times: number
  verified: boolean
  /** Null when it is not what Phoenix sends. */
  event: WebhookEvent | null
}

export interface WebhookReceiver {
  /** `http://127.0.0.1:<port>`; the one origin that a laptop's webhooks may go to without being public. */
  origin: string
  /** The address to give to a webhook. */
  url: string
  /** Verifies with this secret too, until it is closed. */
  trust: (secret: string) => void
  received: () => Received[]
  close: () => Promise<void>
}

/** `secretsPath`: the file that keeps what people paste on the page. `port` 0 takes any free port. */
export const startWebhookReceiver = async ({
  port,
  secretsPath,
}: {
  port: number
  secretsPath: string
}): Promise<WebhookReceiver> => {
  const pasted = await readSecrets(secretsPath)
  const trusted = new Set<string>()
  const received: Received[] = []
  let origin = ''

  const app = new Hono()
  // A page of another site, sent here by a name that points to this machine, stays out.
  app.use(async (c, next) => {
    const { host } = new URL(origin)
    return c.req.header('host') === host ? next() : c.text('Not here.', 421)
  })
  app.get('/', (c) => c.html(receiverPage({ url: `${origin}${RECEIVER_PATH}`, received })))
  app.get('/deliveries.json', (c) => c.json({ simulated: true, deliveries: received }))
  app.post('/secrets', async (c) => {
    if (c.req.header('origin') !== origin) return c.text('Send the form of the page.', 403)
    const form = new URLSearchParams(await c.req.text())
    const secret = Secret.safeParse(form.get('secret')?.trim())
    if (!secret.success) return c.text('A secret begins with whsec_ and goes on in base64.', 422)
    pasted.add(secret.data)
    const kept = [...pasted].slice(-SECRETS_AT_MOST)
    await writeFile(secretsPath, JSON.stringify(kept), { mode: 0o600 })
    return c.redirect('/', 303)
  })
  app.post(RECEIVER_PATH, async (c) => {
    const body = await c.req.text()
    if (body.length > BODY_BYTES_AT_MOST) return c.text('Too much.', 413)
    const headers = Object.fromEntries(c.req.raw.headers)
    const verified = [...trusted, ...pasted].some((secret) => verifies(secret, body, headers))
    note(received, { id: headers['webhook-id'] ?? '', verified, event: readEvent(body) })
    return verified ? c.body(null, 204) : c.text('The signature does not verify.', 401)
  })

  const server = createServer((request, response) => {
    toRequest(origin, request)
      .then((asked) => app.fetch(asked))
      .then((answer) => writeResponse(answer, response))
      .catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, resolve)
  })
  origin = `http://${HOST}:${(server.address() as AddressInfo).port}`
  return {
    origin,
    url: `${origin}${RECEIVER_PATH}`,
    trust: (secret) => void trusted.add(secret),
    received: () => structuredClone(received),
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** What was pasted before; nothing where there is no such file, or none of ours. */
const readSecrets = async (path: string): Promise<Set<string>> => {
  const text = await readFile(path, 'utf8').catch(() => '[]')
  try {
    return new Set(Secrets.parse(JSON.parse(text)))
  } catch {
    return new Set()
  }
}

const verifies = (secret: string, body: string, headers: Record<string, string>): boolean => {
  try {
    new Webhook(secret).verify(body, headers)
    return true
  } catch {
    return false
  }
}

const readEvent = (body: string): WebhookEvent | null => {
  try {
    const event = WebhookEvent.safeParse(JSON.parse(body))
    return event.success ? event.data : null
  } catch {
    return null
  }
}

/** A repeat is told by its id, and only what verifies counts as one. */
const note = (received: Received[], { id, verified, event }: Omit<Received, 'at' | 'times'>) => {
  const before = received.findIndex((each) => each.id === id && each.verified === verified)
  const [known] = before < 0 ? [] : received.splice(before, 1)
  received.unshift({
    id,
    verified,
    event,
    at: new Date().toISOString(),
    times: (known?.times ?? 0) + 1,
  })
  received.splice(SHOWN_AT_MOST)
}

/**
 * Has the demo tenant's events sent here, as its owner would. The same at every start; after the owner has deleted the webhook
 * or rotated its secret, that is left as it is.
 */
export const subscribe = async (
  phoenixUrl: string,
  ownerToken: string,
  tenant: string,
  receiver: Pick<WebhookReceiver, 'url' | 'trust'>,
): Promise<void> => {
  const answer = await fetch(`${phoenixUrl}/v1/tenants/${tenant}/webhooks`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${ownerToken}`,
      'content-type': 'application/json',
      'idempotency-key': `laptop-default-webhook-${new URL(receiver.url).port}`,
    },
    body: JSON.stringify({
      url: receiver.url,
      description: 'The simulated receiver on this machine',
    }),
  })
  if (answer.status === 409) return
  const json = (await answer.json()) as { secret?: unknown; title?: unknown }
  if (!answer.ok) throw new Error(`POST webhooks answered ${answer.status}: ${String(json.title)}`)
  receiver.trust(String(json.secret))
}

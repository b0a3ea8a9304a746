// One attempt: a POST with the headers of Standard Webhooks to an address that is judged again right before. Over the public
// network only (plain `fetch`), no redirects followed, nothing of the answer read but its status and Retry-After.
import type { DeliveryFault } from '../../../../schemas/webhook.ts'
import type { Env } from '../../../env.ts'
import { addressRules, publicAddress } from '../../../public-address.ts'
import { readRetryAfter } from './schedule.ts'

/** Standard Webhooks recommends 15 to 30 seconds; a tenant's other endpoints wait less this way. */
export const LIMIT_MILLISECONDS = 10_000

export interface Message {
  url: string
  id: string
  timestamp: string
  signature: string
  body: string
}

export type Outcome =
  | { ok: true; status: number }
  | {
      ok: false
      status: number | null
      error: DeliveryFault
      /** Milliseconds that the receiver asks us to stay away. */
      asked: number
      /** Another attempt cannot do better. */
      final: boolean
    }

const failed = (
  error: DeliveryFault,
  { status = null, asked = 0, final = false }: Partial<Extract<Outcome, { ok: false }>> = {},
): Outcome => ({ ok: false, status, error, asked, final })

/** Never throws, and ends within `limitMilliseconds`. */
export const sendMessage = async (
  env: Env,
  { url, id, timestamp, signature, body }: Message,
  limitMilliseconds = LIMIT_MILLISECONDS,
): Promise<Outcome> => {
  const rules = addressRules(env)
  const address = publicAddress(url, rules)
  if (!address.ok) return failed('address-refused', { final: true })
  const { LOCAL: local } = env
  // There is one on the laptop only.
  const near = address.value.origin === rules.localOrigin
  const call: typeof fetch = near && local ? (to, init) => local.fetch(to, init) : fetch
  // A timer of our own: one that has fired is a timeout, whatever the runtime calls it.
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), limitMilliseconds)
  try {
    const answer = await call(address.value.href, {
      method: 'POST',
      redirect: 'manual',
      signal: limit.signal,
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'user-agent': 'Phoenix-Webhooks/1',
        'webhook-id': id,
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      },
      body,
    })
    return judge(answer)
  } catch {
    return failed(limit.signal.aborted ? 'timeout' : 'unreachable')
  } finally {
    clearTimeout(timer)
    // Whatever is still coming is not read.
    limit.abort()
  }
}

const judge = ({ status, headers }: Response): Outcome => {
  if (status >= 200 && status < 300) return { ok: true, status }
  if (status === 410) return failed('gone', { status, final: true })
  if (status >= 300 && status < 400) return failed('redirect', { status })
  const mayAsk = status === 429 || status === 503
  const asked = mayAsk ? readRetryAfter(headers.get('retry-after'), Date.now()) : 0
  return failed('status', { status, asked })
}

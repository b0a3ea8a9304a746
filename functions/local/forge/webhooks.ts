// Sends webhooks as GitHub does: signed, one attempt of at most 10 s, no retry; what was sent is kept and can be sent again.
// Sending never holds up or fails the call that caused it. https://docs.github.com/webhooks
import { createHmac, randomUUID } from 'node:crypto'
import type { DeliveryRow, Store } from './store.ts'

const ATTEMPT_LIMIT_MS = 10_000
const DELIVERIES_KEPT = 200
export const HOOK_ID = 1

export interface WebhookTarget {
  url: string
  secret: string
}

export interface Webhooks {
  configure(target: WebhookTarget | null): void
  /** Where events go now; null for nowhere. */
  address(): string | null
  /** Call inside the transaction that makes it true. Nothing is kept while no hook is configured. */
  enqueue(repositoryId: number, event: string, payload: Record<string, unknown>): void
  /** Starts every attempt that is due, and returns at once. */
  flush(): void
  list(repositoryId: number): DeliveryRow[]
  find(repositoryId: number, id: number): DeliveryRow | null
  /** Sends the same payload under the same GUID again. */
  redeliver(delivery: DeliveryRow): void
  close(): Promise<void>
}

/** Value of `X-Hub-Signature-256` for a body. */
export const sign = (secret: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(body, 'utf8').digest('hex')}`

const headersOf = (delivery: DeliveryRow, secret: string): Record<string, string> => ({
  'content-type': 'application/json',
  'user-agent': 'GitHub-Hookshot/simulated',
  'x-github-event': delivery.event,
  'x-github-delivery': delivery.guid,
  'x-github-hook-id': String(HOOK_ID),
  'x-github-hook-installation-target-type': 'repository',
  'x-github-hook-installation-target-id': String(delivery.repositoryId),
  'x-hub-signature-256': sign(secret, delivery.payload),
})

export const createWebhooks = (
  store: Store,
  { now, target: first }: { now: () => Date; target: WebhookTarget | null },
): Webhooks => {
  let target = first
  const closing = new AbortController()
  const underWay = new Map<number, Promise<void>>()

  const insert = (
    row: Omit<DeliveryRow, 'id' | 'statusCode' | 'durationMs' | 'createdAt'>,
  ): void => {
    const id = store.insert('deliveries', { ...row, createdAt: now().toISOString() })
    store.run('DELETE FROM deliveries WHERE id <= ?', id - DELIVERIES_KEPT)
  }

  const attempt = async (delivery: DeliveryRow, { url, secret }: WebhookTarget): Promise<void> => {
    const start = performance.now()
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(ATTEMPT_LIMIT_MS)])
    const statusCode = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: headersOf(delivery, secret),
      body: delivery.payload,
      signal,
    }).then(
      async (response) => {
        await response.body?.cancel()
        return response.status
      },
      () => 0,
    )
    // An attempt cut off by our own end stays open: it is made at the next start.
    if (closing.signal.aborted) return
    const sql = 'UPDATE deliveries SET statusCode = ?, durationMs = ? WHERE id = ?'
    store.run(sql, statusCode, Math.round(performance.now() - start), delivery.id)
  }

  const flush = (): void => {
    if (target === null || closing.signal.aborted) return
    const sql = 'SELECT * FROM deliveries WHERE statusCode IS NULL ORDER BY id'
    for (const delivery of store.all<DeliveryRow>(sql)) {
      if (underWay.has(delivery.id)) continue
      const done = attempt(delivery, target)
        .catch(() => {})
        .finally(() => underWay.delete(delivery.id))
      underWay.set(delivery.id, done)
    }
  }

  return {
    address: () => target?.url ?? null,
    configure: (next) => {
      target = next
      flush()
    },
    enqueue: (repositoryId, event, payload) => {
      if (target === null) return
      const action = typeof payload.action === 'string' ? payload.action : null
      const text = JSON.stringify(payload)
      insert({ guid: randomUUID(), repositoryId, event, action, payload: text, redelivery: 0 })
    },
    flush,
    list: (repositoryId) =>
      store.all('SELECT * FROM deliveries WHERE repositoryId = ? ORDER BY id DESC', repositoryId),
    find: (repositoryId, id) =>
      store.one('SELECT * FROM deliveries WHERE repositoryId = ? AND id = ?', repositoryId, id),
    redeliver: ({ guid, repositoryId, event, action, payload }) => {
      store.transaction(() => insert({ guid, repositoryId, event, action, payload, redelivery: 1 }))
      flush()
    },
    close: async () => {
      closing.abort()
      await Promise.all(underWay.values())
    },
  }
}

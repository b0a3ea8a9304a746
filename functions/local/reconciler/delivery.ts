// Sends queued reports to Phoenix through the engines' own doors: signed as Flux signs, with Argo CD's bearer secret.
// At least once and in order per unit; what is refused for good is dropped with a line in the log.
import { createHmac } from 'node:crypto'
import type { Engine } from '../../../schemas/place.ts'
import type { QueuedReport, Store } from './store.ts'

export interface DeliveryTarget {
  name: string
  engine: Engine
  webhookSecret: string
}

interface Delivery {
  store: Store
  /** Without a trailing slash. */
  phoenixUrl: string
  clusters: DeliveryTarget[]
  now: () => Date
  log: (line: string) => void
  signal: AbortSignal
}

const FIRST_WAIT_MS = 100
const LONGEST_WAIT_MS = 10_000
const TIMEOUT_MS = 10_000
/** A refusal may be early (the promotion is being recorded) or for good; an unreachable Phoenix is waited for without end. */
const MAX_REFUSALS = 12

/** Sends what is due, oldest first, until nothing is; a failed report waits, and a silent Phoenix ends the turn. */
export const deliverReports = async (delivery: Delivery): Promise<void> => {
  while (!delivery.signal.aborted) {
    const due = delivery.store.dueReports(delivery.now().getTime())
    if (due.length === 0) return
    const held = new Set<string>()
    for (const report of due) {
      const unit = `${report.cluster} ${report.unit}`
      if (held.has(unit)) continue
      const result = await deliver(delivery, report)
      if (result === 'silent') return
      if (result === 'later') held.add(unit)
    }
  }
}

const deliver = async (
  delivery: Delivery,
  report: QueuedReport,
): Promise<'done' | 'later' | 'silent'> => {
  const { store, clusters, now, log, signal } = delivery
  const cluster = clusters.find(({ name }) => name === report.cluster)
  const status = cluster === undefined ? 200 : await post(delivery, cluster, report.body)
  if (signal.aborted) return 'silent'
  const attempts = report.attempts + 1
  const refused = status >= 400 && status < 500 && status !== 429
  // 409: the same bytes were taken before.
  const taken = status === 409 || (status >= 200 && status < 300)
  const hopeless = refused && !taken && attempts >= MAX_REFUSALS
  if (hopeless) log(`${report.cluster}: Phoenix refused a report on ${report.unit} (${status})`)
  if (taken || hopeless || (refused && store.isOvertaken(report))) {
    store.deleteReport(report.id)
    return 'done'
  }
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(report.attempts, 10))
  store.postponeReport(report.id, attempts, now().getTime() + wait)
  return status === 0 ? 'silent' : 'later'
}

/** The HTTP status; 0 when Phoenix did not answer. */
const post = async (
  { phoenixUrl, signal }: Delivery,
  { name, engine, webhookSecret }: DeliveryTarget,
  body: string,
): Promise<number> => {
  const proof: Record<string, string> =
    engine === 'argocd'
      ? { authorization: `Bearer ${webhookSecret}` }
      : {
          'gotk-component': 'kustomize-controller',
          'x-signature': `sha256=${createHmac('sha256', webhookSecret).update(body).digest('hex')}`,
        }
  try {
    const response = await fetch(`${phoenixUrl}/webhooks/${engine}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...proof },
      body,
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    })
    await response.body?.cancel()
    return response.status
  } catch {
    return 0
  }
}

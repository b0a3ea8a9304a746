// The sweep: walks the Directory and wakes every tenant, then every inventory and the log, so that a background step whose alarm was
// lost goes on. Alarms are the normal way; the sweep finds nothing to do on a good day. One actor's failure does not stop it.
import { directoryStub, inventoryStub, logStub, tenantStub } from './actors/stubs.ts'
import type { Env } from './env.ts'
import { isolateCounters } from './http/counters.ts'
import { inTime } from './in-time.ts'

const PAGE = 100
/** One that takes longer goes on by itself, and keeps the others waiting no longer. */
const WAKES_WITHIN_MS = 30_000

export interface SweepReport {
  tenants: number
  /** Steps that were overdue. */
  due: number
  failed: number
}

export const sweep = async (env: Env): Promise<SweepReport> => {
  const report: SweepReport = { tenants: 0, due: 0, failed: 0 }
  const most = { waiting: 0, attempts: 0 }
  let after: string | null = null
  do {
    const page = await directoryStub(env).listTenants({ limit: PAGE, after })
    for (const { id, jurisdiction } of page.items) {
      report.tenants += 1
      try {
        const reached = tenantStub(env, jurisdiction, id)
        if (!reached.ok) throw new Error('out of reach')
        const woken = inTime(reached.value.stub.wake(), WAKES_WITHIN_MS)
        const { due, waitingSeconds = 0, attempts = 0 } = await woken
        report.due += due
        most.waiting = Math.max(most.waiting, waitingSeconds)
        most.attempts = Math.max(most.attempts, attempts)
      } catch {
        report.failed += 1
      }
    }
    after = page.next
  } while (after !== null)
  for (const jurisdiction of await directoryStub(env).jurisdictions()) {
    try {
      const reached = inventoryStub(env, jurisdiction)
      if (!reached.ok) throw new Error('out of reach')
      await inTime(reached.value.stub.wake(), WAKES_WITHIN_MS)
    } catch {
      report.failed += 1
    }
  }
  try {
    report.due += (await inTime(logStub(env).wake(), WAKES_WITHIN_MS)).due
  } catch {
    report.failed += 1
  }
  noteSweep(report, most)
  return report
}

const noteSweep = (
  { tenants, due, failed }: SweepReport,
  { waiting, attempts }: { waiting: number; attempts: number },
): void => {
  isolateCounters.set('phoenix_sweep_timestamp_seconds', Math.floor(Date.now() / 1000))
  isolateCounters.set('phoenix_sweep_tenants', tenants)
  isolateCounters.set('phoenix_sweep_failed', failed)
  isolateCounters.set('phoenix_outbox_pieces', due)
  isolateCounters.set('phoenix_outbox_oldest_due_seconds', waiting)
  isolateCounters.set('phoenix_outbox_attempts', attempts)
}

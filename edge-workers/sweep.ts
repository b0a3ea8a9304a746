// The sweep: walks the Directory and wakes every tenant, and then the log, so that a background step whose alarm was lost goes on.
// Alarms are the normal way; the sweep finds nothing to do on a good day. One tenant's failure does not stop it.
import { directoryStub, logStub, tenantStub } from './actors/stubs.ts'
import type { Env } from './env.ts'

const PAGE = 100

export interface SweepReport {
  tenants: number
  /** Steps that were overdue. */
  due: number
  failed: number
}

export const sweep = async (env: Env): Promise<SweepReport> => {
  const report: SweepReport = { tenants: 0, due: 0, failed: 0 }
  let after: string | null = null
  do {
    const page = await directoryStub(env).listTenants({ limit: PAGE, after })
    for (const { id, jurisdiction } of page.items) {
      report.tenants += 1
      try {
        const reached = tenantStub(env, jurisdiction, id)
        if (!reached.ok) throw new Error('out of reach')
        report.due += (await reached.value.stub.wake()).due
      } catch {
        report.failed += 1
      }
    }
    after = page.next
  } while (after !== null)
  try {
    report.due += (await logStub(env).wake()).due
  } catch {
    report.failed += 1
  }
  return report
}

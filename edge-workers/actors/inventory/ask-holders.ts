// After an Inventory was put back from an export: what it was told since is in none, so every tenant of its jurisdiction says again
// what it holds. May be repeated.
import type { Jurisdiction } from '../../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Env } from '../../env.ts'
import { wordsOfFailure } from '../back-off.ts'
import { directoryStub, tenantStub } from '../stubs.ts'

const PAGE = 100

/** Refused with how many have not said it, and the others have. */
export const askHolders = async (env: Env, jurisdiction: Jurisdiction): Promise<Result<null>> => {
  let silent = 0
  let after: string | null = null
  do {
    const page = await directoryStub(env).listTenants({ limit: PAGE, after })
    for (const { id } of page.items.filter((one) => one.jurisdiction === jurisdiction)) {
      try {
        const reached = tenantStub(env, jurisdiction, id)
        if (!reached.ok) throw new Error('out of reach')
        await reached.value.stub.holdAgain()
      } catch (error) {
        silent += 1
        const about = { tenant: id, error: wordsOfFailure(error) }
        console.log(JSON.stringify({ level: 'warn', event: 'hold-again-failed', ...about }))
      }
    }
    after = page.next
  } while (after !== null)
  if (silent === 0) return ok(null)
  return refuse('outage', {
    detail: `It is restored, and ${silent} tenants have not said again what they hold: send it again.`,
    retryAfterSeconds: 10,
  })
}

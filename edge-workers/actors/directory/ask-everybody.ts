// After the Directory was put back from an export: every tenant says again what it is, those too that were created since, whom the
// platform's log knows; and every Inventory which places it has. May be repeated.
import { Outage, ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Env } from '../../env.ts'
import { type Asked, askTenants, knownTenants } from '../ask-tenants.ts'
import { wordsOfFailure } from '../back-off.ts'
import type { DirectoryApi } from '../contracts.ts'
import { inventoryStub, jurisdictionOf, logStub } from '../stubs.ts'

const PAGE = 1_000
const RETRY_SECONDS = 10

/** Those that the Directory knows, and then those that only the log knows. */
async function* everybody(env: Env, directory: DirectoryApi): AsyncGenerator<Asked> {
  const seen = new Set<string>()
  for await (const tenant of knownTenants(directory)) {
    seen.add(tenant.id)
    yield tenant
  }
  let after: string | null = null
  do {
    const page = await logStub(env).knownTenants({ limit: PAGE, after })
    for (const id of page.items) {
      if (seen.has(id) || (await directory.isErased(id))) continue
      seen.add(id)
      yield { id, jurisdiction: jurisdictionOf(id) }
    }
    after = page.next
  } while (after !== null)
}

/** How many Inventories have not said which places they have. */
const askInventories = async (env: Env, directory: DirectoryApi): Promise<number> => {
  let silent = 0
  for (const jurisdiction of await directory.jurisdictions()) {
    try {
      const reached = inventoryStub(env, jurisdiction)
      if (reached.ok) await reached.value.stub.tellPlaces(jurisdiction)
    } catch (error) {
      silent += 1
      const about = { jurisdiction, error: wordsOfFailure(error) }
      console.log(JSON.stringify({ level: 'warn', event: 'tell-places-failed', ...about }))
    }
  }
  return silent
}

/** Refused `outage` while somebody has not said it; the others have. `conflict`: all have, and of some another tenant has the place. */
export const askEverybody = async (
  env: Env,
  directory: DirectoryApi,
  at: string,
): Promise<Result<null>> => {
  const displaced = new Set<string>()
  const ask = (tenants: Parameters<typeof askTenants>[1]) => {
    displaced.clear()
    return askTenants(env, tenants, 'tell-directory-failed', async (one, id) => {
      if ((await one.tellDirectory(at)).ok) return
      displaced.add(id)
      throw new Outage('directory', 'has another tenant in the place of this one')
    })
  }
  let silent: Asked[]
  try {
    // Of two that have changed places, the first gets its own when the second has given it back.
    silent = await ask(await ask(everybody(env, directory)))
  } catch (error) {
    const about = { error: wordsOfFailure(error) }
    console.log(JSON.stringify({ level: 'warn', event: 'known-tenants-failed', ...about }))
    return refuse('outage', {
      detail:
        'It is restored, and the platform’s log has not said which tenants there are besides: send it again.',
      retryAfterSeconds: RETRY_SECONDS,
    })
  }
  const places = await askInventories(env, directory)
  if (silent.length + places === 0) return ok(null)
  if (silent.length + places === displaced.size)
    return refuse('conflict', {
      detail: `It is restored, and of ${displaced.size} tenants another one has the slug, the repository or the resource group: lines of the event tell-directory-failed name them.`,
    })
  return refuse('outage', {
    detail: `It is restored, and ${silent.length} tenants have not said again what they are, nor ${places} inventories which places they have: send it again.`,
    retryAfterSeconds: RETRY_SECONDS,
  })
}

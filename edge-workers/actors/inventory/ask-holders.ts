// After an Inventory was put back from an export: what it was told since is in none, so every tenant of its jurisdiction says again
// what it holds, and the Directory hears of its places, which it may have forgotten too. May be repeated.
import type { Jurisdiction } from '../../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import type { Env } from '../../env.ts'
import { type Asked, askTenants, knownTenants } from '../ask-tenants.ts'
import { wordsOfFailure } from '../back-off.ts'
import { directoryStub } from '../stubs.ts'

const RETRY_SECONDS = 10

async function* ofJurisdiction(env: Env, jurisdiction: Jurisdiction): AsyncGenerator<Asked> {
  for await (const tenant of knownTenants(directoryStub(env)))
    if (tenant.jurisdiction === jurisdiction) yield tenant
}

/** Refused with how many have not said it, and the others have. */
export const askHolders = async (
  env: Env,
  jurisdiction: Jurisdiction,
  tellPlaces: () => Promise<void>,
): Promise<Result<null>> => {
  const tenants = ofJurisdiction(env, jurisdiction)
  let silent: Asked[]
  try {
    await tellPlaces()
    silent = await askTenants(env, tenants, 'hold-again-failed', (one) => one.holdAgain())
  } catch (error) {
    const about = { jurisdiction, error: wordsOfFailure(error) }
    console.log(JSON.stringify({ level: 'warn', event: 'tell-places-failed', ...about }))
    return refuse('outage', {
      detail: 'It is restored, and the Directory does not answer: send it again.',
      retryAfterSeconds: RETRY_SECONDS,
    })
  }
  if (silent.length === 0) return ok(null)
  return refuse('outage', {
    detail: `It is restored, and ${silent.length} tenants have not said again what they hold: send it again.`,
    retryAfterSeconds: RETRY_SECONDS,
  })
}

// After an actor of the platform was put back from an export, tenants say again what they had told it. May be repeated.
import type { Env } from '../env.ts'
import { wordsOfFailure } from './back-off.ts'
import type { DirectoryApi, TenantApi, TenantEntry } from './contracts.ts'
import { tenantStub } from './stubs.ts'

const PAGE = 100

export type Asked = Pick<TenantEntry, 'id' | 'jurisdiction'>

/** Every tenant that the Directory knows. */
export async function* knownTenants(
  directory: Pick<DirectoryApi, 'listTenants'>,
): AsyncGenerator<Asked> {
  let after: string | null = null
  do {
    const page = await directory.listTenants({ limit: PAGE, after })
    yield* page.items
    after = page.next
  } while (after !== null)
}

/** One after the other. Answers with those that have not done it; each is a line of the log, under the name of the event. */
export const askTenants = async (
  env: Env,
  tenants: AsyncIterable<Asked> | Iterable<Asked>,
  event: string,
  ask: (tenant: Pick<TenantApi, 'holdAgain' | 'tellDirectory'>, id: string) => Promise<unknown>,
): Promise<Asked[]> => {
  const silent: Asked[] = []
  for await (const { id, jurisdiction } of tenants) {
    try {
      const reached = tenantStub(env, jurisdiction, id)
      if (!reached.ok) throw new Error('out of reach')
      await ask(reached.value.stub, id)
    } catch (error) {
      silent.push({ id, jurisdiction })
      const about = { tenant: id, error: wordsOfFailure(error) }
      console.log(JSON.stringify({ level: 'warn', event, ...about }))
    }
  }
  return silent
}

// The SDK's clients of each vault, made when they are first needed. They repeat nothing by themselves: a write whose answer was
// lost is found again by its operation (once.ts), and whoever waits longer than a verb may is the edge.
import type { KeyClient } from '@azure/keyvault-keys'
import type { SecretClient } from '@azure/keyvault-secrets'
import { azureSdk, type TokenSource } from '../azure/credential.ts'
import { retryAfterOf, unreachable } from '../azure/errors.ts'
import { fetchClient } from '../azure/fetch-client.ts'
import type { Pace } from '../verified-id/bucket.ts'
import { SERVICE } from './errors.ts'
import { createVaultPace, type VaultPace } from './pace.ts'

export interface VaultClients {
  secrets: SecretClient
  keys: KeyClient
  pace: VaultPace
}
export type ClientsOf = (url: string) => Promise<VaultClients>

export interface ClientOptions {
  credential: TokenSource
  fetch: typeof globalThis.fetch
  now: () => Date
  pace: Pace
  answerWithinMs?: number
  /** Only for a vault that is not Azure's: its challenge names another host. */
  foreign?: boolean
}

const paced =
  (fetch: typeof globalThis.fetch, pace: VaultPace, now: () => Date): typeof globalThis.fetch =>
  async (input, init) => {
    const [method, url] = [init?.method ?? 'GET', String(input)]
    await pace.turn(method, url)
    const response = await fetch(input, init)
    const wait = retryAfterOf(response.headers.get('retry-after'), now().getTime())
    pace.note(method, url, response.status, wait ?? 1)
    return response
  }

const TOKEN_LASTS_MS = 300_000

const credentialOf = (credential: TokenSource, now: () => Date) => ({
  getToken: async (scopes: string | string[]) => {
    const scope = Array.isArray(scopes) ? scopes.join(' ') : scopes
    const given = await credential.getToken(scope).catch((cause: unknown) => {
      throw unreachable(SERVICE, null, cause)
    })
    return given && { expiresOnTimestamp: now().getTime() + TOKEN_LASTS_MS, ...given }
  },
})

const makeClients = async (
  url: string,
  { credential, fetch, now, pace, answerWithinMs = 10_000, foreign = false }: ClientOptions,
): Promise<VaultClients> => {
  const sdk = await azureSdk()
  const vaultPace = createVaultPace(pace)
  const options = () => ({
    httpClient: fetchClient({
      ...{ service: SERVICE, fetch: paced(fetch, vaultPace, now), answerWithinMs },
      // Where a list goes on is the answer's to say.
      origin: foreign ? null : new URL(url).origin,
    }),
    retryOptions: { maxRetries: 0 },
    disableChallengeResourceVerification: foreign,
  })
  const tokens = credentialOf(credential, now)
  return {
    secrets: new sdk.SecretClient(url, tokens, options()),
    keys: new sdk.KeyClient(url, tokens, options()),
    pace: vaultPace,
  }
}

export const vaultClients = (options: ClientOptions): ClientsOf => {
  const made = new Map<string, Promise<VaultClients>>()
  return (url) => {
    const known = made.get(url)
    if (known) return known
    const clients = makeClients(url, options)
    made.set(url, clients)
    clients.catch(() => made.delete(url))
    return clients
  }
}

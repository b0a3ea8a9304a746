// Key Vault's adapters in front of the simulated vault, without a port: the SDK, tokens of the laptop's identity, production
// addresses.

import { keyVerbs, secretVerbs } from '../../schemas/vault.ts'
import { memoryState } from '../azure/state.ts'
import { createVaultStandIn, type VaultStandInOptions } from '../local/vault/stand-in.ts'
import { createIdentity } from '../local/verified-id/identity.ts'
import { type ClientOptions, vaultClients } from './clients.ts'
import type { Examined } from './examination.ts'
import { keyWork } from './keys.ts'
import { purgedNames } from './order.ts'
import { secretWork } from './secrets.ts'
import { type Vaults, vaultsOf } from './settings.ts'
import { storeOf } from './store-of.ts'

export const OWN = 'ten_eu_aaaaaaaaaaaaaaaa'
export const OTHER = 'ten_eu_bbbbbbbbbbbbbbbb'
export const SHARED: Vaults = { default: 'https://phoenix.vault.azure.net', tenants: {} }

const HEADER = 'identity-header'

export const createVaultWorld = async ({
  folder = null,
  vaults = SHARED,
  now = () => new Date(),
  clients = {},
  ...more
}: Partial<VaultStandInOptions> & {
  vaults?: Vaults | string
  clients?: Partial<ClientOptions>
} = {}) => {
  const identity = await createIdentity({ header: HEADER, now })
  const vault = createVaultStandIn({ folder, identity, now, ...more })
  const asked: { method: string; url: string; text: string }[] = []
  const fetch = (async (input: string, init: RequestInit = {}) => {
    const headers = new Headers(init.headers)
    headers.set('x-forwarded-host', new URL(input).host)
    asked.push({ method: init.method ?? 'GET', url: input, text: String(init.body ?? '') })
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason))
    })
    return Promise.race([vault.answer(new Request(input, { ...init, headers })), aborted])
  }) as unknown as typeof globalThis.fetch
  const credential = {
    async getToken(scope: string) {
      const resource = scope.replace('/.default', '')
      const url = `http://127.0.0.1/msi/token?api-version=2019-08-01&resource=${encodeURIComponent(resource)}`
      const given = await identity.answer(
        new Request(url, { headers: { 'x-identity-header': HEADER } }),
      )
      const { access_token: token } = (await given.json()) as { access_token: string }
      return { token, expiresOnTimestamp: now().getTime() + 3_600_000 }
    },
  }
  const settled = typeof vaults === 'string' ? vaultsOf({ SECRET_VAULTS: vaults }) : vaults
  if (!settled) throw new Error('no vaults')
  const purged = purgedNames(memoryState())
  /** As a process that starts: it knows nothing of what another has done. */
  const start = () => {
    const clientsOf = vaultClients({
      ...{ credential, fetch, now },
      pace: { clock: () => now().getTime(), sleep: async () => undefined },
      ...clients,
    })
    const parts = { vaults: settled, clientsOf, now, purged }
    return { ...parts, secrets: secretWork(parts), keys: keyWork(parts) }
  }
  const of = (owner: string, process = start()): Examined => ({
    secrets: storeOf(secretVerbs, process.secrets, owner),
    keys: storeOf(keyVerbs, process.keys, owner),
  })
  return { ...{ vault, identity, credential, fetch, asked, start, of } }
}
export type VaultWorld = Awaited<ReturnType<typeof createVaultWorld>>

// What the verbs of secrets and keys work with, out of the settings of these Functions.
import { azureTokens } from '../azure/credential.ts'
import { configuredState, memoryState } from '../azure/state.ts'
import { type ClientsOf, vaultClients } from './clients.ts'
import { type PurgedNames, purgedNames } from './order.ts'
import { type VaultSettings, type Vaults, vaultsOf } from './settings.ts'

export interface VaultParts {
  vaults: Vaults
  clientsOf: ClientsOf
  now: () => Date
  purged: PurgedNames
}

/** Null: these Functions speak to no vault. Throws for a setting that cannot be read, by its name alone. */
export const vaultParts = (settings: VaultSettings): VaultParts | null => {
  const vaults = vaultsOf(settings)
  if (!vaults) return null
  const now = () => new Date()
  const clientsOf = vaultClients({
    ...{ credential: azureTokens(), fetch: (url, init) => fetch(url, init), now },
    pace: {
      clock: () => performance.now(),
      sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    },
  })
  const purged = purgedNames(configuredState(settings) ?? memoryState())
  return { vaults, clientsOf, now, purged }
}

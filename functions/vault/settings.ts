// Which vault is whose. A tenant has one of its own, or shares the default one, where every name begins with its owner
// (schemas/vault.ts). Whoever the request's token names is the owner; nothing in a body says so.
import { createHash } from 'node:crypto'
import * as z from 'zod'
import { TenantId } from '../../schemas/ids.ts'
import { nameInVault, type VaultPlace, type VaultPurpose } from '../../schemas/vault.ts'
import { WIRE_PLATFORM } from '../../schemas/wire.ts'
import type { StateSettings } from '../azure/state.ts'
import { refusal } from './errors.ts'

/** Environment of the Functions. An empty text is none. */
export interface VaultSettings extends StateSettings {
  /**
   * JSON: { "default": "https://<name>.vault.azure.net", "tenants": { "<tenant id>": "https://…" }, "platform": "https://…" }.
   * `default`: of tenants without one of their own; absent: they have none. `platform`: of the platform's keys; absent: the
   * default one.
   */
  SECRET_VAULTS?: string
  /** An absolute path that all instances share: what the second party signed last. Absent: these Functions are none. */
  COSIGNER_FOLDER?: string
  /** Name of the second party in its signature lines; `phoenix-cosigner` where absent. */
  COSIGNER_NAME?: string
  /** JWKS of the edge: only what it has signed is signed again. */
  EDGE_PUBLIC_JWKS?: string
}

/** Public and sovereign clouds: nothing else is ever sent a token of ours. */
const VaultUrl = z
  .string()
  .regex(
    /^https:\/\/[a-z][a-z0-9-]{1,22}[a-z0-9]\.vault\.(?:azure\.net|azure\.cn|usgovcloudapi\.net)\/?$/,
  )
  .transform((url) => url.replace(/\/$/, ''))
const Vaults = z.strictObject({
  default: VaultUrl.optional(),
  tenants: z.record(TenantId, VaultUrl).default({}),
  platform: VaultUrl.optional(),
})
export type Vaults = z.infer<typeof Vaults>

/** Null: these Functions speak to no vault. Throws for a setting that cannot be read, by its name alone. */
export const vaultsOf = ({ SECRET_VAULTS }: VaultSettings): Vaults | null => {
  if (!SECRET_VAULTS) return null
  try {
    return Vaults.parse(JSON.parse(SECRET_VAULTS))
  } catch {
    throw new Error('SECRET_VAULTS is not the JSON of vaults')
  }
}

const urlOf = (vaults: Vaults, owner: string): string => {
  const platform = owner === WIRE_PLATFORM
  const own = platform ? vaults.platform : vaults.tenants[owner]
  const url = own ?? vaults.default
  if (url === undefined || !(platform || TenantId.safeParse(owner).success)) throw refusal('denied')
  return url
}

export interface Place {
  url: string
  remote: string
}

/** Throws AzureError `denied` for whoever has none. */
export const placeOf = (
  vaults: Vaults,
  owner: string,
  purpose: VaultPurpose,
  name: string,
): Place => {
  const remote = nameInVault(owner, purpose, name)
  if (remote === null) throw refusal('denied')
  return { url: urlOf(vaults, owner), remote }
}

/** Of the verb `place`. */
export const vaultOfOwner = (vaults: Vaults, owner: string): VaultPlace => {
  const url = urlOf(vaults, owner)
  const users = Object.values(vaults.tenants).filter((one) => one === url).length
  return {
    vault: createHash('sha256').update(url).digest('hex').slice(0, 16),
    url,
    shared: url === vaults.default || url === vaults.platform || users > 1,
  }
}

// Key Vault behind the signed wire: one function for each verb of schemas/vault.ts, for whoever the request's token names; the keys
// that issuers sign credentials with; and the platform's second party.
import { isAbsolute } from 'node:path'
import type { CosignedHead } from '../../schemas/ports.ts'
import { keyVerbs, vaultVerbs } from '../../schemas/vault.ts'
import { WIRE_PLATFORM } from '../../schemas/wire.ts'
import { configuredState } from '../azure/state.ts'
import { verbHandlers, type Work } from '../azure/verbs.ts'
import { edgeKeysOf } from '../checkpoint-note.ts'
import { type Cosigner, cosignHandler } from '../cosign-checkpoint.ts'
import { folderHead, stateHead } from '../cosigned-head.ts'
import { credentialKeyHandlers } from '../credential-keys.ts'
import { issuerKeysOf } from './issuer-keys.ts'
import { keyWork } from './keys.ts'
import { type VaultParts, vaultParts } from './parts.ts'
import { vaultSigner } from './platform-key.ts'
import { secretWork } from './secrets.ts'
import { placeOf, type VaultSettings, vaultOfOwner } from './settings.ts'
import { bounded } from './shelf.ts'
import { storeOf } from './store-of.ts'

export const vaultWork = (parts: VaultParts): Work<typeof vaultVerbs> => ({
  place: async (_, { owner }) => vaultOfOwner(parts.vaults, owner),
  ...secretWork(parts),
  ...keyWork(parts),
})

const once = <T>(make: () => T): (() => T) => {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Keys of issuers in their tenants' vaults. */
const issuerKeysIn = (parts: VaultParts) => {
  const work = keyWork(parts, 'issuer-key')
  return issuerKeysOf((owner) => storeOf(keyVerbs, work, owner))
}

const rememberedIn = (settings: VaultSettings): CosignedHead | null => {
  const folder = settings.COSIGNER_FOLDER
  if (!folder) {
    const state = configuredState(settings)
    return state && stateHead(state)
  }
  if (!isAbsolute(folder)) throw new Error('COSIGNER_FOLDER is not an absolute path')
  return folderHead(folder)
}

/** The platform's second party; null: it has no memory, and signs nothing. Throws for a setting that cannot be read. */
const cosignerIn = (parts: VaultParts, settings: VaultSettings): Cosigner | null => {
  const { vaults, clientsOf, now } = parts
  const head = rememberedIn(settings)
  if (head === null) return null
  const purpose = 'platform-key'
  const work = keyWork(parts, purpose)
  const isSimulated = async (name: string): Promise<boolean> => {
    const { url, remote } = placeOf(vaults, WIRE_PLATFORM, purpose, name)
    return bounded(async (signal) => {
      const { properties } = await (await clientsOf(url)).keys.getKey(remote, signal)
      return properties.tags?.simulated === 'true'
    })
  }
  const store = storeOf(keyVerbs, work, WIRE_PLATFORM)
  const name = settings.COSIGNER_NAME || 'phoenix-cosigner'
  return {
    signer: vaultSigner({ store, name, isSimulated, now }),
    head,
    edgeKeys: edgeKeysOf(settings.EDGE_PUBLIC_JWKS),
  }
}

/** Everything that is behind a vault. Nothing of it is made before it is asked for. */
export const vaultFunctions = (settings: VaultSettings, make = () => vaultParts(settings)) => {
  const parts = once(make)
  const from = <T>(build: (parts: VaultParts) => T): (() => T | null) =>
    once(() => {
      const made = parts()
      return made && build(made)
    })
  return {
    verbs: verbHandlers(vaultVerbs, from(vaultWork)),
    credentialKeys: credentialKeyHandlers(from(issuerKeysIn)),
    cosign: cosignHandler(from((made) => cosignerIn(made, settings))),
  }
}

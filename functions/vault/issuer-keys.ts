// The ES256 keys of one tenant's issuer as keys of a vault. A key is called by its thumbprint (RFC 7638), which the vault does not
// know: what belongs to which name is looked up once and remembered.
import { calculateJwkThumbprint } from 'jose'
import type { Azure } from '../../schemas/azure.ts'
import type { CredentialKeys, KeyStore } from '../../schemas/ports.ts'
import type { WholeKey } from '../../schemas/vault.ts'
import { AzureError } from '../azure/errors.ts'
import { refusal, SERVICE } from './errors.ts'

/** Throws AzureError for what is no value. */
export const unwrap = <T>(answer: Azure<T>): T => {
  if (answer.ok) return answer.value
  throw new AzureError(SERVICE, answer.fault, null)
}
type P256 = { kty: 'EC'; crv: 'P-256'; x: string; y: string }
const p256Of = ({ publicJwk }: WholeKey): P256 => {
  if (publicJwk.kty === 'EC' && publicJwk.crv === 'P-256') return { ...publicJwk, crv: 'P-256' }
  throw refusal('conflict', 'kind')
}

interface Named {
  name: string
  version: string
}

/** Throws AzureError, but for a key that is not there: that is null. */
export const issuerKeys = (store: KeyStore): CredentialKeys => {
  const byKid = new Map<string, Named>()
  const seen = new Set<string>()
  const note = async (name: string, key: WholeKey): Promise<string> => {
    const kid = await calculateJwkThumbprint(p256Of(key))
    byKid.set(kid, { name, version: key.version })
    seen.add(key.version)
    return kid
  }
  /** Whatever the vault has of this tenant's and this process has not seen. */
  const lookUp = async (): Promise<void> => {
    for (const { name } of unwrap(await store('listKeys', 'look-up', {})).names) {
      const listed = await store('keyVersions', 'look-up', { name })
      // Deleted in the meantime.
      if (!listed.ok && listed.fault.fault === 'absent') continue
      for (const { version, enabled } of unwrap(listed).versions)
        if (enabled && !seen.has(version))
          await note(name, unwrap(await store('readKey', 'look-up', { name, version })))
    }
  }
  let looking: Promise<void> | undefined
  /** One walk for all who wait. Whoever came during one has it looked for once more: it may have been made since. */
  const look = async (kid: string): Promise<void> => {
    if (looking) await looking.catch(() => undefined)
    if (byKid.has(kid)) return
    looking ??= lookUp().finally(() => {
      looking = undefined
    })
    await looking
  }
  return {
    abilities: { keptBy: 'functions' },
    async make(name) {
      const asked = { name, kind: 'EC-P256', expiresAt: null, notBefore: null } as const
      // The name is the operation: the same name is the same key.
      const key = unwrap(await store('createKey', `issuer-key ${name}`, asked))
      return { kid: await note(name, key), publicJwk: p256Of(key), sealed: null }
    },
    async sign({ kid }, data) {
      if (!byKid.has(kid)) await look(kid)
      const named = byKid.get(kid)
      if (!named) return null
      const what = { data: Buffer.from(data).toString('base64url') }
      const signed = await store('sign', kid, { ...named, algorithm: 'ES256', what })
      if (!signed.ok && signed.fault.fault === 'absent') return null
      return new Uint8Array(Buffer.from(unwrap(signed).signature, 'base64url'))
    },
  }
}

const OWNERS_AT_MOST = 1_000
/** Remembers what each owner's vault has. */
export const issuerKeysOf = (storeFor: (owner: string) => KeyStore) => {
  const known = new Map<string, CredentialKeys>()
  return (owner: string): CredentialKeys => {
    const keys = known.get(owner) ?? issuerKeys(storeFor(owner))
    if (known.size >= OWNERS_AT_MOST) known.clear()
    known.set(owner, keys)
    return keys
  }
}

// Where an issuer's private keys are: sealed in the tenant's own database, or with the Functions, which never let them out.
// Both sign ES256 and nothing else.

import type { CredentialKeys } from '../../../../../schemas/ports.ts'
import { Outage } from '../../../../../schemas/result.ts'
import { createBackOffice } from '../../../../back-office.ts'
import { type EcPublicJwk, ecPublicJwk, thumbprintOf } from '../../../../credentials/keys.ts'
import { outgoing } from '../../../../outgoing.ts'
import type { TenantContext } from '../../context.ts'
import { comeBackIn, untilTurn } from '../../secrets/turns.ts'
import { openText, sealText } from './secrets.ts'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const PURPOSE = 'issuer-key'

export type KeysContext = Pick<TenantContext, 'env' | 'tenant' | 'now'>

/** Opening and importing cost more than signing, so an actor does it once for each key. */
const opened = new WeakMap<object, Map<string, Promise<CryptoKey>>>()

const openKey = async (context: KeysContext, sealed: string): Promise<CryptoKey> => {
  const jwk: JsonWebKey = JSON.parse(await openText(context, PURPOSE, sealed))
  return crypto.subtle.importKey('jwk', jwk, ES256, false, ['sign'])
}

/** The default: the private JWK is a row of the tenant's, under a key of the platform's. */
export const sealedKeys = (context: KeysContext): CredentialKeys => {
  const known = opened.get(context) ?? new Map<string, Promise<CryptoKey>>()
  opened.set(context, known)
  const keyOf = (sealed: string): Promise<CryptoKey> => {
    const key = known.get(sealed) ?? openKey(context, sealed)
    known.set(sealed, key)
    // What failed once is tried again.
    key.catch(() => known.delete(sealed))
    return key
  }
  return {
    abilities: { keptBy: 'sealed' },
    async make() {
      const pair = (await crypto.subtle.generateKey(ES256, true, [
        'sign',
        'verify',
      ])) as CryptoKeyPair
      const made = (await crypto.subtle.exportKey('jwk', pair.privateKey)) as JsonWebKey
      const { kty, crv, x, y, d } = made
      const publicJwk = ecPublicJwk({ kty, crv, x, y })
      if (!publicJwk) throw new Error('a key of another kind was made')
      const sealed = await sealText(context, PURPOSE, JSON.stringify({ ...publicJwk, d }))
      return { kid: thumbprintOf(publicJwk), publicJwk, sealed }
    },
    async sign({ sealed }, data) {
      if (sealed === null) return null
      const key = await keyOf(sealed)
      return new Uint8Array(await crypto.subtle.sign(ES256, key, new Uint8Array(data)))
    },
  }
}

/** By the wire: every signature is a request. Throws Outage where the Functions do not answer or keep no keys. */
export const functionsKeys = (context: KeysContext): CredentialKeys =>
  createBackOffice({
    baseUrl: context.env.BACK_OFFICE_URL,
    signingKeyJwk: context.env.EDGE_SIGNING_KEY,
    fetch: outgoing(context.env),
    now: context.now,
  }).credentialKeys(context.tenant().id)

/** Of this process: whoever comes again for one that is there waits for no turn. */
const made = new WeakMap<TenantContext['db'], Set<string>>()

/** A new key takes its turn at the vault as every other does. Throws Outage where that is far away. */
const inTurn = (context: TenantContext, keys: CredentialKeys): CredentialKeys => ({
  ...keys,
  async make(name) {
    const own = made.get(context.db) ?? new Set<string>()
    made.set(context.db, own)
    const wait = own.has(name) ? 0 : await untilTurn(context, `issuer-key ${name}`)
    if (wait > 0) throw new Outage('vault', 'makes few keys at a time', comeBackIn(wait))
    const key = await keys.make(name)
    own.add(name)
    return key
  },
})

/** Where new keys of this installation go. */
export const newKeysOf = (context: TenantContext): CredentialKeys =>
  context.env.CREDENTIAL_KEYS === 'functions'
    ? inTurn(context, functionsKeys(context))
    : sealedKeys(context)

interface KeptKey {
  kid: string
  publicJwk: EcPublicJwk
  sealed: string | null
}

/** ES256 as r || s by the key of this row, wherever it is. Throws where nobody has it. */
export const signWith =
  (context: KeysContext, { kid, sealed }: KeptKey) =>
  async (data: Uint8Array): Promise<Uint8Array> => {
    const keys = sealed === null ? functionsKeys(context) : sealedKeys(context)
    const signature = await keys.sign({ kid, sealed }, data)
    if (signature?.length !== 64) throw new Error('nobody has the key that signs credentials')
    return signature
  }

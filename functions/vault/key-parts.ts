// Keys in Key Vault's words and in ours: kinds, public halves (RFC 7517), rotation policies, and which algorithm is whose.
import { createHash } from 'node:crypto'
import type { KeyRotationPolicyProperties, KeyVaultKey } from '@azure/keyvault-keys'
import type { KeyKind } from '../../schemas/secret.ts'
import {
  KeyPolicy,
  PublicJwk,
  type Sign,
  type SignatureAlgorithm,
  type WholeKey,
} from '../../schemas/vault.ts'
import { AzureError, unreachable } from '../azure/errors.ts'
import { refusal, SERVICE } from './errors.ts'
import { versionOf } from './shelf.ts'

const base64url = (bytes: Uint8Array | undefined): string =>
  Buffer.from(bytes ?? []).toString('base64url')

const publicJwkOf = ({ key }: KeyVaultKey): PublicJwk => {
  const { kty, crv, x, y, n, e } = key ?? {}
  const jwk = kty?.startsWith('EC')
    ? { kty: 'EC', crv, x: base64url(x), y: base64url(y) }
    : { kty: 'RSA', n: base64url(n), e: base64url(e) }
  const parsed = PublicJwk.safeParse(jwk)
  if (!parsed.success) throw unreachable(SERVICE, 200)
  return parsed.data
}

const RSA: Record<number, KeyKind> = { 256: 'RSA-2048', 384: 'RSA-3072', 512: 'RSA-4096' }
export const kindOfKey = (jwk: PublicJwk): KeyKind => {
  if (jwk.kty === 'EC') return `EC-${jwk.crv.replace('-', '')}` as KeyKind
  const kind = RSA[Buffer.from(jwk.n, 'base64url').length]
  if (!kind) throw unreachable(SERVICE, 200)
  return kind
}

export const wholeKey = (key: KeyVaultKey): WholeKey => {
  const publicJwk = publicJwkOf(key)
  return { ...versionOf(key.properties), kind: kindOfKey(publicJwk), publicJwk }
}

/** ISO 8601, as the vault takes and gives it: whole days, months as 30, years as 365. */
const daysOf = (duration: string | undefined): number | null => {
  const [, years, months, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?$/.exec(duration ?? '') ?? []
  const all = Number(years ?? 0) * 365 + Number(months ?? 0) * 30 + Number(days ?? 0)
  return all > 0 ? all : null
}
/** One that somebody else set, and that cannot be said here, is none. */
export const policyOf = ({
  lifetimeActions,
  expiresIn,
}: {
  lifetimeActions?: KeyRotationPolicyProperties['lifetimeActions']
  expiresIn?: string
}): KeyPolicy => {
  const rotate = lifetimeActions?.find(({ action }) => action === 'Rotate')
  const said = { rotateDays: daysOf(rotate?.timeAfterCreate), expireDays: daysOf(expiresIn) }
  return KeyPolicy.safeParse(said).data ?? { rotateDays: null, expireDays: null }
}
export const remotePolicyOf = ({
  rotateDays,
  expireDays,
}: KeyPolicy): KeyRotationPolicyProperties => ({
  lifetimeActions:
    rotateDays === null ? [] : [{ action: 'Rotate', timeAfterCreate: `P${rotateDays}D` }],
  ...(expireDays === null ? {} : { expiresIn: `P${expireDays}D` }),
})

/** RFC 7518 §3.1. */
const ALGORITHMS: Record<SignatureAlgorithm, { hash: string; bytes: number; kinds: RegExp }> = {
  ES256: { hash: 'sha256', bytes: 32, kinds: /^EC-P256$/ },
  ES384: { hash: 'sha384', bytes: 48, kinds: /^EC-P384$/ },
  PS256: { hash: 'sha256', bytes: 32, kinds: /^RSA-/ },
  RS256: { hash: 'sha256', bytes: 32, kinds: /^RSA-/ },
}
/** Throws `conflict` with target `kind` for an algorithm that this key does not have; `refused` for a digest of another length. */
export const digestToSign = ({ algorithm, what }: Sign, kind: KeyKind): Uint8Array => {
  const { hash, bytes, kinds } = ALGORITHMS[algorithm]
  if (!kinds.test(kind)) throw refusal('conflict', 'kind')
  if ('data' in what) return createHash(hash).update(Buffer.from(what.data, 'base64url')).digest()
  const digest = Buffer.from(what.digest, 'base64url')
  if (digest.length === bytes) return digest
  throw new AzureError(
    SERVICE,
    { fault: 'refused', target: 'what.digest', retryAfterSeconds: null },
    null,
  )
}

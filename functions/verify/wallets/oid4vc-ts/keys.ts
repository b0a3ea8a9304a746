// The holder's keys of the small wallet: P-256 by node:crypto, so that not even the signatures are made by code of the product.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto'

/** As it is kept: a private key as JWK (RFC 7517). */
export interface HolderKey {
  privateJwk: JsonWebKey
  publicJwk: { kty: string; crv: string; x: string; y: string }
}

const publicOf = ({ kty, crv, x, y }: JsonWebKey): HolderKey['publicJwk'] => {
  if (!kty || !crv || !x || !y) throw new Error('not a key on a curve')
  return { kty, crv, x, y }
}

export const makeHolderKey = (): HolderKey => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const privateJwk = privateKey.export({ format: 'jwk' })
  return { privateJwk, publicJwk: publicOf(privateJwk) }
}

const RAW = { dsaEncoding: 'ieee-p1363' } as const

/** ES256 (RFC 7518 §3.4), base64url. */
export const signText = ({ privateJwk }: HolderKey, text: string): string => {
  const key = createPrivateKey({ key: privateJwk, format: 'jwk' })
  return sign('sha256', Buffer.from(text), { key, ...RAW }).toString('base64url')
}

export const signatureHolds = (key: KeyObject, text: string, signature: string): boolean =>
  verify('sha256', Buffer.from(text), { key, ...RAW }, Buffer.from(signature, 'base64url'))

export const keyOfJwk = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: 'jwk' })

export const certificateOf = (base64: string): X509Certificate =>
  new X509Certificate(Buffer.from(base64, 'base64'))

const HASHES: Record<string, string> = {
  'sha-256': 'sha256',
  'sha-384': 'sha384',
  'sha-512': 'sha512',
}
/** By the names that JOSE, SD-JWT and these libraries use. */
export const hash = (data: string | Uint8Array, name: string): Uint8Array =>
  createHash(HASHES[name] ?? name)
    .update(data)
    .digest()

export const encodeJwt = (key: HolderKey, header: object, payload: object): string => {
  const text = [header, payload]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.')
  return `${text}.${signText(key, text)}`
}

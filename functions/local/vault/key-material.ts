// Keys of the simulated vault: made, shown by their public halves, and used to sign and verify digests that came from elsewhere.
import type { JsonWebKey } from 'node:crypto'
import {
  constants,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  privateEncrypt,
  publicDecrypt,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { p256, p384 } from '@noble/curves/nist.js'
import { badParameter } from './refusal.ts'

const CURVES = { 'P-256': p256, 'P-384': p384 } as const
const isCurve = (crv: unknown): crv is keyof typeof CURVES => crv === 'P-256' || crv === 'P-384'

/** `size`: of RSA, in bits. */
export const makeJwk = (kty: unknown, crv: unknown, size: unknown): JsonWebKey => {
  if (kty === 'EC' && isCurve(crv))
    return generateKeyPairSync('ec', { namedCurve: crv }).privateKey.export({ format: 'jwk' })
  if (kty === 'RSA' && [2_048, 3_072, 4_096].includes(size as number))
    return generateKeyPairSync('rsa', { modulusLength: size as number }).privateKey.export({
      format: 'jwk',
    })
  throw badParameter('The property kty, crv or key_size has a value that is not supported.')
}

export const publicMembers = ({ kty, crv, x, y, n, e }: JsonWebKey) =>
  kty === 'EC' ? { kty, crv, x, y } : { kty, n, e }

/** RFC 8017 §9.2, DigestInfo of SHA-256. */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex')
const sha256 = (...parts: Uint8Array[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}
/** RFC 8017 §B.2.1. */
const mask = (seed: Buffer, length: number): Buffer => {
  const blocks: Buffer[] = []
  for (let at = 0; at * 32 < length; at += 1) {
    const counter = Buffer.alloc(4)
    counter.writeUInt32BE(at)
    blocks.push(sha256(seed, counter))
  }
  return Buffer.concat(blocks).subarray(0, length)
}
const xor = (a: Buffer, b: Buffer): Buffer => Buffer.from(a.map((one, at) => one ^ (b[at] ?? 0)))
/** RFC 8017 §9.1.1: EMSA-PSS with SHA-256 and a salt of 32 bytes, for moduli of whole bytes. */
const encodePss = (digest: Buffer, bytes: number): Buffer => {
  const salt = randomBytes(32)
  const hash = sha256(Buffer.alloc(8), digest, salt)
  const data = Buffer.concat([Buffer.alloc(bytes - 32 - 32 - 2), Buffer.from([1]), salt])
  const masked = xor(data, mask(hash, data.length))
  masked[0] = (masked[0] ?? 0) & 0x7f
  return Buffer.concat([masked, hash, Buffer.from([0xbc])])
}

const bytesOf = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
const DIGESTS: Record<string, number> = { ES256: 32, ES384: 48, RS256: 32, PS256: 32 }
const fits = ({ kty, crv }: JsonWebKey, alg: string): boolean =>
  kty === 'EC' ? alg === (crv === 'P-256' ? 'ES256' : 'ES384') : alg === 'RS256' || alg === 'PS256'
const checked = (jwk: JsonWebKey, alg: unknown, digest: Buffer): string => {
  if (typeof alg !== 'string' || !fits(jwk, alg))
    throw badParameter('Key and signing algorithm are incompatible.')
  if (digest.length !== DIGESTS[alg]) throw badParameter('Invalid length of value.')
  return alg
}

/** EC: r || s. `digest` is hashed already. */
export const signDigest = (jwk: JsonWebKey, asked: unknown, digest: Buffer): Buffer => {
  const alg = checked(jwk, asked, digest)
  if (jwk.kty === 'EC') {
    const curve = CURVES[jwk.crv as keyof typeof CURVES]
    return Buffer.from(curve.sign(digest, bytesOf(jwk.d), { prehash: false }))
  }
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const bytes = bytesOf(jwk.n).length
  return alg === 'RS256'
    ? privateEncrypt(
        { key, padding: constants.RSA_PKCS1_PADDING },
        Buffer.concat([SHA256_PREFIX, digest]),
      )
    : privateEncrypt({ key, padding: constants.RSA_NO_PADDING }, encodePss(digest, bytes))
}

export const verifyDigest = (
  jwk: JsonWebKey,
  asked: unknown,
  digest: Buffer,
  signature: Buffer,
): boolean => {
  const alg = checked(jwk, asked, digest)
  try {
    if (jwk.kty === 'EC') {
      const curve = CURVES[jwk.crv as keyof typeof CURVES]
      const point = Buffer.concat([Buffer.from([4]), bytesOf(jwk.x), bytesOf(jwk.y)])
      return curve.verify(signature, digest, point, { prehash: false, lowS: false })
    }
    if (alg !== 'RS256') throw badParameter('This vault verifies no PS256.')
    const key = createPublicKey({ key: publicMembers(jwk) as JsonWebKey, format: 'jwk' })
    const info = publicDecrypt({ key, padding: constants.RSA_PKCS1_PADDING }, signature)
    const said = Buffer.concat([SHA256_PREFIX, digest])
    return info.length === said.length && timingSafeEqual(info, said)
  } catch {
    return false
  }
}

// API tokens: `phx_<tenant id>_<token id>_<secret><check>`. The check (CRC-32 in base62, as GitHub's tokens carry) catches
// mistypings and guesses before any look-up; it protects nothing. Only the SHA-256 of the secret is ever stored.
import { sha256Hex } from '../digest.ts'

/** Where the operators belong. No tenant has this id: the Directory never gives it. */
export const PLATFORM_TENANT_ID = 'ten_eu_platformaaaaaaaa'
export const OPERATOR_TOKEN_ID = 'tokoperatoraaaaaaaa'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^32 is 190 bits. */
const SECRET_LENGTH = 32
const CHECK_LENGTH = 6

const TOKEN =
  /^(phx_(ten_[a-z]{2}_[a-z2-7]{16})_(tok[a-z2-7]{16})_([0-9A-Za-z]{32}))([0-9A-Za-z]{6})$/

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  return value
})

/** CRC-32 as in ISO 3309 and zip, over ASCII. */
export const crc32 = (text: string): number => {
  let crc = 0xffffffff
  for (let at = 0; at < text.length; at += 1) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ text.charCodeAt(at)) & 0xff] ?? 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

const base62 = (number: bigint, length: number): string => {
  let out = ''
  for (let rest = number; out.length < length; rest /= 62n) out = BASE62[Number(rest % 62n)] + out
  return out
}

const checkOf = (text: string): string => base62(BigInt(crc32(text)), CHECK_LENGTH)

/** A secret out of 32 bytes, random or derived. The bias of the remainder is below 2^-65. */
export const secretFrom = (bytes: Uint8Array): string => {
  if (bytes.byteLength < 32) throw new RangeError('a token secret needs 32 bytes')
  const number = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return base62(number % 62n ** BigInt(SECRET_LENGTH), SECRET_LENGTH)
}

/** What is stored of a secret, in hex. The secret has 190 bits, so a plain hash cannot be searched. */
export const secretDigestOf = (secret: string): string => sha256Hex(secret)

export const mintToken = ({
  tenantId,
  tokenId,
  secret,
}: {
  tenantId: string
  tokenId: string
  secret: string
}): string => {
  const body = `phx_${tenantId}_${tokenId}_${secret}`
  return `${body}${checkOf(body)}`
}

export interface ParsedToken {
  tenantId: string
  tokenId: string
  secretDigest: string
}

/** Null for anything that is not a token with a right check. */
export const parseToken = (text: string): ParsedToken | null => {
  const [, body, tenantId, tokenId, secret, check] = TOKEN.exec(text) ?? []
  if (body === undefined || tenantId === undefined) return null
  if (tokenId === undefined || secret === undefined || checkOf(body) !== check) return null
  return { tenantId, tokenId, secretDigest: secretDigestOf(secret) }
}

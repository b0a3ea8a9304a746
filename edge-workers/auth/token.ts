// API tokens: `phx_<tenant id>_<token id>_<secret><check>`, and invitations, which are `phi_…` of the same form. The check
// (CRC-32 in base62, as GitHub's tokens carry) catches mistypings and guesses before any look-up; it protects nothing.
// Only the SHA-256 of the secret is ever stored.
import { sha256Hex } from '../digest.ts'

/** Where the operators belong. No tenant has this id: the Directory never gives it. */
export const PLATFORM_TENANT_ID = 'ten_eu_platformaaaaaaaa'
export const OPERATOR_TOKEN_ID = 'tokoperatoraaaaaaaa'

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 62^32 is 190 bits. */
const SECRET_LENGTH = 32
const CHECK_LENGTH = 6

/** `kind`: what an id begins with. */
const formOf = (prefix: string, kind: string): RegExp =>
  new RegExp(
    `^(${prefix}_(ten_[a-z]{2}_[a-z2-7]{16})_(${kind}[a-z2-7]{16})_([0-9A-Za-z]{32}))([0-9A-Za-z]{6})$`,
  )
const TOKEN = formOf('phx', 'tok')
const INVITATION = formOf('phi', 'inv')

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

interface Parts {
  tenantId: string
  id: string
  secret: string
}

const mint = (prefix: string, { tenantId, id, secret }: Parts): string => {
  const body = `${prefix}_${tenantId}_${id}_${secret}`
  return `${body}${checkOf(body)}`
}

export interface ParsedInvitation {
  tenantId: string
  id: string
  secretDigest: string
}

const parse = (form: RegExp, text: string): ParsedInvitation | null => {
  const [, body, tenantId, id, secret, check] = form.exec(text) ?? []
  if (body === undefined || tenantId === undefined) return null
  if (id === undefined || secret === undefined || checkOf(body) !== check) return null
  return { tenantId, id, secretDigest: secretDigestOf(secret) }
}

export const mintToken = ({
  tenantId,
  tokenId,
  secret,
}: {
  tenantId: string
  tokenId: string
  secret: string
}): string => mint('phx', { tenantId, id: tokenId, secret })

export interface ParsedToken {
  tenantId: string
  tokenId: string
  secretDigest: string
}

/** Null for anything that is not a token with a right check. */
export const parseToken = (text: string): ParsedToken | null => {
  const parsed = parse(TOKEN, text)
  if (!parsed) return null
  const { id: tokenId, ...rest } = parsed
  return { ...rest, tokenId }
}

export const mintInvitation = (parts: Parts): string => mint('phi', parts)

/** Null for anything that is not an invitation with a right check. */
export const parseInvitation = (text: string): ParsedInvitation | null => parse(INVITATION, text)

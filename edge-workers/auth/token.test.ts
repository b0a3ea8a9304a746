// The form of tokens.
import { describe, expect, it } from 'vitest'
import { readCredential } from './credential.ts'
import {
  crc32,
  mintToken,
  OPERATOR_TOKEN_ID,
  PLATFORM_TENANT_ID,
  parseToken,
  secretDigestOf,
  secretFrom,
} from './token.ts'

const parts = {
  tenantId: 'ten_eu_abcdefghijklmnop',
  tokenId: 'tokabcdefghijklmnop',
  secret: secretFrom(Uint8Array.from({ length: 32 }, (_, at) => at * 7)),
}
const token = mintToken(parts)

describe('a token', () => {
  it('carries its tenant and its id, and of its secret only the digest comes out', () => {
    const { tenantId, tokenId, secret } = parts
    expect(parseToken(token)).toEqual({ tenantId, tokenId, secretDigest: secretDigestOf(secret) })
    expect(secret).toMatch(/^[0-9A-Za-z]{32}$/)
  })

  it('with any one character changed is refused without a look-up', () => {
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === 'a' ? 'b' : 'a'
      expect(parseToken(token.slice(0, at) + other + token.slice(at + 1)), `at ${at}`).toBeNull()
    }
    expect(parseToken(`${token}0`)).toBeNull()
    expect(parseToken(token.slice(0, -1))).toBeNull()
  })

  it('has the check value of the CRC-32 catalogue', () => {
    expect(crc32('123456789')).toBe(0xcbf43926)
  })

  it('of the operator has the same form', () => {
    const tenantId = PLATFORM_TENANT_ID
    const text = mintToken({ ...parts, tenantId, tokenId: OPERATOR_TOKEN_ID })
    expect(parseToken(text)?.tenantId).toBe(tenantId)
  })
})

describe('a secret', () => {
  it('needs 32 bytes and is a function of them', () => {
    expect(() => secretFrom(new Uint8Array(31))).toThrow(RangeError)
    expect(secretFrom(new Uint8Array(32))).toBe('0'.repeat(32))
    expect(secretFrom(new Uint8Array(32).fill(255))).not.toBe(
      secretFrom(new Uint8Array(32).fill(254)),
    )
  })
})

describe('the Authorization header', () => {
  it.each([`Bearer ${token}`, `bearer ${token}`, `BEARER  ${token}`])('%s is read', (header) => {
    expect(readCredential(header).ok).toBe(true)
  })

  it.each([
    undefined,
    '',
    token,
    'Bearer',
    `Basic ${token}`,
    `Bearer ${token}, Bearer ${token}`,
    `Bearer ${token} x`,
    `Bearer ${'a'.repeat(100_000)}`,
  ])('%s is not', (header) => {
    expect(readCredential(header)).toMatchObject({ refusal: { problem: 'unauthenticated' } })
  })
})

// Proofs of keys, the three ways of naming one, and what no holder may show. The whole table of refusals over the endpoint is
// routes/wallet/issuer-negative.test.ts.
import 'reflect-metadata'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { toBase64 } from '../base64.ts'
import { makeRoot } from './certificates.ts'
import { ecPublicJwk } from './keys.ts'
import { makeNonce, NONCE_SECONDS, nonceKeyOf, readNonce } from './nonce.ts'
import { verifyProof, verifyProofs } from './proof-jwt.ts'

const AUDIENCE = 'https://phoenix.example/i/abc'
const NOW = new Date('2026-11-21T12:00:00.000Z')
const KEY = nonceKeyOf('a'.repeat(64), 'ten_eu_aaaaaaaaaaaaaaaa')
const expected = {
  ...{ audience: AUDIENCE, now: NOW },
  readNonce: (nonce: string) => readNonce(KEY, nonce, NOW),
}
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

let pair: Awaited<ReturnType<typeof generateKeyPair>>
let jwk: NonNullable<ReturnType<typeof ecPublicJwk>>
beforeAll(async () => {
  pair = await generateKeyPair('ES256', { extractable: true })
  const found = ecPublicJwk(await exportJWK(pair.publicKey))
  if (!found) throw new Error('a key of another kind')
  jwk = found
})

const sign = (header: object, claims: object = {}) =>
  new SignJWT({ aud: AUDIENCE, iat: NOW.getTime() / 1000, nonce: makeNonce(KEY, NOW), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ: 'openid4vci-proof+jwt', ...header })
    .sign(pair.privateKey)

describe('a key', () => {
  const signBytes = async (data: Uint8Array) =>
    new Uint8Array(
      await crypto.subtle.sign(
        { name: 'ECDSA', hash: 'SHA-256' },
        pair.privateKey as CryptoKey,
        new Uint8Array(data),
      ),
    )
  it('is named by jwk, by did:jwk and by a certificate, and is the same key', async () => {
    const until = new Date('2027-11-21T12:00:00.000Z')
    const certificate = await makeRoot({
      ...{ publicJwk: jwk, name: 'wallet', from: NOW, until, sign: signBytes },
    })
    const ways = [
      { jwk },
      { jwk: { ...jwk, kid: 'mine', use: 'sig', alg: 'ES256' } },
      { kid: `did:jwk:${base64url({ ...jwk, use: 'sig' })}#0` },
      { x5c: [toBase64(certificate)] },
    ]
    for (const way of ways) {
      const verdict = await verifyProof(await sign(way), expected)
      expect(verdict, Object.keys(way).join()).toMatchObject({ ok: true, key: { jwk } })
    }
  })

  it('is never a private one, another kind, or a did with another fragment', async () => {
    const { d } = await exportJWK(pair.privateKey)
    const ways = [
      { jwk: { ...jwk, d } },
      { kid: `did:jwk:${base64url({ ...jwk, d })}#0` },
      { kid: `did:jwk:${base64url(jwk)}#1` },
      { kid: `did:jwk:${base64url(jwk)}` },
      { kid: 'mine' },
      { jwk: { kty: 'oct', k: 'AAAA' } },
      { jwk: { ...jwk, crv: 'P-384' } },
      { jwk: { ...jwk, x: `${jwk.x}A` } },
      { jwk, kid: 'mine' },
      {},
    ]
    for (const way of ways)
      expect(await verifyProof(await sign(way), expected), JSON.stringify(way)).toMatchObject({
        ...{ ok: false, error: 'invalid_proof' },
      })
  })

  it('proves itself once in a batch', async () => {
    const jwts = [await sign({ jwk }), await sign({ jwk })]
    expect(await verifyProofs(jwts, expected)).toMatchObject({ ok: false, error: 'invalid_proof' })
    expect(await verifyProofs(jwts.slice(1), expected)).toMatchObject({ ok: true })
  })
})

describe('a nonce', () => {
  it('holds for five minutes, for its issuer, and as it was made', () => {
    const nonce = makeNonce(KEY, NOW)
    const after = (seconds: number) => new Date(NOW.getTime() + seconds * 1000)
    expect(nonce).toMatch(/^[A-Za-z0-9_-]{48}$/)
    expect(makeNonce(KEY, NOW)).not.toBe(nonce)
    expect(readNonce(KEY, nonce, after(NONCE_SECONDS))).not.toBeNull()
    expect(readNonce(KEY, nonce, after(NONCE_SECONDS + 1))).toBeNull()
    expect(readNonce(KEY, nonce, after(-60))).toBeNull()
    const foreign = nonceKeyOf('a'.repeat(64), 'ten_eu_bbbbbbbbbbbbbbbb')
    expect(readNonce(foreign, nonce, NOW)).toBeNull()
    for (let at = 0; at < nonce.length; at += 1) {
      const turned = `${nonce.slice(0, at)}${nonce[at] === 'A' ? 'B' : 'A'}${nonce.slice(at + 1)}`
      expect(readNonce(KEY, turned, NOW), `${at}`).toBeNull()
    }
  })
})

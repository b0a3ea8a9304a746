// A root, its leaves, and the chains that are not taken. Every refused chain is one fault away from the one that is.
import 'reflect-metadata'
import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { toBase64 } from '../base64.ts'
import { makeLeaf, makeRoot, pemOf, spkiOf, verifyChain } from './certificates.ts'
import { type EcPublicJwk, ecPublicJwk } from './keys.ts'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const NOW = new Date('2026-11-22T12:00:00Z')
const DAY = 86_400_000
const from = new Date(NOW.getTime() - DAY)
const until = new Date(NOW.getTime() + DAY)
const URL_OF = 'https://phoenix.example/i/abc'

const newKey = async (): Promise<{
  publicJwk: EcPublicJwk
  sign: (data: Uint8Array) => Promise<Uint8Array>
}> => {
  const pair = (await crypto.subtle.generateKey(ES256, true, ['sign', 'verify'])) as CryptoKeyPair
  const publicJwk = ecPublicJwk(await crypto.subtle.exportKey('jwk', pair.publicKey))
  if (!publicJwk) throw new Error('no key')
  const sign = async (data: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign(ES256, pair.privateKey, new Uint8Array(data)))
  return { publicJwk, sign }
}
const rootKey = await newKey()
const leafKey = await newKey()
const rootWish = { ...rootKey, name: 'Acme root', from, until }
const root = await makeRoot(rootWish)
const leafWish = {
  ...{ publicJwk: leafKey.publicJwk, sign: rootKey.sign, name: 'Acme, "Ltd" + Co=x' },
  ...{ from, until, root, url: URL_OF },
}
const leaf = await makeLeaf(leafWish)
const judge = (x5c: unknown, roots: Uint8Array[] = [root], now = NOW) =>
  verifyChain(x5c, roots, now)
const bad = { ok: false, fault: 'bad-certificate' }
const untrusted = { ok: false, fault: 'untrusted-issuer' }

describe('making', () => {
  it('makes what another library reads: names, uses, constraints, signature', () => {
    const [above, below] = [new X509Certificate(root), new X509Certificate(leaf)]
    expect(below.checkIssued(above)).toBe(true)
    expect(below.verify(above.publicKey)).toBe(true)
    expect(above.verify(above.publicKey)).toBe(true)
    expect([above.ca, below.ca]).toEqual([true, false])
    expect(below.subjectAltName).toBe(`DNS:phoenix.example, URI:${URL_OF}`)
    expect(below.subject.replaceAll('\\', '')).toBe('CN=Acme, "Ltd" + Co=x')
    expect(below.publicKey.export({ format: 'jwk' })).toEqual(leafKey.publicJwk)
    expect(Buffer.from(spkiOf(leaf))).toEqual(
      below.publicKey.export({ format: 'der', type: 'spki' }),
    )
    expect(pemOf(root).trim()).toBe(above.toString().trim())
    expect(Date.parse(below.validTo)).toBe(until.getTime())
  })
})

describe('verifying', () => {
  it('takes the leaf alone and with its root, and says whose key and which root', async () => {
    const other = await makeRoot({ ...(await newKey()), name: 'Other', from, until })
    for (const x5c of [[toBase64(leaf)], [toBase64(leaf), toBase64(root)]])
      expect(await judge(x5c, [other, root])).toMatchObject({
        ...{ ok: true, root: 1 },
        leaf: {
          publicJwk: leafKey.publicJwk,
          dnsNames: ['phoenix.example'],
          uris: [URL_OF],
        },
      })
  })

  it('takes no root that only has the name of the trusted one', async () => {
    const twinKey = await newKey()
    const twin = await makeRoot({ ...rootWish, ...twinKey })
    const theirs = await makeLeaf({ ...leafWish, root: twin, sign: twinKey.sign })
    expect(await judge([toBase64(theirs)])).toEqual(untrusted)
    expect(await judge([toBase64(theirs), toBase64(twin)])).toEqual(untrusted)
    expect(await judge([toBase64(leaf)], [])).toEqual(untrusted)
  })

  it('takes nothing before its time or after, of leaf and root', async () => {
    for (const days of [-2, 2])
      expect(await judge([toBase64(leaf)], [root], new Date(NOW.getTime() + days * DAY))).toEqual(
        bad,
      )
    const over = await makeRoot({ ...rootWish, until: new Date(from.getTime() + 1_000) })
    expect(await judge([toBase64(leaf)], [over])).toEqual(untrusted)
  })

  it('takes no leaf that issues, and no issuer that is a leaf', async () => {
    expect(await judge([toBase64(root)])).toEqual(bad)
    const below = await makeLeaf({ ...leafWish, root: leaf, sign: leafKey.sign })
    expect(await judge([toBase64(below), toBase64(leaf)])).toEqual(bad)
    expect(await judge([toBase64(below)], [leaf])).toEqual(untrusted)
  })

  it('takes no changed certificate', async () => {
    const touched = leaf.slice()
    touched[touched.length - 1] = (touched.at(-1) ?? 0) ^ 1
    expect(await judge([toBase64(touched)])).toEqual(untrusted)
  })

  it.each([
    ['nothing', undefined],
    ['an empty list', []],
    ['numbers', [1]],
    ['what is no DER', [toBase64(new Uint8Array(100))]],
    ['what is no base64', ['*']],
    ['PEM', [pemOf(leaf)]],
    ['a long list', Array.from({ length: 5 }, () => toBase64(leaf))],
    ['a large one', [toBase64(new Uint8Array(9_000).fill(48))]],
  ])('takes not %s', async (_, x5c) => {
    expect(await judge(x5c)).toEqual(bad)
  })
})

// Issuers and a holder for tests of the verifier: real keys, certificates and signatures, and every part of a presentation open to
// be put wrong.
import { toBase64, toBase64url } from '../base64.ts'
import { sha256Base64url } from '../digest.ts'
import { makeLeaf, makeRoot, pemOf } from './certificates.ts'
import type { JsonObject } from './json.ts'
import { type EcPublicJwk, ecPublicJwk, thumbprintOf } from './keys.ts'
import { issueSdJwt } from './sd-jwt.ts'

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const encode = (value: unknown): string =>
  toBase64url(new TextEncoder().encode(JSON.stringify(value)))

export const newSigner = async () => {
  const pair = (await crypto.subtle.generateKey(ES256, true, ['sign', 'verify'])) as CryptoKeyPair
  const jwk = ecPublicJwk(await crypto.subtle.exportKey('jwk', pair.publicKey))
  if (!jwk) throw new Error('no key')
  const bytes = async (data: Uint8Array): Promise<Uint8Array> =>
    new Uint8Array(await crypto.subtle.sign(ES256, pair.privateKey, new Uint8Array(data)))
  return {
    publicJwk: jwk as EcPublicJwk,
    kid: thumbprintOf(jwk),
    privateKey: pair.privateKey,
    bytes,
    /** Compact JWS. */
    jws: async (header: object, payload: object): Promise<string> => {
      const signed = `${encode(header)}.${encode(payload)}`
      return `${signed}.${toBase64url(await bytes(new TextEncoder().encode(signed)))}`
    },
  }
}
export type TestSigner = Awaited<ReturnType<typeof newSigner>>

const DAY = 86_400_000

/** An issuer with a root, at its address. `now`: milliseconds. */
export const newIssuer = async (url: string, now: number, lasts = 365 * DAY) => {
  const [rootKey, key] = [await newSigner(), await newSigner()]
  const times = { from: new Date(now - DAY), until: new Date(now + lasts) }
  const root = await makeRoot({
    ...{ publicJwk: rootKey.publicJwk, name: 'Test root', sign: rootKey.bytes },
    ...{ from: times.from, until: new Date(now + 3_650 * DAY) },
  })
  const leaf = await makeLeaf({
    ...{ publicJwk: key.publicJwk, name: 'Test', sign: rootKey.bytes, root, url, ...times },
  })
  const x5c = [toBase64(leaf)]
  return {
    ...{ url, root, rootPem: pemOf(root), leaf, x5c, key },
    /** `header`: beside alg and typ. */
    issue: ({
      claims = {},
      fixed = {},
      holder,
      header = { kid: key.kid, x5c },
      always = [],
      signer = key,
    }: {
      claims?: JsonObject
      fixed?: JsonObject
      holder: EcPublicJwk | null
      header?: object
      always?: string[][]
      signer?: TestSigner
    }): Promise<string> =>
      issueSdJwt({
        ...{ claims, always, holder: holder && { ...holder } },
        fixed: { iss: url, ...fixed },
        sign: (payload) => signer.jws({ alg: 'ES256', typ: 'dc+sd-jwt', ...header }, payload),
      }),
    /** A status list token. `header`, `payload`: in the place of what is right. */
    statusList: (
      payload: object,
      { header = { kid: key.kid, x5c } as object, signer = key } = {},
    ): Promise<string> => signer.jws({ alg: 'ES256', typ: 'statuslist+jwt', ...header }, payload),
  }
}
export type TestIssuer = Awaited<ReturnType<typeof newIssuer>>

/** What the holder shows of a credential, with what he signs for it. `binding`, `header`: in the place of what is right. */
export const present = async (
  credential: string,
  {
    disclose,
    holder,
    audience,
    nonce,
    now,
    binding = {},
    header = {},
  }: {
    /** Names of claims. */
    disclose: readonly string[]
    holder: TestSigner
    audience: string
    nonce: string
    now: number
    binding?: object
    header?: object
  },
): Promise<string> => {
  const [jwt = '', ...disclosures] = credential.split('~').slice(0, -1)
  const shown = disclosures.filter((text) => {
    const [, name] = JSON.parse(Buffer.from(text, 'base64url').toString()) as [string, string]
    return disclose.includes(name)
  })
  const sdJwt = [jwt, ...shown, ''].join('~')
  const claims = { iat: Math.floor(now / 1000), aud: audience, nonce }
  const bound = { ...claims, sd_hash: sha256Base64url(sdJwt), ...binding }
  return `${sdJwt}${await holder.jws({ alg: 'ES256', typ: 'kb+jwt', ...header }, bound)}`
}

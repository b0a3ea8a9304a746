// Reading and presenting a credential with @sd-jwt/sd-jwt-vc: the issuer's signature by its certificate, which must be under the
// root that the issuer publishes and have the key of its jwt-vc-issuer document; the status list; and the key binding.
import { type JsonWebKey, randomBytes, X509Certificate } from 'node:crypto'
import { SDJwtVcInstance } from '@sd-jwt/sd-jwt-vc'
import { certificateOf, type HolderKey, hash, keyOfJwk, signatureHolds, signText } from './keys.ts'

const json = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString())

const fetchJson = async (url: string): Promise<unknown> => {
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url} answered ${response.status}`)
  return response.json()
}

interface Keys {
  jwks: { keys: (JsonWebKey & { kid: string })[] }
}

/** A signature of this issuer: the certificate, the chain and the published key all say so. Throws where one does not. */
const heldBy = async (issuer: string, data: string, signature: string): Promise<boolean> => {
  const header = json(data.split('.')[0] ?? '') as { kid?: string; x5c?: string[] }
  const leaf = certificateOf(header.x5c?.[0] ?? '')
  const root = new X509Certificate(await (await fetch(`${issuer}/root.pem`)).text())
  if (!leaf.verify(root.publicKey) || !leaf.checkIssued(root) || leaf.raw.equals(root.raw))
    throw new Error('the certificate is not under the root of the issuer')
  if (!leaf.subjectAltName?.includes(`URI:${issuer}`))
    throw new Error('the certificate is another issuer’s')
  const { host, pathname, protocol } = new URL(issuer)
  const found = await fetchJson(`${protocol}//${host}/.well-known/jwt-vc-issuer${pathname}`)
  const jwk = (found as Keys).jwks.keys.find(({ kid }) => kid === header.kid)
  if (!jwk) throw new Error('the issuer publishes no such key')
  return (
    signatureHolds(leaf.publicKey, data, signature) &&
    signatureHolds(keyOfJwk(jwk), data, signature)
  )
}

const instance = (issuer: string, key: HolderKey | null) =>
  new SDJwtVcInstance({
    hasher: (data, name) => hash(typeof data === 'string' ? data : new Uint8Array(data), name),
    hashAlg: 'sha-256',
    saltGenerator: (length) => randomBytes(length).toString('base64url'),
    verifier: (data, signature) => heldBy(issuer, data, signature),
    ...(key ? { kbSigner: (data: string) => signText(key, data), kbSignAlg: 'ES256' } : {}),
  })

/** What it says without a question to anybody. */
export const payloadOf = (credential: string): Record<string, unknown> =>
  json(credential.split('.')[1] ?? '')
export const headerOf = (credential: string): Record<string, unknown> =>
  json(credential.split('.')[0] ?? '')

const issuerOf = (credential: string): string => String(payloadOf(credential).iss)

/** All of its claims. Throws where a signature or the times do not hold, or its status is not valid (by the issuer’s list). */
export const readCredential = async (credential: string): Promise<Record<string, unknown>> => {
  const { payload } = await instance(issuerOf(credential), null).verify(credential)
  return payload as Record<string, unknown>
}

/** Its claims without a look at the signature or the status: for lists. */
export const claimsOf = async (credential: string): Promise<Record<string, unknown>> =>
  (await instance(issuerOf(credential), null).getClaims(credential)) as Record<string, unknown>

/** With these claims alone, bound to this request (RFC 9901 §4.3). */
export const presentCredential = (
  credential: string,
  key: HolderKey,
  { paths, aud, nonce }: { paths: readonly string[][]; aud: string; nonce: string },
): Promise<string> => {
  const frame: Record<string, unknown> = {}
  for (const path of paths)
    path.reduce<Record<string, unknown>>((at, name, index) => {
      at[name] = index === path.length - 1 ? true : (at[name] ?? {})
      return at[name] as Record<string, unknown>
    }, frame)
  return instance(issuerOf(credential), key).present(credential, frame as Record<string, boolean>, {
    kb: { payload: { aud, nonce, iat: Math.floor(Date.now() / 1000) } },
  })
}

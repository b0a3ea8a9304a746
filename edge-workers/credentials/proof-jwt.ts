// Proofs that a wallet holds a key (OpenID4VCI 1.0 Appendix F.1): a JWT that the key signed, for this issuer and with a nonce of
// ours. Pure: whether the nonce was used before is asked by whoever spends it.
import { exportJWK, importX509 } from 'jose'
import { PROOF_CHARACTERS } from '../../schemas/oid4vci.ts'
import { importEs256, verifyEs256 } from './es256.ts'
import { isObject, type JsonObject, parseObject, readCompact, textOfBase64url } from './json.ts'
import { type EcPublicJwk, ecPublicJwk, thumbprintOf } from './keys.ts'
import type { FreshNonce } from './nonce.ts'

const TYPE = 'openid4vci-proof+jwt'
const ALGORITHM = 'ES256'
/** A wallet's clock may be wrong by this much, in seconds. */
export const PROOF_SKEW_SECONDS = 300
const CERTIFICATES_AT_MOST = 5
const CERTIFICATE_CHARACTERS = 6_000

export interface ProvenKey {
  /** Its public members alone. */
  jwk: EcPublicJwk
  /** RFC 7638. */
  thumbprint: string
  nonce: FreshNonce
}
export type ProofVerdict =
  | { ok: true; key: ProvenKey }
  | { ok: false; error: 'invalid_proof' | 'invalid_nonce'; description: string }

interface Expected {
  /** Credential issuer identifier. */
  audience: string
  now: Date
  /** Null for a nonce that is not one of ours, or too old. */
  readNonce: (nonce: string) => FreshNonce | null
}

const bad = (description: string): ProofVerdict => ({
  ...{ ok: false, error: 'invalid_proof', description },
})

/** Members that only a private or a symmetric key has (RFC 7518 §6). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k']
const publicKey = (jwk: unknown): EcPublicJwk | null =>
  isObject(jwk) && !PRIVATE.some((name) => Object.hasOwn(jwk, name)) ? ecPublicJwk(jwk) : null

/** `did:jwk:<JWK in base64url>`, with the one key that it has (did:jwk method, `#0`). */
const keyOfDid = (kid: unknown): EcPublicJwk | null => {
  const [, encoded] =
    (typeof kid === 'string' && /^did:jwk:([A-Za-z0-9_-]{1,2000})#0$/.exec(kid)) || []
  return publicKey(parseObject(textOfBase64url(encoded ?? '') ?? ''))
}

/** Of the first certificate (RFC 7515 §4.1.6). Whom it names, and who says so, proves nothing about a wallet and is not read. */
const keyOfCertificate = async (x5c: unknown): Promise<EcPublicJwk | null> => {
  if (!Array.isArray(x5c) || x5c.length < 1 || x5c.length > CERTIFICATES_AT_MOST) return null
  const [leaf] = x5c as unknown[]
  if (typeof leaf !== 'string' || leaf.length > CERTIFICATE_CHARACTERS) return null
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(leaf)) return null
  const lines = leaf.match(/.{1,64}/g)?.join('\n')
  const pem = `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----`
  try {
    return publicKey(await exportJWK(await importX509(pem, ALGORITHM, { extractable: true })))
  } catch {
    return null
  }
}

const WAYS = ['jwk', 'kid', 'x5c'] as const

const keyOf = async (header: JsonObject): Promise<EcPublicJwk | null> => {
  const given = WAYS.filter((way) => Object.hasOwn(header, way))
  const [way] = given
  if (given.length !== 1) return null
  if (way === 'jwk') return publicKey(header.jwk)
  return way === 'kid' ? keyOfDid(header.kid) : keyOfCertificate(header.x5c)
}

const isSigned = async (jwt: string, jwk: EcPublicJwk): Promise<boolean> => {
  const key = await importEs256(jwk)
  return key !== null && verifyEs256(jwt, key)
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0

const faultOfTimes = ({ iat, exp, nbf }: JsonObject, now: Date): string | null => {
  const seconds = now.getTime() / 1000
  if (!isTime(iat)) return 'iat is missing.'
  if (Math.abs(seconds - iat) > PROOF_SKEW_SECONDS) return 'iat is too far from now.'
  if (exp !== undefined && (!isTime(exp) || exp < seconds - PROOF_SKEW_SECONDS))
    return 'exp is over.'
  if (nbf !== undefined && (!isTime(nbf) || nbf > seconds + PROOF_SKEW_SECONDS))
    return 'nbf is not reached.'
  return null
}

const isFor = (aud: unknown, audience: string): boolean =>
  aud === audience || (Array.isArray(aud) && aud.length === 1 && aud[0] === audience)

/** One proof. `jwt`: as it was sent. */
export const verifyProof = async (
  jwt: string,
  { audience, now, readNonce }: Expected,
): Promise<ProofVerdict> => {
  const read = jwt.length > PROOF_CHARACTERS ? null : readCompact(jwt)
  if (!read) return bad('A proof is a signed JWT in compact form.')
  const { header, payload } = read
  if (header.typ !== TYPE) return bad(`typ of the header must be ${TYPE}.`)
  if (header.alg !== ALGORITHM) return bad(`alg of the header must be ${ALGORITHM}.`)
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64'))
    return bad('No extension of the header is understood.')
  const jwk = await keyOf(header)
  if (!jwk)
    return bad('The header must name one public P-256 key: by jwk, by kid (did:jwk) or by x5c.')
  if (!isFor(payload.aud, audience)) return bad('aud must be the credential issuer identifier.')
  const late = faultOfTimes(payload, now)
  if (late !== null) return bad(late)
  if (typeof payload.nonce !== 'string')
    return bad('nonce is missing: the nonce endpoint gives one.')
  if (!(await isSigned(jwt, jwk))) return bad('The signature is not of the key in the header.')
  const nonce = readNonce(payload.nonce)
  if (!nonce)
    return {
      ...{ ok: false, error: 'invalid_nonce' },
      description: 'This nonce does not hold here any more: the nonce endpoint gives another.',
    }
  return { ok: true, key: { jwk, thumbprint: thumbprintOf(jwk), nonce } }
}

export type ProofsVerdict = { ok: true; keys: ProvenKey[] } | Extract<ProofVerdict, { ok: false }>

/** All of a batch or none (§8.2): each for a key of its own. */
export const verifyProofs = async (
  jwts: readonly string[],
  expected: Expected,
): Promise<ProofsVerdict> => {
  const keys: ProvenKey[] = []
  for (const jwt of jwts) {
    const verdict = await verifyProof(jwt, expected)
    if (!verdict.ok) return verdict
    keys.push(verdict.key)
  }
  const distinct = new Set(keys.map(({ thumbprint }) => thumbprint))
  return distinct.size === keys.length
    ? { ok: true, keys }
    : { ok: false, error: 'invalid_proof', description: 'Each proof must be of another key.' }
}

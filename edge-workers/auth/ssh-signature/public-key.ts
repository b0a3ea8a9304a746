// SSH public keys (RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709 section 4) as WebCrypto takes them, and the signatures
// that each kind makes (RFC 8332 for RSA). DSA, SHA-1, other curves and security keys are not taken.
import { toBase64url } from '../../base64.ts'
import { concat, readWire } from './wire.ts'

export interface SshSignatureScheme {
  /** WebCrypto's name and parameters. */
  algorithm: { name: string; hash?: string; namedCurve?: string }
  /** The signature as WebCrypto takes it; null where it is not one of this key. */
  signatureOf: (blob: Uint8Array) => Uint8Array<ArrayBuffer> | null
}

export interface SshPublicKey {
  jwk: JsonWebKey
  /** By the name of the signature's format. SHA-1 (`ssh-rsa`) is not among them. */
  schemes: Record<string, SshSignatureScheme>
}

const RSA_BYTES = { least: 256, most: 1024 }
const COORDINATE_BYTES = 32

type Reader = ReturnType<typeof readWire>

const ed25519 = (reader: Reader): SshPublicKey | null => {
  const point = reader.string()
  if (point?.length !== 32 || !reader.atEnd()) return null
  const exact = (blob: Uint8Array) => (blob.length === 64 ? new Uint8Array(blob) : null)
  return {
    jwk: { kty: 'OKP', crv: 'Ed25519', x: toBase64url(point) },
    schemes: { 'ssh-ed25519': { algorithm: { name: 'Ed25519' }, signatureOf: exact } },
  }
}

const padded = (value: Uint8Array): Uint8Array | null =>
  value.length > COORDINATE_BYTES
    ? null
    : concat(new Uint8Array(COORDINATE_BYTES - value.length), value)

/** RFC 5656 section 3.1.2: two numbers; WebCrypto wants them side by side. */
const ecdsaSignature = (blob: Uint8Array): Uint8Array<ArrayBuffer> | null => {
  const reader = readWire(blob)
  const [r, s] = [reader.positive(), reader.positive()].map((value) => value && padded(value))
  return r && s && reader.atEnd() ? concat(r, s) : null
}

const p256 = (reader: Reader): SshPublicKey | null => {
  const curve = reader.text()
  const point = reader.string()
  // 4: not compressed.
  if (curve !== 'nistp256' || point?.length !== 65 || point[0] !== 4 || !reader.atEnd()) return null
  const [x, y] = [point.slice(1, 33), point.slice(33)]
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  return {
    jwk: { kty: 'EC', crv: 'P-256', x: toBase64url(x), y: toBase64url(y) },
    schemes: { 'ecdsa-sha2-nistp256': { algorithm, signatureOf: ecdsaSignature } },
  }
}

const rsa = (reader: Reader): SshPublicKey | null => {
  const [e, n] = [reader.positive(), reader.positive()]
  if (!e || !n || !reader.atEnd() || e.length > 8) return null
  if (n.length < RSA_BYTES.least || n.length > RSA_BYTES.most) return null
  const exact = (blob: Uint8Array) => (blob.length === n.length ? new Uint8Array(blob) : null)
  const scheme = (hash: string): SshSignatureScheme => ({
    ...{ algorithm: { name: 'RSASSA-PKCS1-v1_5', hash }, signatureOf: exact },
  })
  return {
    jwk: { kty: 'RSA', n: toBase64url(n), e: toBase64url(e) },
    schemes: { 'rsa-sha2-256': scheme('SHA-256'), 'rsa-sha2-512': scheme('SHA-512') },
  }
}

const KINDS: Record<string, (reader: Reader) => SshPublicKey | null> = {
  'ssh-ed25519': ed25519,
  'ecdsa-sha2-nistp256': p256,
  'ssh-rsa': rsa,
}

/** A key out of its blob; null where it is malformed or of a kind that is not taken. */
export const parsePublicKey = (blob: Uint8Array): SshPublicKey | null => {
  const reader = readWire(blob)
  const kind = reader.text()
  const parse = kind !== null && Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined
  return parse?.(reader) ?? null
}

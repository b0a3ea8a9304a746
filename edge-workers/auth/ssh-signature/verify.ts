// Verifies what `ssh-keygen -Y sign` writes (OpenSSH, PROTOCOL.sshsig) against public keys as a forge shows them. Everything in
// the signature is a stranger's: it is bounded, and nothing about it throws. Certificates and security keys are not taken.
import { parsePublicKey } from './public-key.ts'
import { concat, fromBase64, readWire, sameBytes, writeString } from './wire.ts'

export type SshVerdict =
  | 'valid'
  /** Not an armoured signature of version 1. */
  | 'malformed'
  /** Made for another purpose. */
  | 'other-namespace'
  /** A key, hash or signature of a kind that is not taken. */
  | 'unsupported'
  /** By a key that is none of these. */
  | 'unknown-key'
  /** Not of this message. */
  | 'invalid'

/** An armoured signature by an RSA key of 8,192 bits is some 3,200 characters. */
export const MOST_SIGNATURE_CHARACTERS = 8_000

const ARMOUR =
  /^\s*-----BEGIN SSH SIGNATURE-----\r?\n([A-Za-z0-9+/=\r\n]+)-----END SSH SIGNATURE-----\s*$/
const MAGIC = new TextEncoder().encode('SSHSIG')
const HASHES: Record<string, string> = { sha256: 'SHA-256', sha512: 'SHA-512' }

interface Parsed {
  publicKey: Uint8Array
  namespace: string
  reserved: Uint8Array
  hash: string
  format: string
  blob: Uint8Array
}

const parse = (armoured: string): Parsed | null => {
  if (armoured.length > MOST_SIGNATURE_CHARACTERS) return null
  const bytes = fromBase64(ARMOUR.exec(armoured)?.[1]?.replaceAll(/[\r\n]/g, '') ?? '?')
  if (bytes === null) return null
  const reader = readWire(bytes)
  const magic = reader.take(MAGIC.length)
  if (magic === null || !sameBytes(magic, MAGIC) || reader.uint32() !== 1) return null
  const [publicKey, namespace] = [reader.string(), reader.text()]
  const [reserved, hash, signature] = [reader.string(), reader.text(), reader.string()]
  if (!publicKey || namespace === null || !reserved || hash === null || !signature) return null
  const inner = readWire(signature)
  const [format, blob] = [inner.text(), inner.string()]
  if (!reader.atEnd() || format === null || !blob || !inner.atEnd()) return null
  return { publicKey, namespace, reserved, hash, format, blob }
}

/** The blob of a line of `authorized_keys`, as forges list keys; null where it is none. */
const blobOf = (line: string): Uint8Array | null =>
  fromBase64(/^(?:\S+) ([A-Za-z0-9+/]+={0,2})(?: .*)?$/.exec(line.trim())?.[1] ?? '?')

/**
 * Whether one of these keys has signed exactly this message in this namespace.
 * @param keys lines of `authorized_keys`; those that cannot be read are passed over.
 */
export const verifySshSignature = async (
  armoured: string,
  { message, namespace, keys }: { message: string; namespace: string; keys: readonly string[] },
): Promise<SshVerdict> => {
  const parsed = parse(armoured)
  if (parsed === null) return 'malformed'
  if (parsed.namespace !== namespace) return 'other-namespace'
  const digestName = Object.hasOwn(HASHES, parsed.hash) ? HASHES[parsed.hash] : undefined
  const key = parsePublicKey(parsed.publicKey)
  const scheme = key && Object.hasOwn(key.schemes, parsed.format) && key.schemes[parsed.format]
  if (digestName === undefined || !key || !scheme) return 'unsupported'
  const known = keys.some((line) => {
    const blob = blobOf(line)
    return blob !== null && sameBytes(blob, parsed.publicKey)
  })
  if (!known) return 'unknown-key'
  const signature = scheme.signatureOf(parsed.blob)
  if (signature === null) return 'invalid'
  const digest = await crypto.subtle.digest(digestName, new TextEncoder().encode(message))
  const signed = concat(
    MAGIC,
    ...[writeString(parsed.namespace), writeString(parsed.reserved)],
    ...[writeString(parsed.hash), writeString(new Uint8Array(digest))],
  )
  try {
    const imported = await crypto.subtle.importKey('jwk', key.jwk, scheme.algorithm, false, [
      'verify',
    ])
    const right = await crypto.subtle.verify(scheme.algorithm, imported, signature, signed)
    return right ? 'valid' : 'invalid'
  } catch {
    // A point that is not on its curve, a modulus that the runtime does not take.
    return 'unsupported'
  }
}

// Checkpoints as they are signed and shown: C2SP tlog-checkpoint in the form of C2SP signed-note.
// It signs nothing and holds no key: it says which bytes are signed, and finds the signature of a key in a note.
//
// ES256 has signature type 0x02, the only one that signed-note gives to ECDSA: the key id is SHA-256 of the DER encoded
// SubjectPublicKeyInfo, cut to 4 bytes (the name is not part of it), and the signature is ASN.1 DER over SHA-256 of the text.
// Existing readers of such notes (transparency-dev/witness, Sigstore) read that; type 0xff with a name of our own would be
// ours alone. Key Vault and Web Crypto know the 64 bytes r || s: ecdsa.ts turns one into the other.
import type { Hash, LogHead, LogKey, SigningAlgorithm } from '../../schemas/log.ts'
import { bytesOfHex, fromBase64, hexOf, toBase64 } from './bytes.ts'
import { rawOfDer } from './ecdsa.ts'
import type { Sha256Hex } from './tree.ts'

const encoder = new TextEncoder()

/** An origin or a key's name: DNS-like with a path, as C2SP recommends. Narrower than signed-note, which forbids ` ` and `+`. */
const NAME = /^[a-z0-9[](?:[a-z0-9.:[\]_/-]{0,253}[a-z0-9])?$/

/** The platform's log is `host/log`, a tenant's is `host/log/<tenant id>`. `host` with its port, as in PUBLIC_URL. */
export const originOf = (host: string, tenantId?: string): string =>
  tenantId === undefined ? `${host}/log` : `${host}/log/${tenantId}`

/** The text that is signed (tlog-checkpoint, three lines, none beyond them). Throws TypeError for an origin that is no name. */
export const checkpointText = (origin: string, { size, root }: LogHead): string => {
  if (!NAME.test(origin)) throw new TypeError('the origin of a log is a host and a path')
  return `${origin}\n${size}\n${toBase64(bytesOfHex(root))}\n`
}

const SIZE = /^(?:0|[1-9][0-9]{0,15})$/

/** The text of a note back into a head; null unless it is exactly what checkpointText writes. */
export const readCheckpoint = (text: string): (LogHead & { origin: string }) | null => {
  const [origin = '', digits = '', encoded = '', ...rest] = text.split('\n')
  if (!NAME.test(origin) || !SIZE.test(digits) || rest.length !== 1 || rest[0] !== '') return null
  const size = Number(digits)
  const root = fromBase64(encoded)
  if (!Number.isSafeInteger(size) || root?.length !== 32) return null
  return { origin, size, root: hexOf(root) }
}

/** Type of the signature (signed-note, "Signature types") where the key id has it in it. */
const ED25519 = 0x01

/**
 * 4 bytes in hex. Ed25519: SHA-256(name || 0x0A || 0x01 || 32 bytes); ES256: SHA-256(SubjectPublicKeyInfo), as signed-note
 * says for type 0x02.
 */
export const keyIdOf = (
  name: string,
  algorithm: SigningAlgorithm,
  publicKey: Uint8Array,
  sha256: Sha256Hex,
): string => {
  if (algorithm === 'ES256') return sha256(publicKey).slice(0, 8)
  const head = encoder.encode(`${name}\n`)
  const bytes = new Uint8Array(head.length + 1 + publicKey.length)
  bytes.set(head)
  bytes[head.length] = ED25519
  bytes.set(publicKey, head.length + 1)
  return sha256(bytes).slice(0, 8)
}

/** One signature line with its newline. `signature`: Ed25519's 64 bytes, or ES256 in ASN.1 DER (derOfRaw in ecdsa.ts). */
export const signatureLine = (name: string, keyId: string, signature: Uint8Array): string => {
  if (!NAME.test(name)) throw new TypeError('the name of a key is a host and a path')
  const bytes = new Uint8Array(4 + signature.length)
  bytes.set(bytesOfHex(keyId))
  bytes.set(signature, 4)
  return `\u2014 ${name} ${toBase64(bytes)}\n`
}

/** The note: text, an empty line, signature lines. */
export const noteOf = (text: string, lines: readonly string[]): string =>
  `${text}\n${lines.join('')}`

/** The note with its first signature line only, as it was before anybody else signed it too. */
export const firstSignedOf = (note: string): string => {
  const lines = note.lastIndexOf('\n\n') + 2
  return note.slice(0, note.indexOf('\n', lines) + 1)
}

export interface NoteSignature {
  name: string
  keyId: string
  signature: Uint8Array<ArrayBuffer>
}

export interface Note {
  /** With its last newline: what was signed. */
  text: string
  signatures: NoteSignature[]
}

/** More than anybody signs with here, and less than would cost something to read. signed-note asks for 16 at least. */
const SIGNATURES_AT_MOST = 64
const LINE = /^\u2014 ([^\s+]+) ([A-Za-z0-9+/=]+)$/u
/** Control characters but newline, DEL and C1 among them. */
const CONTROL = /[^\P{Cc}\n]/u
/** U+FFFD and lone surrogates are what is left of bytes that were no UTF-8. */
const isPlain = (note: string): boolean =>
  note.isWellFormed() && !note.includes('\ufffd') && !CONTROL.test(note)

const readLine = (line: string): NoteSignature | null => {
  const [, name = '', encoded = ''] = LINE.exec(line) ?? []
  const bytes = fromBase64(encoded)
  if (name === '' || bytes === null || bytes.length <= 4) return null
  return { name, keyId: hexOf(bytes.subarray(0, 4)), signature: bytes.slice(4) }
}

/** Strict: null for whatever C2SP signed-note does not allow, also where only one of many lines is wrong. */
export const readNote = (note: string): Note | null => {
  const end = note.lastIndexOf('\n\n')
  if (end <= 0 || !note.endsWith('\n') || !isPlain(note)) return null
  const lines = note.slice(end + 2, -1).split('\n')
  if (lines.length > SIGNATURES_AT_MOST) return null
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const signature = readLine(line)
    if (signature === null) return null
    signatures.push(signature)
  }
  return { text: note.slice(0, end + 1), signatures }
}

/** `signature`: 64 bytes for both algorithms, ES256 as r || s. `data`: the text's bytes, not hashed. */
export type VerifySignature<Answer> = (
  algorithm: SigningAlgorithm,
  publicKey: Uint8Array<ArrayBuffer>,
  data: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
) => Answer

/**
 * Whether this key signed the note: false where its line is absent, is there twice, or does not hold. Answers what `verify`
 * answers, so that it may be a promise.
 */
export const verifyNote = <Answer extends boolean | Promise<boolean>>(
  note: string,
  key: Pick<LogKey, 'name' | 'keyId' | 'algorithm' | 'publicKey'>,
  verify: VerifySignature<Answer>,
): Answer | false => {
  const read = readNote(note)
  const own = read?.signatures.filter(({ name, keyId }) => name === key.name && keyId === key.keyId)
  const [line, ...more] = own ?? []
  const publicKey = fromBase64(key.publicKey)
  if (!read || !line || more.length > 0 || !publicKey) return false
  const signature = key.algorithm === 'ES256' ? rawOfDer(line.signature) : line.signature
  if (signature?.length !== 64) return false
  const data = new Uint8Array(encoder.encode(read.text))
  return verify(key.algorithm, publicKey, data, signature)
}

/** The head of a note that was checked; null where its text is no checkpoint of ours. */
export const headOfNote = (note: string): { origin: string; size: number; root: Hash } | null => {
  const read = readNote(note)
  return read && readCheckpoint(read.text)
}

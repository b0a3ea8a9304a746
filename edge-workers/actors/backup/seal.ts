// What leaves the object is ciphertext: compressed, then AES-256-GCM (NIST SP 800-38D) under a key of each file alone, by HKDF
// (RFC 5869) from the backup key. The nonce is a keyed digest of what is encrypted, so that a repeat makes the same bytes.
import { deriveKey, hex, hmacSha256, sha256Hex } from '../../digest.ts'
import type { Env } from '../../env.ts'

const NONCE_BYTES = 12
const FORM = 'phoenix.backup/v1'
const HEX32 = /^[0-9a-f]{64}$/

export interface BackupKey {
  /** In the head of every file: says which key opens it, and nothing of the key. */
  id: string
  key: Uint8Array
}

const keyOf = (key: Uint8Array): BackupKey => ({
  id: hex(hmacSha256(key, `${FORM} key id`)).slice(0, 16),
  key,
})

/**
 * BACKUP_KEY: 32 bytes in hex, or several with blanks between them: the first seals, all open. Absent: a key out of the
 * platform's. Throws for anything else, and does not say what it was.
 */
export const backupKeys = (env: Pick<Env, 'BACKUP_KEY' | 'PLATFORM_KEY'>): BackupKey[] => {
  if (!env.BACKUP_KEY) return [keyOf(deriveKey(env.PLATFORM_KEY, 'backup'))]
  return env.BACKUP_KEY.split(' ').map((text) => {
    if (!HEX32.test(text)) throw new Error('BACKUP_KEY is not 32 bytes in hex')
    return keyOf(Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)))
  })
}

/** Says which rows are in it to nobody who has not the key, and is the same for the same rows of the same object. */
export const pieceId = ({ key }: BackupKey, owner: string, text: string): string =>
  hex(hmacSha256(key, `${FORM} piece\u0000${owner}\u0000${sha256Hex(text)}`))

const fileKey = async (
  key: Uint8Array,
  name: string,
  usage: 'encrypt' | 'decrypt',
): Promise<CryptoKey> => {
  const material = await crypto.subtle.importKey('raw', new Uint8Array(key), 'HKDF', false, [
    'deriveKey',
  ])
  const info = new TextEncoder().encode(`${FORM} file\u0000${name}`)
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(32), info },
    material,
    { name: 'AES-GCM', length: 256 },
    false,
    [usage],
  )
}

const through = async (
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> => {
  const piped = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(stream)
  return new Uint8Array(await new Response(piped as ReadableStream).arrayBuffer())
}

/** One line of what anybody may read, and the rest for whoever has the key; the line cannot be changed. */
export const sealFile = async (
  { key }: BackupKey,
  { name, head, text }: { name: string; head: object; text: string },
): Promise<Uint8Array> => {
  const line = new TextEncoder().encode(`${JSON.stringify(head)}\n`)
  const packed = await through(new TextEncoder().encode(text), new CompressionStream('gzip'))
  const iv = new Uint8Array(
    hmacSha256(key, `${FORM} nonce\u0000${name}\u0000${sha256Hex(line)}${sha256Hex(packed)}`),
  ).slice(0, NONCE_BYTES)
  const cipher = new Uint8Array(
    await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv, additionalData: line },
      await fileKey(key, name, 'encrypt'),
      new Uint8Array(packed),
    ),
  )
  const file = new Uint8Array(line.length + NONCE_BYTES + cipher.length)
  file.set(line)
  file.set(iv, line.length)
  file.set(cipher, line.length + NONCE_BYTES)
  return file
}

/** Where the line ends; 0 where there is none. */
const headEnd = (file: Uint8Array): number => file.indexOf(10) + 1

/** What the file says of itself, unproved; null where it says nothing. */
export const headOf = (file: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(file.subarray(0, headEnd(file))))
  } catch {
    return null
  }
}

/** Null when it was made under another key or name, or was touched. */
export const openFile = async (
  { key }: BackupKey,
  name: string,
  file: Uint8Array,
): Promise<string | null> => {
  const at = headEnd(file)
  try {
    const plain = await crypto.subtle.decrypt(
      {
        name: 'AES-GCM',
        iv: file.slice(at, at + NONCE_BYTES),
        additionalData: file.slice(0, at),
      },
      await fileKey(key, name, 'decrypt'),
      file.slice(at + NONCE_BYTES),
    )
    const text = await through(new Uint8Array(plain), new DecompressionStream('gzip'))
    return new TextDecoder().decode(text)
  } catch {
    return null
  }
}

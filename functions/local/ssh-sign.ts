// Signs as `ssh-keygen -Y sign` does (OpenSSH, PROTOCOL.sshsig), with an Ed25519 key in memory: for the people of the laptop and of
// the tests, who have no key files.
import { createHash, createPrivateKey, type KeyObject, sign } from 'node:crypto'

export interface SshKey {
  privateKey: KeyObject
  /** As a line of `authorized_keys`. */
  publicLine: string
}

const string = (bytes: Uint8Array | string): Buffer => {
  const value = Buffer.from(bytes)
  const length = Buffer.alloc(4)
  length.writeUInt32BE(value.length)
  return Buffer.concat([length, value])
}

/** RFC 8410, section 7: the fixed beginning of an Ed25519 private key in PKCS #8. */
const PKCS8_BEGINNING = Buffer.from('302e020100300506032b657004220420', 'hex')

/** `seed`: 32 bytes; the same seed is the same key. */
export const sshKeyOf = (seed: Uint8Array): SshKey => {
  const der = Buffer.concat([PKCS8_BEGINNING, seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x = '' } = privateKey.export({ format: 'jwk' })
  const blob = Buffer.concat([string('ssh-ed25519'), string(Buffer.from(x, 'base64url'))])
  return { privateKey, publicLine: `ssh-ed25519 ${blob.toString('base64')}` }
}

/** An armoured signature of a text. */
export const sshSign = (
  { privateKey, publicLine }: SshKey,
  { text, namespace }: { text: string; namespace: string },
): string => {
  const hash = createHash('sha512').update(text).digest()
  const head = [string(namespace), string(''), string('sha512')]
  const signed = Buffer.concat([Buffer.from('SSHSIG'), ...head, string(hash)])
  const inner = Buffer.concat([string('ssh-ed25519'), string(sign(null, signed, privateKey))])
  const blob = Buffer.from(publicLine.split(' ')[1] ?? '', 'base64')
  const version = Buffer.from([0, 0, 0, 1])
  const whole = Buffer.concat([
    ...[Buffer.from('SSHSIG'), version, string(blob), ...head, string(inner)],
  ])
  const lines = whole.toString('base64').match(/.{1,70}/g) ?? []
  return `-----BEGIN SSH SIGNATURE-----\n${lines.join('\n')}\n-----END SSH SIGNATURE-----\n`
}

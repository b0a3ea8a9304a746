// Signatures of SSH keys: OpenSSH's own are taken, and whatever a stranger sends instead is refused and throws nothing.
import { execFileSync, spawnSync } from 'node:child_process'
import { constants, createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { MESSAGE, VECTORS } from './vectors.fixture.ts'
import { verifySshSignature } from './verify.ts'
import { concat, fromBase64, writeString } from './wire.ts'

const NAMESPACE = 'phoenix-forge-account'
const { key: ED25519 = '', signature: SIGNED = '' } = VECTORS['Ed25519 with SHA-512'] ?? {}
const check = (armoured: string, more: { message?: string; namespace?: string; keys?: string[] }) =>
  verifySshSignature(armoured, {
    ...{ message: MESSAGE, namespace: NAMESPACE, keys: [ED25519], ...more },
  })

const armour = (bytes: Uint8Array): string =>
  `-----BEGIN SSH SIGNATURE-----\n${Buffer.from(bytes).toString('base64')}\n-----END SSH SIGNATURE-----\n`
const bytesOf = (armoured: string): Uint8Array =>
  fromBase64(armoured.replaceAll(/-----[A-Z ]+-----|\s/g, '')) ?? new Uint8Array()

/** A signature from its parts, as PROTOCOL.sshsig lays them out. */
const made = (
  key: KeyObject,
  blob: Uint8Array,
  {
    format,
    hash = 'sha512',
    namespace = NAMESPACE,
    digest = 'sha512',
    reserved = '',
  }: { format: string; hash?: string; namespace?: string; digest?: string; reserved?: string },
): string => {
  const digestOf = new Uint8Array(createHash(hash).update(MESSAGE).digest())
  const magic = new TextEncoder().encode('SSHSIG')
  const head = [writeString(namespace), writeString(reserved), writeString(hash)]
  const signed = concat(magic, ...head, writeString(digestOf))
  const signature = sign(digest === 'none' ? null : digest, signed, {
    ...{ key, padding: constants.RSA_PKCS1_PADDING },
  })
  const inner = concat(writeString(format), writeString(new Uint8Array(signature)))
  return armour(
    concat(magic, new Uint8Array([0, 0, 0, 1]), writeString(blob), ...head, writeString(inner)),
  )
}
const rsaKey = (bits: number) => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: bits })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const number = (text: string) =>
    concat(new Uint8Array(1), new Uint8Array(Buffer.from(text, 'base64url')))
  const exponent = new Uint8Array(Buffer.from(e, 'base64url'))
  const blob = concat(writeString('ssh-rsa'), writeString(exponent), writeString(number(n)))
  return { privateKey, blob, line: `ssh-rsa ${Buffer.from(blob).toString('base64')}` }
}

describe('what OpenSSH made', () => {
  it.each(Object.entries(VECTORS).filter(([name]) => name !== 'ECDSA P-384'))(
    '%s is valid for its key, its message and its namespace, and for no others',
    async (_, { key, signature }) => {
      const others = Object.values(VECTORS)
        .map((vector) => vector.key)
        .filter((other) => other !== key)
      expect(await check(signature, { keys: [...others, 'nonsense', key] })).toBe('valid')
      expect(await check(signature, { keys: [`${key} a comment`] })).toBe('valid')
      expect(await check(signature.replaceAll('\n', '\r\n'), { keys: [key] })).toBe('valid')
      expect(await check(signature, { keys: others })).toBe('unknown-key')
      expect(await check(signature, { keys: [] })).toBe('unknown-key')
      expect(await check(signature, { keys: [key], message: `${MESSAGE} ` })).toBe('invalid')
      expect(await check(signature, { keys: [key], namespace: 'file' })).toBe('other-namespace')
    },
  )

  it('with another curve is not taken', async () => {
    const { key = '', signature = '' } = VECTORS['ECDSA P-384'] ?? {}
    expect(await check(signature, { keys: [key] })).toBe('unsupported')
  })
})

const hasSshKeygen = spawnSync('ssh-keygen', ['-?']).error === undefined
const folder = mkdtempSync(join(tmpdir(), 'phoenix-ssh-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Skipped, and shown as skipped, where OpenSSH is not installed. */
describe.skipIf(!hasSshKeygen)('what the ssh-keygen of this machine makes', () => {
  it.each([
    ['ed25519', []],
    ['ecdsa', ['-b', '256']],
    ['rsa', ['-b', '2048']],
  ])('with a key of type %s is valid', async (type, more) => {
    const path = join(folder, type)
    const quiet = { stdio: 'pipe' as const }
    execFileSync('ssh-keygen', ['-q', '-t', type, ...more, '-N', '', '-f', path], quiet)
    const signature = execFileSync('ssh-keygen', ['-Y', 'sign', '-n', NAMESPACE, '-f', path], {
      ...{ input: MESSAGE, stdio: 'pipe' },
    }).toString()
    const key = readFileSync(`${path}.pub`, 'utf8')
    expect(await check(signature, { keys: [key] })).toBe('valid')
    expect(await check(signature, { keys: [ED25519] })).toBe('unknown-key')
  })
})

describe('RSA', () => {
  const key = rsaKey(2048)
  it('with SHA-256 is valid', async () => {
    const signature = made(key.privateKey, key.blob, { format: 'rsa-sha2-256', digest: 'sha256' })
    expect(await check(signature, { keys: [key.line] })).toBe('valid')
    const other = made(key.privateKey, key.blob, { format: 'rsa-sha2-512', digest: 'sha256' })
    expect(await check(other, { keys: [key.line] })).toBe('invalid')
  })

  it.each([
    ['with SHA-1, by the name of the key', { format: 'ssh-rsa', digest: 'sha1' }],
    ['over a SHA-1 of the message', { format: 'rsa-sha2-512', hash: 'sha1' }],
    ['by a name that objects have', { format: 'constructor' }],
  ])('%s is not taken', async (_, how) => {
    const signature = made(key.privateKey, key.blob, how)
    expect(await check(signature, { keys: [key.line] })).toBe('unsupported')
  })

  it('of 1024 bits is not taken', async () => {
    const small = rsaKey(1024)
    const signature = made(small.privateKey, small.blob, { format: 'rsa-sha2-512' })
    expect(await check(signature, { keys: [small.line] })).toBe('unsupported')
  })

  it('signs what is reserved too', async () => {
    const how = { format: 'rsa-sha2-512', reserved: 'x' }
    expect(await check(made(key.privateKey, key.blob, how), { keys: [key.line] })).toBe('valid')
  })
})

describe('what a stranger sends', () => {
  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['no base64', '-----BEGIN SSH SIGNATURE-----\n====\n-----END SSH SIGNATURE-----'],
    ['another armour', SIGNED.replaceAll('SSH', 'PGP')],
    ['more than the limit', `${SIGNED}${' '.repeat(8_000)}`],
    ['something after the end', armour(concat(bytesOf(SIGNED), new Uint8Array(1)))],
    ['version 2', armour(bytesOf(SIGNED).with(9, 2) as Uint8Array)],
    ['another magic', armour(bytesOf(SIGNED).with(0, 0) as Uint8Array)],
    ['a length of four gigabytes', armour(bytesOf(SIGNED).with(10, 255) as Uint8Array)],
  ])('%s is malformed', async (_, text) => {
    expect(await check(text, {})).toBe('malformed')
  })

  it('is valid with no bit of it changed, and throws nothing', async () => {
    const bytes = bytesOf(SIGNED)
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = bytes.with(at, (bytes[at] ?? 0) ^ (1 << (at % 8))) as Uint8Array
      expect(await check(armour(changed), {}), `byte ${at}`).not.toBe('valid')
    }
    for (let length = 0; length < bytes.length; length += 1)
      expect(await check(armour(bytes.slice(0, length)), {}), `${length}`).toBe('malformed')
  })

  it('throws nothing, whatever bytes and keys there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 400 }),
        fc.array(fc.string(), { maxLength: 4 }),
        async (bytes, keys) => {
          const withMagic = concat(bytesOf(SIGNED).slice(0, 10), bytes)
          for (const text of [armour(bytes), armour(withMagic)])
            expect(await check(text, { keys })).not.toBe('valid')
        },
      ),
      { numRuns: 300 },
    )
  })

  it('with a point that is on no curve is refused', async () => {
    const point = concat(new Uint8Array([4]), new Uint8Array(64).fill(1))
    const blob = concat(
      ...[writeString('ecdsa-sha2-nistp256'), writeString('nistp256'), writeString(point)],
    )
    const line = `ecdsa-sha2-nistp256 ${Buffer.from(blob).toString('base64')}`
    const number = writeString(new Uint8Array([1]))
    const inner = concat(writeString('ecdsa-sha2-nistp256'), writeString(concat(number, number)))
    const head = [writeString(NAMESPACE), writeString(''), writeString('sha512')]
    const magic = concat(new TextEncoder().encode('SSHSIG'), new Uint8Array([0, 0, 0, 1]))
    const text = armour(concat(magic, writeString(blob), ...head, writeString(inner)))
    expect(await check(text, { keys: [line] })).toMatch(/unsupported|invalid/)
  })
})

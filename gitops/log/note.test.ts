// Notes and checkpoints: the examples of C2SP's own text and of implementations in the field, ours there and back, and what
// is no note.
import { createHash, createPublicKey, verify } from 'node:crypto'
import { expect, it } from 'vitest'
import type { SigningAlgorithm } from '../../schemas/log.ts'
import { bytesOfHex, fromBase64, hexOf, toBase64 } from './bytes.ts'
import { derOfRaw, rawOfDer } from './ecdsa.ts'
import {
  checkpointText,
  headOfNote,
  keyIdOf,
  noteOf,
  originOf,
  readCheckpoint,
  readNote,
  signatureLine,
  type VerifySignature,
  verifyNote,
} from './note.ts'

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex')

const verifySignature: VerifySignature<boolean> = (algorithm, publicKey, data, signature) => {
  if (algorithm === 'ES256') {
    const key = createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' })
    return verify('sha256', data, { key, dsaEncoding: 'ieee-p1363' }, signature)
  }
  const x = Buffer.from(publicKey).toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return verify(null, data, key, signature)
}

/** From a verifier key `name+keyId+base64(type || key)`. */
const keyOf = (verifierKey: string) => {
  const [name = '', keyId = '', ...rest] = verifierKey.split('+')
  const [type, ...bytes] = fromBase64(rest.join('+')) ?? []
  const algorithm: SigningAlgorithm = type === 1 ? 'Ed25519' : 'ES256'
  return { name, keyId, algorithm, publicKey: toBase64(Uint8Array.from(bytes)) }
}

const OUTSIDE = [
  [
    'C2SP signed-note, its example (Ed25519)',
    'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k',
    'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n',
  ],
  [
    'Sigstore’s log, as transparency-dev/formats tests with (ECDSA)',
    'rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=',
    'Rekor\n798034\nf+7CoKgXKE/tNys9TTXcr/ad6U/K3xvznmzew9y6SP0=\n\n— rekor.sigstore.dev wNI9ajBEAiARInWIWyCdyG27CO6LPnPekyw20qO0YJfoaPaowGp/XgIgc+qEHS3+GKVClgqq20uDLet7MCoTURUCRdxwWBHHufk=\n',
  ],
] as const

it.each(OUTSIDE)('verifies a note from elsewhere: %s', (_, verifierKey, note) => {
  const key = keyOf(verifierKey)
  const bytes = fromBase64(key.publicKey) ?? new Uint8Array()
  expect(keyIdOf(key.name, key.algorithm, bytes, sha256)).toBe(key.keyId)
  expect(verifyNote(note, key, verifySignature)).toBe(true)
  expect(verifyNote(note.replace('e', 'f'), key, verifySignature)).toBe(false)
  expect(verifyNote(note, { ...key, name: 'example.com/bar' }, verifySignature)).toBe(false)
  expect(verifyNote(note, { ...key, keyId: '00000000' }, verifySignature)).toBe(false)
  const [text = '', line = ''] = note.split('\n\n')
  expect(verifyNote(`${text}\n\n${line}${line}`, key, verifySignature)).toBe(false)
})

const head = { size: 20_852_163, root: sha256(new Uint8Array()) }
const TENANT = 'ten_eu_abcdefghij234567'

it('writes a checkpoint and reads it back', () => {
  const origin = originOf('127.0.0.1:8787', TENANT)
  const text = checkpointText(origin, head)
  expect(text).toBe(
    `127.0.0.1:8787/log/${TENANT}\n20852163\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n`,
  )
  expect(readCheckpoint(text)).toEqual({ origin, ...head })
  const note = noteOf(text, [signatureLine(origin, '0102a0ff', new Uint8Array([1, 2, 3]))])
  expect(note).toBe(`${text}\n— ${origin} AQKg/wECAw==\n`)
  expect(headOfNote(note)).toEqual({ origin, ...head })
  expect(readNote(note)?.signatures).toEqual([
    { name: origin, keyId: '0102a0ff', signature: new Uint8Array([1, 2, 3]) },
  ])
  expect(() => checkpointText('a b', head)).toThrow(TypeError)
  expect(() => signatureLine('a+b', '0102a0ff', new Uint8Array(1))).toThrow(TypeError)
})

it('reads no checkpoint that it would not have written', () => {
  const text = checkpointText('phoenix.example/log', head)
  const others = [
    text.slice(0, -1),
    `${text}\n`,
    `${text}extension\n`,
    text.replace('20852163', '020852163'),
    text.replace('20852163', '-1'),
    text.replace('20852163', '9999999999999999'),
    text.replace('phoenix', 'phoe nix'),
    text.replace('phoenix', 'Phoenix'),
    text.replace('uFU=', 'uFV='),
    text.replace('uFU=', 'uFU'),
    text.replace('47DEQpj8', ''),
    '',
  ]
  expect(others.filter((other) => readCheckpoint(other) !== null)).toEqual([])
})

it('reads no note that signed-note does not allow', () => {
  const text = checkpointText('phoenix.example/log', head)
  const line = signatureLine('phoenix.example/log', '0102a0ff', new Uint8Array(64))
  expect(readNote(noteOf(text, Array(16).fill(line)))?.signatures).toHaveLength(16)
  const others = [
    ['no signature', noteOf(text, [])],
    ['no empty line', text + line],
    ['no last newline', noteOf(text, [line]).slice(0, -1)],
    ['a hyphen for the em dash', noteOf(text, [line.replace('—', '-')])],
    ['two spaces', noteOf(text, [line.replace('— ', '—  ')])],
    ['a tab', noteOf(text, [line]).replace('log', 'l\tg')],
    ['a carriage return', noteOf(text, [line]).replaceAll('\n', '\r\n')],
    ['NUL in the text', noteOf(text.replace('phoenix', 'ph\u0000enix'), [line])],
    ['a plus in the name', noteOf(text, [line.replace('phoenix', 'pho+nix')])],
    ['base64 with other bits behind', noteOf(text, [line.replace(/A==?\n/, 'B=\n')])],
    ['a key id alone', noteOf(text, [signatureLine('a', '0102a0ff', new Uint8Array())])],
    ['one good line of two', noteOf(text, [line, '— x\n'])],
    ['half a character', noteOf(`\ud800${text}`, [line])],
    ['nothing', ''],
    ['no text', `\n\n${line}`],
    ['65 signatures', noteOf(text, Array(65).fill(line))],
  ] as const
  expect(others.filter(([, note]) => readNote(note) !== null).map(([name]) => name)).toEqual([])
})

it('writes ES256 as ASN.1 DER and back, one text for one signature', () => {
  const der = '3006020101020102'
  const raw = `${'00'.repeat(31)}01${'00'.repeat(31)}02`
  expect(hexOf(derOfRaw(bytesOfHex(raw)))).toBe(der)
  expect(hexOf(rawOfDer(bytesOfHex(der)) ?? new Uint8Array())).toBe(raw)
  const high = 'ff'.repeat(64)
  expect(hexOf(rawOfDer(derOfRaw(bytesOfHex(high))) ?? new Uint8Array())).toBe(high)
  const others = [
    ...['', '30', '3006', '300602010102', '300602010102010200', '3106020101020102'],
    ...['3006030101020102', '30070202000102010200', '300702020001020102', '3006020181020102'],
    ...['3081060201010201', '3005020102020100'],
  ]
  expect(others.filter((other) => rawOfDer(bytesOfHex(other)) !== null)).toEqual([])
  expect(() => derOfRaw(new Uint8Array(63))).toThrow(TypeError)
})

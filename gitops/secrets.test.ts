// The secret scan: finds the usual forms, stays silent on what a chain and its machines are made of.
import { describe, expect, it } from 'vitest'
import { exampleInput } from '../templates/example-inputs.ts'
import { templates } from '../templates/index.ts'
import { render } from './render.ts'
import { suspects } from './secrets.ts'

const HEX64 = '0123456789abcdef'.repeat(4)
// Put together here, so that this file itself holds nothing that looks like a secret.
const pem = (name: string) => ['-----BEGIN', name, 'KEY-----'].join(' ')
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'c2lnbmF0dXJlLW9mLXNvbWU'].join(
  '.',
)

describe('found', () => {
  it.each([
    ['a PEM key', pem('PRIVATE')],
    ['an EC key', pem('EC PRIVATE')],
    ['an OpenSSH key inside JSON', `{"key":"${pem('OPENSSH PRIVATE')}\\n"}`],
    ['a JWT', `authorization: Bearer ${jwt}`],
    ['a storage key', 'DefaultEndpointsProtocol=https;AccountKey='.concat('A'.repeat(40), '==')],
    ['an AWS key', ['AKIA', 'ABCDEFGHIJKLMNOP'].join('')],
    ['a forge token', ['ghp', 'a'.repeat(36)].join('_')],
    ['a node key', `node-private-key: "${HEX64}"`],
    ['a node key with 0x', `"privateKey": "0x${HEX64}"`],
    ['an escaped key', `data: "{\\"secretKey\\": \\"${HEX64}\\"}"`],
    ['a private key beside a public one', `publicKey: ${HEX64} privateKey: ${HEX64}`],
    ['a value on the next line', `privateKey:\n  ${HEX64}`],
    ['a seed', `SEED=${HEX64}`],
    ['an environment password', 'POSTGRES_PASSWORD='.concat('correct-horse')],
    ['a YAML password', 'password: "'.concat('correct-horse"')],
    ['a client secret', 'client_secret='.concat('abcdefgh')],
    ['a password in an address', 'postgres://user:'.concat('hunter22@db/x')],
  ])('%s', (_, text) => {
    const found = suspects(`first line\n${text}\n`)
    expect(found).toHaveLength(1)
    expect(found[0]?.line).toBe(2)
    expect(found[0]?.looksLike).not.toContain(HEX64)
  })
})

describe('not found', () => {
  it.each([
    ['extraData', `"extraData": "0xf87aa0${'0'.repeat(64)}f854"`],
    ['an address', `"coinbase": "0x${'0'.repeat(40)}"`],
    ['an enode', `"enode://${HEX64}${HEX64}@192.168.11.101:30303"`],
    ['a public key', `publicKey: "${HEX64}"`],
    ['a public key of 64 bytes', `public_key: "${HEX64}${HEX64}"`],
    ['a checksum', `SHA256='${HEX64}'`],
    ['a digest', `sha256:${HEX64}`],
    ['a storage slot', `"${HEX64}": "${HEX64}"`],
    ['a key file', 'node-private-key-file="/run/besu-key/key"'],
    ['a reference', 'passwordSecretRef: { name: "a", key: "b" }'],
    ['a switch', 'ssh_pwauth: false'],
    ['a variable', 'PASSWORD="$(cat /run/secret)"'],
    ['a template variable', "password: '{{ .Values.password }}'"],
    ['an SSH public key', `ssh-ed25519 ${'A'.repeat(68)} a@b`],
    [
      'the mix hash',
      '"mixHash": "0x63746963616c2062797a616e74696e65206661756c7420746f6c6572616e6365"',
    ],
  ])('%s', (_, text) => {
    expect(suspects(text)).toEqual([])
  })

  it('anything that the templates render', () => {
    for (const template of templates) {
      for (const example of template.examples) {
        for (const engine of ['argocd', 'flux'] as const) {
          const { files } = render(template, exampleInput(template, example, engine))
          for (const { path, content } of files) expect(suspects(content), path).toEqual([])
        }
      }
    }
  })
})

describe('on long texts', () => {
  it('gives an answer, whatever is repeated', () => {
    for (const piece of [
      'a',
      'key',
      'password_',
      'eyJa',
      '-----BEGIN ',
      'a://b:',
      '0',
      ' ',
      '="',
    ]) {
      expect(suspects(piece.repeat(200_000 / piece.length))).toEqual([])
    }
  })
})

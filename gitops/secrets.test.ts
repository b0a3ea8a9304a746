// The secret scan: finds the usual forms, stays silent on what a chain and its machines are made of.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from '../templates/example-inputs.ts'
import { templates } from '../templates/index.ts'
import { render } from './render.ts'
import { literalSecrets, pointerToSuspect, suspects } from './secrets.ts'

const UUID = '0f8fad5b-d9cb-469f-a165-70867728950e'
const HEX64 = '0123456789abcdef'.repeat(4)
// Put together here, so that this file itself holds nothing that looks like a secret.
const pem = (name: string) => ['-----BEGIN', name, 'KEY-----'].join(' ')
const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'c2lnbmF0dXJlLW9mLXNvbWU'].join(
  '.',
)

/** 256 bits that look random and are the same on every machine. */
const randomKey = (seed: number): string => createHash('sha256').update(`${seed}`).digest('base64')

describe('found', () => {
  it('are nearly all of the random keys of 256 bits', () => {
    const keys = Array.from({ length: 1000 }, (_, seed) => randomKey(seed))
    expect(keys.filter((key) => suspects(`a: "${key}"`).length === 1).length).toBeGreaterThan(930)
  })

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
    ['the hash of a password', 'passwd: "$6$rounds$'.concat('abcdefghijklmnop"')],
    ['a random value', `value: "${randomKey(1)}"`],
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
    ['the sum of a package', `integrity: sha512-${randomKey(1)}`],
    ['a certificate', `-----BEGIN CERTIFICATE-----\n${randomKey(2)}\n-----END CERTIFICATE-----`],
    [
      'the id of a thing in Azure',
      `/subscriptions/${UUID}/resourceGroups/a/providers/Microsoft.Network/applicationGateways/Ab1`,
    ],
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

describe('variables of a container', () => {
  const withVariable = (variable: object): Manifest => ({
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a' } },
    spec: { template: { spec: { containers: [{ name: 'a', env: [variable] }] } } },
  })
  it('named like a secret have no value of their own', () => {
    expect(literalSecrets(withVariable({ name: 'DB_PASSWORD', value: 'x' }))).toEqual([
      {
        looksLike: 'a secret’s own value in a variable',
        pointer: '/spec/template/spec/containers/0/env/0/value',
      },
    ])
  })
  it.each([
    ['a reference', { name: 'DB_PASSWORD', valueFrom: { secretKeyRef: { name: 'a', key: 'b' } } }],
    ['a file', { name: 'API_TOKEN', value: '/run/secrets/token' }],
    ['another variable', { name: 'API_TOKEN', value: '$(OTHER)' }],
    ['an address', { name: 'OIDC_TOKEN', value: 'https://id.example/token' }],
    ['another name', { name: 'LOG_LEVEL', value: 'info' }],
  ])('may be %s', (_, variable) => {
    expect(literalSecrets(withVariable(variable))).toEqual([])
  })
})

it('a suspect has a pointer into its object', () => {
  const manifest: Manifest = {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
    data: { 'a/b.conf': 'x', app: 'url=postgres://user:'.concat('hunter22@db/x') },
  }
  expect(pointerToSuspect(manifest, 'a password in an address')).toBe('/data/app')
  expect(pointerToSuspect(manifest, 'a raw key')).toBeUndefined()
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

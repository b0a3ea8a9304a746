// What no tenant can do by a name, and what no answer can carry.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { nameInVault, nameOfOwner, VaultPurpose, vaultVerbs } from './vault.ts'

const TENANTS = [
  ...['ten_eu_aaaaaaaaaaaaaaaa', 'ten_eu_aaaaaaaaaaaaaaab', 'ten_us_aaaaaaaaaaaaaaaa', 'platform'],
  ...['', 'TEN_EU_AAAAAAAAAAAAAAAA', 'ten_eu_aaaaaaaaaaaaaaaa-a', 'ten_eu_aaaaaaaaaaaaaaa', '../x'],
  ...['ten_eu_aaaaaaaaaaaaaaaa\n', 'ten-eu-aaaaaaaaaaaaaaaa', 'ten_eu_aaaaaaaaaaaaaaaa/keys/a'],
]
const NAMES = [
  ...['a', 'b', 'a-b', 'a--b', 'eu-aaaaaaaaaaaaaaab-a', 'x'.repeat(63), 'x'.repeat(64), '-a', 'a-'],
  ...[
    '',
    'A',
    'a/b',
    '../a',
    'a?b',
    'a%2fb',
    'ä',
    'a b',
    'a\n',
    'a_b',
    'phx-s-eu-aaaaaaaaaaaaaaab-a',
  ],
  ...['s-eu-aaaaaaaaaaaaaaab-a', 'k-eu-aaaaaaaaaaaaaaaa-a', '0', '\u0000', 'a.b', 'ＡＢ'],
]

describe('names in a vault', () => {
  const all = TENANTS.flatMap((owner) =>
    VaultPurpose.options.flatMap((purpose) =>
      NAMES.map((name) => ({ owner, purpose, name, remote: nameInVault(owner, purpose, name) })),
    ),
  )
  const taken = all.flatMap((one) => (one.remote === null ? [] : [{ ...one, remote: one.remote }]))

  it('are Key Vault’s, and no two of anybody are one, whatever the case', () => {
    expect(taken.length).toBeGreaterThan(60)
    for (const { remote } of taken) expect(remote).toMatch(/^[0-9a-z-]{1,127}$/)
    expect(new Set(taken.map(({ remote }) => remote.toLowerCase())).size).toBe(taken.length)
  })
  it('lead back to their owner and to nobody else', () => {
    for (const { owner, purpose, name, remote } of taken)
      for (const other of TENANTS)
        for (const another of VaultPurpose.options) {
          const own = other === owner && another === purpose
          expect(nameOfOwner(other, another, remote.toUpperCase())).toBe(own ? name : null)
        }
  })
  it('are none of whoever is no tenant, and none that is no name', () => {
    const owners = new Set(taken.map(({ owner }) => owner))
    expect([...owners].sort()).toEqual(TENANTS.slice(0, 4).sort())
    for (const { owner, purpose } of taken)
      expect(owner === 'platform').toBe(purpose === 'platform-key')
  })
})

it('have no field in any answer that a value or a private key could be in', () => {
  const told = new Set<string>()
  const visit = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return
    const { properties, ...rest } = schema as { properties?: Record<string, unknown> }
    for (const [name, each] of Object.entries(properties ?? {})) {
      told.add(name)
      const {
        type,
        pattern,
        format,
        enum: options,
        const: constant,
      } = each as Record<string, unknown>
      // Free text is told of its media type alone.
      if (type === 'string' && name !== 'contentType')
        expect(pattern ?? format ?? options ?? constant, name).toBeDefined()
      visit(each)
    }
    for (const each of Object.values(rest)) visit(each)
  }
  for (const { output } of Object.values(vaultVerbs)) visit(z.toJSONSchema(output))
  expect([...told].sort()).toEqual([
    ...['already', 'contentType', 'createdAt', 'crv', 'deletedAt', 'e', 'enabled', 'expireDays'],
    ...[
      'expiresAt',
      'kind',
      'kty',
      'n',
      'name',
      'names',
      'notBefore',
      'order',
      'publicJwk',
      'purgeAt',
    ],
    ...['purgeable', 'rotateDays', 'shared', 'signature', 'updatedAt', 'url', 'vault', 'version'],
    ...['versions', 'x', 'y'],
  ])
})

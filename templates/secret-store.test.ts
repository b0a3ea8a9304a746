// Secret store and redis: names of secrets go through, anything else is refused.
import { describe, expect, it } from 'vitest'
import { redis } from './redis.ts'
import { secretStoreTemplate } from './secret-store.ts'

const STORE = {
  vault: 'dbis-prod',
  entraTenantId: '00000000-0000-4000-8000-000000000001',
  clientId: '00000000-0000-4000-8000-000000000002',
}
const secret = (...keys: object[]) => ({ name: 'cache-auth', keys })
const KEY = { key: 'password', vaultSecret: 'cache-password' }

const faultsOf = (template: typeof redis | typeof secretStoreTemplate, parameters: unknown) =>
  template.parameters.safeParse(parameters).error?.issues.map(({ path }) => path.join('/')) ?? []

describe('the parameters of secret-store', () => {
  it('take names', () => {
    expect(faultsOf(secretStoreTemplate, { ...STORE, secrets: [secret(KEY)] })).toEqual([])
  })

  it.each([
    ['a value', { secrets: [secret({ ...KEY, value: 'x' })] }, 'secrets/0/keys/0'],
    ['two keys of one name', { secrets: [secret(KEY, KEY)] }, 'secrets/0/keys'],
    ['two secrets of one name', { secrets: [secret(KEY), secret(KEY)] }, 'secrets'],
    ['an address for a vault', { vault: 'https://dbis.vault.azure.net' }, 'vault'],
    ['a host behind the name', { vault: 'evil.example/x' }, 'vault'],
    ['a client secret', { clientSecret: 'x' }, ''],
  ])('refuse %s', (_, more, path) => {
    expect(faultsOf(secretStoreTemplate, { ...STORE, ...more })).toEqual([path])
  })
})

describe('the parameters of redis', () => {
  it('need nothing but the name of the password', () => {
    expect(faultsOf(redis, { passwordSecret: 'cache-auth' })).toEqual([])
    expect(faultsOf(redis, {})).toEqual(['passwordSecret'])
  })

  it.each([
    ['an even number of sentinels', { sentinels: 4 }, 'sentinels'],
    ['a single instance', { instances: 1 }, 'instances'],
    ['more storage than the range', { storage: { value: 101, unit: 'GB' } }, 'storage'],
    ['a password', { password: 'x' }, ''],
  ])('refuse %s', (_, more, path) => {
    expect(faultsOf(redis, { passwordSecret: 'cache-auth', ...more })).toEqual([path])
  })
})

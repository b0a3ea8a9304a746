// External secrets: which fields of which secrets are asked for, and that two never claim one name.
import { describe, expect, it } from 'vitest'
import { exampleInput } from './example-inputs.ts'
import { externalSecretTemplate } from './external-secret.ts'

const KEY = { secretKey: 'password', remoteKey: 'db' }
const VERSION = '0123456789abcdef0123456789abcdef'

const rendered = (parameters: object) =>
  externalSecretTemplate
    .render(exampleInput(externalSecretTemplate as never, { name: 'more', parameters }) as never)
    .flatMap(({ objects }) => objects)

describe('an external secret', () => {
  it('asks an existing store for a field and a version, where they are named', () => {
    const [object, ...others] = rendered({
      store: 'secrets',
      refreshMinutes: 15,
      secrets: [
        {
          name: 'db-auth',
          keys: [KEY, { ...KEY, secretKey: 'user', property: 'login.name', version: VERSION }],
        },
      ],
    })
    expect(others).toEqual([])
    expect(object?.metadata.name).toBe('more-db-auth')
    expect(object?.spec).toMatchObject({
      refreshInterval: '15m',
      secretStoreRef: { kind: 'SecretStore', name: 'secrets' },
      target: { name: 'db-auth', deletionPolicy: 'Retain' },
      data: [
        { secretKey: 'password', remoteRef: { key: 'db' } },
        {
          secretKey: 'user',
          remoteRef: { key: 'db', property: 'login.name', version: VERSION },
        },
      ],
    })
    expect(object).not.toHaveProperty(['spec', 'data', '0', 'remoteRef', 'property'])
  })

  it.each([
    ['nothing', []],
    [
      'one name twice',
      [
        { name: 'a', keys: [KEY] },
        { name: 'a', keys: [KEY] },
      ],
    ],
    ['one key twice', [{ name: 'a', keys: [KEY, KEY] }]],
    ['a value', [{ name: 'a', keys: [{ ...KEY, value: 'x' }] }]],
    ['a store of the whole cluster', [{ name: 'a', keys: [KEY], kind: 'ClusterSecretStore' }]],
  ])('is refused when it asks for %s', (_, secrets) => {
    const { success } = externalSecretTemplate.parameters.safeParse({ store: 'secrets', secrets })
    expect(success).toBe(false)
  })
})

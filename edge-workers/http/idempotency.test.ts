// Idempotency-Key: what counts as one, and what makes two requests the same.
import { describe, expect, it } from 'vitest'
import { createWorld } from '../../functions/simulator/edge-world.ts'
import { fingerprint } from './idempotency.ts'

const acme = { slug: 'acme', name: 'Acme', jurisdiction: 'eu', repository: 'acme/infrastructure' }
const post = (key: string | undefined) => {
  const world = createWorld()
  return world.send('POST', '/v1/tenants', {
    token: world.operator,
    body: acme,
    ...(key === undefined ? {} : { key }),
  })
}

describe('the header', () => {
  it.each([
    ['missing', undefined, 'idempotency-key-missing'],
    ['empty', '', 'idempotency-key-missing'],
    ['256 characters', 'k'.repeat(256), 'malformed-request'],
    ['with a space', 'a b', 'malformed-request'],
    ['twice', 'a, a', 'malformed-request'],
  ])('%s is 400', async (_, key, problem) => {
    const response = await post(key)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      type: `http://127.0.0.1:8787/problems/${problem}`,
    })
  })

  it.each(['k', '!~', 'k'.repeat(255)])('%s is taken', async (key) => {
    expect((await post(key)).status).toBe(201)
  })
})

describe('the fingerprint', () => {
  it('does not depend on the order of keys, but on values, their types and the target', () => {
    const print = fingerprint({ a: 1, b: [1, 2] }, 'POST x')
    expect(fingerprint({ b: [1, 2], a: 1 }, 'POST x')).toBe(print)
    expect(fingerprint({ a: '1', b: [1, 2] }, 'POST x')).not.toBe(print)
    expect(fingerprint({ a: 1, b: [2, 1] }, 'POST x')).not.toBe(print)
    expect(fingerprint({ a: 1, b: [1, 2] }, 'POST y')).not.toBe(print)
  })
})

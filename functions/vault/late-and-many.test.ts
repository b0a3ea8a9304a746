import { expect, it } from 'vitest'
import { keyVerbs } from '../../schemas/vault.ts'
import { createVaultWorld, OWN } from './in-process.fixture.ts'
import { issuerKeys } from './issuer-keys.ts'
import { keyWork } from './keys.ts'
import { storeOf } from './store-of.ts'

const valid = { expiresAt: null, notBefore: null }

it('a creation that comes after the deletion of what was not there yet makes nothing', async () => {
  const world = await createVaultWorld()
  const [edge, late] = [world.of(OWN), world.of(OWN)]
  // The edge had no answer to request 10, and somebody deleted the key: the vault had none.
  const gone = await edge.keys('deleteKey', 'delete', { name: 'signing', order: 20 })
  expect(gone).toMatchObject({ ok: false, fault: { fault: 'absent' } })
  const made = await late.keys('createKey', 'make', {
    ...{ name: 'signing', kind: 'EC-P256', ...valid, order: 10 },
  })
  expect(made).toMatchObject({ ok: false, fault: { fault: 'conflict', target: 'superseded' } })
  expect(world.vault.store.items.size).toBe(0)
})

const tenant = (n: number): string =>
  `ten_eu_${[...n.toString(8).padStart(16, '0')].map((digit) => 'abcdefgh'[Number(digit)]).join('')}`

it('signatures that come at once in a process that has just started walk through the vault once', async () => {
  let time = Date.parse('2026-11-22T12:00:00Z')
  const world = await createVaultWorld({
    now: () => {
      time += 1_000
      return new Date(time)
    },
  })
  const keysOf = (owner: string, work = keyWork(world.start(), 'issuer-key')) =>
    issuerKeys(storeOf(keyVerbs, work, owner))
  const made = await keysOf(tenant(0)).make('sign-1')
  /** Requests of one signature in a process that has just started. */
  const costs = async (signatures = 1): Promise<number> => {
    const keys = keysOf(tenant(0))
    const before = world.asked.length
    const all = Array.from({ length: signatures }, () => keys.sign(made, new Uint8Array([1])))
    for (const signature of await Promise.all(all)) expect(signature).toHaveLength(64)
    return world.asked.length - before
  }
  const alone = await costs()
  const work = keyWork(world.start(), 'issuer-key')
  for (let n = 1; n <= 200; n += 1) await keysOf(tenant(n), work).make('sign-1')
  const [among, ten] = [await costs(), await costs(10)]
  console.info({ alone, among200: among, tenAtOnce: ten })
  // Ten that come at once walk through the vault together: one walk, and a request for each signature.
  expect(ten).toBeLessThanOrEqual(3 * among)
})

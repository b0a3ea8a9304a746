// Times that the SDK cannot send: it counts seconds in 32 bits, and what is later would come out long past.
import { expect, it } from 'vitest'
import { LAST_VAULT_TIME } from '../../schemas/vault.ts'
import { createVaultWorld, OWN } from './in-process.fixture.ts'

const LAST = Date.parse(LAST_VAULT_TIME)
const timeOf = (answer: unknown): number =>
  Date.parse((answer as { value: { expiresAt: string } }).value.expiresAt)

it('a key that is to be valid beyond them is valid until the last', async () => {
  const now = () => new Date('2030-01-01T00:00:00Z')
  const { keys } = (await createVaultWorld({ now })).of(OWN)
  const none = { expiresAt: null, notBefore: null }
  await keys('createKey', 'op-1', { name: 'k', kind: 'EC-P256', ...none })
  const policy = { rotateDays: 30, expireDays: 3_650 }
  await keys('putKeyPolicy', 'op-2', { name: 'k', policy })
  expect(timeOf(await keys('rotateKey', 'op-3', { name: 'k' }))).toBe(LAST)
})

it('a secret too, at first and when it is changed', async () => {
  const { secrets } = (await createVaultWorld()).of(OWN)
  const expiresAt = '2110-01-01T00:00:00Z'
  const window = { expiresAt, notBefore: null, contentType: null }
  expect(timeOf(await secrets('setSecret', 'op-1', { name: 's', value: 'x', ...window }))).toBe(
    LAST,
  )
  const change = { name: 's', version: null, enabled: null, expiresAt }
  const changed = await secrets('updateSecret', 'op-2', change)
  expect(changed).toMatchObject({ ok: true })
  const { versions } = (changed as { value: { versions: { expiresAt: string }[] } }).value
  expect(versions.map((one) => Date.parse(one.expiresAt))).toEqual([LAST])
})

// Every SecretStore and KeyStore sits the one examination: Key Vault's adapters through the SDK before the simulated vault, in a
// shared vault and with a vault for each tenant, and the one in memory.
import { describe, expect, it } from 'vitest'
import { createMemoryVault } from '../simulator/memory-vault.ts'
import { examineKeys, examineSecrets } from './examination.ts'
import { createVaultWorld, OTHER, OWN } from './in-process.fixture.ts'

const says = () => {
  let count = 0
  const check = (what: string, holds: boolean) => {
    count += 1
    expect(holds, what).toBe(true)
  }
  return { check, count: () => count }
}
const APART = JSON.stringify({
  tenants: { [OWN]: 'https://own.vault.azure.net', [OTHER]: 'https://other.vault.azure.net' },
})

describe.each([
  ['the vault that tenants share', undefined],
  ['a vault for each tenant', APART],
])('Key Vault through its SDK: %s', (_, vaults) => {
  it.each([
    ['secrets', examineSecrets],
    ['keys', examineKeys],
  ])('%s', async (_kind, examine) => {
    const world = await createVaultWorld(vaults ? { vaults } : {})
    const { check, count } = says()
    const [own, again, other] = [world.of(OWN), world.of(OWN), world.of(OTHER)]
    await examine({ own, again, other }, check)
    expect(count()).toBeGreaterThan(30)
    expect(world.vault.refused()).toBe(0)
  })
})

describe('the vault in memory', () => {
  it.each([
    ['secrets', examineSecrets],
    ['keys', examineKeys],
  ])('%s', async (_kind, examine) => {
    const memory = createMemoryVault()
    const { check } = says()
    const [own, again, other] = [memory.of(OWN), memory.of(OWN), memory.of(OTHER)]
    await examine({ own, again, other }, check)
  })
})

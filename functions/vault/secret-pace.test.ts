// learn.microsoft.com/azure/key-vault/general/service-limits: in ten seconds and one vault 300 new versions of secrets (with imports
// of keys and certificates), and 4,000 other transactions.
import { expect, it } from 'vitest'
import { createVaultPace } from './pace.ts'

it('this process makes no more versions of secrets in any ten seconds than its vault takes', async () => {
  let now = 0
  const sleep = async (milliseconds: number): Promise<void> => {
    now += milliseconds
  }
  const pace = createVaultPace({ clock: () => now, sleep })
  const at: number[] = []
  for (let n = 0; n < 1_000; n += 1) {
    await pace.turn('PUT', `https://phoenix.vault.azure.net/secrets/phx-s-${n}?api-version=7.6`)
    at.push(now)
  }
  const most = Math.max(
    ...at.map((from) => at.filter((t) => t >= from && t < from + 10_000).length),
  )
  expect(most).toBeLessThanOrEqual(300)
})

// Turns at a vault belong to all its tenants: who is told to come back takes none away from the others by asking again.
import { afterEach, expect, it, vi } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import { vaultVerbs } from '../../schemas/vault.ts'
import { Directory } from '../actors/directory.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('whoever asks again and again for keys to be rotated waits for one turn with each', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-22T12:00:00Z') })
  const taken = vi.spyOn(Directory.prototype, 'takeVaultTurn')
  const world = await createTenantWorld()
  const vault = await createVaultWorld()
  world.env.LOCAL = {
    fetch: createFunctionsOffice([
      [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))],
    ]),
  }
  let count = 0
  const ask = (path: string, body: object = {}) => {
    count += 1
    const sent = { token: world.tokens.owner, key: `k-${count}`, body }
    return world.http('POST', `/v1/tenants/acme/keys${path}`, sent)
  }
  const names = ['a', 'b']
  for (const name of names) await ask('', { name, kind: 'EC-P256' })
  for (let seconds = 0; seconds < 5; seconds += 1) {
    vi.setSystemTime(Date.now() + 1_000)
    await world.settle()
  }
  // Others are before it, for longer than a request waits.
  const address = String(taken.mock.calls[0]?.[0])
  const directory = world.env.DIRECTORY.getByName('directory')
  for (let others = 0; others < 10; others += 1) await directory.takeVaultTurn(address)
  taken.mockClear()
  for (let round = 0; round < 5; round += 1)
    for (const name of names) {
      const answer = await ask(`/${name}/rotate`)
      expect([answer.status, Number(answer.headers.get('retry-after')) > 2]).toEqual([429, true])
    }
  expect(taken).toHaveBeenCalledTimes(names.length)
})

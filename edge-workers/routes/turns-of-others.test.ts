// Turns at a vault belong to all its tenants: who is told to come back takes none away from the others by asking again.
import { expect, it } from 'vitest'
import { verbHandlers } from '../../functions/azure/verbs.ts'
import { createFunctionsOffice } from '../../functions/simulator/functions-office.ts'
import { createTenantWorld } from '../../functions/simulator/tenant-world.ts'
import { vaultWork } from '../../functions/vault/functions.ts'
import { createVaultWorld } from '../../functions/vault/in-process.fixture.ts'
import { vaultVerbs } from '../../schemas/vault.ts'

it('a tenant that asks again and again under new keys puts nobody else off', {
  timeout: 60_000,
}, async () => {
  const world = await createTenantWorld()
  const vault = await createVaultWorld()
  world.env.LOCAL = {
    fetch: createFunctionsOffice([
      [vaultVerbs, verbHandlers(vaultVerbs, () => vaultWork(vault.start()))],
    ]),
  }
  const other = await world.createTenant('other', { repository: 'other/infrastructure' })
  const { token: theirs } = await world.createToken('other', 'owner')
  let count = 0
  const ask = async (slug: string, token: string, path: string, body?: unknown) => {
    count += 1
    const sent = { token, key: `k-${count}`, ...(body === undefined ? {} : { body }) }
    return world.http('POST', `/v1/tenants/${slug}/keys${path}`, sent)
  }
  const ours = (path: string, body?: unknown) => ask('acme', world.tokens.owner, path, body)
  const names = ['a', 'b', 'c']
  for (const name of names) await ours('', { name, kind: 'EC-P256' })
  await ask('other', theirs, '', { name: 'k', kind: 'EC-P256' })
  for (let n = 0; n < 6; n += 1) {
    await world.settle()
    await world.tenants.alarm(other.id)
    await new Promise((resolve) => setTimeout(resolve, 700))
  }
  const before = await ask('other', theirs, '/k/rotate')
  expect(before.status).toBe(200)
  const said: number[] = []
  for (let round = 0; round < 20; round += 1)
    for (const { status } of await Promise.all(names.map((name) => ours(`/${name}/rotate`))))
      said.push(status)
  const after = await ask('other', theirs, '/k/rotate')
  console.info({
    rotated: said.filter((status) => status === 200).length,
    toldToComeBack: said.filter((status) => status === 429).length,
    other: [after.status, after.headers.get('retry-after')],
  })
  // Three keys at most are before it: 3 turns of 667 ms.
  expect(Number(after.headers.get('retry-after') ?? 0)).toBeLessThanOrEqual(3)
})

// Pages call people by their handle and say the pseudonym that the log has of them; who was erased is a pseudonym only.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

let world: TenantWorld
let id: string
const page = async (path: string, token = world.tokens.owner): Promise<string> => {
  const response = await world.http('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  expect(response.status).toBe(200)
  return response.text()
}
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
  id = (await world.apply(world.vmRequest('web'))).id ?? ''
})
afterAll(() => vi.useRealTimers())

const shown = (handle: 'rita' | 'anton' | 'olga') =>
  `<span title="${world.ids[handle]}">${handle}</span>`

describe('people on pages', () => {
  it('of a change: who asked, who approved, who reads', async () => {
    const html = await page(`/changes/${id}`)
    for (const handle of ['rita', 'anton', 'olga'] as const) expect(html).toContain(shown(handle))
  })

  it.each(['/t/acme/changes', '/t/acme/evidence/gdpr'])('%s', async (path) => {
    expect(await page(path)).toContain(shown('rita'))
  })

  it('are pseudonyms once their handles are gone', async () => {
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    rows?.exec("UPDATE members SET handle = NULL, state = 'erased' WHERE handle = 'rita'")
    const html = await page(`/changes/${id}`)
    expect(html).toContain(`<span>${world.ids.rita}</span>`)
    expect(html).not.toContain('rita')
  })
})

// The front page of a tenant: every way that it shows is open to whoever reads it, and leads back.
import { beforeAll, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { TenantsPage } from './identity-pages.tsx'

let world: TenantWorld
beforeAll(async () => {
  world = await createTenantWorld()
})

const page = async (path: string, token: string) => {
  const headers = { cookie: `phoenix_token=${token}`, accept: 'text/html' }
  const answer = await world.http('GET', path, { headers })
  return { status: answer.status, text: await answer.text() }
}
const cardsOf = (text: string): string[] =>
  [...text.matchAll(/<h3><a href="(\/t\/acme\/[a-z-]+)"/g)].map(([, path]) => path ?? '')

describe('the front page of a tenant', () => {
  it('links the pages of an owner, workloads among them', async () => {
    const { text } = await page('/t/acme', world.tokens.owner)
    expect(cardsOf(text)).toHaveLength(16)
    expect(cardsOf(text)).toContain('/t/acme/workloads')
  })

  it.each(['owner', 'requester', 'approver', 'auditor'] as const)(
    'has no card that ends in a refusal for an %s',
    async (role) => {
      const cards = cardsOf((await page('/t/acme', world.tokens[role])).text)
      const statuses = await Promise.all(
        cards.map(async (path) => [path, (await page(path, world.tokens[role])).status]),
      )
      expect(statuses).toEqual(cards.map((path) => [path, 200]))
    },
  )

  it('hides what a role, a scope or a machine may not', async () => {
    const requester = cardsOf((await page('/t/acme', world.tokens.requester)).text)
    expect(requester).not.toContain('/t/acme/invoices')
    expect(requester).not.toContain('/t/acme/webhooks')
    await world.ensureMember('acme', 'robot', 'requester', false)
    const robot = await world.createToken('acme', 'requester', { member: 'robot', person: false })
    const machine = cardsOf((await page('/t/acme', robot.token)).text)
    expect(machine).toContain('/t/acme/changes')
    expect(machine).not.toContain('/t/acme/forge-account')
  })

  it.each(['members', 'tokens', 'workloads', 'webhooks', 'settings', 'quota', 'usage', 'invoices'])(
    'is one step back from %s',
    async (name) => {
      const { text } = await page(`/t/acme/${name}`, world.tokens.owner)
      expect(text).toContain('<a href="/t/acme">acme</a>')
    },
  )
})

describe('a table that stacks', () => {
  it('keeps a label for each value', async () => {
    const { text } = await page('/t/acme/quota', world.tokens.owner)
    for (const label of ['Kind', 'Share', 'Used', 'Reserved', 'Limit', 'Available'])
      expect(text).toContain(`<td data-label="${label}"`)
    const labels = [...text.matchAll(/<td data-label="([^"]+)"/g)].map(([, label]) => label)
    expect(labels.slice(6, 12)).toEqual(labels.slice(0, 6))
    expect(text).not.toContain('&lt;td')
  })
})

describe('the list of one’s tenants', () => {
  it('says where the runtime does not keep to the jurisdiction', () => {
    const shown = (simulated: boolean) =>
      `${TenantsPage({ tenants: [{ slug: 'acme', jurisdiction: 'ch', simulated }], label: '', next: null })}`
    expect(shown(true)).toContain('Kept in: ch (simulated)')
    expect(shown(false)).not.toContain('simulated')
  })
})

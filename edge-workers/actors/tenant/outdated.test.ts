// A plan whose world has changed: its gate turns red and says so before anybody tries, and what can happen next follows the
// gate. The same for a change without room, a vote too few, and what goes and must be confirmed.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { testBook } from '../../../gitops/cost/book.fixture.ts'
import type { ChangeView } from '../../../schemas/change.ts'

const OUTDATED = 'out of date: what the plan read has changed since: ask for a revision'
const POLL_SECONDS = 300
const LARGE = { memory: { value: 60, unit: 'GiB' } }

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const whats = ({ next }: Pick<ChangeView, 'next'>) => next.map(({ what }) => what).join('; ')
const ways = ({ next }: Pick<ChangeView, 'next'>) => next.map(({ how }) => how.split('/').at(-1))
const vault = {
  ...{ action: 'create', template: 'key-vault', name: 'keys' },
  parameters: {
    ...{ location: 'westeurope', azureName: 'acme-keys' },
    entraTenantId: '00000000-0000-0000-0000-000000000001',
  },
}
const tick = async (seconds: number) => {
  vi.setSystemTime(Date.now() + seconds * 1000)
  await world.settle()
}
/** As the approver sees it. */
const pageOf = async (id: string) => {
  const headers = { cookie: `phoenix_token=${world.tokens.approver}` }
  return (await world.http('GET', `/changes/${id}`, { headers })).text()
}
const button = (action: string) => `/${action}"`

describe('after a price book was promoted', () => {
  it('both open changes are red at once and say revise, approved or not; a revision is green again', async () => {
    const one = await world.propose(world.vmRequest('one'))
    const two = await world.propose(world.vmRequest('two'))
    await world.approve(two.id)
    expect((await world.read(two.id)).gate.state).toBe('green')
    await world.keepBook(testBook())
    await world.settle()
    for (const { id } of [one, two]) {
      const change = await world.read(id)
      expect(change.gate).toEqual({ state: 'red', reason: OUTDATED })
      expect(ways(change)).toEqual(['revisions', 'reject', 'cancel'])
      expect(whats(change)).toMatch(/^revise the change/)
      const page = await pageOf(id)
      expect(page).toContain(button('reject'))
      for (const action of ['approve', 'merge']) expect(page).not.toContain(button(action))
    }
    await world.insist(
      world.decide('revisions', one.id, { token: world.tokens.requester, body: {} }),
    )
    await world.settle()
    expect(whats(await world.read(one.id))).toMatch(/^approve/)
    await world.approve(one.id)
    expect((await world.read(one.id)).gate.state).toBe('green')
  })

  it('one that nobody was told of is red at the next look at its pull request', async () => {
    const { id } = await world.propose(vault)
    await world.keepBook(testBook())
    await world.settle()
    expect((await world.read(id)).gate.reason).toContain('waiting')
    await tick(POLL_SECONDS)
    expect((await world.read(id)).gate).toEqual({ state: 'red', reason: OUTDATED })
  })

  it.each(['approvals', 'merge'])('a refused %s shows why on the gate at once', async (what) => {
    const { id } = await world.propose(vault)
    if (what === 'merge') await world.approve(id)
    await world.keepBook(testBook())
    const refused = await world.decide(what, id)
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      'What the plan read has changed since: ask for a revision.',
    ])
    const change = await world.read(id)
    expect(change.gate).toEqual({ state: 'red', reason: OUTDATED })
    expect(ways(change)[0]).toBe('revisions')
  })
})

it('a tenant whose limits were changed has its open changes judged again', async () => {
  const { id } = await world.propose(vault)
  await world.http('PATCH', '/v1/tenants/acme', {
    ...{ token: world.operator, headers: { 'if-match': '*' } },
    body: { residency: { allow: ['eu'], denyRegions: ['westeurope'] } },
  })
  await world.settle()
  expect((await world.read(id)).gate).toEqual({ state: 'red', reason: OUTDATED })
})

it('an approved change that lost its room offers no merge, and names the change that took it', async () => {
  const one = await world.propose(world.vmRequest('one', LARGE))
  const two = await world.propose(world.vmRequest('two', LARGE))
  await world.approve(two.id)
  const before = await world.read(two.id)
  expect(ways(before)[0]).toMatch(/^merge/)
  expect(await pageOf(two.id)).toContain(button('merge'))
  await world.land(one.id)
  const after = await world.read(two.id)
  expect(after).toMatchObject({ state: 'approved', gate: { state: 'red' } })
  expect(ways(after)).toEqual(['revisions', 'by itself', one.id, 'reject', 'cancel'])
  expect(whats(after)).toContain('when room comes back')
  const page = await pageOf(two.id)
  expect(page).not.toContain(button('merge'))
  expect(page).toContain(`href="/changes/${one.id}"`)
})

it('a merge with a vote too few says how many there are', async () => {
  const { id } = await world.propose(world.vmRequest('one'))
  const { status, body } = await world.decide('merge', id)
  expect([status, body.detail]).toEqual([409, 'It has 0 of 1 approval.'])
})

it('a preview of what destroys says which digest confirms it', async () => {
  await world.apply(world.vmRequest('old'))
  const removal = { ...world.vmRequest('old', {}, { action: 'delete' }), parameters: {} }
  const { body } = await world.send('POST', '/changes?validateOnly=true', { body: removal })
  const digest = body.plan?.destroys?.digest ?? ''
  expect(digest).toMatch(/^sha256:/)
  expect(whats(body)).toContain(`with confirm=${digest}`)
  const plain = await world.send('POST', '/changes?validateOnly=true', {
    body: world.vmRequest('new'),
  })
  expect(whats(plain.body)).toBe('send the same request without validateOnly')
})

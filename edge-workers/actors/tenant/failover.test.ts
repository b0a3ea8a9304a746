// Failovers through the product: who must approve at a core place, a policy at a regional one, neighbours at the edge.
import { beforeEach, describe, expect, it } from 'vitest'
import { siteOf } from '../../../functions/simulator/edge-world.ts'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
  for (const tier of ['core', 'regional', 'edge']) {
    for (const side of ['left', 'taking', 'far']) {
      const adjacent = side === 'left' ? { adjacent: [`${tier}-taking`] } : {}
      const name = `${tier}-${side}`
      await world.create('/v1/regions', {
        name,
        jurisdiction: 'eu',
        tier,
        standIn: true,
        ...adjacent,
      })
      await world.create('/v1/sites', siteOf(`${name}-01`, { region: name }))
    }
  }
  bea = await world.tokenOf('bea', 'approver', { forgeLogin: 'bea' })
})
let bea: string

/** A machine stands at a tier's site; the request moves it. */
const standing = async (tier: string) => {
  await world.apply(world.vmRequest('web', { site: `${tier}-left-01` }))
}
const moveOf = (tier: string, to = 'taking') => ({
  ...{ action: 'failover', template: 'virtual-machine', name: 'web' },
  parameters: { from: `${tier}-left-01`, to: `${tier}-${to}-01` },
})
/** Previews, confirms what stays behind, and waits for the pull request. */
const propose = async (tier: string) => {
  const { body } = await world.send('POST', '/changes?validateOnly=true', { body: moveOf(tier) })
  return world.propose({ ...moveOf(tier), confirm: body.plan?.destroys?.digest })
}
const refusal = async (asked: ReturnType<TenantWorld['request']>) => {
  const { status, body } = await asked
  const { errors = [] } = body as { errors?: { rule?: string; pointer: string }[] }
  return [status, ...errors.map(({ rule }) => rule)]
}
const opened = () => world.memory.pulls.length

describe('between core places', () => {
  beforeEach(() => standing('core'))

  it('two people approve: one is not enough, and the requester never counts', async () => {
    const { id, plan: _plan, ...change } = await propose('core')
    expect(change).toMatchObject({
      action: 'failover',
      state: 'proposed',
      parameters: { site: 'core-taking-01' },
      move: { from: 'core-left-01', to: 'core-taking-01' },
    })
    expect(change.gate.reason).toBe(
      '0 of 2 approvals: waiting for approvers who are not the requester',
    )
    expect(change.next[0]).toMatchObject({
      what: 'approve: 0 of 2 have',
      who: expect.stringContaining('2 approvers'),
    })
    expect((await world.decide('approvals', id, { token: world.tokens.requester })).status).toBe(
      403,
    )

    const one = await world.approve(id)
    await world.settle()
    expect(one).toMatchObject({ state: 'proposed', gate: { state: 'red' } })
    expect(one.gate.reason).toMatch(/^1 of 2 approvals/)
    expect((await world.read(id)).next[0]?.what).toBe('approve: 1 of 2 have')
    expect((await world.decide('merge', id)).status).toBe(409)
    // The same person twice is one person.
    await world.approve(id)
    expect(await world.read(id)).toMatchObject({ state: 'proposed' })

    const two = await world.insist(world.decide('approvals', id, { token: bea }))
    expect(two).toMatchObject({ state: 'approved', gate: { state: 'green' } })
    expect(two.gate.reason).toBe('approved by 2 people on exactly this head')
    await world.insist(world.decide('merge', id))
    await world.settle()
    const landed = await world.read(id)
    expect(landed.state).toBe('promoted')
    await world.report(landed, 'healthy')
    await world.settle()
    const { body } = await world.send('GET', '/resources/web')
    expect(body).toMatchObject({ placement: { site: 'core-taking-01' } })
  })

  it('its page says from where to where, and what is replaced', async () => {
    const { id } = await propose('core')
    const headers = { cookie: `phoenix_token=${world.tokens.requester}` }
    const page = await (await world.http('GET', `/changes/${id}`, { headers })).text()
    const heading = /<h1>(.*?)<\/h1>/s.exec(page)?.[1]?.replace(/<[^>]+>/g, '')
    expect(heading).toBe('Move virtual-machine web from core-left-01 to core-taking-01')
    expect(page).toMatch(/EnvironmentVM <span class="mono">web<\/span>.*?, replaced by one/s)
    expect(page).toMatch(/moved from core-left-01\S* \(/)
  })

  it('one of the two may approve on the forge, and takes it back there', async () => {
    const { id, pullRequest } = await propose('core')
    const number = pullRequest?.number ?? 0
    const review = async (state: 'approved' | 'changes_requested') => {
      world.memory.person.review(number, 'bea', state)
      await world.hint('pull_request_review', { pullNumber: number })
      await world.settle()
    }
    await review('approved')
    expect(await world.read(id)).toMatchObject({ state: 'proposed', gate: { state: 'red' } })
    await world.approve(id)
    expect(await world.read(id)).toMatchObject({ state: 'approved', gate: { state: 'green' } })
    await review('changes_requested')
    const back = await world.read(id)
    expect([back.state, back.gate.state]).toEqual(['proposed', 'red'])
    expect(back.gate.reason).toMatch(/^1 of 2/)
    expect((await world.decide('merge', id)).status).toBe(409)
  })

  it('who may no longer approve counts no longer, before and after the second has', async () => {
    const give = async (roles: string[]) => {
      const response = await world.http('PATCH', '/v1/tenants/acme/members/bea', {
        ...{ token: world.tokens.owner, headers: { 'if-match': '*' }, body: { roles } },
      })
      expect(response.status).toBe(200)
      await world.settle()
    }
    const { id } = await propose('core')
    await world.insist(world.decide('approvals', id, { token: bea }))
    await world.approve(id)
    expect((await world.read(id)).state).toBe('approved')
    await give(['auditor'])
    const back = await world.read(id)
    expect([back.state, back.gate.state]).toEqual(['proposed', 'red'])
    const live = back.approvals.filter(({ voidedAt }) => voidedAt === null)
    expect(live.map(({ subject }) => subject)).toEqual([world.ids.anton])
    // With the role what was said before does not come back.
    await give(['approver'])
    expect((await world.read(id)).gate.reason).toMatch(/^1 of 2/)
    await world.insist(world.decide('approvals', id, { token: bea }))
    expect((await world.read(id)).state).toBe('approved')
  })

  it('one person with several tokens and an account on the forge counts once', async () => {
    const { id, pullRequest } = await propose('core')
    const second = await world.tokenOf('bea', 'owner')
    for (const token of [bea, second]) await world.insist(world.decide('approvals', id, { token }))
    const pullNumber = pullRequest?.number ?? 0
    world.memory.person.review(pullNumber, 'bea', 'approved')
    await world.hint('pull_request_review', { pullNumber })
    await world.settle()
    const { state, gate } = await world.read(id)
    expect([state, gate.state]).toEqual(['proposed', 'red'])
    expect(gate.reason).toMatch(/^1 of 2/)
    expect((await world.decide('merge', id, { token: second })).status).toBe(409)
    await world.approve(id)
    expect(await world.read(id)).toMatchObject({ state: 'approved', gate: { state: 'green' } })
  })

  it('a revert goes back to where it was, and asks for the same people', async () => {
    const { id } = await propose('core')
    await world.approve(id)
    await world.insist(world.decide('approvals', id, { token: bea }))
    await world.insist(world.decide('merge', id))
    await world.settle()
    await world.report(await world.read(id), 'healthy')
    await world.settle()
    const back = await world.insist(world.decide('revert', id, { token: world.tokens.requester }))
    await world.settle()
    const { gate, parameters } = await world.read(back.id)
    expect(parameters).toMatchObject({ site: 'core-left-01' })
    expect(gate.reason).toMatch(/^0 of 2/)
  })

  it('nor does an update go around it', async () => {
    const update = { ...world.vmRequest('web', { site: 'core-taking-01' }), action: 'update' }
    const { body } = await world.send('POST', '/changes?validateOnly=true', { body: update })
    expect(body.plan?.reviewers.needed).toBe(2)
  })
})

describe('between regional places', () => {
  const policy = {
    ...{ action: 'create', template: 'failover-policy', name: 'web-may-move' },
    parameters: { resource: 'web', to: ['regional-taking-01'], reason: 'When the site is lost.' },
  }
  beforeEach(() => standing('regional'))

  it('nothing moves without a policy that was approved beforehand', async () => {
    const before = opened()
    expect(await refusal(world.request(moveOf('regional')))).toEqual([422, 'FAILOVER-POLICY'])
    const { id } = await world.propose(policy)
    expect(await refusal(world.request(moveOf('regional')))).toEqual([422, 'FAILOVER-POLICY'])
    expect((await world.land(id)).state).toBe('applied')
    // Only the policy's own pull request was opened so far.
    expect(opened()).toBe(before + 1)

    const change = await propose('regional')
    expect(await world.approve(change.id)).toMatchObject({ state: 'approved' })
    expect(await refusal(world.request(moveOf('regional', 'far')))).toEqual([409])
    expect((await world.land(change.id)).state).toBe('promoted')
  })

  it('a policy names the place as well', async () => {
    await world.land((await world.propose(policy)).id)
    expect(await refusal(world.request(moveOf('regional', 'far')))).toEqual([
      422,
      'FAILOVER-POLICY',
    ])
  })

  it('a policy that is deleted before the approval voids what was planned on it', async () => {
    await world.land((await world.propose(policy)).id)
    const { id } = await propose('regional')
    const remove = { ...policy, action: 'delete', parameters: {} }
    const { body } = await world.send('POST', '/changes?validateOnly=true', { body: remove })
    await world.land((await world.propose({ ...remove, confirm: body.plan?.destroys?.digest })).id)
    expect((await world.decide('approvals', id)).status).toBe(409)
  })
})

describe('at the edge', () => {
  beforeEach(() => standing('edge'))

  it('a neighbour takes over with one approval', async () => {
    const { id } = await propose('edge')
    expect((await world.land(id)).state).toBe('promoted')
  })

  it('nobody else does', async () => {
    const before = opened()
    expect(await refusal(world.request(moveOf('edge', 'far')))).toEqual([422, 'FAILOVER-ADJACENT'])
    expect(opened()).toBe(before)
  })
})

// Nobody approves by another's hands: no person makes tokens for another, and whoever could act by a machine's token stands
// behind what it asks for, over any number of tokens and rotations.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})
const outcome = async (asked: ReturnType<TenantWorld['decide']>) => {
  const { status, body } = await asked
  return [status, body.type?.split('/').at(-1)]
}

describe('a token for somebody else', () => {
  const make = async (by: string, member: string) => {
    const { status } = await world.http('POST', '/v1/tenants/acme/tokens', {
      ...{ token: by, key: `for-${member}`, body: { name: 'For somebody else', member } },
    })
    return status
  }

  it.each([
    ['an owner', 'owner'],
    ['an admin', 'admin'],
    ['a requester', 'requester'],
  ] as const)('is not %s’s to make: nobody approves in the name of another', async (_, role) => {
    const token = await world.tokenOf('rick', role)
    for (const member of ['anton', world.ids.anton, 'olga', 'nobody'])
      expect(await make(token, member), member).toBe(403)
  })
})

describe('a machine', () => {
  const ROBOT = { member: 'robot' }
  const tokenFor = async (by: string, key: string) => {
    const sent = { token: by, key, body: { name: 'Robot', ...ROBOT } }
    const made = await world.http('POST', '/v1/tenants/acme/tokens', sent)
    return ((await made.json()) as { token: string }).token
  }
  const askedBy = async (token: string) => {
    const { id } = await world.insist(world.request(world.vmRequest('own'), { token }))
    await world.settle()
    return id
  }
  const THEIR_OWN = [403, 'separation-of-duties']
  let owner: string
  beforeEach(async () => {
    owner = world.tokens.owner
    await world.ensureMember('acme', 'robot', 'requester', false)
  })

  it('approves nothing of what its owner’s hands could have asked for', async () => {
    const id = await askedBy(await tokenFor(owner, 'one'))
    for (const what of ['approvals', 'merge'])
      expect(await outcome(world.decide(what, id, { token: owner }))).toEqual(THEIR_OWN)
    expect((await world.land(id)).state).toBe('promoted')
  })

  it('does not wash its maker off by a token that it makes for itself', async () => {
    const first = await tokenFor(owner, 'one')
    const own = await world.http('POST', '/v1/tenants/acme/tokens', {
      ...{ token: first, key: 'two', body: { name: 'By itself' } },
    })
    const second = ((await own.json()) as { token: string }).token
    const id = await askedBy(second)
    expect(await outcome(world.decide('approvals', id, { token: owner }))).toEqual(THEIR_OWN)
  })

  it('nor by a rotation: whoever rotated stands behind it too', async () => {
    const olive = await world.tokenOf('olive', 'owner')
    const made = await world.http('POST', '/v1/tenants/acme/tokens', {
      ...{ token: owner, key: 'one', body: { name: 'Robot', ...ROBOT } },
    })
    const { id: tokenId, token: old } = (await made.json()) as { id: string; token: string }
    const rotated = await world.http('POST', `/v1/tenants/acme/tokens/${tokenId}/rotate`, {
      ...{ token: olive, key: 'turn' },
    })
    const { token: first, id: firstId } = (await rotated.json()) as { id: string; token: string }
    // Now by itself, with the token that it had before.
    const again = await world.http('POST', `/v1/tenants/acme/tokens/${firstId}/rotate`, {
      ...{ token: old, key: 'turn-again' },
    })
    const { token: last } = (await again.json()) as { token: string }
    for (const token of [first, last]) {
      const id = await askedBy(token)
      for (const hand of [owner, olive])
        expect(await outcome(world.decide('approvals', id, { token: hand }))).toEqual(THEIR_OWN)
      await world.insist(world.decide('reject', id, { body: { reason: 'Enough.' } }))
      await world.settle()
    }
  })

  it('whose maker revises with it what another asked for does not make him an approver', async () => {
    const clean = await world.http('POST', '/v1/tenants/acme/tokens', {
      ...{ token: await world.tokenOf('rick', 'admin'), key: 'r', body: { name: 'R', ...ROBOT } },
    })
    const id = await askedBy(((await clean.json()) as { token: string }).token)
    const token = await tokenFor(owner, 'one')
    const body = { parameters: { site: 'lab-01', cores: 2 } }
    await world.insist(world.decide('revisions', id, { token, body }))
    await world.settle()
    expect(await outcome(world.decide('approvals', id, { token: owner }))).toEqual(THEIR_OWN)
  })

  it('counts for nothing by a review of its maker on the forge', async () => {
    world.linkForgeAccount(world.tenantId, world.ids.olga, 'olga')
    const id = await askedBy(await tokenFor(owner, 'one'))
    world.memory.person.review(1, 'olga', 'approved')
    await world.hint('pull_request_review')
    await world.settle()
    expect(await world.read(id)).toMatchObject({ state: 'proposed', approvals: [] })
  })
})

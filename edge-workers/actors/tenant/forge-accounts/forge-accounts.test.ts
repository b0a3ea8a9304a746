// Accounts at the forge, by a signed challenge: nobody's without a proof, one member's with it, and nobody's again afterwards.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import {
  askChallenge,
  openAccount,
  prove,
  signChallenge,
} from '../../../../functions/simulator/forge-proof.ts'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
/** Nobody here has an account linked at first. */
const unlinked = (member: string): void => {
  const found = world.tenants.actors.get(world.tenantId)
  found?.surroundings.state.storage.sql.exec(
    'DELETE FROM forge_accounts WHERE memberId = ?',
    member,
  )
}
beforeEach(async () => {
  world = await createTenantWorld()
  for (const id of Object.values(world.ids)) unlinked(id)
  for (const login of ['anton', 'rita', 'olga']) openAccount(world, login)
})

const anton = () => ({ token: world.tokens.approver, login: 'anton' })
const problem = ({ status, body }: { status: number; body: { type?: string } }) => [
  status,
  body.type?.split('/').at(-1),
]
const unlink = (id = 'me', token = world.tokens.approver) =>
  world.send('DELETE', `/forge-accounts/${id}`, { token, headers: { 'if-match': '*' } })
const review = async (login: string, state: 'approved' | 'dismissed' = 'approved') => {
  world.memory.person.review(1, login, state)
  await world.hint('pull_request_review')
  await world.settle()
}
const leaves = () =>
  JSON.stringify([
    ...(world.tenants.actors
      .get(world.tenantId)
      ?.surroundings.state.storage.sql.exec('SELECT * FROM transitions') ?? []),
  ])

describe('a signed challenge', () => {
  it('links the account, once, and says so in the log without its login', async () => {
    const linked = await prove(world, anton())
    expect([linked.status, linked.body]).toEqual([
      201,
      {
        ...{ member: world.ids.anton, login: 'anton', method: 'signature' },
        provedAt: expect.any(String),
      },
    ])
    const read = await world.send('GET', '/forge-accounts/me', { token: world.tokens.approver })
    expect(read.body).toEqual(linked.body)
    expect(leaves()).toContain('forge-account')
    expect(leaves()).toContain(world.ids.anton)
    expect(leaves()).not.toContain('anton')
  })

  it('is used once: a repeat of what it linked is answered, and after that it is over', async () => {
    const challenge = await askChallenge(world, anton())
    const body = { challenge: challenge.id, signature: signChallenge(challenge, 'anton') }
    const send = () =>
      world.send('POST', '/forge-accounts', { token: world.tokens.approver, key: 'one', body })
    const first = await send()
    expect(first.status).toBe(201)
    expect(await send()).toEqual(first)
    const other = await askChallenge(world, anton())
    const reused = await world.send('POST', '/forge-accounts', {
      ...{ token: world.tokens.approver, key: 'one' },
      body: { challenge: other.id, signature: signChallenge(other, 'anton') },
    })
    expect(problem(reused)).toEqual([422, 'idempotency-key-reused'])
    expect((await unlink()).status).toBe(200)
    expect(problem(await send())).toEqual([422, 'invalid-parameters'])
  })

  it('is the same for the same key, and refused for another login', async () => {
    const ask = (login: string) =>
      world.send('POST', '/forge-accounts/challenges', {
        ...{ token: world.tokens.approver, key: 'same', body: { login } },
      })
    const first = await ask('anton')
    expect(await ask('Anton')).toEqual(first)
    expect(problem(await ask('rita'))).toEqual([422, 'idempotency-key-reused'])
  })

  it('that was signed by a key of somebody else is refused', async () => {
    expect(problem(await prove(world, { ...anton(), key: 'rita' }))).toEqual([
      422,
      'invalid-parameters',
    ])
    // Rita asks for anton’s account and has her own key.
    const stolen = { token: world.tokens.requester, login: 'anton', key: 'rita' }
    expect((await prove(world, stolen)).status).toBe(422)
  })

  it('that was made for another member, account or challenge is refused', async () => {
    const his = await askChallenge(world, anton())
    const hers = await askChallenge(world, { token: world.tokens.requester, login: 'anton' })
    const send = (token: string, challenge: string, signature: string) =>
      world.send('POST', '/forge-accounts', { token, body: { challenge, signature } })
    const { approver, requester } = world.tokens
    // Anton has signed for himself: she cannot use it for hers, nor his challenge at all.
    expect((await send(requester, hers.id, signChallenge(his, 'anton'))).status).toBe(422)
    expect((await send(requester, his.id, signChallenge(his, 'anton'))).status).toBe(422)
    const other = await askChallenge(world, anton())
    expect((await send(approver, other.id, signChallenge(his, 'anton'))).status).toBe(422)
    expect((await send(approver, other.id, signChallenge(other, 'anton'))).status).toBe(201)
  })

  it('has the forge asked only for what a key could have signed, and not for ever', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    try {
      const gone = await askChallenge(world, { ...anton(), login: 'nobody-at-all' })
      const { approver: token } = world.tokens
      const send = async ({ id: challenge }: { id: string }, signature: string) => {
        const body = { challenge, signature }
        const sent = await world.send('POST', '/forge-accounts', { token, body })
        const [error] = (sent.body as { errors?: { pointer: string }[] }).errors ?? []
        return error?.pointer ?? sent.status
      }
      for (let tried = 0; tried < 30; tried += 1)
        expect(await send(gone, 'no signature')).toBe('/signature')
      const told = []
      for (let tried = 0; tried < 22; tried += 1)
        told.push(await send(gone, signChallenge(gone, 'anton')))
      expect(told).toEqual([...Array(20).fill('/challenge'), 429, 429])
      const others = { token: world.tokens.requester, login: 'rita' }
      expect((await prove(world, others)).status).toBe(201)
      expect((await prove(world, anton())).status).toBe(429)
      vi.setSystemTime(Date.now() + 900_000)
      expect((await prove(world, anton())).status).toBe(201)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is over after a quarter of an hour', async () => {
    const challenge = await askChallenge(world, anton())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 900_001 })
    try {
      const { status } = await world.send('POST', '/forge-accounts', {
        token: world.tokens.approver,
        body: { challenge: challenge.id, signature: signChallenge(challenge, 'anton') },
      })
      expect(status).toBe(422)
    } finally {
      vi.useRealTimers()
    }
  })

  it.each([
    ['of an account that is not there', 'nobody-at-all', 422],
    ['of a login that is none', 'phoenix[bot]', 422],
    ['of Phoenix’s own account', 'phoenix-app', 403],
  ])('%s is refused', async (_, login, status) => {
    world.env.FORGE_APP_LOGIN = 'Phoenix-App'
    openAccount(world, 'phoenix-app', 'anton')
    const { status: got } = await prove(world, { ...anton(), login, key: 'anton' })
    expect(got).toBe(status)
  })

  it('while the forge does not answer is an outage, and can be sent again', async () => {
    const challenge = await askChallenge(world, anton())
    const { Outage } = await import('../../../../schemas/result.ts')
    world.memory.setIntercept(() => Promise.reject(new Outage('forge', 'does not answer')))
    const send = () =>
      world.send('POST', '/forge-accounts', {
        token: world.tokens.approver,
        body: { challenge: challenge.id, signature: signChallenge(challenge, 'anton') },
      })
    expect(problem(await send())).toEqual([503, 'outage'])
    world.memory.setIntercept(null)
    expect((await send()).status).toBe(201)
  })

  it('is for people only, and for a credential that may do what the account may', async () => {
    const machine = await world.tokenOf('robot', 'requester', { person: false })
    expect(problem(await prove(world, { ...anton(), token: machine }))).toEqual([403, 'forbidden'])
    const weak = await world.tokenOf('anton', 'approver', { scopes: ['self:write'] })
    expect(problem(await prove(world, { ...anton(), token: weak }))).toEqual([403, 'forbidden'])
  })

  it('is not asked for without end', async () => {
    for (let count = 0; count < 20; count += 1)
      expect((await askChallenge(world, anton())).status).toBe(201)
    expect((await askChallenge(world, anton())).status).toBe(409)
  })
})

describe('one account is one member’s', () => {
  it('whatever the case of its letters, and it is free again when he unlinks it', async () => {
    expect((await prove(world, { ...anton(), login: 'AnToN' })).status).toBe(201)
    const olga = { token: world.tokens.owner, login: 'ANTON', key: 'anton' }
    expect(problem(await prove(world, olga))).toEqual([409, 'conflict'])
    expect((await unlink()).status).toBe(200)
    expect((await prove(world, olga)).status).toBe(201)
  })

  it('and a member has one: another proof takes its place', async () => {
    openAccount(world, 'anton-2', 'anton')
    await prove(world, anton())
    expect((await prove(world, { ...anton(), login: 'anton-2', key: 'anton' })).status).toBe(201)
    const taken = { token: world.tokens.owner, login: 'anton-2', key: 'anton' }
    expect((await prove(world, taken)).status).toBe(409)
    const again = { token: world.tokens.owner, login: 'anton', key: 'anton' }
    expect((await prove(world, again)).status).toBe(201)
  })

  it('also when the login went to somebody else: the old link is nobody’s', async () => {
    await prove(world, anton())
    const { id } = await world.propose(world.vmRequest('web'))
    world.memory.person.giveUp('anton', [])
    await review('anton')
    expect((await world.read(id)).state).toBe('proposed')
  })
})

describe('unlinking', () => {
  it('asks for a version, is one’s own, and owners do it for others', async () => {
    await prove(world, anton())
    const path = `/forge-accounts/${world.ids.anton}`
    const bare = await world.send('DELETE', path, { token: world.tokens.approver })
    expect(bare.status).toBe(428)
    const stale = { token: world.tokens.approver, headers: { 'if-match': '"v1"' } }
    expect((await world.send('DELETE', path, stale)).status).toBe(412)
    expect((await unlink(world.ids.anton, world.tokens.requester)).status).toBe(403)
    expect((await unlink(world.ids.anton, world.tokens.owner)).status).toBe(200)
    expect((await unlink(world.ids.anton, world.tokens.owner)).status).toBe(404)
  })

  it('changes the version of the member, who shows it', async () => {
    const etag = async () => {
      const path = `/v1/tenants/acme/members/${world.ids.anton}`
      return (await world.http('GET', path, { token: world.operator })).headers.get('etag')
    }
    const before = await etag()
    await prove(world, anton())
    const linked = await etag()
    await unlink()
    expect(new Set([before, linked, await etag()]).size).toBe(3)
  })
})

describe('a review at the forge', () => {
  it('counts only for a linked account, also when it was given before the link', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await review('anton')
    expect((await world.read(id)).state).toBe('proposed')
    await prove(world, anton())
    await world.settle()
    expect((await world.read(id)).state).toBe('approved')
  })

  it('is void with the link, and the gate is red again', async () => {
    await prove(world, anton())
    const { id } = await world.propose(world.vmRequest('web'))
    await review('anton')
    expect((await world.read(id)).gate.state).toBe('green')
    await unlink()
    await world.settle()
    const { state, gate, approvals } = await world.read(id)
    expect([state, gate.state, approvals.length]).toEqual(['proposed', 'red', 1])
    expect(approvals[0]?.voidedAt).not.toBeNull()
    expect(problem(await world.decide('merge', id))).toEqual([409, 'wrong-state'])
  })

  it('by the old account is void when another takes its place, and what was approved here stays', async () => {
    openAccount(world, 'anton-2', 'anton')
    await prove(world, anton())
    const first = await world.propose(world.vmRequest('web'))
    await review('anton')
    const second = await world.propose(world.vmRequest('db'))
    await world.approve(second.id)
    await prove(world, { ...anton(), login: 'anton-2', key: 'anton' })
    await world.settle()
    expect((await world.read(first.id)).state).toBe('proposed')
    expect((await world.read(second.id)).state).toBe('approved')
  })

  it('stays when the same account is proved again', async () => {
    await prove(world, anton())
    const { id } = await world.propose(world.vmRequest('web'))
    await review('anton')
    await prove(world, anton())
    expect((await world.read(id)).state).toBe('approved')
  })
})

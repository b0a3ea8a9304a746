// The freeze: `live` of no tenant moves while it is on, changes say why, and nobody lifts it alone.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import type { FreezeView } from '../../schemas/freeze.ts'

const REASON = 'Storage of the region is being moved.'
let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => vi.useRealTimers())

const live = () => world.memory.branches.get('live')
const ask = async (
  method: string,
  { token = world.operator, key, reason, ifMatch }: Record<string, string | undefined> = {},
) => {
  const answer = await world.http(method, '/v1/freeze', {
    ...{ token, ...(key === undefined ? {} : { key }) },
    ...(reason === undefined ? {} : { body: { reason } }),
    ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
  })
  const body = (await answer.json()) as FreezeView & { type?: string }
  return { status: answer.status, etag: answer.headers.get('etag') ?? '', body }
}
const freeze = (key = 'one') => ask('PUT', { key, reason: REASON })
const lift = (token = world.operator, ifMatch = '*') => ask('DELETE', { token, ifMatch })
const poll = async () => {
  vi.setSystemTime(Date.now() + 301_000)
  await world.settle()
}
/** The operators' own tenant with people who are operators. */
const operators = async (...handles: string[]): Promise<string[]> => {
  await world.createTenant('platform', { repository: 'platform/fleet' })
  const tokens = []
  for (const member of handles)
    tokens.push((await world.createToken('platform', 'operator', { member })).token)
  vi.setSystemTime(Date.now() + 1_000)
  return tokens
}
const platformRows = () =>
  [...world.tenants.actors.values()].find(({ surroundings }) =>
    surroundings.storage.sql
      .exec("SELECT 1 FROM tenant WHERE slug = 'platform'")
      .toArray()
      .some(Boolean),
  )?.surroundings.storage.sql
const leavesOf = async (id: string) => {
  const rows = platformRows()
    ?.exec(
      `SELECT t."to", t.actor, t.version, l.type FROM transitions t JOIN log_leaves l ON l.seq = t.seq
       WHERE t.changeId = ? ORDER BY t.version`,
      id,
    )
    .toArray()
  return rows as { to: string; actor: string; version: number; type: string }[] | undefined
}

describe('while it is on', () => {
  it('a lawful merge waits and says why, and goes on within a poll once it is lifted', async () => {
    const before = live()
    expect((await freeze()).body).toMatchObject({ frozen: true, reason: REASON, liftsNeeded: 1 })
    const waits = await world.land((await world.propose(world.vmRequest('web'))).id)
    expect(waits).toMatchObject({ state: 'merged', liveSha: null })
    expect(waits.reason).toContain('promotion waits: frozen by operators since 2026-11-21')
    expect(waits.reason).toContain(REASON)
    await poll()
    expect(live()).toBe(before)
    expect((await lift()).body).toMatchObject({ frozen: false, id: null, reason: null })
    await poll()
    expect((await world.read(waits.id)).state).toBe('promoted')
    expect(live()).toBe(world.memory.branches.get('main'))
  })

  it('a freeze that begins between the merge and the move holds the move', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    const before = live()
    await world.insist(world.decide('merge', id))
    let begun = false
    world.memory.setIntercept(async (verb, run) => {
      if (verb === 'compare' && !begun) {
        begun = true
        await freeze()
      }
      return run()
    })
    await world.settle()
    expect(begun).toBe(true)
    expect((await world.read(id)).reason).toContain('frozen by operators')
    expect(live()).toBe(before)
  })

  it('a freeze that begins while its pull request is read, long after the merge, holds the move', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    await world.approve(id)
    const before = live()
    await world.insist(world.decide('merge', id))
    // Right after a merge of our own it is not read again.
    vi.setSystemTime(Date.now() + 120_000)
    let begun = false
    world.memory.setIntercept(async (verb, run) => {
      const answer = await run()
      if (verb === 'readPull' && !begun) {
        begun = true
        await freeze()
      }
      return answer
    })
    await world.settle()
    expect(begun).toBe(true)
    expect(live()).toBe(before)
    expect((await world.read(id)).reason).toContain('frozen by operators')
  })

  it('nothing moves while nobody can say whether it is on, and goes on once somebody can', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const before = live()
    world.directory.setIntercept((call, run) => {
      if (call === 'directory.frozen') throw new Error('no answer')
      return run()
    })
    await world.land(id)
    expect([(await world.read(id)).state, live()]).toEqual(['merged', before])
    world.directory.setIntercept(null)
    await poll()
    expect((await world.read(id)).state).toBe('promoted')
  })
})

describe('PUT', () => {
  it('repeated is the same freeze; with another reason it is refused; a second operator changes nothing', async () => {
    const first = await freeze()
    expect(await freeze()).toEqual(first)
    expect((await ask('PUT', { key: 'one', reason: 'Other.' })).status).toBe(422)
    expect((await ask('PUT', { key: 'two', reason: 'Other.' })).body.id).toBe(first.body.id)
    await lift()
    // Its own first request does not freeze again what was lifted.
    expect((await freeze()).body.frozen).toBe(false)
    expect((await freeze('three')).body.frozen).toBe(true)
  })
})

describe('lifting', () => {
  it('needs two different operators, and is in the log with every vote', async () => {
    const [otto = '', paula = ''] = await operators('otto', 'paula')
    const { body, etag } = await ask('PUT', { token: otto, key: 'one', reason: REASON })
    expect(body.liftsNeeded).toBe(2)
    const one = await lift(otto, etag)
    expect(one.body).toMatchObject({ frozen: true, lifts: [{ by: body.by }] })
    expect((await lift(otto)).body).toMatchObject({ frozen: true, lifts: [{ by: body.by }] })
    expect((await lift(paula, etag)).status).toBe(412)
    expect((await lift(paula, one.etag)).body.frozen).toBe(false)
    const leaves = await leavesOf(body.id ?? '')
    expect(leaves?.map(({ to }) => to)).toEqual(['frozen', 'lift_asked', 'lift_asked', 'lifted'])
    expect(leaves?.[0]?.actor).toBe(body.by)
    expect(new Set(leaves?.map(({ type }) => type))).toEqual(new Set(['platform']))
  })

  it('counts the root credential as one operator, and nobody who became one afterwards', async () => {
    const [otto = ''] = await operators('otto')
    await world.createToken('platform', 'requester', { member: 'rolf' })
    vi.setSystemTime(Date.now() + 1_000)
    await freeze()
    vi.setSystemTime(Date.now() + 1_000)
    const promoted = await world.createToken('platform', 'operator', { member: 'rolf' })
    const { token: late } = await world.createToken('platform', 'operator', { member: 'late' })
    expect((await lift()).body.frozen).toBe(true)
    expect((await lift(late)).status).toBe(403)
    expect((await lift(promoted.token)).status).toBe(403)
    expect((await lift()).body.frozen).toBe(true)
    expect((await lift(otto)).body.frozen).toBe(false)
  })

  it('does not count who is no operator any more', async () => {
    const [otto = '', paula = ''] = await operators('otto', 'paula')
    await freeze()
    await lift(otto)
    const left = await world.http('DELETE', '/v1/tenants/platform/members/otto', {
      ...{ token: world.operator, headers: { 'if-match': '*' } },
    })
    expect(left.status).toBe(200)
    expect((await lift(paula)).body.frozen).toBe(true)
    expect((await lift()).body.frozen).toBe(false)
  })

  it('is not made easier by taking the role from whoever else could vote', async () => {
    await operators('otto', 'paula')
    await freeze()
    for (const member of ['otto', 'paula']) {
      const taken = await world.http('PATCH', `/v1/tenants/platform/members/${member}`, {
        ...{ token: world.operator, headers: { 'if-match': '*' }, body: { roles: ['requester'] } },
      })
      expect(taken.status).toBe(200)
    }
    expect((await lift()).body).toMatchObject({ frozen: true, liftsNeeded: 2 })
    // Nobody is left who could give the second vote, so newcomers have one, but not before everybody could see them for a day.
    const { token: late } = await world.createToken('platform', 'operator', { member: 'late' })
    vi.setSystemTime(Date.now() + 86_399_000)
    expect((await lift(late)).status).toBe(403)
    vi.setSystemTime(Date.now() + 2_000)
    expect((await lift(late)).body.frozen).toBe(false)
  })

  it('counts those who are operators at the first vote where nobody could say it before', async () => {
    const [otto = ''] = await operators('otto')
    world.tenants.setIntercept((call, run) => {
      if (call.endsWith('.call')) throw new Error('no answer')
      return run()
    })
    await freeze()
    world.tenants.setIntercept(null)
    expect((await lift()).body).toMatchObject({ frozen: true, liftsNeeded: 2 })
    expect((await lift(otto)).body.frozen).toBe(false)
  })

  it('is told to the log later where the platform’s tenant did not answer', async () => {
    await operators('otto')
    let lost = 0
    world.tenants.setIntercept((call, run) => {
      if (call.endsWith('.call') && lost < 2) {
        lost += 1
        throw new Error('no answer')
      }
      return run()
    })
    const { body } = await freeze()
    world.tenants.setIntercept(null)
    expect(await leavesOf(body.id ?? '')).toEqual([])
    await world.directory.alarm('directory')
    expect((await leavesOf(body.id ?? ''))?.map(({ to }) => to)).toEqual(['frozen'])
  })
})

describe('a vote by a credential that somebody else could use', () => {
  /** Who has made the tokens that this member has now. */
  const madeBy = (maker: string, member: string) => {
    const idOf = (handle: string) => `(SELECT id FROM members WHERE handle = '${handle}')`
    platformRows()?.exec(
      `UPDATE tokens SET lineage = json_array(${idOf(maker)}) WHERE member = ${idOf(member)}`,
    )
  }
  const problem = ({ status, body }: Awaited<ReturnType<typeof lift>>) => [
    status,
    body.type?.split('/').at(-1),
  ]
  const REFUSED = [403, 'separation-of-duties']

  it.each(['otto', 'paula'])(
    'is none beside his own, with that of %s first; beside anybody else’s it is one',
    async (first) => {
      const [otto, paula, rolf] = await operators('otto', 'paula', 'rolf')
      madeBy('otto', 'paula')
      await freeze()
      const [one, two] = first === 'otto' ? [otto, paula] : [paula, otto]
      expect((await lift(one)).body.lifts).toHaveLength(1)
      expect(problem(await lift(two))).toEqual(REFUSED)
      expect((await lift(one)).body).toMatchObject({ frozen: true, lifts: [{}] })
      expect((await lift(rolf)).body.frozen).toBe(false)
    },
  )

  it('is none beside one by another credential of the same maker', async () => {
    const [, paula, rolf] = await operators('otto', 'paula', 'rolf')
    for (const member of ['paula', 'rolf']) madeBy('otto', member)
    await freeze()
    await lift(paula)
    expect(problem(await lift(rolf))).toEqual(REFUSED)
    // The root credential makes everybody’s first token.
    expect((await lift()).body.frozen).toBe(false)
  })

  it('is the holder’s alone once he has given it by a credential that is', async () => {
    const [otto, paula] = await operators('otto', 'paula')
    madeBy('otto', 'paula')
    await freeze()
    await lift(paula)
    expect(problem(await lift(otto))).toEqual(REFUSED)
    const { token } = await world.createToken('platform', 'operator', { member: 'paula' })
    for (const one of [token, paula]) expect((await lift(one)).body.lifts).toHaveLength(1)
    expect((await lift(otto)).body.frozen).toBe(false)
  })
})

describe('the console', () => {
  const page = async (path: string, token: string, form?: Record<string, string>) => {
    const answer = await world.http(form === undefined ? 'GET' : 'POST', path, {
      headers: {
        ...{ cookie: `phoenix_token=${token}`, origin: world.env.PUBLIC_URL },
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: new URLSearchParams(form).toString() }),
    })
    return { status: answer.status, text: await answer.text() }
  }

  it('says so on every page while it is on; operators freeze and vote there, others read', async () => {
    const [otto = '', paula = ''] = await operators('otto', 'paula')
    const { owner } = world.tokens
    expect((await page('/rules', owner)).text).not.toContain('frozen')
    expect((await page('/freeze', owner)).text).not.toContain('<form method="post" action="/freeze')
    expect((await page('/freeze', owner, { reason: REASON })).status).toBe(409)
    expect((await page('/freeze', otto, { reason: REASON })).status).toBe(303)
    for (const path of ['/problems', '/rules', '/t/acme/changes']) {
      const { text } = await page(path, owner)
      expect(text).toContain('Promotions are frozen')
      expect(text).toContain(REASON)
    }
    for (const token of [otto, paula]) {
      const { text } = await page('/freeze', token)
      const version = /name="version" value="(\d+)"/.exec(text)?.[1] ?? ''
      expect((await page('/freeze/lift', token, { version })).status).toBe(303)
    }
    expect((await page('/rules', owner)).text).not.toContain('Promotions are frozen')
  })
})

describe('GET', () => {
  it('tells a tenant’s people that and why, and not which operator', async () => {
    await freeze()
    const { status, body } = await ask('GET', { token: world.tokens.auditor })
    expect(status).toBe(200)
    expect(body).toMatchObject({ frozen: true, reason: REASON, by: 'operator' })
    expect((await ask('PUT', { token: world.tokens.owner, key: 'x', reason: 'x' })).status).toBe(
      403,
    )
    expect((await lift(world.tokens.owner)).status).toBe(403)
    expect((await ask('DELETE')).status).toBe(428)
  })
})

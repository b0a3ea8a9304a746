// A restore from an older export brings back nothing that was taken away since: sign-ins end, approvals are asked for again,
// tokens, workloads and invitations wait until an owner says that they count.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type Principal, scopesOf } from '../../../../schemas/principal.ts'
import { Outage } from '../../../../schemas/result.ts'
import { parseToken } from '../../../auth/token.ts'
import { confirmTokens, createLostWorld, type LostWorld } from './lost-world.fixture.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const AT = '/v1/tenants/acme'
const listTokens = async (world: LostWorld, token: string) => {
  const response = await world.http('GET', `${AT}/tokens?limit=100`, { token })
  const { items, ...problem } = (await response.json()) as {
    items?: { id: string; member: string; setAside: boolean }[]
    detail?: string
  }
  return { status: response.status, items: items ?? [], ...problem }
}
const confirm = async (world: LostWorld, id: string, token: string, kind = 'tokens') =>
  (await world.http('POST', `${AT}/${kind}/${id}/confirm`, { token })).status
const idOf = (token: string) => /tok[a-z2-7]{16}/.exec(token)?.[0] ?? ''

it('a token that was revoked after the backup does not come back, nor does any other by itself', async () => {
  const world = await createLostWorld()
  const { requester, owner, auditor } = world.tokens
  const gone = await world.http('DELETE', `${AT}/tokens/${idOf(requester)}`, {
    ...{ token: owner, headers: { 'if-match': '*' } },
  })
  expect(gone.status).toBe(200)
  world.lose()
  const { body } = await world.restore()
  expect(body).toMatchObject({ setAside: { tokens: 4, workloads: 0, invitations: 0 } })
  expect(body.untold).toContain('other roles')
  const refused = await listTokens(world, requester)
  expect(refused).toMatchObject({ status: 401 })
  expect(refused.detail).toContain('an owner confirms it')
  expect((await listTokens(world, owner)).status).toBe(401)
  // Whoever operates the installation lets the owner in, and he the others.
  expect(await confirm(world, idOf(owner), auditor)).toBe(401)
  expect(await confirm(world, idOf(owner), world.operator)).toBe(200)
  expect(await confirm(world, idOf(owner), world.operator)).toBe(200)
  const { items } = await listTokens(world, owner)
  expect(items.filter(({ setAside }) => setAside)).toHaveLength(3)
  expect(await confirm(world, idOf(auditor), owner)).toBe(200)
  expect((await listTokens(world, auditor)).status).toBe(200)
  expect(await confirm(world, 'tokaaaaaaaaaaaaaaaa', owner)).toBe(404)
  // One that is made now is good at once, and nobody confirms his own.
  const made = await world.createToken('acme', 'requester', { member: 'rita' })
  expect((await listTokens(world, made.token)).status).toBe(200)
  expect(await confirm(world, idOf(requester), made.token)).toBe(403)
})

it('a machine confirms nothing, and restores nothing', async () => {
  const world = await createLostWorld()
  const row = (await world.tenant.whoAmI(callerOf(world.tokens.owner), 'tenant.read')) as {
    value: Principal
  }
  const machine = {
    ...row.value,
    roles: ['operator' as const],
    scopes: scopesOf('operator'),
    person: false,
  }
  const caller = { kind: 'principal' as const, principal: machine }
  for (const [name, input] of [
    ['backups.restore', { backup: 'newest' as const, adopt: true }],
    ['backups.abandon', null],
    ['tokens.confirm', idOf(world.tokens.owner)],
    ['workloads.confirm', 'wkl_x'],
  ] as const)
    expect(await world.tenant.call(caller, name, input as never), name).toMatchObject({
      refusal: { problem: 'forbidden', detail: expect.stringContaining('Only people') },
    })
})
const callerOf = (token: string) => {
  const parsed = parseToken(token)
  if (!parsed) throw new Error('no token')
  return { kind: 'token' as const, tokenId: parsed.tokenId, secretDigest: parsed.secretDigest }
}

it('approvals from before are void, of what is open and of what was merged and not promoted', async () => {
  const ids: Record<string, string> = {}
  const world = await createLostWorld(async (before) => {
    ids.open = (await before.propose(before.vmRequest('open'))).id
    ids.merged = (await before.propose(before.vmRequest('merged'))).id
    for (const id of [ids.open, ids.merged]) await before.approve(id)
    before.memory.setIntercept((verb, run) =>
      verb === 'moveBranch' ? Promise.reject(new Outage('forge', 'does not answer')) : run(),
    )
    expect((await before.decide('merge', ids.merged)).status).toBe(200)
  })
  const states = async () =>
    Promise.all([ids.open, ids.merged].map(async (id) => (await world.read(id ?? '')).state))
  world.lose()
  expect((await world.restore()).status).toBe(200)
  for (const token of Object.values(world.tokens))
    expect(await confirm(world, idOf(token), world.operator)).toBe(200)
  world.memory.setIntercept(null)
  vi.setSystemTime(Date.now() + 300_000)
  await world.settle()
  expect(await states()).toEqual(['proposed', 'merged'])
  for (const id of Object.values(ids)) {
    const { approvals } = await world.read(id)
    expect(approvals).toMatchObject([{ voidedAt: expect.any(String) }])
  }
})

it('a sign-in from before ends, one that was made after it comes in', async () => {
  const world = await createLostWorld(async (before) => {
    const storage = before.tenants.storageOf(before.tenantId)
    storage?.sql.exec('UPDATE members SET identity = ? WHERE handle = ?', 'idn_olga', 'olga')
    await before.env.DIRECTORY.getByName('directory').joinTenant('idn_olga', before.tenantId)
    await before.tenant.openSession(session('ses_old'))
  })
  const enter = (sessionId: string) =>
    world.tenant.whoAmI({ kind: 'session', sessionId, identity: 'idn_olga' }, 'tenant.read')
  expect((await enter('ses_old')).ok).toBe(true)
  world.lose()
  expect((await world.restore()).body.unknownMembers).toEqual([])
  expect((await enter('ses_old')).ok).toBe(false)
  // It was made before, and had not been here: it may have been ended here since.
  await world.tenant.openSession(session('ses_other', '2026-11-21T12:01:00.000Z'))
  expect((await enter('ses_other')).ok).toBe(false)
  vi.setSystemTime(Date.now() + 1_000)
  await world.tenant.openSession(session('ses_new', new Date().toISOString()))
  expect((await enter('ses_new')).ok).toBe(true)
})
const session = (id: string, createdAt = '2026-11-21T12:00:00.000Z') => ({
  ...{ id, identity: 'idn_olga', issuer: 'test', createdAt },
  expiresAt: '2026-11-22T00:00:00.000Z',
})

it('a member who was removed after the backup is named', async () => {
  const world = await createLostWorld(async (before) => {
    const storage = before.tenants.storageOf(before.tenantId)
    storage?.sql.exec('UPDATE members SET identity = ? WHERE handle = ?', 'idn_ada', 'ada')
    await before.env.DIRECTORY.getByName('directory').joinTenant('idn_ada', before.tenantId)
  })
  const ada = await world.idOf('ada')
  const removed = await world.http('DELETE', `${AT}/members/${ada}`, {
    ...{ token: world.operator, headers: { 'if-match': '*' } },
  })
  expect(removed.status).toBe(200)
  world.lose()
  expect((await world.restore()).body).toMatchObject({ unknownMembers: [ada] })
})

it('invitations are closed, and workloads wait', async () => {
  const world = await createLostWorld(async (before) => {
    const post = (path: string, body: object) =>
      before.http('POST', `${AT}/${path}`, { token: before.tokens.owner, key: path, body })
    const sent = await post('invitations', { roles: ['auditor'] })
    expect(sent.status).toBe(201)
    expect((await post('service-accounts', { handle: 'robot', roles: ['requester'] })).status).toBe(
      201,
    )
    const made = await post('workloads', {
      ...{
        name: 'ci',
        serviceAccount: 'robot',
        issuer: 'https://token.actions.githubusercontent.com',
      },
      claims: { sub: 'repo:acme/app:ref:refs/heads/main' },
    })
    expect(made.status).toBe(201)
  })
  const { owner } = world.tokens
  world.lose()
  const { body } = await world.restore()
  expect(body.setAside).toEqual({ tokens: 4, workloads: 1, invitations: 1 })
  await confirm(world, idOf(owner), world.operator)
  const read = async (path: string) =>
    (
      (await (await world.http('GET', `${AT}/${path}`, { token: owner })).json()) as {
        items: { id: string; state?: string; setAside?: boolean }[]
      }
    ).items
  expect(await read('invitations')).toMatchObject([{ state: 'revoked' }])
  const [workload] = await read('workloads')
  expect(workload).toMatchObject({ setAside: true })
  expect(await confirm(world, workload?.id ?? '', owner, 'workloads')).toBe(200)
  expect(await read('workloads')).toMatchObject([{ setAside: false }])
})

it('a webhook endpoint and a forge account that were taken away after the backup do not come back by themselves', async () => {
  const at = `${AT}/webhooks`
  const world = await createLostWorld(async (before) => {
    const body = { url: 'https://hooks.example.com/phoenix', events: ['phoenix.change.*'] }
    const { owner: token } = before.tokens
    const made = await before.http('POST', at, { token, key: 'hook', body })
    expect(made.status, await made.clone().text()).toBe(201)
  })
  const { owner } = world.tokens
  const hooks = async () => {
    const answer = await world.http('GET', at, { token: owner })
    return ((await answer.json()) as { items: { id: string; enabled: boolean }[] }).items
  }
  const logins = () => world.rows('SELECT login FROM forge_accounts')
  const [hook] = await hooks()
  const more = { token: owner, headers: { 'if-match': '*' } }
  expect((await world.http('DELETE', `${at}/${hook?.id}`, more)).status).toBe(204)
  expect(logins()).toHaveLength(2)
  world.lose()
  expect((await world.restore()).status).toBe(200)
  await confirmTokens(world)
  expect(await hooks()).toMatchObject([{ id: hook?.id, enabled: false }])
  expect(logins()).toEqual([])
  const steps = 'SELECT "to" FROM transitions WHERE changeId = ? ORDER BY seq DESC LIMIT 1'
  const last = (id: string) => world.rows<{ to: string }>(steps, id).map(({ to }) => to)
  expect([last(hook?.id ?? ''), last(world.ids.anton)]).toEqual([['disabled'], ['unlinked']])
  // A review by an account that nobody has proved since is nobody's.
  const { id } = await world.propose(world.vmRequest('web'))
  world.memory.person.review(world.memory.pulls.length, 'anton', 'approved')
  await world.hint('pull_request_review', { pullNumber: world.memory.pulls.length })
  await world.settle()
  expect((await world.read(id)).state).toBe('proposed')
  const on = await world.http('PATCH', `${at}/${hook?.id}`, { ...more, body: { enabled: true } })
  expect(on.status).toBe(200)
})

it('nothing is set aside where the database in place was the same', async () => {
  const world = await createLostWorld()
  expect((await world.restore({ backup: 'newest' })).body).toMatchObject({
    ...{ setAside: { tokens: 0, workloads: 0, invitations: 0 }, untold: null },
  })
  expect((await listTokens(world, world.tokens.owner)).status).toBe(200)
})

it('a restore that cannot end is given up, and says so in the log', async () => {
  const world = await createLostWorld()
  world.lose()
  world.memory.setIntercept(() => Promise.reject(new Outage('forge', 'does not answer')))
  expect((await world.restore()).status).toBe(503)
  const abandon = async (token: string) => {
    const response = await world.http('POST', `${AT}/abandon-restore`, { token })
    return response.status
  }
  expect(await abandon(world.tokens.owner)).toBe(401)
  expect(await abandon(world.operator)).toBe(200)
  expect(await abandon(world.operator)).toBe(409)
  const steps = 'SELECT reason FROM transitions WHERE changeId = ? ORDER BY seq DESC LIMIT 1'
  const [last] = world.rows<{ reason: string }>(steps, world.tenantId)
  expect(last?.reason).toContain('was given up')
  expect((await listTokens(world, world.operator)).status).toBe(200)
})

it('another log’s database is left alone without a word', async () => {
  const world = await createLostWorld(async (before) => {
    await before.tenant.wake()
    await before.settle()
    for (const name of ['one', 'two', 'three']) await before.apply(before.vmRequest(name))
  })
  const listed = await world.http('GET', `${AT}/backups`, { token: world.operator })
  const { items } = (await listed.json()) as { items: { id: string }[] }
  world.lose()
  // It goes on from the older one, as another log than the newer one's.
  expect((await world.restore({ backup: items.at(-1)?.id, adopt: true })).status).toBe(200)
  const refused = await world.restore({ backup: 'newest' })
  expect(refused.status).toBe(409)
  expect(refused.body.detail).toContain('adopt: true')
  expect((await world.restore()).status).toBe(200)
})

it('a key that shows the words of a leaf opens none of the leaf that was lost under its index', async () => {
  const world = await createLostWorld(async (before) => before.propose(before.vmRequest('kept')))
  const rejectSome = async (...names: string[]) => {
    for (const name of names) {
      const { id } = await world.propose(world.vmRequest(name))
      expect((await world.decide('reject', id, { body: { reason: name } })).status).toBe(200)
    }
  }
  await rejectSome('a1', 'a2', 'a3', 'a4')
  const leaves = async (token: string) => {
    const answer = await world.http('GET', `${AT}/log/leaves?limit=100`, { token })
    return ((await answer.json()) as { items: { index: number; words: { key: string } | null }[] })
      .items
  }
  const keysOf = async () =>
    new Map(
      (await leaves(world.tokens.owner)).flatMap(({ index, words }) =>
        words ? [[index, words.key] as const] : [],
      ),
    )
  const before = await keysOf()
  world.lose()
  const { body } = await world.restore()
  await confirmTokens(world)
  await world.settle()
  await rejectSome('b1', 'b2', 'b3', 'b4')
  const after = await keysOf()
  const shared = [...after].filter(([index]) => before.has(index))
  expect(shared.some(([index]) => index >= body.logSize)).toBe(true)
  for (const [index, key] of shared)
    expect(before.get(index) === key, `leaf ${index}`).toBe(index < body.logSize)
})

it('an export has nobody’s name and address, and a restore over the same database leaves them', async () => {
  const world = await createLostWorld(async (before) => {
    const ada = await before.idOf('ada')
    const named = await before.http('PATCH', `${AT}/members/${ada}`, {
      ...{ token: before.operator, headers: { 'if-match': '*' } },
      body: { name: 'Ada L' },
    })
    expect(named.status, await named.text()).toBe(200)
  })
  const rows = () => world.rows('SELECT memberId FROM profiles')
  expect(rows()).toHaveLength(1)
  expect((await world.restore({ backup: 'newest' })).status).toBe(200)
  expect(rows()).toHaveLength(1)
  world.lose()
  expect((await world.restore()).status).toBe(200)
  expect(rows()).toHaveLength(0)
})

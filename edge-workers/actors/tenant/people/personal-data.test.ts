// What is personal: given out to himself, erased for good, and erased again where an older copy brings it back.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  REPOSITORY,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { MemberDetail, MemberView } from '../../../../schemas/member.ts'
import { PersonalExport } from '../../../../schemas/personal-export.ts'
import type { Forge } from '../../../../schemas/ports.ts'
import { parseInvitation } from '../../../auth/token.ts'

let world: TenantWorld
/** Every argument that the forge was given. */
let given: string
let logged: string
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  given = ''
  logged = ''
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...line) => {
      logged += `${line.map(String).join(' ')}\n`
    })
  world = await createTenantWorld()
  const { forge } = world.memory
  world.memory.forge = new Proxy(forge, {
    get: (target, name: keyof Forge) => {
      const verb = target[name]
      if (typeof verb !== 'function') return verb
      return (...input: never[]) => {
        given += `${String(name)} ${JSON.stringify(input)}\n`
        return (verb as (...all: never[]) => unknown).apply(target, input)
      }
    },
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const MEMBERS = '/v1/tenants/acme/members'
const IDENTITY = 'c'.repeat(64)
const NAME = 'Zyx Canaryname'
const EMAIL = 'canarymail@example.com'
let keys = 0
const call = async <T>(
  method: string,
  path: string,
  token: string,
  { body, ifMatch, key }: { body?: unknown; ifMatch?: string; key?: string } = {},
) => {
  keys += 1
  const answer = await world.http(method, path, {
    ...{ token, key: key ?? `key-${keys}` },
    ...(body === undefined ? {} : { body }),
    ...(ifMatch === undefined ? {} : { headers: { 'if-match': ifMatch } }),
  })
  return {
    status: answer.status,
    etag: answer.headers.get('etag'),
    body: (await answer.json()) as T,
  }
}
const erase = (id: string, token: string, ifMatch = '*') =>
  call<MemberView>('POST', `${MEMBERS}/${id}/erase`, token, { ifMatch })
const remove = (id: string, token = world.tokens.owner) =>
  call<MemberView>('DELETE', `${MEMBERS}/${id}`, token, { ifMatch: '*' })
const directory = () => world.env.DIRECTORY.getByName('directory')

const invite = async (roles: string[]) => {
  const path = '/v1/tenants/acme/invitations'
  const made = await call<{ link: string }>('POST', path, world.tokens.owner, { body: { roles } })
  return parseInvitation(made.body.link.split('/').at(-1) ?? '')
}
const accept = (parsed: Awaited<ReturnType<typeof invite>>) =>
  world.tenant.acceptInvitation({
    ...{ invitationId: parsed?.id ?? '', secretDigest: parsed?.secretDigest ?? '' },
    ...{ identity: IDENTITY, validateOnly: false },
    profile: { handle: 'canaryhandle', name: NAME, email: EMAIL },
  })

/** A person with everything that is personal, by an invitation that he accepted. */
const canary = async (roles: string[] = ['requester', 'approver']) => {
  const accepted = await accept(await invite(roles))
  if (!accepted.ok || accepted.value.member === null) throw new Error('not accepted')
  const { member } = accepted.value
  const [createdAt, expiresAt] = ['2026-11-21T12:00:00.000Z', '2026-11-22T00:00:00.000Z']
  const session = { id: 'ses-1', identity: IDENTITY, issuer: 'lab', createdAt, expiresAt }
  await directory().startSession(session)
  await world.tenant.openSession(session)
  world.linkForgeAccount(world.tenantId, member, 'canarylogin')
  storage().sql.exec(
    'INSERT INTO forge_challenges (id, memberId, login, method, expiresAt) VALUES (?, ?, ?, ?, ?)',
    ...['fch-1', member, 'canarylogin', 'signature', expiresAt],
  )
  const made = await call<{ token: string }>('POST', '/v1/tenants/acme/tokens', world.operator, {
    ...{ body: { name: 'Canarytoken', member }, key: 'canarykey-token' },
  })
  return { id: member, token: made.body.token }
}

const storage = () => {
  const found = world.tenants.actors.get(world.tenantId)
  if (!found) throw new Error('nobody has come to this tenant yet')
  return found.surroundings.storage
}
type Rows = Record<string, Record<string, unknown>[]>
const tablesOf = ({ sql }: ReturnType<typeof storage>): Rows =>
  Object.fromEntries(
    sql
      .exec("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
      .toArray()
      .map(({ name }) => [String(name), sql.exec(`SELECT * FROM "${name}"`).toArray()]),
  )
/** Tables that triggers write. */
const DERIVED = ['machines', 'footholds', 'schema_migrations']
/** As a restore to an older copy does: the database of then, and an object that knows nothing. */
const putBack = (copy: Rows) => {
  const { sql } = storage()
  const all = Object.entries(copy).filter(([name]) => !DERIVED.includes(name))
  // Another file takes the place of this one: nothing is taken out of its log.
  for (const name of ['log_leaves_no_delete', 'log_nodes_no_delete'])
    sql.exec(`DROP TRIGGER IF EXISTS "${name}"`)
  for (const [name] of all) sql.exec(`DELETE FROM "${name}"`)
  for (const [name, rows] of all)
    for (const row of rows) {
      const columns = Object.keys(row)
      const places = columns.map(() => '?').join(', ')
      const names = columns.map((column) => `"${column}"`).join(', ')
      sql.exec(`INSERT INTO "${name}" (${names}) VALUES (${places})`, ...Object.values(row))
    }
  world.tenants.evict(world.tenantId)
}
/** Where the word stands: `actor table`, of every actor there is. */
const placesOf = (word: RegExp): string[] =>
  [world.tenants, world.directory, world.inventory, world.repository].flatMap(({ actors }) =>
    [...actors].flatMap(([name, { surroundings }]) =>
      Object.entries(tablesOf(surroundings.storage)).flatMap(([table, rows]) =>
        word.test(JSON.stringify(rows)) ? [`${name === world.tenantId ? '' : name} ${table}`] : [],
      ),
    ),
  )

describe('a member’s personal data', () => {
  it('is nowhere but sealed or under his pseudonym, and after he is erased only a keyed digest', async () => {
    const { id, token } = await canary()
    const byKey = await call<MemberDetail>('POST', MEMBERS, world.operator, {
      key: 'create-canarykey',
      body: { handle: 'canaryother', roles: ['auditor'], name: NAME, email: EMAIL },
    })
    // He asks for one thing, approves and merges another, and answers for an exception.
    const asked = await world.request(world.vmRequest('his'), { token, key: 'canarykey-change' })
    expect(asked.status).toBe(202)
    await world.settle()
    await world.land(asked.body.id ?? '')
    const { id: other } = await world.propose(world.vmRequest('other'))
    const approval = await world.decide('approvals', other, { token, key: 'canarykey-approval' })
    expect(approval.status).toBe(201)
    await world.settle()
    expect((await world.decide('merge', other, { token, key: 'canarykey-merge' })).status).toBe(200)
    await world.settle()
    const onForge = await world.propose(world.vmRequest('third'))
    world.memory.person.review(onForge.pullRequest?.number ?? 0, 'canarylogin', 'approved')
    await world.hint('pull_request_review', { pullNumber: onForge.pullRequest?.number ?? 0 })
    await world.settle()
    expect((await world.read(onForge.id)).approvals.map(({ subject }) => subject)).toEqual([id])
    const exception = { rule: 'IMG-PINNED', owner: 'canaryhandle', expires: '2026-12-01' }
    await world.propose({
      ...{ action: 'create', template: 'rule-exception', name: 'trial' },
      parameters: { ...exception, reason: 'The trial ends before the data matter.' },
    })
    expect(given).toContain('writeCommit')
    expect(given).toContain(id)

    // Before: what he is called is in plain words in the rows that are about it; who he is, nowhere.
    expect(placesOf(new RegExp(`${NAME}|canarymail`, 'i'))).toEqual([])
    expect(placesOf(/canaryhandle|canarylogin/)).toEqual(
      [...[' forge_accounts', ' forge_challenges', ' members']].sort(),
    )
    expect(placesOf(/canarytoken/i)).toEqual([' tokens'])
    expect(given).not.toMatch(/canary/i)
    expect(logged).not.toMatch(/canary/i)

    const exported = await call<PersonalExport>('GET', `${MEMBERS}/${id}/export`, token)
    expect(exported.status).toBe(200)
    expect((await erase(id, token)).body).toMatchObject({
      ...{ id, handle: null, state: 'erased', signsIn: false, forgeLogin: null },
    })
    await remove(byKey.body.id)
    expect((await erase(byKey.body.id, world.tokens.owner)).status).toBe(200)
    await world.settle()
    expect(placesOf(/canary/i)).toEqual([])
    // The keyed digest of who he is stays in his row: he cannot come back as somebody else.
    expect(placesOf(new RegExp(IDENTITY))).toEqual([' members', 'directory sessions'])
    expect(given).not.toMatch(/canary/i)
    expect(logged).not.toMatch(/canary/i)
    // His pseudonym stays where he acted, and means nobody.
    expect((await world.read(asked.body.id ?? '')).requester).toBe(id)
    const known = await world.http('GET', `${MEMBERS}/${id}`, { token: world.tokens.owner })
    expect(await known.json()).toMatchObject({ handle: null, name: null, email: null })
    expect(given).toContain(REPOSITORY.split('/')[0])
  })

  it('is exported to himself, owners and admins, and to nobody else', async () => {
    const { id, token } = await canary()
    const mine = await call('GET', `${MEMBERS}/${id}/export`, token)
    const read = PersonalExport.parse(mine.body)
    expect(read.member).toMatchObject({ id, handle: 'canaryhandle', name: NAME, email: EMAIL })
    expect(read.member.forgeLogin).toBe('canarylogin')
    expect(read.tokens.map(({ name }) => name)).toEqual(['Canarytoken'])
    expect(read.sessions.map(({ issuer }) => issuer)).toEqual(['lab'])
    expect(read.steps.map(({ to }) => to)).toEqual(['accepted', 'joined'])
    expect(JSON.stringify(mine.body)).not.toMatch(/digest|secret|phx_/i)
    const admin = await world.tokenOf('adam', 'admin')
    expect((await call('GET', `${MEMBERS}/${id}/export`, admin)).status).toBe(200)
    for (const other of [world.tokens.requester, world.tokens.approver, world.tokens.auditor])
      expect((await call('GET', `${MEMBERS}/${id}/export`, other)).status).toBe(403)
    const never = `${MEMBERS}/usr_${'a'.repeat(20)}/export`
    expect((await call('GET', never, world.tokens.owner)).status).toBe(404)
  })
})

describe('erasing', () => {
  it('is for himself, and for owners and admins once he was removed', async () => {
    const { id } = await canary(['requester'])
    const admin = await world.tokenOf('adam', 'admin')
    expect((await erase(id, world.tokens.requester)).status).toBe(403)
    expect((await erase(id, world.tokens.owner)).status).toBe(409)
    expect((await remove(id, admin)).status).toBe(200)
    expect((await erase(id, world.tokens.approver)).status).toBe(403)
    expect((await erase(id, admin)).body.state).toBe('erased')
  })

  it('of an approver is not an admin’s, and of the last owner nobody’s', async () => {
    const admin = await world.tokenOf('adam', 'admin')
    await remove('anton')
    expect((await erase(world.ids.anton, admin)).status).toBe(403)
    expect((await erase(world.ids.olga, world.tokens.owner)).status).toBe(409)
    const [kept] = storage().sql.exec('SELECT count(*) AS n FROM erasures').toArray()
    expect(kept).toEqual({ n: 0 })
    expect(await directory().erasuresOf(world.tenantId)).toEqual([])
  })

  it('needs If-Match of what was read, and is the same however often', async () => {
    const { id } = await canary(['requester'])
    await remove(id)
    const path = `${MEMBERS}/${id}/erase`
    expect((await call('POST', path, world.tokens.owner)).status).toBe(428)
    expect((await erase(id, world.tokens.owner, '"v1"')).status).toBe(412)
    const before = await call('GET', `${MEMBERS}/${id}`, world.tokens.owner)
    const tag = before.etag ?? ''
    const first = await erase(id, world.tokens.owner, tag)
    expect(await erase(id, world.tokens.owner, tag)).toEqual(first)
    const leaves = storage().sql.exec('SELECT "to" FROM transitions WHERE changeId = ?', id)
    expect(leaves.toArray().map(({ to }) => to)).toEqual(['joined', 'removed', 'erased'])
  })

  it('of oneself ends token and session at once', async () => {
    const { id, token } = await canary()
    const session = { kind: 'session', sessionId: 'ses-1', identity: IDENTITY } as const
    expect((await world.tenant.whoAmI(session, 'self.read')).ok).toBe(true)
    expect((await erase(id, token)).status).toBe(200)
    expect((await call('GET', '/v1/tenants/acme/me', token)).status).toBe(401)
    expect((await world.tenant.whoAmI(session, 'self.read')).ok).toBe(false)
    expect(await directory().ownTenant(IDENTITY, 'acme')).toBeNull()
  })

  it('has done nothing where the Directory did not hear of it, and can be repeated', async () => {
    const { id, token } = await canary()
    world.directory.setIntercept((name, run) =>
      name.endsWith('noteErasure') ? Promise.reject(new Error('down')) : run(),
    )
    expect((await erase(id, token)).status).toBe(503)
    expect((await call('GET', '/v1/tenants/acme/me', token)).status).toBe(200)
    world.directory.setIntercept(null)
    expect((await erase(id, token)).status).toBe(200)
  })

  it('is not undone by an acceptance that was on its way', async () => {
    const encrypt = crypto.subtle.encrypt.bind(crypto.subtle)
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>()
    const { promise: sealing, resolve: begun } = Promise.withResolvers<void>()
    vi.spyOn(crypto.subtle, 'encrypt').mockImplementation(async (...input) => {
      begun()
      await held
      return encrypt(...input)
    })
    const late = accept(await invite(['requester']))
    await sealing
    const { body } = await remove('canaryhandle')
    expect((await erase(body.id, world.tokens.owner)).status).toBe(200)
    goOn()
    expect((await late).ok).toBe(false)
    expect(tablesOf(storage()).profiles).toEqual([])
    expect(await directory().ownTenant(IDENTITY, 'acme')).toBeNull()
  })

  it('keeps his keys used: nobody gets his change or his place by sending them again', async () => {
    const { id, token } = await canary()
    const sent = { key: 'canarykey-change' }
    await world.request(world.vmRequest('his'), { ...sent, token })
    await erase(id, token)
    expect((await world.request(world.vmRequest('hers'), sent)).status).toBe(422)
    const body = { handle: 'ada2', roles: ['auditor'] }
    const made = await call<MemberView>('POST', MEMBERS, world.operator, { key: 'k', body })
    await remove(made.body.id)
    await erase(made.body.id, world.tokens.owner)
    expect((await call('POST', MEMBERS, world.operator, { key: 'k', body })).status).toBe(422)
  })
})

describe('after a restore to an older copy', () => {
  const copied = async () => {
    const { id, token } = await canary()
    const copy = tablesOf(storage())
    await erase(id, token)
    return { id, token, copy }
  }

  it('the erased are erased again before anything personal is read', async () => {
    const { id, token, copy } = await copied()
    putBack(copy)
    const list = await call('GET', MEMBERS, world.tokens.owner)
    expect(JSON.stringify(list.body)).not.toMatch(/canary/i)
    expect((await call('GET', '/v1/tenants/acme/me', token)).status).toBe(401)
    expect(placesOf(/canary/i)).toEqual([])
    const known = await call('GET', `${MEMBERS}/${id}`, world.tokens.owner)
    expect(known.body).toMatchObject({ state: 'erased', handle: null, name: null })
  })

  it.each(['ask', 'approve', 'merge', 'read'] as const)(
    'the erased do not %s anything, whatever comes first',
    async (what) => {
      const { token, id: member } = await canary()
      const { id } = await world.propose(world.vmRequest('hers'))
      expect((await world.decide('approvals', id, { token })).status).toBe(201)
      await world.settle()
      const copy = tablesOf(storage())
      await erase(member, token)
      putBack(copy)
      const first = {
        ask: () => world.request(world.vmRequest('his'), { token }),
        approve: () => world.decide('approvals', id, { token }),
        merge: () => world.decide('merge', id, { token }),
        read: () => world.send('GET', `/changes/${id}`, { token }),
      }
      expect((await first[what]()).status).toBe(401)
      const { state, approvals } = await world.read(id)
      expect(state).toBe('proposed')
      expect(approvals.filter(({ voidedAt }) => voidedAt === null)).toEqual([])
      expect((await world.decide('merge', id)).status).toBe(409)
    },
  )

  it('the erased are nobody to the edge either', async () => {
    const { copy } = await copied()
    putBack(copy)
    const session = { kind: 'session', sessionId: 'ses-1', identity: IDENTITY } as const
    expect((await world.tenant.whoAmI(session, 'self.read')).ok).toBe(false)
  })

  it('nobody acts while the Directory cannot say who was erased', async () => {
    const { token, copy } = await copied()
    putBack(copy)
    world.directory.setIntercept((name, run) =>
      name.endsWith('erasuresOf') ? Promise.reject(new Error('down')) : run(),
    )
    expect((await world.request(world.vmRequest('his'), { token })).status).toBe(503)
    expect((await world.send('GET', '/changes', { token: world.tokens.owner })).status).toBe(503)
    world.directory.setIntercept(null)
    expect((await world.request(world.vmRequest('his'), { token })).status).toBe(401)
    expect((await world.send('GET', '/changes', { token: world.tokens.owner })).status).toBe(200)
  })

  it('the sweep does it where nobody reads', async () => {
    const { copy } = await copied()
    putBack(copy)
    await world.tenant.wake()
    expect(placesOf(/canary/i)).toEqual([])
  })

  it('nothing personal is read while the Directory cannot say who was erased', async () => {
    const { copy } = await copied()
    putBack(copy)
    world.directory.setIntercept((name, run) =>
      name.endsWith('erasuresOf') ? Promise.reject(new Error('down')) : run(),
    )
    const list = await call('GET', MEMBERS, world.tokens.owner)
    expect(list.status).toBe(503)
    await expect(world.tenant.wake()).resolves.toBeDefined()
    world.directory.setIntercept(null)
    expect(JSON.stringify(await call('GET', MEMBERS, world.tokens.owner))).not.toMatch(/canary/i)
  })

  it('of the Directory, the tenant tells it again', async () => {
    const { id } = await copied()
    const { surroundings } = world.directory.actors.get('directory') ?? {}
    surroundings?.storage.sql.exec('DELETE FROM erasures')
    expect(await directory().erasuresOf(world.tenantId)).toEqual([])
    await world.tenant.wake()
    expect(await directory().erasuresOf(world.tenantId)).toMatchObject([{ memberId: id }])
  })

  it('the Directory is asked once in the life of the object', async () => {
    world.tenants.evict(world.tenantId)
    const before = world.directory.calls.length
    for (let read = 0; read < 3; read += 1) await call('GET', MEMBERS, world.tokens.owner)
    const asked = world.directory.calls.slice(before)
    expect(asked.filter((name) => name.endsWith('erasuresOf'))).toHaveLength(1)
  })
})

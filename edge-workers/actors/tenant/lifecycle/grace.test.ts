// After a deletion: a grace in which the tenant is read and restored, then erasure. Nobody gets in any more, its slug stays
// taken, and to everybody it looks like a tenant that never was.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { Outage } from '../../../../schemas/result.ts'

const DAY = 86_400_000
let world: TenantWorld

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T12:00:00Z') })
  world = await createTenantWorld()
})
afterEach(() => {
  vi.useRealTimers()
})

const call = async (
  method: string,
  path: string,
  {
    token = world.operator,
    body,
    ifMatch,
  }: { token?: string; body?: object; ifMatch?: string } = {},
) => {
  const response = await world.http(method, path, {
    token,
    key: `key-${Math.random()}`,
    ...(body ? { body } : {}),
    ...(ifMatch ? { headers: { 'if-match': ifMatch } } : {}),
  })
  const text = await response.text()
  const headers = Object.fromEntries(
    [...response.headers].filter(
      ([name]) => !['date', 'x-request-id', 'traceparent'].includes(name),
    ),
  )
  return { status: response.status, headers, text: text.replace(/req_[0-9a-f]+/g, 'req') }
}
const tenant = async () =>
  JSON.parse((await call('GET', '/v1/tenants/acme')).text) as Record<string, unknown>
const deleteNow = async (token = world.tokens.owner) => {
  const preview = await call('DELETE', '/v1/tenants/acme?validateOnly=true', {
    ...{ token, ifMatch: '*' },
  })
  const { destroys } = JSON.parse(preview.text) as { destroys: { digest: string } }
  return call('DELETE', '/v1/tenants/acme', {
    ...{ token, ifMatch: '*', body: { confirm: destroys.digest } },
  })
}
/** Goes forward in time and lets the alarm ring. */
const pass = async (days: number) => {
  vi.setSystemTime(Date.now() + days * DAY)
  await world.settle()
}
const rows = (table: string): Record<string, unknown>[] =>
  (world.tenants.actors
    .get(world.tenantId)
    ?.surroundings.state.storage.sql.exec(`SELECT * FROM ${table}`)
    .toArray() ?? []) as Record<string, unknown>[]
const everything = (): string => {
  const tables = rows("sqlite_master WHERE type = 'table'").map(({ name }) => String(name))
  return JSON.stringify(tables.map((name) => [name, rows(name)]))
}

describe('a tenant of which nothing stands', () => {
  it('begins its grace with the confirmation, and no pull request', async () => {
    const deleted = await deleteNow()
    expect(deleted.status).toBe(200)
    expect(JSON.parse(deleted.text)).toMatchObject({
      ...{ state: 'deleted', change: null, steps: [], destroys: { objects: [] } },
      eraseAt: new Date(Date.now() + 30 * DAY).toISOString(),
    })
  })

  it('keeps the owners’ own number of days', async () => {
    await call('PATCH', '/v1/tenants/acme', {
      ...{ token: world.tokens.owner, ifMatch: '*' },
      body: { settings: { retention: { graceDays: 3 } } },
    })
    await deleteNow()
    expect(await tenant()).toMatchObject({
      eraseAt: new Date(Date.now() + 3 * DAY).toISOString(),
    })
    await pass(2)
    expect(await tenant()).toMatchObject({ state: 'deleted' })
    await pass(1)
    expect((await call('GET', '/v1/tenants/acme')).status).toBe(404)
  })
})

describe('in its grace', () => {
  it('a tenant is read and not changed', async () => {
    await deleteNow()
    expect((await world.send('GET', '/changes')).status).toBe(200)
    expect((await world.request(world.vmRequest('web'))).status).toBe(403)
    const renamed = await call('PATCH', '/v1/tenants/acme', {
      ...{ token: world.tokens.owner, ifMatch: '*', body: { name: 'New' } },
    })
    expect(renamed.status).toBe(403)
    expect(renamed.text).toContain('tenant-suspended')
    expect(
      (await call('DELETE', '/v1/tenants/acme?validateOnly=true', { ifMatch: '*' })).status,
    ).toBe(409)
  })

  it('is restored by an owner or an operator, and nobody else', async () => {
    await deleteNow()
    for (const token of [world.tokens.requester, world.tokens.approver, world.tokens.auditor])
      expect((await call('POST', '/v1/tenants/acme/restore', { token })).status).toBe(403)
    const restored = await call('POST', '/v1/tenants/acme/restore', { token: world.tokens.owner })
    expect(restored.status).toBe(200)
    expect(JSON.parse(restored.text)).toMatchObject({ state: 'active', eraseAt: null })
    expect((await world.propose(world.vmRequest('web'))).state).toBe('proposed')
    await pass(60)
    expect(await tenant()).toMatchObject({ state: 'active' })
  })
})

describe('an erased tenant', () => {
  const erase = async () => {
    await world.apply(world.vmRequest('web'))
    const gone = await world.propose({
      ...{ action: 'delete', template: 'virtual-machine', name: 'web' },
      confirm: await digestOf('web'),
    })
    await finish(gone.id)
    const { items = [] } = (await world.send('GET', '/changes?state=proposed')).body
    await finish(items[0]?.id ?? '')
    await deleteNow()
    await pass(30)
  }
  const digestOf = async (name: string) => {
    const asked = { action: 'delete', template: 'virtual-machine', name }
    const { body } = await world.send('POST', '/changes?validateOnly=true', { body: asked })
    return body.plan?.destroys?.digest
  }
  const finish = async (id: string) => {
    const landed = await world.land(id)
    for (const { cluster, component } of landed.targets)
      await world.report(landed, 'healthy', { cluster, component })
    await world.settle()
  }

  it('lets nobody in, and answers like one that never was', async () => {
    const other = await world.createTenant('globex')
    const { token } = await world.createToken('globex', 'owner')
    const tokens = Object.values(world.tokens)
    await erase()
    for (const own of tokens) {
      const { status, text } = await call('GET', '/v1/tenants/acme', { token: own })
      expect(status).toBe(401)
      expect(text).not.toContain('acme')
    }
    for (const asker of [world.operator, token]) {
      for (const method of ['GET', 'PATCH', 'DELETE']) {
        const more = { token: asker, ifMatch: '*', ...(method === 'PATCH' ? { body: {} } : {}) }
        expect(await call(method, '/v1/tenants/acme', more)).toEqual(
          await call(method, '/v1/tenants/never', more),
        )
      }
      const more = { token: asker }
      for (const rest of ['/changes', '/members', '/resources/web'])
        expect(await call('GET', `/v1/tenants/acme${rest}`, more)).toEqual(
          await call('GET', `/v1/tenants/never${rest}`, more),
        )
    }
    const listed = await call('GET', '/v1/tenants')
    expect(listed.text).toContain(other.id)
    expect(listed.text).not.toContain(world.tenantId)
  })

  it('keeps its slug and its repository taken', async () => {
    await erase()
    const body = { slug: 'acme', name: 'Again', jurisdiction: 'eu', repository: 'acme/other' }
    expect((await call('POST', '/v1/tenants', { body })).status).toBe(409)
    const taken = { ...body, slug: 'fresh', repository: 'acme/infrastructure' }
    expect((await call('POST', '/v1/tenants', { body: taken })).status).toBe(409)
  })

  it('is not brought back by the request that once made it', async () => {
    const body = { slug: 'brief', name: 'Brief', jurisdiction: 'eu', repository: 'brief/x' }
    const make = () =>
      world.http('POST', '/v1/tenants', { token: world.operator, key: 'once', body })
    const { id } = (await (await make()).json()) as { id: string }
    expect((await make()).status).toBe(201)
    const at = '/v1/tenants/brief'
    const preview = await call('DELETE', `${at}?validateOnly=true`, { ifMatch: '*' })
    const { destroys } = JSON.parse(preview.text) as { destroys: { digest: string } }
    await call('DELETE', at, { ifMatch: '*', body: { confirm: destroys.digest } })
    vi.setSystemTime(Date.now() + 31 * DAY)
    await world.tenants.alarm(id)
    expect((await call('GET', at)).status).toBe(404)
    expect((await make()).status).toBe(409)
  })

  it('keeps the log by pseudonyms and nothing that is personal', async () => {
    for (const handle of ['olga', 'rita'])
      expect(
        await call('PATCH', `/v1/tenants/acme/members/${handle}`, {
          ...{ token: world.tokens.owner, ifMatch: '*' },
          body: { name: `${handle} Lovelace`, email: `${handle}@example.com` },
        }),
      ).toMatchObject({ status: 200 })
    const sealed = rows('profiles').map(({ memberId }) => memberId)
    expect(sealed.sort()).toEqual([world.ids.olga, world.ids.rita].sort())
    const before = rows('transitions')
    await erase()
    const left = everything()
    for (const personal of ['olga', 'rita', 'anton', 'ada', 'ACME'])
      expect(left.includes(`${personal}"`)).toBe(false)
    for (const table of [
      'profiles',
      'tokens',
      'sessions',
      'invitations',
      'forge_accounts',
      'commands',
    ])
      expect(rows(table)).toEqual([])
    const after = rows('transitions')
    expect(after.slice(0, before.length)).toEqual(before)
    expect(after.at(-1)).toMatchObject({ changeId: world.tenantId, to: 'erased', actor: 'phoenix' })
    expect(rows('changes').length).toBeGreaterThan(0)
    expect(
      rows('changes').every(({ request }) => String(request).includes('"parameters":{}')),
    ).toBe(true)
  })

  it('is to wallets an issuer that never was, and signs nothing any more', async () => {
    const { owner: token } = world.tokens
    const issuer = await call('GET', '/v1/tenants/acme/issuer', { token })
    const { id } = JSON.parse(issuer.text) as { id: string }
    const metadata = (of: string) =>
      call('GET', `/.well-known/openid-credential-issuer/i/${of}`, { token: '' })
    expect((await metadata(id)).status).toBe(200)
    await deleteNow()
    expect((await metadata(id)).status).toBe(200)
    await pass(30)
    expect(await metadata(id)).toEqual(await metadata('a'.repeat(26)))
    expect(rows('issuer_keys').map(({ sealed }) => sealed)).toEqual([null, null])
    expect(rows('issuer')).toMatchObject([{ id, name: id }])
  })

  it('takes late reports and hints without harm', async () => {
    const web = await world.apply(world.vmRequest('web'))
    await erase().catch(() => undefined)
    vi.setSystemTime(Date.now() + 31 * DAY)
    const report = await world.report(web, 'healthy')
    expect(report.ok ? report.value.taken : true).toBe(true)
    expect(await world.hint('closed', { pullNumber: 1 })).toMatchObject({ ok: true })
  })

  it('is erased in the Directory too, however often that does not answer', async () => {
    await deleteNow()
    const directory = world.directory.namespace.getByName('directory')
    const told: string[] = []
    world.directory.setIntercept((name, run) => {
      if (!name.includes('eraseTenant')) return run()
      told.push(name)
      return told.length === 1 ? Promise.reject(new Outage('directory', 'did not answer')) : run()
    })
    await pass(30)
    expect((await call('GET', '/v1/tenants/acme')).status).toBe(404)
    await pass(1)
    expect(await directory.resolveTenant('acme')).toBeNull()
    expect(told).toHaveLength(2)
    expect(rows('outbox')).toEqual([])
  })
})

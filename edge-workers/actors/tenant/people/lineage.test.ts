// What a token can make: nothing that is stronger, lasts longer or outlives its revocation, not even by sending an old request again.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { TokenView } from '../../../../schemas/token.ts'
import { createProvider, START } from '../../../auth/oidc/provider.fixture.ts'

let world: TenantWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createTenantWorld()
  await world.ensureMember('acme', 'robot', 'requester', false)
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

type Made = TokenView & { token: string; type?: string; errors?: { pointer: string }[] }
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString()
const post = async (path: string, token: string, body: object, key?: string) => {
  const sent = { token, body, ...(key === undefined ? {} : { key }) }
  const answer = await world.send('POST', `/tokens${path}`, sent)
  const made = answer.body as unknown as Made
  return { status: answer.status, problem: made.type?.split('/').at(-1), body: made }
}
const make = (token: string, body: object = {}, key?: string) =>
  post('', token, { name: 'Made in a test', ...body }, key)
const rotate = (token: string, { id }: Made, body: object = {}, key?: string) =>
  post(`/${id}/rotate`, token, body, key)
const insist = async (asked: ReturnType<typeof post>): Promise<Made> => {
  const { status, body } = await asked
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`)
  return body
}
const reads = async (token: string) =>
  (await world.http('GET', '/v1/tenants/acme', { token })).status
const revoke = (id: string) =>
  world.http('DELETE', `/v1/tenants/acme/tokens/${id}`, {
    ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
  })
const ROBOT = { member: 'robot' }

describe('a repeated request', () => {
  it('gives a robot’s token to no credential with others behind it', async () => {
    const [first, second] = [
      await insist(make(world.tokens.owner, ROBOT)),
      await insist(make(await world.tokenOf('olive', 'owner'), ROBOT)),
    ]
    await insist(make(first.token, { name: 'Own' }, 'same'))
    expect(await make(second.token, { name: 'Own' }, 'same')).toMatchObject({
      ...{ status: 422, problem: 'idempotency-key-reused' },
    })
  })

  it('gives a token to no credential with fewer scopes', async () => {
    const scopes = ['tenant:read', 'tokens:write', 'changes:write']
    const wide = await insist(make(world.tokens.requester, { scopes }))
    const narrow = await insist(make(wide.token, { scopes: ['tenant:read', 'tokens:write'] }))
    const made = await insist(make(wide.token, {}, 'same'))
    expect(made.scopes).toContain('changes:write')
    expect(await make(narrow.token, {}, 'same')).toMatchObject({
      ...{ status: 422, problem: 'idempotency-key-reused' },
    })
    expect(await insist(make(wide.token, {}, 'same'))).toEqual(made)
    await insist(rotate(wide.token, made, {}, 'turn'))
    expect((await rotate(narrow.token, made, {}, 'turn')).status).not.toBe(201)
  })

  it('gives a token that lasts to no credential that ends', async () => {
    await insist(make(world.tokens.requester, {}, 'same'))
    const short = await insist(make(world.tokens.requester, { expiresAt: at(600) }))
    expect((await make(short.token, {}, 'same')).problem).toBe('idempotency-key-reused')
  })
})

describe('a token that came from a workload', () => {
  it('makes and rotates none', async () => {
    const provider = await createProvider('https://idp-lineage.example.com')
    vi.stubGlobal('fetch', provider.fetch)
    const sub = 'repo:acme/shop:ref:refs/heads/main'
    await world.create(
      '/v1/tenants/acme/workloads',
      {
        ...{ name: 'deploys', serviceAccount: 'robot', issuer: provider.issuer, claims: { sub } },
        scopes: ['tenant:read', 'tokens:write'],
      },
      world.tokens.owner,
    )
    const jwt = await provider.sign({ sub, aud: 'http://127.0.0.1:8787/v1/tenants/acme' })
    const given = await world.http('POST', '/v1/token', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        subject_token: jwt,
        subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
        audience: 'acme',
      }).toString(),
    })
    const { access_token: short } = (await given.json()) as { access_token: string }
    expect(await reads(short)).toBe(200)
    expect(await make(short)).toMatchObject({ status: 403, problem: 'forbidden' })
    const scopes = ['tenant:read', 'tokens:write']
    const other = await insist(make(world.tokens.owner, { ...ROBOT, scopes }))
    expect(await rotate(short, other)).toMatchObject({ status: 403, problem: 'forbidden' })
  })
})

describe('what a token makes', () => {
  it('ends when it does, at the latest', async () => {
    const short = await insist(make(world.tokens.owner, { expiresAt: at(600) }))
    expect(await insist(make(short.token))).toMatchObject({ expiresAt: at(600) })
    expect(await insist(make(short.token, ROBOT))).toMatchObject({ expiresAt: at(600) })
    expect(await insist(make(short.token, { expiresAt: at(60) }))).toMatchObject({
      expiresAt: at(60),
    })
    const longer = await make(short.token, { expiresAt: at(601) })
    expect([longer.status, longer.body.errors?.[0]?.pointer]).toEqual([422, '/expiresAt'])
  })

  it('by a rotation lives as long as the one before, and no longer than what rotated it', async () => {
    const hour = await insist(make(world.tokens.owner, { ...ROBOT, expiresAt: at(3600) }))
    vi.setSystemTime(START + 600_000)
    const next = await insist(rotate(world.tokens.owner, hour))
    expect(next.expiresAt).toBe(at(600 + 3600))
    const short = await insist(make(world.tokens.owner, { expiresAt: at(1200) }))
    const shorter = await insist(rotate(short.token, next))
    expect(shorter.expiresAt).toBe(at(1200))
    const lasting = await insist(make(world.tokens.owner, ROBOT))
    const tooLong = await rotate(short.token, lasting, { expiresAt: at(1201) })
    expect([tooLong.status, tooLong.body.errors?.[0]?.pointer]).toEqual([422, '/expiresAt'])
    expect((await insist(rotate(short.token, lasting))).expiresAt).toBe(at(1200))
    const again = await insist(rotate(short.token, short))
    expect(again.expiresAt).toBe(at(1200))
  })

  it('is revoked with it, over any number of hands', async () => {
    const first = await insist(make(world.tokens.owner))
    const child = await insist(make(first.token))
    const robot = await insist(make(child.token, ROBOT))
    const turned = await insist(rotate(world.tokens.owner, robot))
    const itself = await insist(rotate(first.token, first))
    const sibling = await insist(make(world.tokens.owner))
    const all = [first, child, robot, turned, itself]
    for (const { token } of [...all, sibling]) expect(await reads(token)).toBe(200)
    expect((await revoke(first.id)).status).toBe(200)
    for (const { token } of all) expect(await reads(token)).toBe(401)
    for (const token of [sibling.token, world.tokens.owner]) expect(await reads(token)).toBe(200)
  })

  it('names nobody but people as those behind it', async () => {
    const first = await insist(make(world.tokens.owner))
    const robot = await insist(make(first.token, ROBOT))
    const { id } = await world.insist(world.request(world.vmRequest('own'), { token: robot.token }))
    await world.settle()
    const rows = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
    const [row] = rows?.exec('SELECT behind FROM changes WHERE id = ?', id).toArray() ?? []
    expect(JSON.parse(String(row?.behind))).toEqual(['usr_operator', world.ids.olga])
  })
})

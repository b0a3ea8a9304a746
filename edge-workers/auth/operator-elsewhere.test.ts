// An operator in another tenant is an operator and nothing else: what else he is among the operators ends at that tenant's door,
// and his own pseudonym there counts as one of the hands behind what he makes.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { type Principal, type Role, scopesOf } from '../../schemas/principal.ts'
import { createProvider, START, type TestProvider } from './oidc/provider.fixture.ts'

const AUDIENCE = 'https://api.phoenix.example'
const ALL: Role[] = ['operator', 'owner', 'requester', 'approver']
const SUBJECT = 'subject-1'

let tests = 0
let world: TenantWorld
let provider: TestProvider
let platform: string
let logged: string
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  logged = ''
  for (const level of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, level).mockImplementation((...line) => {
      logged += line.map(String).join(' ')
    })
  tests += 1
  provider = await createProvider(`https://elsewhere-${tests}.example.com`)
  world = await createTenantWorld()
  world.advance((START - Date.parse('2026-11-21T12:00:00.000Z')) / 1000)
  const beyond = world.env.LOCAL?.fetch ?? fetch
  const fetcher: typeof fetch = (input, init) =>
    String(input).startsWith(provider.issuer) ? provider.fetch(input, init) : beyond(input, init)
  world.env.LOCAL = { fetch: fetcher }
  world.env.OIDC_ISSUERS = JSON.stringify([
    { name: 'idp', label: 'Idp', issuer: provider.issuer, clientId: 'phoenix', audience: AUDIENCE },
  ])
  platform = (await world.createTenant('platform', { repository: 'platform/fleet' })).id
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

const signIn = { issuer: 'idp', subject: SUBJECT }
const memberOf = async (tenant: string, handle: string, roles: Role[], more: object = {}) =>
  (await world.create<{ id: string }>(`/v1/tenants/${tenant}/members`, { handle, roles, ...more }))
    .id
const tokenFor = async (tenant: string, member: string, by = world.operator) =>
  world.create<{ id: string; token: string }>(
    `/v1/tenants/${tenant}/tokens`,
    { name: 'A token', member },
    by,
  )
/** The same human in both places: among the operators with these roles, in acme with those. */
const human = async (there: Role[], here: Role[]) => {
  await memberOf('platform', 'max', there, { signIn })
  const id = await memberOf('acme', 'max', here, { signIn })
  const asOperator = (await tokenFor('platform', 'max')).token
  return { id, asOperator, asMember: (await tokenFor('acme', 'max')).token }
}
const accessToken = () => provider.sign({ aud: AUDIENCE, sub: SUBJECT }, { typ: 'at+jwt' })
const outcome = ({ status, body }: { status: number; body: { type?: string } }) => [
  status,
  body.type?.split('/').at(-1),
]
const FORBIDDEN = [403, 'forbidden']
const THEIR_OWN = [403, 'separation-of-duties']

describe('an operator who is more than that among the operators', () => {
  it.each(['an API token', 'an access token'])('is only that elsewhere, by %s', async (kind) => {
    await memberOf('platform', 'max', ALL, { signIn })
    const token =
      kind === 'an API token' ? (await tokenFor('platform', 'max')).token : await accessToken()
    expect((await world.http('GET', '/v1/tenants/acme', { token })).status).toBe(200)
    const asked = await world.request(world.vmRequest('his'), { token })
    expect(outcome(asked)).toEqual(FORBIDDEN)
    const { id } = await world.propose(world.vmRequest('hers'))
    for (const what of ['approvals', 'merge', 'reject'])
      expect(outcome(await world.decide(what, id, { token })), what).toEqual(FORBIDDEN)
    expect(outcome(await world.send('GET', '/changes', { token }))).toEqual(FORBIDDEN)
    expect((await world.read(id)).state).toBe('proposed')
  })

  it('takes no scope along that operators have not', async () => {
    await memberOf('platform', 'max', ALL)
    const { token } = await tokenFor('platform', 'max')
    const me = await world.http('GET', '/v1/tenants/acme/me', { token })
    if (me.status !== 200) return
    const { scopes = [] } = (await me.json()) as { scopes?: string[] }
    expect(scopes).not.toContain('changes:approve')
  })

  it('does not ask as the one and approve as the other', async () => {
    const { asOperator } = await human(['operator', 'requester'], ['approver'])
    expect(outcome(await world.request(world.vmRequest('his'), { token: asOperator }))).toEqual(
      FORBIDDEN,
    )
  })
})

describe('what an operator asks for or makes', () => {
  it('has him behind it under his other pseudonym: he does not approve a deletion that he began', async () => {
    const { asOperator, asMember } = await human(['operator'], ['approver'])
    await world.apply(world.vmRequest('web'))
    const headers = { 'if-match': '*' }
    const path = '/v1/tenants/acme'
    const sent = { token: asOperator, headers }
    const preview = await world.http('DELETE', `${path}?validateOnly=true`, sent)
    const { destroys } = (await preview.json()) as { destroys: { digest: string } }
    const begun = await world.http('DELETE', path, { ...sent, body: { confirm: destroys.digest } })
    const { change } = (await begun.json()) as { change: { id: string } }
    await world.settle()
    for (const what of ['approvals', 'merge'])
      expect(outcome(await world.decide(what, change.id, { token: asMember })), what).toEqual(
        THEIR_OWN,
      )
  })

  it('over tokens and rotations', async () => {
    const { id, asOperator: token } = await human(['operator'], ['approver'])
    await world.ensureMember('acme', 'robot', 'requester', false)
    const made = await world.http('POST', '/v1/tenants/acme/tokens', {
      ...{ token, key: 'one', body: { name: 'Robot', member: 'robot', scopes: ['tenant:read'] } },
    })
    expect(made.status).toBe(201)
    const owners = await world.create<{ id: string }>(
      '/v1/tenants/acme/tokens',
      { name: 'Robot', member: 'robot', scopes: ['tenant:read'] },
      world.tokens.owner,
    )
    const rotated = await world.http('POST', `/v1/tenants/acme/tokens/${owners.id}/rotate`, {
      ...{ token, key: 'turn' },
    })
    expect(rotated.status).toBe(201)
    for (const answer of [made, rotated]) {
      const { id: tokenId } = (await answer.json()) as { id: string }
      const [row] = world.tenants.actors
        .get(world.tenantId)
        ?.surroundings.storage.sql.exec('SELECT lineage FROM tokens WHERE id = ?', tokenId)
        .toArray() ?? [{}]
      expect(JSON.parse(String(row?.lineage))).toContain(id)
    }
  })

  it('says nowhere who he is at his identity provider', async () => {
    const { asOperator } = await human(['operator'], ['approver'])
    const { surroundings } = world.tenants.actors.get(platform) ?? {}
    const [row] = surroundings?.storage.sql
      .exec("SELECT identity FROM members WHERE handle = 'max'")
      .toArray() ?? [{}]
    const identity = String(row?.identity)
    expect(identity).toMatch(/^[0-9a-f]{64}$/)
    let said = ''
    for (const path of ['', '/me', '/members', '/tokens', '/quota', '/changes'])
      for (const token of [asOperator, await accessToken()]) {
        const answer = await world.http('GET', `/v1/tenants/acme${path}`, { token })
        said += `${await answer.text()}${JSON.stringify([...answer.headers])}`
      }
    expect(said).not.toContain(identity)
    expect(logged).not.toContain(identity)
  })
})

describe('the door of a tenant', () => {
  const from = (more: Partial<Principal>): Principal => ({
    ...{ tenantId: platform, credential: 'tok', subject: 'usr_max', person: true, behind: [] },
    ...{ roles: ['operator'], scopes: scopesOf(...ALL) },
    ...more,
  })
  it.each([
    ['with more roles', ['operator', 'approver']],
    ['with another role', ['approver']],
    ['with none', []],
  ] as [string, Role[]][])('refuses principals of other tenants %s', async (_, roles) => {
    const caller = { kind: 'principal' as const, principal: from({ roles }) }
    for (const action of ['tenant.read', 'changes.approve', 'members.write'] as const)
      expect((await world.tenant.whoAmI(caller, action)).ok, action).toBe(false)
    const only = { kind: 'principal' as const, principal: from({}) }
    expect((await world.tenant.whoAmI(only, 'tenant.read')).ok).toBe(true)
  })
})

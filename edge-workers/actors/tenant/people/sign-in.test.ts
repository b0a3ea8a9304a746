// Binding the first people to who they are at the identity provider, before they have ever signed in.
import { beforeEach, expect, it } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import { identityOf } from '../../../auth/oidc/identity.ts'

const ISSUER = 'https://id.example/realms/phoenix'
let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
  world.env.OIDC_ISSUERS = JSON.stringify([
    { name: 'keycloak', label: 'Keycloak', issuer: ISSUER, clientId: 'phoenix' },
  ])
})

const post = (body: object, key: string, token = world.operator) =>
  world.http('POST', '/v1/tenants/acme/members', { token, key, body })
const person = (handle: string, issuer = 'keycloak', subject = 'subject-1') => ({
  ...{ handle, roles: ['owner'], signIn: { issuer, subject } },
})
const tenantsOf = async (subject: string) => {
  const identity = identityOf(world.env, { issuer: ISSUER }, subject)
  const page = { limit: 10, after: null }
  const { items } = await world.env.DIRECTORY.getByName('directory').tenantsOf(identity, page)
  return items.map(({ slug }) => slug)
}

it.each(['keycloak', ISSUER])('takes an issuer by %s', async (issuer) => {
  const answer = await post(person('first', issuer), 'k1')
  const text = await answer.text()
  expect(answer.status).toBe(201)
  expect(JSON.parse(text)).toMatchObject({ handle: 'first', signsIn: true })
  expect(text).not.toContain('subject-1')
  expect(await tenantsOf('subject-1')).toEqual(['acme'])
})

it('gives the same member again, and finishes what broke in between', async () => {
  const first = (await (await post(person('first'), 'k1')).json()) as { id: string }
  const { DIRECTORY, PLATFORM_KEY } = world.env
  const identity = identityOf({ PLATFORM_KEY }, { issuer: ISSUER }, 'subject-1')
  await DIRECTORY.getByName('directory').leaveTenant(identity, world.tenantId)
  const again = (await (await post(person('first'), 'k1')).json()) as { id: string }
  expect(again.id).toBe(first.id)
  expect(await tenantsOf('subject-1')).toEqual(['acme'])
  expect((await post(person('first', 'keycloak', 'subject-2'), 'k1')).status).toBe(422)
})

it('binds a person to one member of a tenant', async () => {
  await post(person('first'), 'k1')
  const answer = await post(person('second'), 'k2')
  expect(answer.status).toBe(409)
  expect(await answer.text()).not.toContain('subject-1')
})

it('refuses an issuer that nobody could come from', async () => {
  const answer = await post(person('first', 'https://evil.example'), 'k1')
  expect(answer.status).toBe(422)
  const text = await answer.text()
  expect(text).toContain('"pointer":"/signIn/issuer"')
  expect(text).not.toContain('evil')
})

it.each([
  { issuer: 'keycloak', subject: '' },
  { issuer: 'keycloak', subject: 'a b' },
  { issuer: 'keycloak', subject: 'x\u0000y' },
  { issuer: 'keycloak', subject: 'x'.repeat(256) },
  { issuer: 'keycloak' },
  { issuer: 7, subject: 'x' },
  'keycloak',
])('%# refuses a sign-in that is none', async (signIn) => {
  expect((await post({ handle: 'first', roles: ['owner'], signIn }, 'k1')).status).toBe(422)
})

it('is for operators', async () => {
  expect((await post(person('first'), 'k1', world.tokens.owner)).status).toBe(403)
  expect(await tenantsOf('subject-1')).toEqual([])
})

it('binds somebody who was a member before, once, and for operators only', async () => {
  const patch = (subject: string, token = world.operator, handle = 'anton') =>
    world.http('PATCH', `/v1/tenants/acme/members/${handle}`, {
      ...{ token, headers: { 'if-match': '*' } },
      body: { signIn: { issuer: 'keycloak', subject } },
    })
  expect((await patch('subject-1', world.tokens.owner)).status).toBe(403)
  const bound = await patch('subject-1')
  expect(bound.status).toBe(200)
  expect(await bound.json()).toMatchObject({ handle: 'anton', signsIn: true, roles: ['approver'] })
  expect(await tenantsOf('subject-1')).toEqual(['acme'])
  expect((await patch('subject-1')).status).toBe(200)
  expect((await patch('subject-2')).status).toBe(409)
  expect((await patch('subject-1', world.operator, 'rita')).status).toBe(409)
})

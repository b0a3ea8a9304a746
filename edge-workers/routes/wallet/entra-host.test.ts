// What this host shows of Entra Verified ID at its root: the proofs of all tenants in one file, each its own, and at most so many.
import { decodeJwt } from 'jose'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { openEntraDriver } from '../../../functions/simulator/credentials/examined-drivers.ts'
import { LINKED_AT_MOST } from '../../actors/directory/issuers.ts'

const FILE = '/.well-known/did-configuration.json'
const CONFIGURATION = {
  ...{ name: 'badge', driver: 'entra', type: 'Badge', display: [{ name: 'Badge' }], claims: [] },
}
type On = Awaited<ReturnType<typeof openEntraDriver>>
let on: On
beforeAll(async () => {
  on = await openEntraDriver()
})
afterAll(() => void vi.useRealTimers())

const read = async () => {
  const response = await on.world.send('GET', FILE)
  const { linked_dids: linked = [] } = (await response.json()) as { linked_dids?: string[] }
  return { response, linked, dids: linked.map((jwt) => decodeJwt(jwt).iss) }
}
const tenant = async (slug: string) => {
  const { id } = await on.world.createTenant(slug)
  const { token } = await on.world.createToken(slug, 'owner', { member: `owner-of-${slug}` })
  let keys = 0
  const api = async (method: string, path: string, body?: object) => {
    keys += 1
    const response = await on.world.send(method, `/v1/tenants/${slug}${path}`, {
      ...{ token, key: `${slug}-${keys}` },
      ...(body ? { body } : {}),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const { body: issuer } = await api('GET', '/issuer')
  return { id, api, did: `${issuer.did}:entra` }
}
const directory = () => on.world.env.DIRECTORY.getByName('directory')

it('has no file before anybody is linked, nor below the paths of tenants', async () => {
  expect((await read()).response.status).toBe(404)
  expect((await on.world.send('GET', '/.well-known/did.json')).status).toBe(404)
})

it('has the proof of every tenant from its first configuration on, each by its own authority', async () => {
  const [one, two] = [await tenant('one'), await tenant('two')]
  for (const { api } of [one, two])
    expect((await api('POST', '/credential-configurations', CONFIGURATION)).status).toBe(201)
  const { response, linked, dids } = await read()
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    ...{ 'content-type': 'application/json', 'access-control-allow-origin': '*' },
    ...{ 'cache-control': 'public, max-age=300', 'phoenix-simulated': 'true' },
  })
  expect([...dids].sort()).toEqual([one.did, two.did].sort())
  for (const jwt of linked)
    expect(decodeJwt(jwt).vc).toMatchObject({
      credentialSubject: { origin: `${on.world.env.PUBLIC_URL}/` },
    })
  // Of the tenant it says nothing but its public id.
  expect(JSON.stringify(linked.map((jwt) => decodeJwt(jwt)))).not.toMatch(/"one"|ten_|acme/)
  const etag = response.headers.get('etag') ?? ''
  const again = await on.world.send('GET', FILE, { headers: { 'if-none-match': etag } })
  expect(again.status).toBe(304)
  for (const { api } of [one, two]) {
    expect((await api('POST', '/issuer/authority/verify')).body.domainVerified).toBe(true)
    // Nobody else's proof was touched.
    expect([...(await read()).dids].sort()).toEqual([one.did, two.did].sort())
  }
})

it('takes nothing for a proof that another authority signed, or that is no JWT', async () => {
  const three = await tenant('three')
  const before = (await read()).linked
  const { LOCAL } = on.world.env
  const reach = LOCAL?.fetch as typeof fetch
  for (const linked_dids of [before.slice(0, 1), ['x'], [1], 'x', undefined]) {
    const lying: typeof fetch = async (input, init) => {
      const asked = JSON.parse(await new Response(init?.body).text()) as { what?: string }
      if (asked.what === 'did-configuration')
        return Response.json({ ok: true, value: { document: { linked_dids } } })
      return reach(input, init)
    }
    Object.assign(on.world.env, { LOCAL: { fetch: lying } })
    const made = await three.api('POST', '/credential-configurations', CONFIGURATION)
    expect([201, 409]).toContain(made.status)
    const refused = await three.api('POST', '/issuer/authority/verify')
    expect([refused.status, refused.body.detail]).toEqual([
      409,
      expect.stringContaining('no proof'),
    ])
    expect((await read()).linked).toEqual(before)
  }
  Object.assign(on.world.env, { LOCAL })
  expect((await three.api('POST', '/issuer/authority/verify')).status).toBe(200)
  expect((await read()).dids).toContain(three.did)
})

it('has a fresh proof before each rotation, and the operators’ own first', async () => {
  const [four, env] = [await tenant('four'), on.world.env]
  await four.api('POST', '/credential-configurations', CONFIGURATION)
  const proof = async () => (await read()).linked.find((jwt) => decodeJwt(jwt).iss === four.did)
  const before = await proof()
  on.advance(60)
  expect((await four.api('POST', '/issuer/authority/rotate')).status).toBe(200)
  expect(await proof()).not.toBe(before)
  expect((await four.api('POST', '/issuer/authority/verify')).body.domainVerified).toBe(true)
  const did = '{"id":"did:web:phoenix.example"}'
  Object.assign(env, { VERIFIED_ID_HOST_DID: did, VERIFIED_ID_HOST_LINK: 'a.b.c d.e.f\n' })
  expect(await (await on.world.send('GET', '/.well-known/did.json')).text()).toBe(did)
  const response = await on.world.send('GET', FILE)
  const { linked_dids } = (await response.json()) as { linked_dids: string[] }
  expect(linked_dids.slice(0, 2)).toEqual(['a.b.c', 'd.e.f'])
  Object.assign(env, { VERIFIED_ID_HOST_DID: '', VERIFIED_ID_HOST_LINK: '' })
})

it('lets go of an erased tenant, and takes no more than fit', async () => {
  const { linked } = await read()
  const { dids } = await read()
  const five = await tenant('five')
  await five.api('POST', '/credential-configurations', CONFIGURATION)
  expect((await read()).dids).toHaveLength(dids.length + 1)
  await directory().eraseTenant(five.id)
  expect((await read()).linked).toEqual(linked)
  const [jwt = ''] = linked
  on.world.directory.storageOf('directory')?.sql.exec(
    `with recursive n(i) as (select ? union all select i + 1 from n where i < ?)
       insert into issuers select 'issuer-' || cast(i as int), 'tenant-' || cast(i as int), ?, i from n`,
    ...[linked.length + 1, LINKED_AT_MOST, jwt],
  )
  const refused = await directory().linkDid('issuer', 'tenant', jwt)
  expect(refused).toMatchObject({ ok: false, refusal: { problem: 'conflict' } })
  // Who is in it stays in it.
  expect(await directory().linkDid('issuer-500', 'tenant-500', `${jwt}x`)).toMatchObject({
    ok: true,
  })
  const full = await on.world.send('GET', FILE)
  const bytes = (await full.arrayBuffer()).byteLength
  expect(bytes).toBeLessThan(1_048_576)
  // An isolate that has the newest is told so.
  const { version = 0 } = (await directory().linkedDids(-1)) ?? {}
  expect(await directory().linkedDids(version)).toBeNull()
})

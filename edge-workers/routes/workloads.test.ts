// Workloads: who may say which foreign tokens are good, and what cannot be said.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'
import { WORKLOAD_PRESETS, type WorkloadView } from '../../schemas/workload.ts'

let world: World
let owner: string
beforeEach(async () => {
  world = createWorld()
  await world.createTenant('acme')
  owner = (await world.createToken('acme', 'owner')).token
  await world.ensureMember('acme', 'robot', 'requester', false)
})

const PATH = '/v1/tenants/acme/workloads'
const GOOD = {
  name: 'deploys',
  serviceAccount: 'robot',
  issuer: 'https://token.actions.githubusercontent.com',
  claims: { sub: 'repo:acme/shop:ref:refs/heads/main' },
}
let keys = 0
const post = async (body: unknown, { token = owner, key = '' } = {}) => {
  keys += 1
  return world.send('POST', PATH, { token, key: key || `w-${keys}`, body })
}
const create = async (more: object = {}): Promise<WorkloadView> => {
  const response = await post({ ...GOOD, ...more })
  expect(response.status, await response.clone().text()).toBe(201)
  return (await response.json()) as WorkloadView
}
const pointers = async (response: Response) =>
  ((await response.json()) as { errors?: { pointer: string }[] }).errors?.map(
    ({ pointer }) => pointer,
  )

describe('a workload', () => {
  it('has the tenant’s address as its audience and fifteen minutes unless it says otherwise', async () => {
    expect(await create()).toMatchObject({
      ...{ audience: 'http://127.0.0.1:8787/v1/tenants/acme', lifetimeSeconds: 900 },
      scopes: expect.arrayContaining(['changes:write']),
    })
    expect(await create({ audience: 'api://x', scopes: ['changes:read'] })).toMatchObject({
      ...{ audience: 'api://x', scopes: ['changes:read'] },
    })
  })

  it('is made once for one key', async () => {
    const [one, two] = [await post(GOOD, { key: 'k' }), await post(GOOD, { key: 'k' })]
    expect(await two.json()).toEqual(await one.json())
    expect((await post({ ...GOOD, name: 'other' }, { key: 'k' })).status).toBe(422)
    const { id } = (await (await post(GOOD, { key: 'k' })).json()) as WorkloadView
    const gone = { token: owner, headers: { 'if-match': '"v1"' } }
    expect((await world.send('DELETE', `${PATH}/${id}`, gone)).status).toBe(200)
    expect((await post(GOOD, { key: 'k' })).status).toBe(409)
  })

  it('is listed and read until it is deleted', async () => {
    const { id } = await create()
    const list = await world.send('GET', PATH, { token: owner })
    expect(await list.json()).toMatchObject({ items: [{ id }], next: null })
    const read = await world.send('GET', `${PATH}/${id}`, { token: owner })
    expect(read.headers.get('etag')).toBe('"v1"')
    const remove = (ifMatch?: string) =>
      world.send('DELETE', `${PATH}/${id}`, {
        token: owner,
        ...(ifMatch ? { headers: { 'if-match': ifMatch } } : {}),
      })
    expect((await remove()).status).toBe(428)
    expect((await remove('"v9"')).status).toBe(412)
    expect((await remove('W/"v1"')).status).toBe(412)
    expect((await remove('"v1"')).status).toBe(200)
    expect((await remove('"v1"')).status).toBe(404)
    expect((await world.send('GET', `${PATH}/${id}`, { token: owner })).status).toBe(404)
    expect(await (await world.send('GET', PATH, { token: owner })).json()).toMatchObject({
      items: [],
    })
  })

  it('is the business of owners and admins', async () => {
    const { id } = await create()
    for (const role of ['requester', 'approver', 'auditor'] as const) {
      const { token } = await world.createToken('acme', role)
      expect((await post(GOOD, { token })).status, role).toBe(403)
      const sent = { token, headers: { 'if-match': '*' } }
      expect((await world.send('DELETE', `${PATH}/${id}`, sent)).status, role).toBe(403)
      expect((await world.send('GET', PATH, { token })).status, role).toBe(200)
    }
    const { token } = await world.createToken('acme', 'admin')
    expect((await post(GOOD, { token })).status).toBe(201)
  })

  it('is no stronger than the credential that makes it, nor than its service account', async () => {
    const { token } = await world.createToken('acme', 'admin', {
      ...{ member: 'adam', scopes: ['members:write', 'changes:read'] },
    })
    expect((await post({ ...GOOD, scopes: ['changes:write'] }, { token })).status).toBe(403)
    const made = await post(GOOD, { token })
    expect(await made.json()).toMatchObject({ scopes: ['changes:read'] })
    expect(await pointers(await post({ ...GOOD, scopes: ['changes:approve'] }))).toEqual([
      '/scopes/0',
    ])
  })

  it('belongs to a service account that is there', async () => {
    const person = await world.ensureMember('acme', 'paula', 'requester')
    for (const serviceAccount of ['nobody', 'paula', person, `svc_${'a'.repeat(20)}`])
      expect(await pointers(await post({ ...GOOD, serviceAccount }))).toEqual(['/serviceAccount'])
    await world.send('DELETE', '/v1/tenants/acme/members/robot', {
      ...{ token: owner, headers: { 'if-match': '*' } },
    })
    expect(await pointers(await post(GOOD))).toEqual(['/serviceAccount'])
  })

  it('is limited in number', async () => {
    for (let at = 0; at < 100; at += 1) await create()
    expect((await post(GOOD)).status).toBe(409)
  })
})

describe('claims', () => {
  const ISSUER = 'https://login.example.com/x'
  const bad: [string, object][] = [
    ['none', {}],
    ['an empty value', { sub: '' }],
    ['blanks', { sub: '  ' }],
    ['a blank at the end', { sub: 'x ' }],
    ['a wildcard', { sub: 'repo:acme/*' }],
    ['a line break', { sub: 'a\nb' }],
    ['an invisible character', { sub: 'a\u200bb' }],
    ['a path', { 'kubernetes.io': 'x' }],
    ['a path further down', { 'a.b.c': 'x' }],
    ['the issuer', { iss: ISSUER }],
    ['the audience', { aud: 'x' }],
    ['a time', { exp: '1' }],
    ['a number', { sub: 7 }],
    ['a list', { sub: ['a'] }],
    ['null', { sub: null }],
    ['toString', { toString: 'x' }],
    ['hasOwnProperty', { hasOwnProperty: 'x' }],
    ['too many', Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`c${at}`, 'x']))],
  ]
  it.each(bad)('with %s are refused with a pointer', async (_, claims) => {
    const response = await post({ ...GOOD, issuer: ISSUER, claims })
    expect(response.status).toBe(422)
    expect((await pointers(response))?.[0]).toMatch(/^\/claims/)
  })

  it.each(['__proto__', 'constructor', 'prototype'])('named %s are refused', async (name) => {
    const text = JSON.stringify({ ...GOOD, claims: { here: 'x' } }).replace('here', name)
    expect((await post(text)).status).toBe(422)
  })

  it('that anybody at a shared issuer could have are not enough', async () => {
    for (const claims of [{ ref: 'refs/heads/main' }, { job_workflow_ref: 'o/r/.github/w@main' }])
      expect(await pointers(await post({ ...GOOD, claims }))).toEqual(['/claims'])
    await create({ claims: { repository: 'acme/shop', ref: 'refs/heads/main' } })
    await create({ issuer: ISSUER, claims: { ref: 'refs/heads/main' } })
  })

  it('of the presets are fit', async () => {
    for (const { claims, name } of WORKLOAD_PRESETS)
      expect((await post({ ...GOOD, issuer: ISSUER, claims })).status, name).toBe(201)
  })
})

describe('an issuer', () => {
  const bad = [
    ...['', 'x', 'http://id.example.com', 'ftp://id.example.com', 'file:///etc/passwd'],
    ...['https://127.0.0.1', 'https://2130706433', 'https://0x7f.1', 'https://[::1]'],
    ...['https://169.254.169.254', 'https://10.0.0.1', 'https://localhost', 'https://idp'],
    ...['https://id.example.com?x=1', 'https://id.example.com#x', 'https://u:p@id.example.com'],
    ...['https://ID.example.com', 'https://id.example.com:22', 'https://id.example.com/a/../b'],
    ...['https://id.example.com./', 'https://id.example.com\\@evil.example.com'],
    ...['https://id.local', 'https://kubernetes.default.svc', `https://${'a'.repeat(500)}.com`],
  ]
  it.each(bad)('%s is refused', async (issuer) => {
    const response = await post({ ...GOOD, issuer })
    expect(response.status).toBe(422)
    expect(await pointers(response)).toContain('/issuer')
  })

  it('that the operators trust may be anywhere', async () => {
    const issuer = 'http://127.0.0.1:9999'
    const oidc = { name: 'own', label: 'Own', issuer, clientId: 'phoenix' }
    world.env.OIDC_ISSUERS = JSON.stringify([oidc])
    await create({ issuer })
    // By its address, not by the name that the operators gave it.
    expect((await post({ ...GOOD, issuer: 'own' })).status).toBe(422)
  })

  it('may end in a slash, as Azure’s do', async () => {
    for (const issuer of ['https://sts.windows.net/x/', 'https://id.example.com'])
      expect(await create({ issuer })).toMatchObject({ issuer })
  })
})

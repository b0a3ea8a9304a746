// Credential configurations over the API: what may be one, what changes, what stays.
import { beforeAll, describe, expect, it } from 'vitest'
import type { CredentialConfigurationView } from '../../schemas/credential.ts'
import {
  type CredentialWorld,
  createCredentialWorld,
} from '../actors/tenant/credentials/credential-world.fixture.ts'

let made: CredentialWorld
beforeAll(async () => {
  made = await createCredentialWorld()
})

const PATH = '/credential-configurations'
const badge = {
  name: 'badge',
  display: [
    { name: 'Badge', locale: 'en' },
    { name: 'Ausweis', locale: 'de' },
  ],
  claims: [
    { path: ['given_name'], mandatory: true, display: [{ name: 'Given name', locale: 'en' }] },
    { path: ['address'] },
    { path: ['address', 'country'], always: true },
  ],
}
const post = (more: object = {}, options: { key?: string; token?: string } = {}) =>
  made.send('POST', PATH, { body: { ...badge, ...more }, ...options })
const read = async (name: string) =>
  (await (await made.send('GET', `${PATH}/${name}`)).json()) as CredentialConfigurationView
const faults = async (more: object) => {
  const response = await post(more)
  const body = (await response.json()) as { type: string; errors?: { pointer: string }[] }
  return [response.status, body.type.split('/').at(-1), body.errors?.map(({ pointer }) => pointer)]
}

describe('a configuration', () => {
  it('is made once for one key, and has an address of this installation for its type', async () => {
    const [one, two] = [await post({}, { key: 'k' }), await post({}, { key: 'k' })]
    expect([one.status, two.status]).toEqual([201, 201])
    expect(await two.json()).toEqual(await one.json())
    expect(one.headers.get('location')).toBe(`/v1/tenants/acme${PATH}/badge`)
    expect((await post({ batchSize: 2 }, { key: 'k' })).status).toBe(422)
    expect((await post({})).status).toBe(409)
    expect(await read('badge')).toMatchObject({
      ...{ vct: `${made.url}/types/badge`, format: 'dc+sd-jwt', driver: 'openid4vci', type: null },
      ...{ builtIn: false, state: 'active', batchSize: 1, validitySeconds: 31_536_000, version: 1 },
    })
  })

  it('is listed with the platform’s own', async () => {
    const list = await made.send('GET', `${PATH}?limit=2`, { token: made.tokens.requester })
    const { items, next } = (await list.json()) as {
      items: CredentialConfigurationView[]
      next: string
    }
    expect(items.map(({ name }) => name)).toEqual(['badge', 'phoenix-approver'])
    const rest = await made.world.send('GET', next, { token: made.tokens.requester })
    expect(await rest.json()).toMatchObject({ items: [{ name: 'phoenix-member', builtIn: true }] })
  })

  it('is made by owners and admins', async () => {
    for (const token of [made.tokens.auditor, made.tokens.requester])
      expect((await post({ name: 'other' }, { token })).status).toBe(403)
  })

  it('is changed at the version that was read, and never back into a draft of itself', async () => {
    const patch = (body: object, tag?: string) =>
      made.send('PATCH', `${PATH}/badge`, {
        body,
        headers: tag === undefined ? {} : { 'if-match': tag },
      })
    expect((await patch({ batchSize: 3 })).status).toBe(428)
    expect((await patch({ batchSize: 3 }, '"v7"')).status).toBe(412)
    const done = await patch({ batchSize: 3 }, '"v1"')
    expect(await done.json()).toMatchObject({ batchSize: 3, claims: badge.claims, version: 2 })
    expect((await patch({ batchSize: 4 }, '"v1"')).status).toBe(412)
    expect((await patch({ vct: 'urn:x' }, '*')).status).toBe(422)
    expect((await patch({ claims: [{ path: ['iss'] }] }, '*')).status).toBe(422)
    expect(await read('badge')).toMatchObject({ version: 2 })
  })

  it('is withdrawn, stays readable, and its name stays taken', async () => {
    expect((await post({ name: 'old' })).status).toBe(201)
    const end = (name: string, tag = '*') =>
      made.send('DELETE', `${PATH}/${name}`, { headers: { 'if-match': tag } })
    expect((await made.send('DELETE', `${PATH}/old`)).status).toBe(428)
    expect((await end('old', '"v5"')).status).toBe(412)
    const gone = await end('old')
    expect(await gone.json()).toMatchObject({ state: 'withdrawn', version: 2 })
    expect((await end('old')).status).toBe(200)
    const change = { body: { batchSize: 2 }, headers: { 'if-match': '*' } }
    expect((await made.send('PATCH', `${PATH}/old`, change)).status).toBe(409)
    expect((await post({ name: 'old' })).status).toBe(409)
    expect((await end('phoenix-member')).status).toBe(409)
    const claims = { body: { claims: [] }, headers: { 'if-match': '*' } }
    expect((await made.send('PATCH', `${PATH}/phoenix-member`, claims)).status).toBe(409)
    expect((await end('never')).status).toBe(404)
    const metadata = await made.open(`/.well-known/openid-credential-issuer/i/${made.issuerId}`)
    const { credential_configurations_supported: all } = (await metadata.json()) as {
      credential_configurations_supported: object
    }
    expect(Object.keys(all)).toEqual(['badge', 'phoenix-approver', 'phoenix-member'])
  })
})

describe('refused, with a pointer', () => {
  const invalid = (...pointers: string[]) => [422, 'invalid-parameters', pointers]
  it.each<[string, object, unknown[]]>([
    ['a claim the issuer sets', { claims: [{ path: ['vct'] }] }, invalid('/claims/0/path/0')],
    [
      'a digest as a claim',
      { claims: [{ path: ['a', '__proto__'] }] },
      invalid('/claims/0/path/1'),
    ],
    ['a claim twice', { claims: [{ path: ['a'] }, { path: ['a'] }] }, invalid('/claims/1/path')],
    [
      'a language twice',
      {
        display: [
          { name: 'A', locale: 'en' },
          { name: 'B', locale: 'EN' },
        ],
      },
      invalid('/display/1/locale'),
    ],
    [
      'the address of another’s type',
      { vct: 'http://127.0.0.1:8787/i/x/types/y' },
      invalid('/vct'),
    ],
    ['a type that only Entra has', { type: 'Badge' }, invalid('/type')],
    ['an Entra type without a name', { driver: 'entra' }, invalid('/type')],
    ['a vct with spaces', { vct: 'urn: x' }, invalid('/vct')],
    ['no display', { display: [] }, invalid('/display')],
    ['a bad locale', { display: [{ name: 'A', locale: '!' }] }, invalid('/display/0/locale')],
    [
      'a logo over http',
      { display: [{ name: 'A', logo: { uri: 'http://x.example/a' } }] },
      invalid('/display/0/logo/uri'),
    ],
    ['a batch of none', { batchSize: 0 }, invalid('/batchSize')],
    ['a year’s thousand', { validitySeconds: 31_536_000_000 }, invalid('/validitySeconds')],
    ['what nobody knows', { colour: 'red' }, invalid('/colour')],
  ])('%s', async (_, more, expected) => {
    expect(await faults({ name: 'refused', ...more })).toEqual(expected)
  })

  it('a driver that cannot be used here', async () => {
    expect((await faults({ name: 'refused', driver: 'entra', type: 'Badge' })).slice(0, 2)).toEqual(
      [...[409, 'driver-unavailable']],
    )
  })
})

// What anybody reads of an issuer, held against the checks of the OpenID conformance suite for issuer metadata, against SD-JWT VC
// type metadata, and against the rule that an issuer that is not there looks like nothing at all.
import { importX509, jwtVerify } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { CredentialConfigurationView } from '../../../schemas/credential.ts'
import {
  type CredentialWorld,
  createCredentialWorld,
} from '../../actors/tenant/credentials/credential-world.fixture.ts'
import { signerOf } from '../../actors/tenant/credentials/issuer/issuer.ts'
import { fromBase64url } from '../../base64.ts'
import { pemOf, verifyChain } from '../../credentials/certificates.ts'
import { isObject, type JsonObject } from '../../credentials/json.ts'
import { issueSdJwt, readSdJwt } from '../../credentials/sd-jwt.ts'

let made: CredentialWorld
let badge: CredentialConfigurationView
const claims = [
  { path: ['given_name'], mandatory: true, display: [{ name: 'Given name', locale: 'en-GB' }] },
  { path: ['address'], display: [{ name: 'Address' }] },
  { path: ['address', 'country'], always: true },
  { path: ['address', 'locality'] },
  { path: ['email'], always: true },
]
beforeAll(async () => {
  made = await createCredentialWorld()
  await made.issuer()
  const response = await made.send('POST', '/credential-configurations', {
    body: {
      ...{ name: 'badge', batchSize: 3, claims },
      display: [
        {
          ...{ name: 'Badge', locale: 'en', description: 'Opens doors.' },
          logo: { uri: 'https://acme.example/logo.png', alt_text: 'A door' },
          ...{ background_color: '#112233', text_color: '#ffffff' },
        },
        { name: 'Ausweis', locale: 'de' },
      ],
    },
  })
  badge = (await response.json()) as CredentialConfigurationView
})

const METADATA = '/.well-known/openid-credential-issuer'
const derOfRoot = (pem: string): Uint8Array =>
  fromBase64url(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''))
const json = async (path: string): Promise<JsonObject> => {
  const response = await made.open(path)
  expect(response.status, path).toBe(200)
  expect(response.headers.get('content-type')).toBe('application/json')
  return (await response.json()) as JsonObject
}
const metadata = () => json(`${METADATA}/i/${made.issuerId}`)
const configurations = async () =>
  Object.entries((await metadata()).credential_configurations_supported as JsonObject) as [
    string,
    JsonObject,
  ][]
const localesOf = (display: unknown): unknown[] =>
  (Array.isArray(display) ? display : []).map((shown: JsonObject) => shown.locale ?? '')

describe('issuer metadata (OpenID4VCI 1.0 §12.2.4)', () => {
  it('names the identifier it was asked for, byte for byte, between host and path', async () => {
    const said = await metadata()
    expect(said.credential_issuer).toBe(`http://127.0.0.1:8787/i/${made.issuerId}`)
    expect(said.credential_issuer).toBe((await made.issuer()).url)
    const appended = await made.open(`/i/${made.issuerId}${METADATA}`)
    expect(appended.status).toBe(404)
  })

  it('has every required member, every address below the identifier, and no member that nobody knows', async () => {
    const said = await metadata()
    const ends = ['credential', 'nonce', 'deferred', 'notification']
    expect([
      ...[said.credential_endpoint, said.nonce_endpoint],
      ...[said.deferred_credential_endpoint, said.notification_endpoint],
    ]).toEqual(ends.map((end) => `${made.url}/oid4vci/${end}`))
    expect(Object.keys(said).sort()).toEqual([
      ...['batch_credential_issuance', 'credential_configurations_supported'],
      ...['credential_endpoint', 'credential_issuer', 'credential_request_encryption'],
      ...['credential_response_encryption', 'deferred_credential_endpoint', 'display'],
      ...['nonce_endpoint', 'notification_endpoint'],
    ])
    expect(said.display).toEqual([{ name: 'ACME' }])
  })

  it('says a batch size only where there is one, and then of two or more', async () => {
    expect((await metadata()).batch_credential_issuance).toEqual({ batch_size: 3 })
    const other = await createCredentialWorld()
    await other.issuer()
    const said = (await (await other.open(`${METADATA}/i/${other.issuerId}`)).json()) as object
    expect(said).not.toHaveProperty('batch_credential_issuance')
  })

  it('binds and proves both or neither, by algorithms that it has, and asks for no attestation', async () => {
    for (const [name, said] of await configurations()) {
      expect(said.cryptographic_binding_methods_supported, name).toEqual(['jwk', 'did:jwk'])
      expect(said.proof_types_supported).toEqual({
        jwt: { proof_signing_alg_values_supported: ['ES256'] },
      })
      expect(said.credential_signing_alg_values_supported).toEqual(['ES256'])
      expect(JSON.stringify(said)).not.toContain('key_attestations_required')
    }
  })

  it('has the format of today, a type and a scope for each, and languages that are some, each once', async () => {
    const all = await configurations()
    expect(all.map(([name]) => name)).toEqual(['badge', 'phoenix-approver', 'phoenix-member'])
    for (const [name, said] of all) {
      expect(said).toMatchObject({ format: 'dc+sd-jwt', vct: `${made.url}/types/${name}` })
      // RFC 6749 §3.3.
      expect(said.scope).toMatch(/^[\x21\x23-\x5b\x5d-\x7e]+$/)
      const shown = said.credential_metadata as JsonObject
      const lists = [shown.display, ...(shown.claims as JsonObject[]).map((one) => one.display)]
      for (const list of lists) {
        const locales = localesOf(list)
        expect(new Set(locales).size).toBe(locales.length)
        for (const locale of locales) if (locale) new Intl.Locale(String(locale))
      }
    }
    expect(JSON.stringify(all)).not.toContain('vc+sd-jwt"')
  })

  it('shows claims and cards as the tenant wrote them', async () => {
    const said = Object.fromEntries(await configurations()).badge as JsonObject
    const shown = said.credential_metadata as JsonObject
    expect(shown.display).toEqual(badge.display)
    expect(shown.claims).toEqual(claims.map(({ always: _, ...claim }) => claim))
    expect(said).not.toHaveProperty('claims')
    expect(said).not.toHaveProperty('display')
  })

  it('has claims and cards where draft 15 looks for them, for tenants that ask for it', async () => {
    const compat = (value: string) =>
      made.send('PATCH', '/issuer', { body: { compat: value }, headers: { 'if-match': '*' } })
    await compat('draft15')
    const said = Object.fromEntries(await configurations()).badge as JsonObject
    expect(said).toMatchObject({ display: badge.display, credential_metadata: expect.anything() })
    expect(said.claims).toHaveLength(claims.length)
    const appended = (name: string) => `/i/${made.issuerId}/.well-known/${name}`
    expect(await json(appended('openid-credential-issuer'))).toEqual(await metadata())
    expect(await json(appended('oauth-authorization-server'))).toMatchObject({ issuer: made.url })
    await compat('strict')
    for (const name of ['openid-credential-issuer', 'oauth-authorization-server'])
      expect((await made.open(appended(name))).status).toBe(404)
  })

  it('offers encryption both ways or neither, by the same algorithms, and demands none', async () => {
    const said = await metadata()
    const { jwks, ...request } = said.credential_request_encryption as JsonObject & {
      jwks: { keys: JsonObject[] }
    }
    const { alg_values_supported, ...response } = said.credential_response_encryption as JsonObject
    expect(response).toEqual({
      enc_values_supported: ['A128GCM', 'A256GCM'],
      encryption_required: false,
    })
    expect(request).toEqual(response)
    expect(jwks.keys.map(({ alg }) => alg)).toEqual(alg_values_supported)
    expect(Object.keys(jwks.keys[0] ?? {}).sort()).toEqual([
      'alg',
      'crv',
      'kid',
      'kty',
      'use',
      'x',
      'y',
    ])
  })

  it('is short of what is not there: no signed_metadata of older drafts, no authorization server elsewhere', async () => {
    const said = await metadata()
    for (const absent of ['signed_metadata', 'authorization_servers'])
      expect(said).not.toHaveProperty(absent)
  })
})

describe('signed metadata (OpenID4VCI 1.0 §12.2.3)', () => {
  const at = () => `${METADATA}/i/${made.issuerId}`
  const signed = async (accept = 'application/jwt') => {
    const response = await made.open(at(), { accept })
    expect(response.headers.get('content-type')).toBe('application/jwt')
    return response.text()
  }

  it('is a JWT about this issuer by its own key, and says what the JSON says', async () => {
    const { x5c } = await signerOf(made.context)
    const { payload, protectedHeader } = await jwtVerify(
      await signed(),
      await importX509(pemOf(Buffer.from(x5c[0] ?? '', 'base64')), 'ES256'),
      { typ: 'openidvci-issuer-metadata+jwt', algorithms: ['ES256'], subject: made.url },
    )
    expect(protectedHeader.x5c).toEqual(x5c)
    const { iss, sub, iat = 0, exp, ...said } = payload
    expect([iss, sub, exp]).toEqual([made.url, made.url, iat + 86_400])
    expect(Math.abs(iat - Date.now() / 1_000)).toBeLessThan(60)
    expect(said).toEqual(await metadata())
    const verdict = await verifyChain(
      protectedHeader.x5c,
      [derOfRoot((await made.issuer()).root)],
      new Date(),
    )
    expect(verdict).toMatchObject({ ok: true, leaf: { uris: [made.url] } })
  })

  it('comes to whoever asks for it, kept apart by caches, and never in the place of the JSON', async () => {
    for (const accept of ['', '*/*', 'application/json', 'text/html', 'application/jwt;q=0'])
      expect((await made.open(at(), { accept })).headers.get('content-type')).toBe(
        'application/json',
      )
    expect(await signed('application/jwt;q=0.9, application/json;q=0.1')).toMatch(/^eyJ/)
    for (const accept of ['application/json', 'application/jwt'])
      expect((await made.open(at(), { accept })).headers.get('vary')).toContain('accept')
    // One signature serves many, until something in it is another.
    expect(await signed()).toBe(await signed())
    const before = await signed()
    const body = { name: 'later', display: [{ name: 'Later' }], claims: [] }
    expect((await made.send('POST', '/credential-configurations', { body })).status).toBe(201)
    expect(await signed()).not.toBe(before)
    const gone = { headers: { 'if-match': '*' } }
    await made.send('DELETE', '/credential-configurations/later', gone)
  })
})

describe('authorization server metadata (RFC 8414)', () => {
  it('is at its own address, of the same issuer, with the one grant there is', async () => {
    const said = await json(`/.well-known/oauth-authorization-server/i/${made.issuerId}`)
    expect(said).toEqual({
      ...{ issuer: made.url, token_endpoint: `${made.url}/oid4vci/token` },
      grant_types_supported: ['urn:ietf:params:oauth:grant-type:pre-authorized_code'],
      token_endpoint_auth_methods_supported: ['none'],
      'pre-authorized_grant_anonymous_access_supported': true,
    })
  })
})

describe('public keys', () => {
  it('are the same at jwt-vc-issuer, in the DID document and in the certificate', async () => {
    const { kid, publicJwk, certificateDer } = await signerOf(made.context)
    const said = await json(`/.well-known/jwt-vc-issuer/i/${made.issuerId}`)
    expect(said).toEqual({
      issuer: made.url,
      jwks: { keys: [{ ...publicJwk, kid, use: 'sig', alg: 'ES256' }] },
    })
    const did = `did:web:127.0.0.1%3A8787:i:${made.issuerId}`
    expect(await json(`/i/${made.issuerId}/did.json`)).toMatchObject({
      ...{ id: did, assertionMethod: [`${did}#${kid}`] },
      verificationMethod: [{ controller: did, publicKeyJwk: { ...publicJwk, kid } }],
    })
    const key = await importX509(pemOf(certificateDer), 'ES256', { extractable: true })
    const { x, y } = (await crypto.subtle.exportKey('jwk', key as CryptoKey)) as JsonWebKey
    expect({ x, y }).toEqual({ x: publicJwk.x, y: publicJwk.y })
  })

  it('have a root that anybody can take', async () => {
    const response = await made.open(`/i/${made.issuerId}/root.pem`)
    expect(response.headers.get('content-type')).toBe('application/pem-certificate-chain')
    expect(await response.text()).toBe((await made.issuer()).root)
  })
})

describe('type metadata (SD-JWT VC §5)', () => {
  it('is at the address that vct is, with labels and how each claim is disclosed', async () => {
    const said = await json(new URL(badge.vct ?? '').pathname)
    expect(said).toMatchObject({
      ...{ vct: badge.vct, name: 'Badge', description: 'Opens doors.' },
      display: [
        {
          ...{ locale: 'en', name: 'Badge' },
          rendering: {
            simple: {
              logo: { uri: 'https://acme.example/logo.png', alt_text: 'A door' },
              ...{ background_color: '#112233', text_color: '#ffffff' },
            },
          },
        },
        { locale: 'de', name: 'Ausweis' },
      ],
      claims: [
        {
          ...{ path: ['given_name'], mandatory: true, sd: 'always' },
          display: [{ locale: 'en-GB', label: 'Given name' }],
        },
        { path: ['address'], sd: 'never', display: [{ locale: 'en', label: 'Address' }] },
        { path: ['address', 'country'], sd: 'never' },
        { path: ['address', 'locality'], sd: 'always' },
        { path: ['email'], sd: 'never' },
      ],
    })
  })

  it('is what credentials of the type do', async () => {
    const said = await json(new URL(badge.vct ?? '').pathname)
    const text = await issueSdJwt({
      claims: {
        ...{ given_name: 'Ada', email: 'ada@x.example' },
        address: { country: 'GB', locality: 'London' },
      },
      paths: claims.map(({ path }) => path),
      always: claims.filter(({ always }) => always).map(({ path }) => path),
      ...{ fixed: { vct: badge.vct ?? '' }, holder: null },
      sign: async (payload) =>
        (await signerOf(made.context)).sign({ typ: 'dc+sd-jwt', withX5c: true }, payload),
    })
    const hidden = (await readSdJwt(text))?.disclosures.map(({ path }) => path.join('/'))
    const declared = (said.claims as JsonObject[])
      .filter(({ sd }) => sd === 'always')
      .map(({ path }) => (path as string[]).join('/'))
    expect(hidden?.sort()).toEqual(declared.sort())
  })

  it('is not there for types that are elsewhere', async () => {
    const body = { name: 'foreign', vct: 'urn:eudi:pid:1', display: [{ name: 'PID' }], claims: [] }
    expect((await made.send('POST', '/credential-configurations', { body })).status).toBe(201)
    expect((await made.open(`/i/${made.issuerId}/types/foreign`)).status).toBe(404)
    const shown = Object.fromEntries(await configurations()).foreign as JsonObject
    expect(shown.vct).toBe('urn:eudi:pid:1')
    const gone = await made.send('DELETE', '/credential-configurations/foreign', {
      headers: { 'if-match': '*' },
    })
    expect(gone.status).toBe(200)
  })
})

describe('every document', () => {
  const paths = (issuer: string) => [
    ...['openid-credential-issuer', 'oauth-authorization-server', 'jwt-vc-issuer'].map(
      (name) => `/.well-known/${name}/i/${issuer}`,
    ),
    ...['did.json', 'root.pem', 'types/badge'].map((end) => `/i/${issuer}/${end}`),
  ]

  it('is for wallets that are web pages, has a tag, and is not sent twice', async () => {
    for (const path of paths(made.issuerId)) {
      const first = await made.open(path)
      expect(first.headers.get('access-control-allow-origin')).toBe('*')
      expect(first.headers.get('access-control-allow-credentials')).toBeNull()
      expect(first.headers.get('cache-control')).toBe('public, max-age=60')
      const etag = first.headers.get('etag') ?? ''
      expect(etag).toMatch(/^"/)
      const again = await made.open(path, { 'if-none-match': etag })
      expect([again.status, await again.text()]).toEqual([304, ''])
    }
  })

  it('of an issuer that is not there is the same nothing, whatever its name looks like', async () => {
    const seen = new Set<string>()
    for (const issuer of ['a'.repeat(26), 'acme', '..%2f', made.tenantId])
      for (const path of [...paths(issuer), `/i/${issuer}/status-lists/1`]) {
        const response = await made.open(path)
        const { instance: _, ...body } = (await response.json()) as JsonObject
        if (isObject(body)) seen.add(`${response.status} ${JSON.stringify(body)}`)
      }
    expect(seen.size).toBe(1)
    expect([...seen][0]).toMatch(/^404 /)
  })
})

describe('status lists (draft-ietf-oauth-status-list-20)', () => {
  it('are signed tokens of their own type, with the issuer’s certificate, for as long as they say', async () => {
    made.issue()
    const path = `/i/${made.issuerId}/status-lists/1`
    const response = await made.open(path)
    expect(response.headers.get('content-type')).toBe('application/statuslist+jwt')
    expect(response.headers.get('cache-control')).toBe('public, max-age=30')
    const token = await response.text()
    const { x5c } = await signerOf(made.context)
    const { payload, protectedHeader } = await jwtVerify(
      token,
      await importX509(pemOf(Buffer.from(x5c[0] ?? '', 'base64')), 'ES256'),
      { typ: 'statuslist+jwt', algorithms: ['ES256'] },
    )
    expect(protectedHeader.x5c).toEqual(x5c)
    expect(payload).toMatchObject({
      // Kept by a cache, and then by a verifier: a minute at most.
      ...{ sub: `${made.url}/status-lists/1`, ttl: 30 },
      ...{ exp: (payload.iat ?? 0) + 86_400, status_list: { bits: 2 } },
    })
    const etag = response.headers.get('etag') ?? ''
    expect((await made.open(path, { 'if-none-match': etag })).status).toBe(304)
    expect(await (await made.open(path)).text()).toBe(token)
  })

  it('that are none are not there', async () => {
    for (const number of ['0', '2', '01', '1.0', '-1', '1e3', 'x', '9'.repeat(12)])
      expect((await made.open(`/i/${made.issuerId}/status-lists/${number}`)).status).toBe(404)
  })
})

// Callbacks of Microsoft's request service at the edge: who is believed, which way steps go, what is kept, and what a driver that
// cannot be reached does to the API.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { openEntraDriver } from '../../../functions/simulator/credentials/examined-drivers.ts'
import type { CredentialOffer, CredentialView, IssuanceView } from '../../../schemas/credential.ts'
import type { PresentationRequestView } from '../../../schemas/presentation.ts'

const CLAIMS = { given_name: 'Sesame-Unsaid', level: 3 }
const CONFIGURATION = {
  ...{ name: 'badge', driver: 'entra', type: 'Badge', display: [{ name: 'Badge' }] },
  claims: [{ path: ['given_name'], mandatory: true }, { path: ['level'] }],
}
type On = Awaited<ReturnType<typeof openEntraDriver>>
let on: On
beforeAll(async () => {
  on = await openEntraDriver()
  expect((await on.api('POST', '/credential-configurations', CONFIGURATION)).status).toBe(201)
})
afterAll(() => void vi.useRealTimers())

const offer = async (more: object = {}): Promise<CredentialOffer> => {
  const body = { configurations: ['badge'], claims: CLAIMS, ...more }
  const made = await on.api<CredentialOffer>('POST', '/credential-offers', body)
  expect(made.status).toBe(201)
  return made.body
}
const issuance = async ({ issuance: { id } }: CredentialOffer) =>
  (await on.api<IssuanceView>('GET', `/issuances/${id}`)).body
/** As the service posts them, after one scan: the address, the key and the request id are the real ones. */
const caller = async ({ uri }: { uri: string | null }) => {
  await on.act('scan', uri)
  const last = on.told.at(-1)
  if (!last) throw new Error('nothing was told')
  const { path, body } = last
  const key = last.headers.get('api-key') ?? ''
  const post = async (more: object, headers: Record<string, string> = { 'api-key': key }) =>
    on.world.send('POST', path, { headers, body: { ...body, ...more } })
  return { post, key, path, body }
}
const SUCCESS = { requestStatus: 'issuance_successful' }

describe('a callback', () => {
  it('of nobody, of another key or request, is the same 404 as of a request that never was', async () => {
    const { post, key, path } = await caller(await offer())
    const other = await caller(await offer())
    expect(key).not.toBe(other.key)
    const wrong = [
      post({}, {}),
      post({}, { 'api-key': '' }),
      post({}, { 'api-key': `${key}x` }),
      post({}, { 'api-key': 'x'.repeat(5_000) }),
      post({}, { 'api-key': other.key }),
      post({}, { authorization: `Bearer ${key}` }),
      post({ requestId: other.body.requestId }),
      post({ state: other.body.state }),
      post({ state: `ofr_${'z'.repeat(26)}` }),
      post({ state: `prq_${'z'.repeat(26)}` }),
      post({ state: 'something else' }),
    ]
    const answers = await Promise.all(wrong)
    const texts = await Promise.all(answers.map((one) => one.text()))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([404]))
    const bare = texts.map((text) => text.replace(/"instance":"[^"]*"/, ''))
    expect(new Set(bare).size).toBe(1)
    const nobody = await on.world.send(
      'POST',
      path.replace(/i\/[a-z2-7]{26}/, `i/${'a'.repeat(26)}`),
      {
        ...{
          headers: { 'api-key': key },
          body: { requestId: 'r', requestStatus: 'x', state: 's' },
        },
      },
    )
    expect(nobody.status).toBe(404)
  })

  it('that is malformed is refused by pointer, and never repeats what was sent', async () => {
    const { post, path, key } = await caller(await offer())
    for (const more of [{ requestId: 1 }, { state: null }, { verifiedCredentialsData: 'Unsaid' }])
      expect((await post(more)).status).toBe(422)
    const text = await (await post({ verifiedCredentialsData: [{ issuer: 'Unsaid' }] })).text()
    expect(text).not.toContain('Unsaid')
    for (const body of ['{', '[]', 'null']) {
      const sent = await on.world.send('POST', path, { headers: { 'api-key': key }, body })
      expect([400, 422]).toContain(sent.status)
    }
  })

  it('goes forward only: repeats, steps back and unknown steps are 204 and change nothing', async () => {
    const made = await offer()
    const { post } = await caller(made)
    const before = await issuance(made)
    for (const requestStatus of ['request_retrieved', 'request_forgotten', 'constructor'])
      expect((await post({ requestStatus })).status).toBe(204)
    expect(await issuance(made)).toEqual(before)
    const all = await Promise.all(Array.from({ length: 20 }, () => post(SUCCESS)))
    expect(new Set(all.map(({ status }) => status))).toEqual(new Set([204]))
    const issued = await issuance(made)
    expect([issued.state, issued.credentials.length]).toEqual(['issued', 1])
    for (const requestStatus of ['issuance_error', 'request_retrieved', 'presentation_verified'])
      expect((await post({ requestStatus })).status).toBe(204)
    expect(await issuance(made)).toEqual(issued)
    const list = await on.api<{ items: CredentialView[] }>('GET', '/credentials?limit=200')
    const own = list.body.items.filter((one) => one.issuance === made.issuance.id)
    expect(own).toHaveLength(1)
  })

  it('of an error ends it with a word of ours, whatever the service says', async () => {
    const rows: [object, string][] = [
      [{ code: 'IssuanceFlowFailed', message: 'fetch_contract_error' }, 'contract-unavailable'],
      [{ code: 'IssuanceFlowFailed', message: 'issuance_service_error' }, 'claims-not-taken'],
      [{ code: 'IssuanceFlowFailed', message: 'unspecified_error' }, 'wallet-failed'],
      [{ code: 'Other', message: 'Sesame-Unsaid' }, 'wallet-failed'],
      [{ code: 'Other', message: 'constructor' }, 'wallet-failed'],
    ]
    for (const [error, code] of rows) {
      const made = await offer()
      const { post } = await caller(made)
      expect((await post({ requestStatus: 'issuance_error', error })).status).toBe(204)
      const ended = await issuance(made)
      expect([ended.state, ended.error?.code]).toEqual(['failed', code])
      expect(JSON.stringify(ended)).not.toContain('Unsaid')
    }
  })

  it('of two ends at once takes the first, and of a success after its time keeps the credential', async () => {
    const both = await offer()
    const { post } = await caller(both)
    const ends = [post(SUCCESS), post({ requestStatus: 'issuance_error' }), post(SUCCESS)]
    expect((await Promise.all(ends)).map(({ status }) => status)).toEqual([204, 204, 204])
    const ended = await issuance(both)
    expect([ended.state, ended.credentials.length]).toEqual(['issued', 1])
    const late = await offer()
    const { post: tell } = await caller(late)
    on.advance(301)
    await on.world.tenants.alarm(on.tenantId)
    expect((await issuance(late)).state).toBe('expired')
    for (const more of [SUCCESS, { requestStatus: 'request_retrieved' }, SUCCESS])
      expect((await tell(more)).status).toBe(204)
    const { state, credentials } = await issuance(late)
    expect([state, credentials.length]).toEqual(['expired', 1])
  })

  it('may be large, and is refused unread where its key is none of ours', async () => {
    const { path, key, body, post } = await caller(await offer())
    const filled = (bytes: number) => ({ receipt: { id_token: 'x'.repeat(bytes) } })
    expect((await post({ requestStatus: 'other', ...filled(2_000_000) })).status).toBe(204)
    expect((await post(filled(10_485_760))).status).toBe(413)
    let pulls = 0
    const stream = () =>
      new ReadableStream({
        pull(controller) {
          pulls += 1
          controller.enqueue(new Uint8Array(65_536).fill(32))
        },
      })
    const sent = (apiKey: string) =>
      on.world.app.request(
        new Request(`${on.world.env.PUBLIC_URL}${path}`, {
          ...{ method: 'POST', body: stream(), duplex: 'half' },
          headers: { 'api-key': apiKey, 'content-type': 'application/json' },
        } as RequestInit),
        undefined,
        on.world.env,
      )
    expect((await sent(`${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`)).status).toBe(404)
    expect(pulls).toBeLessThan(3)
    expect((await sent(key)).status).toBe(413)
    expect(pulls).toBeGreaterThan(160)
    expect(body.state).toBe(key.slice(0, 30))
  })

  it('of a success after the end leaves the state, and a credential that can be revoked', async () => {
    const made = await offer()
    const { post } = await caller(made)
    expect((await on.api('POST', `/issuances/${made.issuance.id}/deny`)).status).toBe(200)
    await on.act('accept', made.uri, made.txCode)
    expect((await post(SUCCESS)).status).toBe(204)
    const { state, credentials } = await issuance(made)
    expect([state, credentials.length]).toEqual(['denied', 1])
    const revoked = await on.api('POST', `/credentials/${credentials[0]}/revoke`, {
      reason: 'late',
    })
    expect([revoked.status, await on.published(credentials[0] ?? '')]).toEqual([200, 'invalid'])
  })
})

it('keeps of the key, the code and the claims nothing that could be read', async () => {
  const made = await offer()
  const { key } = await caller(made)
  await on.act('accept', made.uri, made.txCode)
  const sql = on.world.tenants.storageOf(on.tenantId)?.sql
  const names = sql?.exec("select name from sqlite_master where type = 'table'").toArray() ?? []
  const all = names.map(({ name }) =>
    JSON.stringify(sql?.exec(`select * from "${name}"`).toArray()),
  )
  for (const secret of [key, 'Sesame-Unsaid']) expect(all.join()).not.toContain(secret)
  const { asked } = [...on.standIn.service.state.requests.values()].at(-1) ?? {}
  expect(JSON.stringify(asked)).not.toContain(made.txCode)
  const [id] = (await issuance(made)).credentials
  expect(asked).toMatchObject({
    claims: { given_name: 'Sesame-Unsaid', level: '3', credential_id: id },
    callback: { state: made.id },
  })
})

it('serves the document of the authority, and none where there is no authority', async () => {
  const { body: issuer } = await on.api<{ url: string }>('GET', '/issuer')
  const at = new URL(issuer.url).pathname
  const own = (await (await on.world.send('GET', `${at}/did.json`)).json()) as { id: string }
  const did = await on.world.send('GET', `${at}/entra/did.json`)
  expect([did.status, did.headers.get('phoenix-simulated')]).toEqual([200, 'true'])
  const document = (await did.json()) as { id: string }
  expect(document.id).toBe(`${own.id}:entra`)
  const calls = vi.fn(() => Promise.reject(new TypeError('away')))
  const { LOCAL } = on.world.env
  Object.assign(on.world.env, { LOCAL: { fetch: calls } })
  for (let times = 0; times < 5; times += 1)
    expect((await on.world.send('GET', `${at}/entra/did.json`)).status).toBe(200)
  expect(calls).not.toHaveBeenCalled()
  Object.assign(on.world.env, { LOCAL })
  await on.world.createTenant('other')
  const { token } = await on.world.createToken('other', 'owner')
  const other = await on.world.send('GET', '/v1/tenants/other/issuer', { token })
  const none = new URL(((await other.json()) as { url: string }).url).pathname
  expect((await on.world.send('GET', `${none}/entra/did.json`)).status).toBe(404)
})

describe('the authority', () => {
  type Authority = { document: string; domainVerified: boolean; simulated: boolean }
  const asked = (method: string, path = '', key?: string) =>
    on.api<Authority>(method, `/issuer/authority${path}`, undefined, key ? { key } : {})
  const published = async () => {
    const { body: issuer } = await on.api<{ url: string }>('GET', '/issuer')
    const read = await on.world.send('GET', `${new URL(issuer.url).pathname}/entra/did.json`)
    return (await read.json()) as { verificationMethod: { id: string }[] }
  }
  const kids = async () => (await published()).verificationMethod.map(({ id }) => id)

  it('gets a new key once for each key of a request, published here before Entra uses it', async () => {
    const before = await kids()
    const rotated = await asked('POST', '/rotate', 'rotate-1')
    expect([rotated.status, rotated.body]).toMatchObject([
      200,
      { document: 'published', simulated: true },
    ])
    const after = await kids()
    expect([after.length, after.slice(1)]).toEqual([before.length + 1, before])
    expect((await asked('POST', '/rotate', 'rotate-1')).status).toBe(200)
    expect(await kids()).toEqual(after)
    const { body: issuer } = await on.api<{ version: number }>('GET', '/issuer')
    expect(issuer.version).toBeGreaterThan(1)
  })

  it('goes on with a rotation that was broken off, and begins no other', async () => {
    const before = await kids()
    const { LOCAL } = on.world.env
    const reach = LOCAL?.fetch
    let calls = 0
    const lossy: typeof fetch = async (input, init) => {
      const { act } = JSON.parse(await new Response(init?.body).text()) as { act?: string }
      const answer = await (reach as typeof fetch)(input, init)
      calls += 1
      if (act === 'rotate') throw new TypeError('the answer is lost')
      return answer
    }
    Object.assign(on.world.env, { LOCAL: { fetch: lossy } })
    expect((await asked('POST', '/rotate', 'rotate-2')).status).toBe(503)
    expect(calls).toBe(3)
    Object.assign(on.world.env, { LOCAL })
    expect((await asked('GET')).body.document).toBe('outOfSync')
    expect((await asked('POST', '/rotate', 'rotate-2')).body.document).toBe('published')
    expect(await kids()).toHaveLength(before.length + 1)
  })

  it('is seen as that of this domain once Entra has looked', async () => {
    expect((await asked('GET')).body.domainVerified).toBe(false)
    expect((await asked('POST', '/verify')).body.domainVerified).toBe(true)
    expect((await asked('GET')).body.domainVerified).toBe(true)
    await on.world.createTenant('bare')
    const { token } = await on.world.createToken('bare', 'owner')
    for (const [method, path] of [
      ['GET', ''],
      ['POST', '/rotate'],
      ['POST', '/verify'],
    ] as const) {
      const none = await on.world.send(method, `/v1/tenants/bare/issuer/authority${path}`, {
        ...{ token, key: 'none' },
      })
      expect(none.status).toBe(409)
    }
  })
})

describe('where Entra does not do it', () => {
  it('the API says so by type, writes nothing, and the same key does it later', async () => {
    const offers = async () =>
      (await on.api<{ items: unknown[] }>('GET', '/credential-offers?limit=200')).body.items.length
    const before = [await offers(), on.standIn.service.state.requests.size] as const
    on.standIn.throttle(1_000, 90)
    const body = { configurations: ['badge'], claims: CLAIMS }
    const refused = await on.api('POST', '/credential-offers', body, { key: 'k' })
    expect([refused.status, String(refused.body.type)]).toMatchObject([503, /outage/])
    expect(await offers()).toBe(before[0])
    on.standIn.throttle(0, 1)
    // Until then nothing is sent.
    expect((await on.api('POST', '/credential-offers', body, { key: 'k' })).status).toBe(503)
    await on.pace.sleep(90_000)
    expect((await on.api('POST', '/credential-offers', body, { key: 'k' })).status).toBe(201)
    expect(on.standIn.service.state.requests.size).toBe(before[1] + 1)
  })

  it('what was revoked there already is revoked here, and what it does not know is a conflict', async () => {
    const made = await offer()
    await on.act('accept', made.uri, made.txCode)
    const [id = ''] = (await issuance(made)).credentials
    const { held } = on.standIn.service.state
    const revoke = () =>
      on.api<CredentialView>('POST', `/credentials/${id}/revoke`, { reason: 'x' })
    const at = held.findIndex(({ claims }) => claims.credential_id === id)
    const [one] = held.splice(at, 1)
    expect((await revoke()).status).toBe(409)
    expect((await on.api<CredentialView>('GET', `/credentials/${id}`)).body.status).toBe('valid')
    if (one) held.push({ ...one, status: 'issuerRevoked' })
    expect([(await revoke()).body.status]).toEqual(['invalid'])
  })

  it('claims with something inside them and codes with letters are refused by pointer', async () => {
    const nested = { ...CONFIGURATION, name: 'nested', claims: [{ path: ['address', 'city'] }] }
    const rows: [string, object, string][] = [
      ['/credential-configurations', nested, '/claims/0/path'],
      [
        '/credential-offers',
        { configurations: ['badge'], claims: { given_name: ['a'] } },
        '/claims/given_name',
      ],
      [
        '/credential-offers',
        { configurations: ['badge'], claims: CLAIMS, txCode: { mode: 'text' } },
        '/txCode/mode',
      ],
    ]
    for (const [path, body, pointer] of rows) {
      const refused = await on.api<{ errors?: { pointer: string }[] }>('POST', path, body)
      expect([refused.status, refused.body.errors?.[0]?.pointer]).toEqual([422, pointer])
    }
  })
})

describe('a presentation', () => {
  const query = (type: string) => ({
    credentials: [
      {
        id: 'one',
        format: 'jwt_vc_json',
        meta: { type_values: [[type]] },
        claims: [{ path: ['level'] }],
      },
    ],
  })
  const ask = (type: string) =>
    on.api<PresentationRequestView & { uri: string }>('POST', '/presentation-requests', {
      ...{ dcql_query: query(type), purpose: 'To see', driver: 'entra' },
    })
  const read = async (id: string) =>
    (await on.api<PresentationRequestView>('GET', `/presentation-requests/${id}`)).body

  it('is asked of trusted issuers alone: of a type that nobody is trusted for it is not asked', async () => {
    expect((await ask('Other')).status).toBe(422)
    const trusted = {
      name: 'Elsewhere',
      kind: 'did',
      value: 'did:web:elsewhere.example',
      types: ['Other'],
    }
    expect((await on.api('POST', '/trusted-issuers', trusted)).status).toBe(201)
    expect((await ask('Other')).status).toBe(201)
    const { asked } = [...on.standIn.service.state.requests.values()].at(-1) ?? {}
    expect(asked).toMatchObject({
      requestedCredentials: [{ type: 'Other', acceptedIssuers: ['did:web:elsewhere.example'] }],
    })
  })

  it('counts for what it says, once, whatever the service vouches for', async () => {
    const { body: issuer } = await on.api<{ did: string }>('GET', '/issuer')
    const good = {
      ...{ issuer: `${issuer.did}:entra`, type: ['VerifiableCredential', 'Badge'] },
      claims: { level: '3', given_name: 'Sesame-Unsaid' },
      credentialState: { revocationStatus: 'VALID' },
    }
    const rows: [string, object[], string | null][] = [
      ['good', [good], null],
      ['nothing', [], 'missing'],
      ['another type', [{ ...good, type: ['Other'] }], 'missing'],
      ['another issuer', [{ ...good, issuer: 'did:web:evil.example' }], 'untrusted-issuer'],
      ['revoked', [{ ...good, credentialState: { revocationStatus: 'REVOKED' } }], 'revoked'],
      ['no state', [{ ...good, credentialState: undefined }], 'status-unknown'],
      ['over', [{ ...good, expirationDate: '2020-01-01T00:00:00Z' }], 'expired'],
      ['over at no time', [{ ...good, expirationDate: 'never' }], 'malformed'],
      ['without the claim', [{ ...good, claims: {} }], 'missing'],
    ]
    for (const [, verifiedCredentialsData, fault] of rows) {
      const { body: asked } = await ask('Badge')
      const { post } = await caller(asked)
      const told = {
        requestStatus: 'presentation_verified',
        subject: 'did:web:h',
        verifiedCredentialsData,
      }
      const all = await Promise.all([post(told), post(told)])
      expect(all.map(({ status }) => status)).toEqual([204, 204])
      const seen = await read(asked.id)
      expect([seen.state, seen.fault]).toEqual([fault ? 'rejected' : 'verified', fault])
      if (!fault) expect(seen.presented).toMatchObject([{ claims: { level: '3' } }])
      expect(JSON.stringify(seen)).not.toContain('Unsaid')
      await post({ requestStatus: 'presentation_error', error: { code: 'x', message: 'y' } })
      expect((await read(asked.id)).state).toBe(seen.state)
    }
  })
})

it('keeps of a large answer what was asked for, as far as it fits, and nothing after its time', async () => {
  const { body: issuer } = await on.api<{ did: string }>('GET', '/issuer')
  const ask = async () => {
    const one = {
      ...{ id: 'one', format: 'jwt_vc_json', meta: { type_values: [['Badge']] } },
      claims: [{ path: ['photo'] }],
    }
    const wish = { dcql_query: { credentials: [one] }, purpose: 'To see', driver: 'entra' }
    return (
      await on.api<PresentationRequestView & { uri: string }>(
        'POST',
        '/presentation-requests',
        wish,
      )
    ).body
  }
  const answer = (photo: string) => ({
    ...{ requestStatus: 'presentation_verified', receipt: { vp_token: 'Sesame-Unsaid' } },
    verifiedCredentialsData: [
      {
        ...{ issuer: `${issuer.did}:entra`, type: ['VerifiableCredential', 'Badge'] },
        claims: { photo, unasked: 'Sesame'.repeat(500_000) },
        credentialState: { revocationStatus: 'VALID' },
        faceCheck: { matchConfidenceScore: 86 },
      },
    ],
  })
  const read = async ({ id }: { id: string }) =>
    (await on.api<PresentationRequestView>('GET', `/presentation-requests/${id}`)).body
  for (const [characters, state, fault] of [
    [1_400_000, 'verified', null],
    [1_500_000, 'rejected', 'too-large'],
  ] as const) {
    const asked = await ask()
    const { post } = await caller(asked)
    expect((await post(answer('p'.repeat(characters)))).status).toBe(204)
    const seen = await read(asked)
    expect([seen.state, seen.fault]).toEqual([state, fault])
    const row = on.world.tenants
      .storageOf(on.tenantId)
      ?.sql.exec('select presented from presentation_requests where id = ?', asked.id)
      .one()
    expect(String(row?.presented ?? '').length).toBeLessThan(2_000_000)
  }
  const late = await ask()
  const { post } = await caller(late)
  on.advance(301)
  for (let times = 0; times < 2; times += 1) expect((await post(answer('p'))).status).toBe(204)
  expect(await read(late)).toMatchObject({ state: 'expired', presented: null })
})

describe('a member who leaves', () => {
  const leave = async (member: string) => {
    const { token } = await on.world.createToken('acme', 'owner', { member: 'olga' })
    const headers = { 'if-match': '*' }
    const path = `/v1/tenants/acme/members/${member}`
    expect((await on.world.send('DELETE', path, { token, headers })).status).toBe(200)
  }
  const newMember = async (name: string) =>
    (await on.world.createToken('acme', 'requester', { member: name })).member
  const ring = async (seconds = 0) => {
    on.advance(seconds)
    await on.pace.sleep(seconds * 1_000)
    await on.world.tenants.alarm(on.tenantId)
  }
  const statusOf = async (id: string) => {
    const { body } = await on.api<CredentialView>('GET', `/credentials/${id}`)
    return [body.status, body.reason, await on.published(id)]
  }

  it('has his credentials revoked at Entra, once it answers, and only then here', async () => {
    const member = await newMember('rita')
    const made = await offer({ member })
    await on.act('accept', made.uri, made.txCode)
    const [id = ''] = (await issuance(made)).credentials
    on.standIn.throttle(1_000, 90)
    await leave(member)
    await ring()
    expect(await statusOf(id)).toEqual(['valid', null, 'valid'])
    on.standIn.throttle(0, 1)
    await ring(3_600)
    expect(await statusOf(id)).toEqual(['invalid', 'the membership has ended', 'invalid'])
  })

  it('has what his wallet took as he left revoked too', async () => {
    const member = await newMember('theo')
    const made = await offer({ member })
    const { post } = await caller(made)
    await leave(member)
    await on.act('accept', made.uri, made.txCode)
    await post(SUCCESS)
    const { state, credentials } = await issuance(made)
    expect([state, credentials.length]).toEqual(['failed', 1])
    await ring(1)
    expect((await statusOf(credentials[0] ?? ''))[0]).toBe('invalid')
  })
})

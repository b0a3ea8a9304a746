// The stand-in's requests, answers, callbacks and errors, field by field against the documented shapes (Microsoft Entra Verified
// ID: request service and admin API). What our driver sends is among the good ones.
import { createHash } from 'node:crypto'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { contractBody, indexHash } from '../../verified-id/admin.ts'
import { issuanceBody, presentationBody } from '../../verified-id/request-service.ts'
import { createVerifiedIdStandIn } from './stand-in.ts'

const AUDIENCE = {
  request: '3db474b9-6a0c-4840-96ac-1fceb342124f',
  admin: '6a8b4b39-c021-437c-b060-5a14a3fd65f3',
}
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const NOW = new Date('2026-11-22T12:00:00Z')
type Json = Record<string, unknown>

let standIn: Awaited<ReturnType<typeof createVerifiedIdStandIn>>
const told: { url: string; headers: Headers; body: Json }[] = []
const withheld = new Set<string>()
/** By address. */
let published: Record<string, Json> = {}
beforeAll(async () => {
  standIn = await createVerifiedIdStandIn({
    ...{ path: null, now: () => NOW, withhold: (role) => withheld.has(role) },
    deliver: async (url, init) => {
      if (init.method === 'GET') {
        const document = published[url]
        return document ? Response.json(document) : new Response(null, { status: 404 })
      }
      told.push({ url, headers: new Headers(init.headers), body: JSON.parse(String(init.body)) })
      return new Response(null, { status: 204 })
    },
  })
})

const tokenFor = async (audience: string): Promise<string> => {
  const response = await standIn.app.request(
    `/msi/token?api-version=2019-08-01&resource=${audience}`,
    { headers: { 'x-identity-header': standIn.identityHeader } },
  )
  return ((await response.json()) as { access_token: string }).access_token
}
const send = async (
  method: string,
  path: string,
  body?: unknown,
  {
    audience = path.startsWith('/create') ? AUDIENCE.request : AUDIENCE.admin,
    token = '',
    type = 'application/json',
  } = {},
) => {
  const response = await standIn.app.request(`/v1.0/verifiableCredentials${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token || (await tokenFor(audience))}`,
      'content-type': type,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return {
    status: response.status,
    headers: response.headers,
    body: (text ? JSON.parse(text) : {}) as Json,
  }
}
const hold = async (step: string, body: object) =>
  (await (
    await standIn.app.request(`/holder/${step}`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify(body),
    })
  ).json()) as Json

const HOST = 'https://phoenix.example/'
const AUTHORITY = {
  ...{ name: 'phoenix', linkedDomainUrl: 'https://phoenix.example/i/x/entra', didMethod: 'web' },
  keyVaultMetadata: {
    ...{ subscriptionId: '00000000-0000-4000-8000-000000000001', resourceGroup: 'g' },
    ...{ resourceName: 'v', resourceUrl: 'https://v.vault.azure.net/' },
  },
}
const CONTRACT = {
  name: 'badge',
  ...contractBody({
    ...{ type: 'Badge', issuedBy: 'ACME', validitySeconds: 2_592_000 },
    claims: [{ name: 'given_name', required: true, labels: [{ locale: 'en-US', label: 'Name' }] }],
    displays: [
      {
        ...{ locale: 'en-US', title: 'Badge', description: 'Says who', logo: null },
        ...{ backgroundColor: '#000000', textColor: '#ffffff' },
      },
    ],
  }),
}
const CALLBACK = {
  ...{
    url: 'https://phoenix.example/i/x/entra/callbacks',
    state: 'ofr_aaaaaaaaaaaaaaaaaaaaaaaaaa',
  },
  apiKey: 'k'.repeat(43),
}
const SALT = 'salt'
const pinOf = (pin: string) => ({
  value: createHash('sha256').update(`${SALT}${pin}`).digest('base64'),
  ...{ salt: SALT, length: pin.length },
})
let authorityId = ''
let contractId = ''
let did = ''
let manifest = ''
beforeAll(async () => {
  const authority = await send('POST', '/authorities', AUTHORITY)
  authorityId = String(authority.body.id)
  did = (authority.body.didModel as { did: string }).did
  const contract = await send('POST', `/authorities/${authorityId}/contracts`, CONTRACT)
  contractId = String(contract.body.id)
  manifest = String(contract.body.manifestUrl)
})
const issuance = (more: object = {}): Json => ({
  ...issuanceBody({
    ...{ authority: did, clientName: 'ACME', callback: CALLBACK, type: 'Badge', manifest },
    claims: { given_name: 'Ada', credential_id: 'crd_1' },
    pin: pinOf('123456'),
  }),
  ...more,
})
const presentation = (more: object = {}): Json => ({
  ...presentationBody({
    ...{ authority: did, clientName: 'ACME', callback: CALLBACK, purpose: 'To see' },
    credentials: [
      {
        ...{ type: 'Badge', acceptedIssuers: [did], faceCheck: null },
        constraints: [{ claimName: 'given_name', values: ['Ada'] }],
      },
    ],
  }),
  ...more,
})
const requested = (more: object): Json => {
  const [one] = presentation().requestedCredentials as Json[]
  return presentation({ requestedCredentials: [{ ...one, ...more }] })
}

describe('a request', () => {
  it.each(['issuance', 'presentation'] as const)(
    'for an %s answers 201 as documented',
    async (kind) => {
      const [path, body] =
        kind === 'issuance'
          ? ['/createIssuanceRequest', issuance()]
          : ['/createPresentationRequest', presentation()]
      const made = await send('POST', path, body)
      expect([made.status, Object.keys(made.body).sort()]).toEqual([
        201,
        ['expiry', 'requestId', 'url'],
      ])
      expect(made.body.requestId).toMatch(UUID)
      expect(made.body.url).toMatch(/^openid-vc:\/\/\?request_uri=http/)
      expect(made.body.expiry).toBe(NOW.getTime() / 1_000 + 300)
      const withQr = await send('POST', path, { ...body, includeQRCode: true })
      expect(withQr.body.qrCode).toMatch(/^data:image\/png;base64,/)
    },
  )

  const callback = (more: object) => ({ ...(issuance().callback as Json), ...more })
  const wrong: [string, () => Json, string][] = [
    ['no authority', () => issuance({ authority: undefined }), 'authority'],
    ['a DID of another method', () => issuance({ authority: 'did:ion:x' }), 'authority'],
    ['no callback', () => issuance({ callback: undefined }), 'callback'],
    [
      'a callback over http',
      () => issuance({ callback: callback({ url: 'http://phoenix.example/c' }) }),
      'callback.url',
    ],
    [
      'a callback without state',
      () => issuance({ callback: callback({ state: undefined }) }),
      'callback.state',
    ],
    [
      'another callback header',
      () => issuance({ callback: callback({ headers: { 'x-key': 'k' } }) }),
      'callback.headers',
    ],
    ['no client name', () => issuance({ registration: {} }), 'registration.clientName'],
    ['no type', () => issuance({ type: undefined }), 'type'],
    ['another type than the contract’s', () => issuance({ type: 'Other' }), 'type'],
    ['no manifest', () => issuance({ manifest: undefined }), 'manifest'],
    ['a PIN of three', () => issuance({ pin: { value: '123', length: 3 } }), 'pin.length'],
    [
      'a PIN of seventeen',
      () => issuance({ pin: { value: '1'.repeat(17), length: 17 } }),
      'pin.length',
    ],
    [
      'a PIN of another length',
      () => issuance({ pin: { value: '12345', length: 6 } }),
      'pin.value',
    ],
    [
      'a PIN with letters',
      () => issuance({ pin: { value: '12345a', length: 6, type: 'numeric' } }),
      'pin.value',
    ],
    [
      'a hash of another kind',
      () => issuance({ pin: { ...pinOf('123456'), alg: 'sha1', iterations: 1 } }),
      'pin.alg',
    ],
    [
      'several iterations',
      () => issuance({ pin: { ...pinOf('123456'), alg: 'sha256', iterations: 2 } }),
      'pin.iterations',
    ],
    [
      'a missing claim',
      () => issuance({ claims: { credential_id: 'crd_1' } }),
      'claims.given_name',
    ],
    [
      'an unknown claim',
      () => issuance({ claims: { given_name: 'A', credential_id: 'c', b: 'x' } }),
      'claims.b',
    ],
    [
      'a claim that is no text',
      () => issuance({ claims: { given_name: 1, credential_id: 'c' } }),
      'claims.given_name',
    ],
    [
      'an expiry that the contract does not allow',
      () => issuance({ expirationDate: '2027-01-01T00:00:00Z' }),
      'expirationDate',
    ],
    ['a field that nobody knows', () => issuance({ extra: 1 }), 'extra'],
    ['includeQRCode that is no boolean', () => issuance({ includeQRCode: 'no' }), 'includeQRCode'],
  ]
  it.each(wrong)('for an issuance with %s is 400 by name', async (_, body, target) => {
    const { status, body: error } = await send('POST', '/createIssuanceRequest', body())
    expect([status, error.error]).toMatchObject([
      400,
      { code: 'badRequest', innererror: { code: 'badOrMissingField', target } },
    ])
  })

  const wrongPresentations: [string, () => Json, string][] = [
    ['nothing asked for', () => presentation({ requestedCredentials: [] }), 'requestedCredentials'],
    ['no type', () => requested({ type: undefined }), 'requestedCredentials.0.type'],
    [
      'an issuer that is no did:web',
      () => requested({ acceptedIssuers: ['x'] }),
      'requestedCredentials.0.acceptedIssuers.0',
    ],
    [
      'two operands',
      () => requested({ constraints: [{ claimName: 'a', contains: 'x', startsWith: 'y' }] }),
      'requestedCredentials.0.constraints.0',
    ],
    [
      'no operand',
      () => requested({ constraints: [{ claimName: 'a' }] }),
      'requestedCredentials.0.constraints.0.values',
    ],
    [
      'a threshold below 50',
      () =>
        requested({
          configuration: {
            validation: { faceCheck: { sourcePhotoClaimName: 'p', matchConfidenceThreshold: 49 } },
          },
        }),
      'requestedCredentials.0.configuration.validation.faceCheck.matchConfidenceThreshold',
    ],
  ]
  it.each(wrongPresentations)(
    'for a presentation with %s is 400 by name',
    async (_, body, target) => {
      const { status, body: error } = await send('POST', '/createPresentationRequest', body())
      expect(status).toBe(400)
      const { target: named = '' } = (error.error as { innererror: { target?: string } }).innererror
      expect(`${named} `.startsWith(target) || target.startsWith(named)).toBe(true)
      expect(named).not.toBe('')
    },
  )

  it('takes loopback callbacks over http, plain PINs, every operand, face checks and Authorization', async () => {
    const local = { url: 'http://127.0.0.1:8787/c', state: 's', headers: { Authorization: 'x' } }
    const plain = issuance({ callback: local, pin: { value: '1234', length: 4 } })
    expect((await send('POST', '/createIssuanceRequest', plain)).status).toBe(201)
    for (const operand of [{ values: ['a'] }, { contains: 'a' }, { startsWith: 'a' }]) {
      const body = requested({
        constraints: [{ claimName: 'given_name', ...operand }],
        configuration: { validation: { faceCheck: { sourcePhotoClaimName: 'photo' } } },
      })
      expect((await send('POST', '/createPresentationRequest', body)).status).toBe(201)
    }
  })

  it('takes PIN, claims and expiry only where claims come with the request', async () => {
    const { idTokenHints: _, ...none } = CONTRACT.rules.attestations
    const mapping = [
      { outputClaim: 'a', inputClaim: 'a', required: true, indexed: false, type: 'String' },
    ]
    const self = {
      ...{ ...CONTRACT, name: 'self-issued', allowOverrideValidityOnIssuance: true },
      rules: { ...CONTRACT.rules, attestations: { ...none, selfIssued: { mapping } } },
    }
    const made = await send('POST', `/authorities/${authorityId}/contracts`, self)
    const bare = {
      ...issuance({ manifest: made.body.manifestUrl }),
      pin: undefined,
      claims: undefined,
    }
    expect((await send('POST', '/createIssuanceRequest', bare)).status).toBe(201)
    for (const more of [
      { pin: { value: '123456' } },
      { claims: {} },
      { expirationDate: '2027-01-01T00:00:00Z' },
    ]) {
      const refused = await send('POST', '/createIssuanceRequest', { ...bare, ...more })
      const [target] = Object.keys(more)
      expect([refused.status, refused.body.error]).toMatchObject([400, { innererror: { target } }])
    }
    const override = { ...CONTRACT, name: 'override', allowOverrideValidityOnIssuance: true }
    const other = await send('POST', `/authorities/${authorityId}/contracts`, override)
    const dated = (expirationDate: string) =>
      send(
        'POST',
        '/createIssuanceRequest',
        issuance({ manifest: other.body.manifestUrl, expirationDate }),
      )
    expect((await dated('2027-01-01T00:00:00Z')).status).toBe(201)
    expect((await dated('2020-01-01T00:00:00Z')).status).toBe(400)
  })
})

describe('an error', () => {
  it('has the documented envelope at every status', async () => {
    const request = await tokenFor(AUDIENCE.request)
    const rows: [number, string, string, Promise<{ status: number; body: Json }>][] = [
      [400, 'badRequest', 'badOrMissingField', send('POST', '/createIssuanceRequest', '{')],
      [
        401,
        'unauthorized',
        'tokenError',
        send('GET', '/authorities', undefined, { token: 'x.y.z' }),
      ],
      [
        401,
        'unauthorized',
        'tokenError',
        send('GET', '/authorities', undefined, { token: request }),
      ],
      [
        401,
        'unauthorized',
        'tokenError',
        send('POST', '/createIssuanceRequest', {}, { audience: AUDIENCE.admin }),
      ],
      [
        404,
        'notFound',
        'notFound',
        send('POST', '/createIssuanceRequest', issuance({ authority: 'did:web:other' })),
      ],
      [404, 'notFound', 'notFound', send('GET', '/authorities/other/contracts')],
      [409, 'conflict', 'badOrMissingField', send('POST', '/authorities', AUTHORITY)],
      [
        409,
        'conflict',
        'badOrMissingField',
        send('POST', `/authorities/${authorityId}/contracts`, CONTRACT),
      ],
      [
        415,
        'unsupportedMediaType',
        'badOrMissingField',
        send('POST', '/createIssuanceRequest', 'a=b', { type: 'text/plain' }),
      ],
    ]
    for (const [status, code, inner, answered] of rows) {
      const { status: got, body } = await answered
      expect([got, body]).toMatchObject([status, { error: { code, innererror: { code: inner } } }])
      expect(Object.keys(body).sort()).toEqual(['date', 'error', 'mscv', 'requestId'])
      expect(body.requestId).toMatch(UUID)
      expect(Number.isNaN(Date.parse(String(body.date)))).toBe(false)
    }
  })

  it('is 403 without the role, and 429 with Retry-After on demand', async () => {
    withheld.add('VerifiableCredential.Credential.Revoke')
    const at = `/authorities/${authorityId}/contracts/${contractId}/credentials/x/revoke`
    expect((await send('POST', at)).status).toBe(403)
    withheld.clear()
    standIn.throttle(2, 9)
    for (const status of [429, 429, 201]) {
      const got = await send('POST', '/createIssuanceRequest', issuance())
      expect([got.status, got.headers.get('retry-after')]).toEqual([
        status,
        status === 429 ? '9' : null,
      ])
      if (status === 429)
        expect(got.body.error).toMatchObject({
          code: 'tooManyRequests',
          innererror: { code: 'transientError' },
        })
    }
  })
})

describe('the holder drives callbacks', () => {
  const begin = async (body: Json = issuance()) => {
    told.length = 0
    const path = 'manifest' in body ? '/createIssuanceRequest' : '/createPresentationRequest'
    return (await send('POST', path, body)).body as { requestId: string; url: string }
  }
  const base = (requestId: string, requestStatus: string) => ({
    ...{ requestId, requestStatus, state: CALLBACK.state },
  })

  it('retrieved, wrong PIN, successful: to the url, with the api-key, as documented', async () => {
    const { requestId, url } = await begin()
    expect(await hold('scan', { url })).toMatchObject({
      simulated: true,
      outcome: 'scanned',
      callback: 204,
    })
    expect(await hold('accept', { url, pin: '000000' })).toMatchObject({
      outcome: 'wrong-pin',
      callback: null,
    })
    expect(await hold('accept', { url, pin: '123456' })).toMatchObject({ outcome: 'issued' })
    expect(await hold('accept', { url, pin: '123456' })).toMatchObject({ outcome: 'ended' })
    expect(told.map(({ body }) => body)).toEqual([
      base(requestId, 'request_retrieved'),
      base(requestId, 'issuance_successful'),
    ])
    for (const { url: at, headers } of told)
      expect([at, headers.get('api-key')]).toEqual([CALLBACK.url, CALLBACK.apiKey])
  })

  it('errors of an issuance, by its code and message', async () => {
    for (const message of ['fetch_contract_error', 'issuance_service_error', 'unspecified_error']) {
      const { requestId, url } = await begin()
      await hold('decline', { url, message })
      const error = { code: 'IssuanceFlowFailed', message }
      expect(told.at(-1)?.body).toEqual({ ...base(requestId, 'issuance_error'), error })
    }
    const { url } = await begin()
    for (const outcome of ['wrong-pin', 'wrong-pin', 'failed'])
      expect(await hold('accept', { url, pin: '000000' })).toMatchObject({ outcome })
    expect(told.at(-1)?.body).toMatchObject({ requestStatus: 'issuance_error' })
  })

  it('a presentation with its data, by constraints that ignore case, and never a revoked one', async () => {
    const { url: offer } = await begin()
    await hold('accept', { url: offer, pin: '123456' })
    const { requestId, url } = await begin(
      requested({ constraints: [{ claimName: 'given_name', values: ['ADA'] }] }),
    )
    expect(await hold('present', { url })).toMatchObject({ outcome: 'presented' })
    expect(told.at(-1)?.body).toEqual({
      ...base(requestId, 'presentation_verified'),
      subject: expect.stringMatching(/^did:/),
      verifiedCredentialsData: [
        {
          ...{ issuer: did, type: ['VerifiableCredential', 'Badge'] },
          claims: { given_name: 'Ada', credential_id: 'crd_1' },
          credentialState: { revocationStatus: 'VALID' },
          domainValidation: { url: expect.stringMatching(/^https:/) },
          issuanceDate: NOW.toISOString(),
          expirationDate: new Date(NOW.getTime() + 2_592_000_000).toISOString(),
        },
      ],
    })
    const at = `/authorities/${authorityId}/contracts/${contractId}/credentials`
    const filter = (value: string) =>
      `${at}?filter=indexclaimhash%20eq%20${encodeURIComponent(indexHash(contractId, value))}`
    const found = (await send('GET', filter('crd_1'))).body.value as Json[]
    expect(found.at(-1)).toEqual({
      ...{ id: expect.stringMatching(/^urn:pic:/), contractId, status: 'valid' },
      issuedAt: NOW.toISOString(),
    })
    expect((await send('GET', filter('crd_2'))).body.value).toEqual([])
    for (const { id } of found) expect((await send('POST', `${at}/${id}/revoke`)).status).toBe(204)
    expect((await send('GET', `${at}/${found[0]?.id}`)).body.status).toBe('issuerRevoked')
    const again = await begin(presentation())
    expect(await hold('present', { url: again.url })).toMatchObject({ outcome: 'nothing-fits' })
    expect(told.at(-1)?.body).toMatchObject({
      requestStatus: 'presentation_error',
      error: { code: expect.any(String), message: expect.any(String) },
    })
  })
})

describe('authorities and contracts', () => {
  it('are shown as documented', async () => {
    const authority = await send('GET', `/authorities/${authorityId}`)
    expect(authority.body).toMatchObject({
      ...{ id: authorityId, name: 'phoenix' },
      didModel: {
        ...{ did: 'did:web:phoenix.example:i:x:entra', didDocumentStatus: 'published' },
        linkedDomainUrls: [HOST],
        signingKeys: [expect.any(String)],
      },
      linkedDomainsVerified: false,
    })
    const contract = await send('GET', `/authorities/${authorityId}/contracts/${contractId}`)
    expect(contract.body).toMatchObject({
      ...{ id: contractId, status: 'Enabled', manifestUrl: manifest, ...CONTRACT },
    })
    expect(manifest).toMatch(
      /^https:\/\/verifiedid\.did\.msidentity\.com\/v1\.0\/tenants\/[0-9a-f-]+\/verifiableCredentials\/contracts\/[0-9a-f-]+\/manifest$/,
    )
  })

  it('has our id as the one indexed claim, and takes no second one', async () => {
    const [hint] = CONTRACT.rules.attestations.idTokenHints
    const indexed = hint?.mapping.filter((one) => one.indexed).map(({ inputClaim }) => inputClaim)
    expect(indexed).toEqual(['credential_id'])
    const mapping = hint?.mapping.map((one) => ({ ...one, indexed: true }))
    const attestations = { idTokenHints: [{ ...hint, mapping }] }
    const two = { ...CONTRACT, name: 'two', rules: { ...CONTRACT.rules, attestations } }
    expect((await send('POST', `/authorities/${authorityId}/contracts`, two)).status).toBe(400)
  })

  it('rotates keys, is out of step until the document is published, and looks at the domain', async () => {
    const at = `/authorities/${authorityId}`
    const rotated = await send('POST', `${at}/didInfo/signingKeys/rotate`)
    expect(rotated.body).toMatchObject({
      didModel: {
        didDocumentStatus: 'outOfSync',
        signingKeys: [expect.any(String), expect.any(String)],
      },
    })
    // Nobody publishes anything here.
    for (const verb of ['didInfo/synchronizeWithDidDocument', 'validateWellKnownDidConfiguration'])
      expect((await send('POST', `${at}/${verb}`)).body).toMatchObject({
        error: { code: 'badRequest', innererror: { code: 'badOrMissingField' } },
      })
    const document = (await send('POST', `${at}/generateDidDocument`)).body
    const proofOf = async (id: string) =>
      (
        await send('POST', `/authorities/${id}/generateWellknownDidConfiguration`, {
          domainUrl: HOST,
        })
      ).body.linked_dids as string[]
    const other = { ...AUTHORITY, linkedDomainUrl: 'https://phoenix.example/i/y/entra' }
    const { body: stranger } = await send('POST', '/authorities', other)
    const strangers = await proofOf(String(stranger.id))
    const path = AUTHORITY.linkedDomainUrl
    const own = { linked_dids: await proofOf(authorityId) }
    // Below the path nobody looks, and of somebody else's proof nothing follows.
    published = {
      [`${path}/did.json`]: document,
      [`${path}/.well-known/did-configuration.json`]: own,
      [`${HOST}.well-known/did-configuration.json`]: { linked_dids: strangers },
    }
    const validate = () => send('POST', `${at}/validateWellKnownDidConfiguration`)
    expect((await validate()).status).toBe(400)
    const linked = { linked_dids: [...strangers, ...own.linked_dids] }
    published[`${HOST}.well-known/did-configuration.json`] = linked
    const synchronized = await send('POST', `${at}/didInfo/synchronizeWithDidDocument`)
    expect(synchronized.body).toMatchObject({ didModel: { didDocumentStatus: 'published' } })
    const verified = await validate()
    expect([verified.status, verified.body]).toMatchObject([204, {}])
    expect((await send('GET', at)).body).toMatchObject({ linkedDomainsVerified: true })
  })

  it('gives the DID document, and a proof of the domain that the same DID signs', async () => {
    const document = await send('POST', `/authorities/${authorityId}/generateDidDocument`)
    expect(document.body).toMatchObject({ id: did, service: [{ type: 'LinkedDomains' }] })
    expect(JSON.stringify(document.body)).not.toContain('"d"')
    const prove = (domainUrl: string) =>
      send('POST', `/authorities/${authorityId}/generateWellknownDidConfiguration`, { domainUrl })
    const proof = await prove(HOST)
    // «The domainUrl is the domain name without the path.»
    expect((await prove(AUTHORITY.linkedDomainUrl)).status).toBe(400)
    const [jwt = ''] = proof.body.linked_dids as string[]
    expect(decodeJwt(jwt)).toMatchObject({
      ...{ iss: did, sub: did },
      vc: { credentialSubject: { id: did, origin: HOST } },
    })
  })
})

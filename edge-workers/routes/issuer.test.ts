// The tenant's issuer over the API: made once, named, and given new keys without a break for what was signed before.
import { calculateJwkThumbprint, compactVerify, createLocalJWKSet, importJWK, type JWK } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  type CredentialWorld,
  createCredentialWorld,
} from '../actors/tenant/credentials/credential-world.fixture.ts'
import { signerOf } from '../actors/tenant/credentials/issuer/issuer.ts'
import { fromBase64url } from '../base64.ts'
import { verifyChain } from '../credentials/certificates.ts'
import { readCompact } from '../credentials/json.ts'

let made: CredentialWorld
beforeAll(async () => {
  made = await createCredentialWorld()
})

const derOfPem = (pem: string): Uint8Array =>
  fromBase64url(pem.replaceAll(/-----[A-Z ]+-----|\s/g, ''))
const jwks = async (): Promise<{ keys: JWK[] }> => {
  const read = await made.open(`/.well-known/jwt-vc-issuer/i/${made.issuerId}`)
  return ((await read.json()) as { jwks: { keys: JWK[] } }).jwks
}
const rotate = (key: string, token = made.tokens.owner) =>
  made.send('POST', '/issuer/rotate', { key, token })

describe('the issuer', () => {
  it('is made once, however many ask at the same time, and has an address that says nothing of the tenant', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => made.send('GET', '/issuer')))
    const bodies = await Promise.all(all.map((response) => response.json()))
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    const issuer = await made.issuer()
    expect(issuer).toMatchObject({
      ...{ id: made.issuerId, url: `http://127.0.0.1:8787/i/${made.issuerId}`, version: 1 },
      ...{ did: `did:web:127.0.0.1%3A8787:i:${made.issuerId}`, keptBy: 'sealed', name: 'ACME' },
      keys: [{ state: 'current' }],
    })
    expect(issuer.id).not.toContain('acme')
    expect(all[0]?.headers.get('etag')).toBe('"v1"')
  })

  it('is seen by those who may, and changed by owners alone, at the version they have read', async () => {
    const patch = (body: object, headers = {}, token = made.tokens.owner) =>
      made.send('PATCH', '/issuer', { token, body, headers })
    const body = { name: 'Acme GmbH', compat: 'draft15' }
    expect((await made.send('GET', '/issuer', { token: made.tokens.auditor })).status).toBe(200)
    expect((await patch(body)).status).toBe(428)
    expect((await patch(body, { 'if-match': '"v9"' })).status).toBe(412)
    expect((await patch(body, { 'if-match': '*' }, made.tokens.admin)).status).toBe(403)
    const done = await patch(body, { 'if-match': '"v1"' })
    expect(done.status).toBe(200)
    expect(await done.json()).toMatchObject({ ...body, version: 2 })
    const script = { linkSchemes: { offer: 'javascript://', presentation: 'openid4vp://' } }
    expect((await patch(script, { 'if-match': '*' })).status).toBe(422)
    await patch({ name: 'ACME', compat: 'strict' }, { 'if-match': '*' })
  })

  it('says what each driver can do', async () => {
    const read = await made.send('GET', '/credential-drivers', { token: made.tokens.auditor })
    const { items } = (await read.json()) as { items: { driver: string; supports: object }[] }
    expect(items.map(({ driver }) => driver)).toEqual(['openid4vci', 'entra'])
    expect(items.map(({ supports }) => (supports as { suspend: boolean }).suspend)).toEqual([
      ...[true, false],
    ])
  })
})

describe('what it signs', () => {
  it('verifies by its published key and by its certificate under its root', async () => {
    const signer = await signerOf(made.context)
    const jwt = await signer.sign({ typ: 'dc+sd-jwt', withX5c: true }, { iss: made.url })
    const { protectedHeader } = await compactVerify(jwt, createLocalJWKSet(await jwks()))
    expect(protectedHeader).toEqual({
      ...{ alg: 'ES256', typ: 'dc+sd-jwt', kid: signer.kid, x5c: signer.x5c },
    })
    const { root } = await made.issuer()
    const chain = await verifyChain(protectedHeader.x5c, [derOfPem(root)], new Date())
    expect(chain).toMatchObject({
      ...{ ok: true, leaf: { publicJwk: signer.publicJwk, uris: [made.url] } },
    })
    expect(await calculateJwkThumbprint({ ...signer.publicJwk })).toBe(signer.kid)
    const without = await signer.sign({ typ: 'jwt', withX5c: false }, {})
    expect(readCompact(without)?.header).toEqual({ alg: 'ES256', typ: 'jwt', kid: signer.kid })
  })

  it('keeps its private keys out of the database in the clear, and out of every answer', async () => {
    const rows = made.sql.exec('SELECT * FROM issuer_keys').toArray()
    expect(rows).toHaveLength(2)
    expect(JSON.stringify(rows)).not.toMatch(/"d"|\\"d\\"/)
    for (const { sealed } of rows) expect(String(sealed).length).toBeGreaterThan(100)
    expect(JSON.stringify(await made.issuer())).not.toContain(String(rows[0]?.sealed))
  })

  it('lasts, in its certificate, as long as the longest credential', async () => {
    const [key] = (await made.issuer()).keys
    const years = (Date.parse(key?.certificateUntil ?? '') - Date.now()) / 31_557_600_000
    expect(years).toBeGreaterThan(10)
    made.sql.exec(
      "UPDATE issuer_keys SET certificateUntil = ? WHERE use = 'sign'",
      new Date(Date.now() + 9 * 31_557_600_000).toISOString(),
    )
    const before = key?.kid
    const signer = await signerOf(made.context)
    expect(signer.kid).toBe(before)
    const [again] = (await made.issuer()).keys
    expect(Date.parse(again?.certificateUntil ?? '')).toBeGreaterThan(
      Date.now() + 10 * 31_557_600_000,
    )
  })
})

describe('a rotation', () => {
  it('makes a new key current, leaves those before published, and breaks nothing', async () => {
    const first = await (await signerOf(made.context)).sign({ typ: 'x', withX5c: true }, { n: 1 })
    expect((await rotate('r-1', made.tokens.admin)).status).toBe(403)
    const [one, twin] = await Promise.all([rotate('r-1'), rotate('r-1')])
    expect([one.status, twin.status].sort()).toEqual([200, 200])
    const after = await made.issuer()
    expect(after.keys.map(({ state }) => state).sort()).toEqual(['current', 'previous'])
    const second = await (await signerOf(made.context)).sign({ typ: 'x', withX5c: true }, { n: 2 })
    const keys = createLocalJWKSet(await jwks())
    await compactVerify(first, keys)
    await compactVerify(second, keys)
    expect(readCompact(first)?.header.kid).not.toBe(readCompact(second)?.header.kid)

    expect((await rotate('r-1')).status).toBe(200)
    expect((await made.issuer()).keys).toHaveLength(2)
    expect((await rotate('r-2')).status).toBe(200)
    const { keys: states, root } = await made.issuer()
    expect(states.map(({ state }) => state).sort()).toEqual(['current', 'previous', 'previous'])
    const published = await jwks()
    expect(published.keys).toHaveLength(3)
    await compactVerify(first, createLocalJWKSet(published))
    // By the certificate in it too, as on the first day.
    const { x5c } = readCompact(first)?.header ?? {}
    const chain = await verifyChain(x5c, [derOfPem(root)], new Date())
    if (!chain.ok || !chain.leaf.publicJwk) throw new Error('the chain broke')
    await compactVerify(first, await importJWK({ ...chain.leaf.publicJwk }, 'ES256'))
    // What signs no more cannot be made to.
    const sealed = made.sql
      .exec("SELECT sealed FROM issuer_keys WHERE state = 'previous'")
      .toArray()
    expect(sealed).toEqual([{ sealed: null }, { sealed: null }])
  })

  it('is in the log, by pseudonyms', async () => {
    const steps = made.sql
      .exec(
        'SELECT version, "to", actor FROM transitions WHERE changeId = ? ORDER BY version',
        `isr_${made.issuerId}`,
      )
      .toArray()
    expect(steps.map(({ to }) => to)).toEqual([
      ...['made', 'changed', 'changed', 'changed', 'rotated', 'rotated'],
    ])
    expect(steps.map(({ version }) => version)).toEqual([1, 2, 3, 4, 5, 6])
    // The first was made, and the fourth certified again, by nobody’s wish.
    expect(steps.map(({ actor }) => String(actor).slice(0, 4))).toEqual([
      ...['phoe', 'usr_', 'usr_', 'phoe', 'usr_', 'usr_'],
    ])
  })
})

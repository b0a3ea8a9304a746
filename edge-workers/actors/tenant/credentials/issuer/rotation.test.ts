// Keys that do not sign any more: what they signed keeps verifying until it has ended, however often the key was rotated since; an
// owner who knows that somebody else has one ends it, and what it signed, at once.
import { decodeJwt, decodeProtectedHeader } from 'jose'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CredentialOffer, IssuerIdentityView } from '../../../../../schemas/credential.ts'
import type { DcqlQuery } from '../../../../../schemas/presentation.ts'
import {
  createVerifierWorld,
  START,
  type VerifierWorld,
} from '../presentations/verifier-world.fixture.ts'

const DAY = 86_400
let world: VerifierWorld
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createVerifierWorld()
})
afterAll(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const later = (seconds: number): void => {
  vi.setSystemTime(Date.now() + seconds * 1_000)
  world.world.advance(seconds)
}
const rotate = () => world.insist<IssuerIdentityView>('POST', '/issuer/rotate', {})
const issuer = () => world.insist<IssuerIdentityView>('GET', '/issuer')
const kidOf = (credential: string): string =>
  decodeProtectedHeader(credential.split('~')[0] ?? '').kid ?? ''
const keyOf = async (credential: string) =>
  (await issuer()).keys.find(({ kid }) => kid === kidOf(credential))
const published = async (): Promise<string[]> => {
  const { id } = await issuer()
  const read = await world.world.send('GET', `/.well-known/jwt-vc-issuer/i/${id}`)
  const { jwks } = (await read.json()) as { jwks: { keys: { kid: string }[] } }
  return jwks.keys.map(({ kid }) => kid)
}
const badge = async (): Promise<string> =>
  world.redeem(
    await world.insist<CredentialOffer>('POST', '/credential-offers', {
      ...{ configurations: ['phoenix-member'], member: world.member },
    }),
  )
/** What our own verifier says to it. */
const verdict = async (credential: string): Promise<string> => {
  const { vct } = decodeJwt(credential.split('~')[0] ?? '') as { vct: string }
  const dcql_query: DcqlQuery = {
    credentials: [
      {
        ...{ id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
        claims: [{ path: ['member'] }],
      },
    ],
  }
  const shown = { disclose: ['member'] }
  const { answered } = await world.go(credential, { dcql_query }, shown)
  return answered.status === 200 ? 'verified' : (answered.body.error_description ?? '')
}

describe('a key that was rotated', () => {
  it('verifies after two more rotations, and is published, until all that it signed has ended', async () => {
    const first = await badge()
    const { exp = 0 } = decodeJwt(first.split('~')[0] ?? '')
    await rotate()
    const second = await badge()
    await rotate()
    expect(new Set([kidOf(first), kidOf(second)]).size).toBe(2)
    expect([await verdict(first), await verdict(second)]).toEqual(['verified', 'verified'])
    expect(await published()).toEqual(expect.arrayContaining([kidOf(first), kidOf(second)]))
    expect(await keyOf(first)).toMatchObject({
      ...{ state: 'previous', verifiesUntil: new Date((exp + DAY) * 1_000).toISOString() },
    })

    later(exp - Date.now() / 1_000 - 60)
    expect(await verdict(first)).toBe('verified')
    later(DAY + 30)
    expect([await verdict(first), await published()]).toEqual([
      ...['expired', expect.arrayContaining([kidOf(first)])],
    ])
    later(60)
    expect(await published()).not.toContain(kidOf(first))
    expect((await keyOf(first))?.state).toBe('retired')
  })

  it('and signed nothing ends after the day for which its lists and metadata are believed', async () => {
    const { keys } = await rotate()
    const signs = keys.find(({ state }) => state === 'current')?.kid
    await rotate()
    later(DAY - 1)
    expect(await published()).toContain(signs)
    later(1)
    expect(await published()).not.toContain(signs)
  })

  it('is one of fifty at most', async () => {
    const left = 50 - (await published()).length
    for (let many = 0; many < left; many += 1) await rotate()
    const refused = await world.api<{ detail: string }>('POST', '/issuer/rotate', {})
    expect([refused.status, refused.body.detail]).toEqual([
      ...[409, expect.stringContaining('retire one')],
    ])
    later(DAY)
    expect((await world.api('POST', '/issuer/rotate', {})).status).toBe(200)
  })
})

describe('a key that somebody else may have', () => {
  const retire = (kid: string, body: object, more: object = {}) =>
    world.api<{ detail: string }>('POST', `/issuer/keys/${kid}/retire`, body, more)
  const why = { reason: 'its copy was lost' }

  it('is ended by an owner who knows what ends with it, and nothing that it signed verifies', async () => {
    const [stolen, bystander] = [await badge(), await rotate().then(badge)]
    await rotate()
    const kid = kidOf(stolen)
    const told = await retire(kid, why)
    expect([told.status, told.body.detail]).toEqual([
      ...[409, expect.stringMatching(/^1 credentials that it signed hold.*endsCredentials/)],
    ])
    expect(await verdict(stolen)).toBe('verified')
    const sure = { ...why, endsCredentials: true }
    const { token } = await world.world.createToken('acme', 'admin')
    expect((await retire(kid, sure, { token })).status).toBe(403)
    expect((await retire(kid, sure, { key: 'retire' })).status).toBe(200)
    expect((await retire(kid, sure, { key: 'retire' })).status).toBe(200)
    expect(await verdict(stolen)).toBe('untrusted-issuer')
    expect(await verdict(bystander)).toBe('verified')
    expect(await published()).not.toContain(kid)
    expect(await keyOf(stolen)).toMatchObject({ state: 'retired' })
    // It signs a member in no more, whatever he has open.
    const { items } = await world.insist<{ items: { status: string; reason: string }[] }>(
      ...(['GET', '/credentials?status=invalid'] as const),
    )
    expect(items).toMatchObject([{ reason: 'the key that signed it was retired' }])
  })

  it('is not ended while it signs, nor twice, nor where there is none', async () => {
    const { keys } = await rotate()
    const state = (word: string) => keys.find(({ state }) => state === word)?.kid ?? ''
    const signs = await retire(state('current'), why)
    expect([signs.status, signs.body.detail]).toEqual([
      ...[409, 'It is the key that signs: rotate first, then retire it.'],
    ])
    expect((await retire(state('retired'), why)).status).toBe(409)
    expect((await retire('A'.repeat(43), why)).status).toBe(404)
    expect((await retire(state('previous'), {})).status).toBe(422)
  })
})

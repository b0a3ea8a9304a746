// The wallet libraries of oid4vc-ts and sd-jwt-js against the running product on workerd over HTTP: issuance with a transaction
// code, a batch, a deferred credential, an offer by value; a presentation of 2 of 4 claims; revocation and suspension.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLAIMS, type Issuer, linkOf, startIssuer } from '../laptop.ts'
import { headerOf, payloadOf, readCredential } from './read.ts'
import { answerRequest, type RedeemOptions, readOffer, readRequest, redeemOffer } from './wallet.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer?.stop())

type MadeOffer = Awaited<ReturnType<Issuer['offer']>>
const redeem = async (made: MadeOffer, more: RedeemOptions = {}) => {
  const txCode = made.txCode === null ? {} : { txCode: made.txCode }
  return redeemOffer(await readOffer(linkOf(made)), { ...txCode, ...more })
}

describe('oid4vc-ts 0.4.6 with sd-jwt-js 0.19.0', () => {
  it('redeems an offer with its transaction code, reads what it got, and says so', async () => {
    const made = await issuer.offer()
    const offer = await readOffer(linkOf(made))
    expect(offer.txCode).toMatchObject({ input_mode: 'numeric', length: 6 })
    const { held, notify } = await redeemOffer(offer, { txCode: made.txCode ?? '' })
    expect(held).toHaveLength(1)
    const [{ credential, key }] = held as [(typeof held)[0]]
    expect(await readCredential(credential)).toMatchObject({
      ...CLAIMS,
      ...{ iss: issuer.issuer.url, vct: issuer.vct, cnf: { jwk: key.publicJwk } },
    })
    expect(headerOf(credential)).toMatchObject({ alg: 'ES256', typ: 'dc+sd-jwt' })
    const { statusReference } = await issuer.credentialOf(made)
    expect(payloadOf(credential).status).toEqual({ status_list: statusReference })
    expect(JSON.stringify(payloadOf(credential))).not.toMatch(/Ada|Lovelace|London/)
    expect((await issuer.issuance(made)).state).toBe('issued')
    await notify('credential_accepted')
    expect((await issuer.issuance(made)).state).toBe('accepted')
  })

  it('redeems by value as by reference', async () => {
    const made = await issuer.offer()
    const offer = await readOffer(made.value ?? '')
    const { held } = await redeemOffer(offer, { txCode: made.txCode ?? '' })
    expect(held).toHaveLength(1)
  })

  it('is refused with a wrong transaction code, and takes the right one then', async () => {
    const made = await issuer.offer()
    const offer = await readOffer(linkOf(made))
    const wrong = made.txCode === '000000' ? '000001' : '000000'
    await expect(redeemOffer(offer, { txCode: wrong })).rejects.toMatchObject({
      errorResponse: { error: 'invalid_grant' },
    })
    // The library itself asks for one.
    await expect(redeemOffer(offer, {})).rejects.toThrow("requires a 'tx_code'")
    expect((await redeem(made)).held).toHaveLength(1)
  })

  it('gets a batch, each bound to a key of its own and at a place of its own', async () => {
    const { held } = await redeem(await issuer.offer(), { copies: 3 })
    expect(held).toHaveLength(3)
    expect(new Set(held.map(({ key }) => key.publicJwk.x)).size).toBe(3)
    const places = held.map(({ credential }) => JSON.stringify(payloadOf(credential).status))
    expect(new Set(places).size).toBe(3)
    for (const { credential } of held)
      expect(await readCredential(credential)).toMatchObject(CLAIMS)
  })

  it('encrypts its requests, and reads answers that are encrypted, a deferred one too', async () => {
    const seen: (string | null)[] = []
    const encrypted = (type: string | null) => seen.push(type)
    const { held } = await redeem(await issuer.offer(), { encrypted })
    expect(await readCredential(held[0]?.credential ?? '')).toMatchObject(CLAIMS)
    const made = await issuer.offer({ deferred: true })
    const waiting = redeem(made, { encrypted, waitSeconds: 20 })
    await issuer.release(made)
    expect((await waiting).held).toHaveLength(1)
    expect(seen.length).toBeGreaterThan(1)
    expect(new Set(seen)).toEqual(new Set(['application/jwt']))
  })

  it('waits for a deferred one', async () => {
    const made = await issuer.offer({ deferred: true })
    const waiting = redeem(made, { waitSeconds: 20 })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    expect((await issuer.issuance(made)).state).toBe('deferred')
    await issuer.release(made)
    const { held, notify } = await waiting
    expect(held).toHaveLength(1)
    await notify('credential_accepted')
    expect((await issuer.issuance(made)).state).toBe('accepted')
  })

  it('has a fault of its own: it refuses a deferred response with a notification_id', async () => {
    const made = await issuer.offer({ deferred: true })
    const waiting = redeem(made, { waitSeconds: 20, workAround: false })
    const refused = expect(waiting).rejects.toThrow('Error retrieving deferred credentials')
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    await issuer.release(made)
    await refused
    expect((await issuer.issuance(made)).state).toBe('issued')
  })

  it.each(['direct_post.jwt', 'direct_post'])('presents 2 of 4 claims by %s', async (response) => {
    const { held } = await redeem(await issuer.offer())
    const asked = await issuer.request({ response })
    const request = await readRequest(asked.uri)
    expect((await issuer.requested(asked)).state).toBe('retrieved')
    expect(await answerRequest(request, held)).toEqual({ status: 200, body: {} })
    const { state, presented } = await issuer.requested(asked)
    expect(state).toBe('verified')
    expect(presented?.[0]?.claims).toEqual({ given_name: 'Ada', level: 3 })
  })

  it('is refused while suspended, taken again when reinstated, and refused for good when revoked', async () => {
    const made = await issuer.offer()
    const { held } = await redeem(made)
    const credential = held[0]?.credential ?? ''
    const { id } = await issuer.credentialOf(made)
    const present = async () => {
      const asked = await issuer.request()
      const { status, body } = await answerRequest(await readRequest(asked.uri), held)
      return [status, body.error_description ?? (await issuer.requested(asked)).state]
    }
    expect(await present()).toEqual([200, 'verified'])
    await issuer.change(id, 'suspend')
    await expect(readCredential(credential)).rejects.toThrow(/status/i)
    expect(await present()).toEqual([400, 'suspended'])
    await issuer.change(id, 'reinstate')
    expect(await readCredential(credential)).toMatchObject(CLAIMS)
    expect(await present()).toEqual([200, 'verified'])
    await issuer.change(id, 'revoke')
    await expect(readCredential(credential)).rejects.toThrow(/status/i)
    expect(await present()).toEqual([400, 'revoked'])
  })

  it('fifty at once get one credential', async () => {
    const made = await issuer.offer()
    const offer = await readOffer(linkOf(made))
    const tried = await Promise.allSettled(
      Array.from({ length: 50 }, () => redeemOffer(offer, { txCode: made.txCode ?? '' })),
    )
    const got = tried.flatMap((one) => (one.status === 'fulfilled' ? one.value.held : []))
    expect(got).toHaveLength(1)
    const refused = tried.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []))
    expect(new Set(refused.map(({ errorResponse }) => errorResponse?.error))).toEqual(
      new Set(['invalid_grant']),
    )
    expect((await issuer.issuance(made)).credentials).toHaveLength(1)
  }, 120_000)
})

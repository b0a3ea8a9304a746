// @sphereon/oid4vci-client 0.20.1, which speaks draft 15: one `proof` where OpenID4VCI 1.0 has `proofs`. A strict issuer refuses it
// by the code of the specification, and has its metadata elsewhere; with `compat: draft15` it completes, and strict wallets go on as before.
import { OpenID4VCIClientV1_0_15 } from '@sphereon/oid4vci-client'
import type { Jwt } from '@sphereon/oid4vci-common'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CLAIMS, type Issuer, linkOf, startIssuer } from '../laptop.ts'
import { encodeJwt, makeHolderKey } from '../oid4vc-ts/keys.ts'
import { payloadOf, readCredential } from '../oid4vc-ts/read.ts'
import { readOffer, redeemOffer } from '../oid4vc-ts/wallet.ts'

let issuer: Issuer
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(() => issuer?.stop())

const redeem = async (link: string, pin: string, before = async (): Promise<unknown> => null) => {
  const key = makeHolderKey()
  const client = await OpenID4VCIClientV1_0_15.fromURI({ uri: link, clientId: 'a-wallet' })
  expect(client.getCredentialOfferConfigurationIds()).toEqual(['badge'])
  const { access_token: token } = await client.acquireAccessToken({ pin })
  await before()
  const answer = await client.acquireCredentials({
    ...{ credentialConfigurationId: 'badge', format: 'dc+sd-jwt', alg: 'ES256' },
    jwk: key.publicJwk as never,
    proofCallbacks: {
      signCallback: async ({ header, payload }: Jwt) => encodeJwt(key, header, payload),
    },
  })
  return { client, key, token, answer }
}

describe('Sphereon 0.20.1, draft 15', () => {
  it('finds no metadata where the issuer is strict: it looks where draft 15 had it', async () => {
    await issuer.setCompat('strict')
    const made = await issuer.offer()
    await expect(redeem(linkOf(made), made.txCode ?? '')).rejects.toThrow('status: 404')
    expect((await issuer.issuance(made)).state).toBe('retrieved')
  })

  it('is refused by a strict issuer that it knows from before', async () => {
    await issuer.setCompat('draft15')
    const made = await issuer.offer()
    const strict = () => issuer.setCompat('strict')
    // It shows no more than the status; the code is held by routes/wallet/issuance.test.ts.
    await expect(redeem(linkOf(made), made.txCode ?? '', strict)).rejects.toThrow('status: 400')
    expect((await issuer.issuance(made)).credentials).toEqual([])
  })

  it('gets its credential where the issuer says draft15, and so does a wallet of today', async () => {
    await issuer.setCompat('draft15')
    const made = await issuer.offer()
    const { client, key, token, answer } = await redeem(linkOf(made), made.txCode ?? '')
    const [issued] = answer.credentials as [{ credential: string }]
    expect(await readCredential(issued.credential)).toMatchObject({
      ...{ ...CLAIMS, cnf: { jwk: key.publicJwk } },
    })
    const { statusReference } = await issuer.credentialOf(made)
    expect(payloadOf(issued.credential).status).toEqual({ status_list: statusReference })
    await client.sendNotification(
      { notificationEndpoint: `${issuer.issuer.url}/oid4vci/notification` } as never,
      { notification_id: String(answer.notification_id), event: 'credential_accepted' } as never,
      token,
    )
    expect((await issuer.issuance(made)).state).toBe('accepted')

    const other = await issuer.offer()
    const offer = await readOffer(linkOf(other))
    expect((await redeemOffer(offer, { txCode: other.txCode ?? '' })).held).toHaveLength(1)
  })
})

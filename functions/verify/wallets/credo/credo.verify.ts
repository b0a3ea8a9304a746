// Credo 0.6.3, a whole wallet, against the running product on workerd over HTTP: issuance with a transaction code and a batch, a
// presentation of 2 of 4 claims that it chose by the query, and what revocation and suspension do to it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeRoot, pemOf } from '../../../../edge-workers/credentials/certificates.ts'
import type { EcPublicJwk } from '../../../../edge-workers/credentials/keys.ts'
import { CLAIMS, type Issuer, linkOf, startIssuer } from '../laptop.ts'
import { createCredoWallet } from './wallet.ts'

let issuer: Issuer
const wallets: Awaited<ReturnType<typeof createCredoWallet>>[] = []
beforeAll(async () => {
  issuer = await startIssuer()
})
afterAll(async () => {
  for (const wallet of wallets) await wallet.stop()
  await issuer?.stop()
})

/** Each with nothing in it, so that it has but one credential to choose. */
const openWallet = async () => {
  const wallet = await createCredoWallet(issuer.issuer.root)
  wallets.push(wallet)
  return wallet
}

const strangersRoot = async (): Promise<string> => {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
  const pair = (await crypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as CryptoKeyPair
  const root = await makeRoot({
    publicJwk: (await crypto.subtle.exportKey('jwk', pair.publicKey)) as EcPublicJwk,
    ...{ name: 'Somebody', from: new Date(), until: new Date(Date.now() + 86_400_000) },
    sign: async (data) => {
      const bytes = new Uint8Array(data)
      return new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, bytes))
    },
  })
  return pemOf(root)
}

describe('Credo 0.6.3', () => {
  it('redeems an offer with its transaction code, verifies what it got, and says so', async () => {
    const wallet = await openWallet()
    const made = await issuer.offer()
    const { record, texts, notify } = await wallet.redeem(linkOf(made), made.txCode)
    expect(texts).toHaveLength(1)
    const read = record.firstCredential
    expect(read.prettyClaims).toMatchObject({ ...CLAIMS, vct: issuer.vct, iss: issuer.issuer.url })
    expect(read.prettyClaims.cnf).toMatchObject({ jwk: { kty: 'EC', crv: 'P-256' } })
    const { statusReference } = await issuer.credentialOf(made)
    expect(read.prettyClaims.status).toEqual({ status_list: statusReference })
    expect((await wallet.verify(texts[0] ?? '')).isValid).toBe(true)
    await notify('credential_accepted')
    expect((await issuer.issuance(made)).state).toBe('accepted')
  })

  it('does not take a credential of an issuer whose root it does not trust', async () => {
    const wallet = await createCredoWallet(await strangersRoot())
    wallets.push(wallet)
    const made = await issuer.offer()
    await expect(wallet.redeem(linkOf(made), made.txCode)).rejects.toThrow(/certificate/i)
  })

  it('gets a batch of three', async () => {
    const wallet = await openWallet()
    const made = await issuer.offer()
    const { texts } = await wallet.redeem(linkOf(made), made.txCode, 3)
    expect(new Set(texts).size).toBe(3)
    for (const text of texts) expect((await wallet.verify(text)).isValid).toBe(true)
  })

  it.each(['direct_post.jwt', 'direct_post'])('presents 2 of 4 claims by %s', async (response) => {
    const wallet = await openWallet()
    const made = await issuer.offer()
    await wallet.redeem(linkOf(made), made.txCode)
    const asked = await issuer.request({ response })
    expect(await wallet.present(asked.uri)).toMatchObject({
      ...{ verifier: 'x509_hash', answer: { status: 200 } },
    })
    const { state, presented } = await issuer.requested(asked)
    expect(state).toBe('verified')
    expect(presented?.[0]?.claims).toEqual({ given_name: 'Ada', level: 3 })
  })

  it('is refused while suspended, taken again when reinstated, and refused for good when revoked', async () => {
    const wallet = await openWallet()
    const made = await issuer.offer()
    const { texts } = await wallet.redeem(linkOf(made), made.txCode)
    const { id } = await issuer.credentialOf(made)
    const present = async () => {
      const asked = await issuer.request()
      const { answer } = await wallet.present(asked.uri)
      const { error_description: fault } = (answer?.body ?? {}) as { error_description?: string }
      return [answer?.status, fault ?? (await issuer.requested(asked)).state]
    }
    const holds = async () => (await wallet.verify(texts[0] ?? '')).isValid
    expect([await present(), await holds()]).toEqual([[200, 'verified'], true])
    await issuer.change(id, 'suspend')
    expect([await present(), await holds()]).toEqual([[400, 'suspended'], false])
    await issuer.change(id, 'reinstate')
    expect([await present(), await holds()]).toEqual([[200, 'verified'], true])
    await issuer.change(id, 'revoke')
    expect([await present(), await holds()]).toEqual([[400, 'revoked'], false])
  })
})

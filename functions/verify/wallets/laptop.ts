// A laptop that issues, for the wallets of others: workerd over HTTP with its data on disk, a configuration of four claims, and
// what its operator does with offers, credentials and presentation requests.
import { expect } from 'vitest'
import type { CredentialOffer, CredentialView, IssuanceView } from '../../../schemas/credential.ts'
import type { PresentationRequest, PresentationRequestView } from '../../../schemas/presentation.ts'
import { caller, startTestLaptop } from '../../local/story-client.ts'

export const CLAIMS = { given_name: 'Ada', family_name: 'Lovelace', level: 3, city: 'London' }
const BADGE = {
  name: 'badge',
  display: [{ name: 'Badge' }],
  claims: Object.keys(CLAIMS).map((name) => ({ path: [name], mandatory: true })),
  batchSize: 3,
}

export const startIssuer = async () => {
  const laptop = await startTestLaptop()
  const { url, tokens, tenant } = laptop.local
  const call = caller(url, tokens.owner)
  let keys = 0
  const ask = async <T>(method: string, path: string, status: number, body?: unknown) => {
    keys += 1
    const answer = await call(method, `/v1/tenants/${tenant}${path}`, {
      ...(body === undefined ? {} : { body }),
      ...(method === 'POST' ? { key: `wallets-${keys}` } : {}),
      ...(method === 'PATCH' ? { headers: { 'if-match': '*' } } : {}),
    })
    expect(answer.status, JSON.stringify(answer.body)).toBe(status)
    return answer.body as T
  }
  const { vct } = await ask<{ vct: string }>('POST', '/credential-configurations', 201, BADGE)
  const issuer = await ask<{ url: string; root: string }>('GET', '/issuer', 200)

  const offer = (more: object = {}): Promise<CredentialOffer> =>
    ask('POST', '/credential-offers', 201, { configurations: ['badge'], claims: CLAIMS, ...more })
  const issuance = ({ issuance: { id } }: CredentialOffer): Promise<IssuanceView> =>
    ask('GET', `/issuances/${id}`, 200)
  /** The one credential of an offer. */
  const credentialOf = async (made: CredentialOffer): Promise<CredentialView> => {
    const { credentials } = await issuance(made)
    expect(credentials).toHaveLength(1)
    return ask('GET', `/credentials/${credentials[0]}`, 200)
  }
  const change = (id: string, verb: 'revoke' | 'suspend' | 'reinstate'): Promise<CredentialView> =>
    ask('POST', `/credentials/${id}/${verb}`, 200, { reason: 'a test' })
  /** Two of its four claims. */
  const request = (more: object = {}): Promise<PresentationRequest> =>
    ask('POST', '/presentation-requests', 201, {
      purpose: 'to open the door',
      dcql_query: {
        credentials: [
          {
            ...{ id: 'badge', format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
            claims: [{ path: ['given_name'] }, { path: ['level'] }],
          },
        ],
      },
      ...more,
    })
  const requested = ({ id }: PresentationRequest): Promise<PresentationRequestView> =>
    ask('GET', `/presentation-requests/${id}`, 200)
  const release = (made: CredentialOffer): Promise<unknown> =>
    ask('POST', `/issuances/${made.issuance.id}/release`, 200)
  const setCompat = (compat: 'strict' | 'draft15'): Promise<unknown> =>
    ask('PATCH', '/issuer', 200, { compat })

  return {
    ...{ url, vct, issuer, offer, issuance, credentialOf, change, request, requested, release },
    ...{ setCompat, stop: laptop.stop, local: laptop.local },
  }
}
export type Issuer = Awaited<ReturnType<typeof startIssuer>>

/** An offer without a link or a code is a fault of the test. */
export const linkOf = ({ uri }: { uri: string | null }): string => {
  if (uri === null) throw new Error('the offer has no link')
  return uri
}

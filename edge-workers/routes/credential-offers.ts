// /v1/tenants/{tenant}/credential-offers and /issuances: what the tenant offers to holders, and what becomes of it. Links and the
// transaction code are in the answer of what makes an offer; the offer itself is fetched and redeemed by a wallet.
import {
  CredentialOffer,
  CredentialOfferView,
  IssuanceView,
  NewCredentialOffer,
  RenewCredentialOffer,
} from '../../schemas/credential.ts'
import type { Result } from '../../schemas/result.ts'
import type { MadeOffer } from '../actors/tenant/credentials/issuance/contracts.ts'
import { tenantDoor } from '../auth/door.ts'
import { answer, answerVersioned } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList, answerOne } from './collection.ts'

const TAG = 'Credential offers'
const LIST = '/v1/tenants/{tenant}/credential-offers'
const ISSUANCES = '/v1/tenants/{tenant}/issuances'
const made = { schema: CredentialOffer, name: 'CredentialOffer' }
const offer = { schema: CredentialOfferView, name: 'CredentialOfferView' }
const issuance = { schema: IssuanceView, name: 'Issuance' }

const answerMade = (c: AppContext, path: string, result: Result<MadeOffer>): Response =>
  answer(c, result, {
    status: 201,
    headers: result.ok
      ? {
          location: `${path}/${result.value.id}`,
          ...(result.value.replayed ? { 'idempotent-replayed': 'true' } : {}),
        }
      : {},
    show: ({ replayed: _, ...value }) => value,
  })

const create = async (c: AppContext): Promise<Response> => {
  const door = await tenantDoor(c, param(c, 'tenant'))
  if (!door.ok) return answerRefusal(c, door.refusal)
  const asked = await readKeyed(c, NewCredentialOffer, 'POST credential-offers')
  if (!asked.ok) return answerRefusal(c, asked.refusal)
  const { tenant, caller } = door.value
  return answerMade(c, c.req.path, await tenant.call(caller, 'offers.create', asked.value))
}

const renew = async (c: AppContext): Promise<Response> => {
  const door = await tenantDoor(c, param(c, 'tenant'))
  if (!door.ok) return answerRefusal(c, door.refusal)
  const asked = await readKeyed(c, RenewCredentialOffer, 'POST renew', { optional: true })
  if (!asked.ok) return answerRefusal(c, asked.refusal)
  const { tenant, caller } = door.value
  const id = param(c, 'id')
  const path = c.req.path.slice(0, c.req.path.lastIndexOf('/credential-offers/'))
  const renewed = await tenant.call(caller, 'offers.renew', { id, ...asked.value })
  return answerMade(c, `${path}/credential-offers`, renewed)
}

const decide =
  (name: 'issuances.release' | 'issuances.deny') =>
  async (c: AppContext): Promise<Response> => {
    const door = await tenantDoor(c, param(c, 'tenant'))
    if (!door.ok) return answerRefusal(c, door.refusal)
    const { tenant, caller } = door.value
    return answerVersioned(c, await tenant.call(caller, name, param(c, 'id')))
  }

export const registerCredentialOfferRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Offer credentials',
      description: [
        'Claims are held against the configurations: what is mandatory must be there, what none of them has is refused. They are kept sealed until the wallet has accepted the credential, or the offer has ended. Of the platform’s own configurations the claims are the member’s, and none are sent.',
        'The answer has the link by reference and by value, and the page for the holder. The transaction code is there once, and again for the same Idempotency-Key while the offer is open: send it on another channel than the link.',
      ].join('\n\n'),
      ...{ tag: TAG, action: 'credentials.offer', idempotencyKey: true },
      ...{ body: NewCredentialOffer, bodyName: 'NewCredentialOffer' },
      answers: { 201: { text: 'The offer.', ...made } },
      problems: ['driver-unavailable'],
    },
    create,
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: LIST, summary: 'List credential offers', tag: TAG },
      action: 'credentials.read',
      answers: { 200: { text: 'The offers, the newest first.', ...offer, list: true } },
    },
    answerList('offers.list'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: `${LIST}/{id}`, summary: 'Read a credential offer', tag: TAG },
      description: 'The link is shown to whoever may offer credentials, while it can be used.',
      action: 'credentials.read',
      answers: { 200: { text: 'The offer.', ...offer } },
    },
    answerOne('offers.read'),
  )
  addRoute(
    app,
    {
      method: 'post',
      path: `${LIST}/{id}/renew`,
      summary: 'Renew a credential offer',
      description:
        'A new offer with a new code in the place of one that has failed, was denied or has expired, for the same configurations and the same member. Its claims went with it, so they are sent again. The old page leads to the new one.',
      ...{ tag: TAG, action: 'credentials.offer', idempotencyKey: true },
      ...{ body: RenewCredentialOffer, bodyOptional: true, bodyName: 'RenewCredentialOffer' },
      answers: { 201: { text: 'The new offer.', ...made } },
      problems: ['wrong-state', 'conflict', 'driver-unavailable'],
    },
    renew,
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: ISSUANCES, summary: 'List issuances', tag: TAG },
      action: 'credentials.read',
      answers: { 200: { text: 'The issuances, the newest first.', ...issuance, list: true } },
    },
    answerList('issuances.list'),
  )
  addRoute(
    app,
    {
      ...{ method: 'get', path: `${ISSUANCES}/{id}`, summary: 'Read an issuance', tag: TAG },
      action: 'credentials.read',
      answers: { 200: { text: 'The issuance.', ...issuance } },
    },
    answerOne('issuances.read'),
  )
  addRoute(
    app,
    {
      method: 'post',
      path: `${ISSUANCES}/{id}/release`,
      summary: 'Release a deferred issuance',
      description: 'From now on the wallet gets its credential. Said twice it is the same.',
      ...{ tag: TAG, action: 'credentials.offer' },
      answers: { 200: { text: 'The issuance.', ...issuance } },
      problems: ['wrong-state'],
    },
    decide('issuances.release'),
  )
  addRoute(
    app,
    {
      method: 'post',
      path: `${ISSUANCES}/{id}/deny`,
      summary: 'Deny an issuance',
      description:
        'Takes an offer back that is still open, whatever it waits for. Said twice it is the same.',
      ...{ tag: TAG, action: 'credentials.offer' },
      answers: { 200: { text: 'The issuance.', ...issuance } },
      problems: ['wrong-state'],
    },
    decide('issuances.deny'),
  )
}

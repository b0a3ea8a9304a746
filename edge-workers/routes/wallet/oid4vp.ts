// What wallets ask of a verifier (OpenID4VP 1.0): the signed request object behind a link, and where the answer goes.

import {
  REQUEST_OBJECT_TYPE,
  RequestObjectForm,
  ResponseAnswer,
  ResponseForm,
} from '../../../schemas/oid4vp.ts'
import type { PresentationFault } from '../../../schemas/presentation.ts'
import { secretScope } from '../../actors/tenant/credentials/issuer/secrets.ts'
import { readReference } from '../../actors/tenant/credentials/presentations/request-secrets.ts'
import { answerJson } from '../../http/answer.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { param } from '../../http/route.ts'
import { readWalletForm } from './bodies.ts'
import { answerOAuthError, oauthErrorAnswer } from './oauth-error.ts'
import { addWalletRoute, type Issuing } from './wallet-route.ts'

const TAG = 'Wallets'
const REQUEST = '/i/{issuer}/oid4vp/requests/{reference}'
const RESPONSE = '/i/{issuer}/oid4vp/responses/{id}'
const FORM = 'application/x-www-form-urlencoded'
const OBJECT = {
  200: {
    text: 'The request object: a JWS with the verifier’s certificate in `x5c`.',
    contentType: `application/${REQUEST_OBJECT_TYPE}`,
  },
}

const serve = async (
  c: AppContext,
  { entry, tenant }: Issuing,
  walletNonce: string | null,
): Promise<Response> => {
  const link = readReference(secretScope(c.env, entry.id), param(c, 'reference'))
  const served = link && (await tenant.wallet('presentations.serve', { ...link, walletNonce }))
  if (!served) return answerRefusal(c, { problem: 'not-found' })
  if (!served.ok) return answerRefusal(c, served.refusal)
  return c.body(served.value.object, 200, {
    'content-type': `application/${REQUEST_OBJECT_TYPE}`,
    'cache-control': 'no-store',
  })
}

/** Of OAuth’s own codes (RFC 6749 §4.1.2.1); the word of what was wrong stands beside it. */
const codeOf = (fault: PresentationFault): string =>
  fault === 'not-permitted' ? 'access_denied' : 'invalid_request'

const answer = async (c: AppContext, { tenant }: Issuing): Promise<Response> => {
  const form = await readWalletForm(c, ResponseForm)
  if (!form.ok) return answerOAuthError(c, 'invalid_request', { description: 'malformed' })
  const id = param(c, 'id')
  const answered = await tenant.wallet('presentations.answer', { id, form: form.value })
  if (!answered.ok) return answerRefusal(c, answered.refusal)
  const { fault, redirectUri } = answered.value
  if (fault !== null) return answerOAuthError(c, codeOf(fault), { description: fault })
  const body: ResponseAnswer = redirectUri === null ? {} : { redirect_uri: redirectUri }
  return answerJson(c, body, { headers: { 'cache-control': 'no-store' } })
}

export const registerPresentationWalletRoutes = (app: App): void => {
  addWalletRoute(
    app,
    {
      method: 'get',
      path: REQUEST,
      summary: 'Fetch a request for a presentation',
      description:
        'The request object (OpenID4VP 1.0 §5, RFC 9101) behind the link of a presentation request: as often as it is asked for, until it is answered or its time is over.',
      tag: TAG,
      action: 'proof',
      who: 'whoever has the link',
      answers: OBJECT,
    },
    (c, issuing) => serve(c, issuing, null),
  )

  addWalletRoute(
    app,
    {
      method: 'post',
      path: REQUEST,
      summary: 'Fetch a request for a presentation, with a nonce',
      description:
        'The same, with the `wallet_nonce` that the wallet sent in it (OpenID4VP 1.0 §5.10). Of `wallet_metadata` nothing is used.',
      tag: TAG,
      action: 'proof',
      who: 'whoever has the link',
      body: RequestObjectForm,
      bodyName: 'RequestObjectForm',
      bodyType: FORM,
      answers: { ...OBJECT, 400: oauthErrorAnswer('`invalid_request`: the form cannot be read.') },
    },
    async (c, issuing) => {
      const form = await readWalletForm(c, RequestObjectForm)
      if (!form.ok) return answerOAuthError(c, 'invalid_request', { description: 'malformed' })
      return serve(c, issuing, form.value.wallet_nonce ?? null)
    },
  )

  addWalletRoute(
    app,
    {
      method: 'post',
      path: RESPONSE,
      summary: 'Answer a request for a presentation',
      description:
        '`direct_post` and `direct_post.jwt` (OpenID4VP 1.0 §8.2, §8.3). What is not taken is 400 with one word in `error_description`: what was wrong. An answer to a request that there is not, that was answered, or whose `state` is another is `wrong-request`, and changes nothing.',
      tag: TAG,
      action: 'proof',
      who: 'whoever knows the request',
      body: ResponseForm,
      bodyName: 'PresentationResponseForm',
      bodyType: FORM,
      answers: {
        200: {
          text: 'It was taken. `redirect_uri`: where the wallet sends the browser, on one device.',
          schema: ResponseAnswer,
          name: 'PresentationResponseAnswer',
        },
        400: oauthErrorAnswer('The presentation was not taken.'),
      },
    },
    answer,
  )
}

// /v1/tenants/{tenant}/presentation-requests: a tenant's system asks for credentials, whoever issued them, and reads what came of
// it. The wallet's side of it is in wallet/oid4vp.ts.
import {
  NewPresentationRequest,
  PresentationRequest,
  PresentationRequestView,
} from '../../schemas/presentation.ts'
import { tenantDoor } from '../auth/door.ts'
import { answerVersioned } from '../http/answer.ts'
import type { App } from '../http/context.ts'
import { readKeyed } from '../http/idempotency.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute, param } from '../http/route.ts'
import { answerList, answerOne } from './collection.ts'

const TAG = 'Presentations'
const LIST = '/v1/tenants/{tenant}/presentation-requests'
const view = { schema: PresentationRequestView, name: 'PresentationRequestView' }

export const registerPresentationRequestRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: LIST,
      summary: 'Ask for a presentation',
      description: [
        'What is asked for is a DCQL query (OpenID4VP 1.0 §6). The answer has a link for wallets, for a QR code or a tap, and the address of a page that shows both. A wallet is taken at its word once: then the request is `verified` or `rejected` with the word of what was wrong, and is not answered again. What is posted without knowing the request changes nothing.',
        'Taken are credentials of the tenant’s own issuer and of its trusted issuers. Of what is presented only what was asked for is kept, sealed, and forgotten after a day. With `mode: same-device` an answer counts when the browser that first opened the page comes back from the wallet.',
        'What a driver cannot express is refused with `not-supported` and a pointer, and never asked for in part.',
      ].join('\n\n'),
      tag: TAG,
      action: 'presentations.write',
      idempotencyKey: true,
      body: NewPresentationRequest,
      bodyName: 'NewPresentationRequest',
      answers: {
        201: {
          text: 'The request, with its link and its page.',
          schema: PresentationRequest,
          name: 'PresentationRequest',
        },
      },
      problems: ['not-supported', 'driver-unavailable', 'tenant-suspended'],
    },
    async (c) => {
      const door = await tenantDoor(c, param(c, 'tenant'))
      if (!door.ok) return answerRefusal(c, door.refusal)
      const asked = await readKeyed(c, NewPresentationRequest, 'POST presentation-requests')
      if (!asked.ok) return answerRefusal(c, asked.refusal)
      const { tenant, caller } = door.value
      const created = await tenant.call(caller, 'presentations.create', asked.value)
      const headers = created.ok ? { location: `${c.req.path}/${created.value.value.id}` } : {}
      return answerVersioned(c, created, { status: 201, headers })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: LIST,
      summary: 'List presentation requests',
      description: 'The newest first. What was presented is shown with each request alone.',
      tag: TAG,
      action: 'presentations.read',
      answers: { 200: { text: 'The requests.', ...view, list: true } },
    },
    answerList('presentations.list'),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: `${LIST}/{id}`,
      summary: 'Read a presentation request',
      description: 'With what was presented, for a day.',
      tag: TAG,
      action: 'presentations.read',
      answers: { 200: { text: 'The request.', ...view } },
    },
    answerOne('presentations.read'),
  )
}

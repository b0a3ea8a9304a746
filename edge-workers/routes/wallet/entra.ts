// What Microsoft Entra Verified ID asks of us: where it tells what became of a request, and the DID document of a tenant's
// authority. What this host as a whole shows is in entra-host.ts.
import * as z from 'zod'
import { EntraCallback } from '../../../schemas/verified-id.ts'
import { isSimulated } from '../../actors/tenant/credentials/entra/abilities.ts'
import { callbackDigest, isCallbackKey } from '../../actors/tenant/credentials/entra/connect.ts'
import { secretScope } from '../../actors/tenant/credentials/issuer/secrets.ts'
import { answerDigested } from '../../http/answer.ts'
import { MAX_CALLBACK_BYTES, readJson } from '../../http/body.ts'
import type { App } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { addWalletRoute } from './wallet-route.ts'

const TAG = 'Entra Verified ID'
const KEPT = 'public, max-age=300'
const KEY_CHARACTERS_AT_MOST = 200

export const registerEntraRoutes = (app: App): void => {
  addWalletRoute(
    app,
    {
      method: 'post',
      path: '/i/{issuer}/entra/callbacks',
      summary: 'Tell what became of a request',
      description:
        'Posted by Microsoft’s request service with the header `api-key` of that very request. Steps go forward only: a repeat, or a step that is over, changes nothing and is 204 as well. No such request, another key and another request id are the same 404, the key before the body is read. At most 10 MiB; of what it says only what was asked for is kept.',
      tag: TAG,
      action: 'proof',
      who: 'whoever has the key of the request',
      body: EntraCallback,
      bodyName: 'EntraCallback',
      answers: { 204: { text: 'It was taken.' } },
    },
    async (c, { entry, tenant }) => {
      const key = c.req.header('api-key') ?? ''
      const scope = secretScope(c.env, entry.id)
      // First, and without reading on: what a stranger sends may be large.
      if (key.length > KEY_CHARACTERS_AT_MOST || !isCallbackKey(scope, key))
        return answerRefusal(c, { problem: 'not-found' })
      const callback = await readJson(c, EntraCallback, { maxBytes: MAX_CALLBACK_BYTES })
      if (!callback.ok) return answerRefusal(c, callback.refusal)
      const keyDigest = callbackDigest(scope, key)
      const taken = await tenant.wallet('entra.callback', { keyDigest, callback: callback.value })
      return taken.ok ? c.body(null, 204) : answerRefusal(c, taken.refusal)
    },
  )

  addWalletRoute(
    app,
    {
      ...{ method: 'get', path: '/i/{issuer}/entra/did.json', tag: TAG, action: 'open' },
      summary: 'The tenant’s authority at Entra Verified ID as did:web',
      answers: { 200: { text: 'The document.', schema: z.record(z.string(), z.json()) } },
    },
    async (c, { tenant }) => {
      const read = await tenant.wallet('entra.document', null)
      if (isSimulated(c.env)) c.header('phoenix-simulated', 'true')
      return read.ok
        ? answerDigested(c, read.value, 'application/json', { cacheControl: KEPT })
        : answerRefusal(c, read.refusal)
    },
  )
}

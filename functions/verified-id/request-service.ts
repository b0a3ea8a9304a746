// The request service: a request for an issuance, and one for a presentation, as Microsoft's REST interface has them
// (learn.microsoft.com, Verified ID: issuance and presentation request specification).
import * as z from 'zod'
import type { EntraRequest, IssueByEntra, PresentByEntra } from '../../schemas/verified-id.ts'
import type { Rest } from './rest.ts'

const Created = z.looseObject({
  requestId: z.string().min(1),
  url: z.string().min(1),
  expiry: z.int().min(0),
})

type Callback = IssueByEntra['callback']
const callbackOf = ({ url, state, apiKey }: Callback) => ({
  ...{ url, state, headers: { 'api-key': apiKey } },
})

/** Hashed: the PIN is not sent. `iterations` can only be 1. */
const pinOf = ({ value, salt, length }: NonNullable<IssueByEntra['pin']>) => ({
  ...{ value, type: 'numeric', length, salt, alg: 'sha256', iterations: 1 },
})

export const issuanceBody = (asked: IssueByEntra) => ({
  includeQRCode: false,
  authority: asked.authority,
  registration: { clientName: asked.clientName },
  callback: callbackOf(asked.callback),
  type: asked.type,
  manifest: asked.manifest,
  ...(asked.pin ? { pin: pinOf(asked.pin) } : {}),
  claims: asked.claims,
})

export const presentationBody = (asked: PresentByEntra) => ({
  includeQRCode: false,
  // A receipt would have what was not asked for as well.
  includeReceipt: false,
  authority: asked.authority,
  registration: { clientName: asked.clientName, purpose: asked.purpose },
  callback: callbackOf(asked.callback),
  requestedCredentials: asked.credentials.map(
    ({ type, acceptedIssuers, constraints, faceCheck }) => ({
      ...{ type, purpose: asked.purpose, acceptedIssuers },
      configuration: {
        validation: {
          // Whom we take is said by their DIDs.
          ...{ allowRevoked: false, validateLinkedDomain: false },
          ...(faceCheck ? { faceCheck } : {}),
        },
      },
      ...(constraints.length > 0 ? { constraints } : {}),
    }),
  ),
})

const created = ({ requestId, url, expiry }: z.infer<typeof Created>): EntraRequest => ({
  ...{ requestId, url, expiry },
})

export const createRequestService = (rest: Rest) => {
  const post = async (path: string, body: object): Promise<EntraRequest> =>
    created(await rest({ service: 'request', method: 'POST', path, body, shape: Created }))
  return {
    /** Not idempotent there: see records.ts. */
    createIssuanceRequest: (asked: IssueByEntra) =>
      post('/createIssuanceRequest', issuanceBody(asked)),
    createPresentationRequest: (asked: PresentByEntra) =>
      post('/createPresentationRequest', presentationBody(asked)),
  }
}

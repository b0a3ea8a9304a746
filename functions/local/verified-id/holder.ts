// The simulated holder: somebody with Microsoft Authenticator, who scans a link, types a PIN, accepts, presents or declines. What
// the real service would tell the verifier or issuer is posted to the callback of the request, with its headers.
import { createHash } from 'node:crypto'
import { hashOf } from './admin.ts'
import { indexedClaim, type Service } from './request-service.ts'
import type { Constraint, IssuanceRequest } from './shapes.ts'
import type { Held, Request } from './state.ts'

/** How the stand-in reaches callbacks. */
export type Deliver = (url: string, init: RequestInit) => Promise<Response>
export interface HolderService extends Service {
  deliver: Deliver
}

const WRONG_PINS = 3
const SUBJECT = 'did:web:simulated-holder.invalid'

/** What the holder sees of it. `callback`: how the callback was answered; null: there was none, or nobody answered. */
export interface Seen {
  simulated: true
  outcome:
    | 'scanned'
    | 'wrong-pin'
    | 'issued'
    | 'presented'
    | 'nothing-fits'
    | 'declined'
    | 'failed'
    | 'unknown'
    | 'expired'
    | 'ended'
  callback: number | null
  /** Of what was scanned. */
  request?: {
    kind: Request['kind']
    from: string
    type: string[]
    pin: boolean
    purpose: string | null
  }
}

const seen = (
  outcome: Seen['outcome'],
  callback: number | null,
  more: Partial<Seen> = {},
): Seen => ({
  ...{ simulated: true, outcome, callback },
  ...more,
})

/** Posts what the service tells, as it does. */
const tell = async (
  { deliver }: HolderService,
  { id, asked: { callback } }: Request,
  requestStatus: string,
  more: object = {},
): Promise<number | null> => {
  const body = { requestId: id, requestStatus, state: callback.state, ...more }
  const response = await deliver(callback.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...callback.headers },
    body: JSON.stringify(body),
    redirect: 'manual',
  }).catch(() => null)
  await response?.body?.cancel()
  return response?.status ?? null
}

const find = ({ state, now }: HolderService, url: string): Request | Seen => {
  const request = state.requests.get(/([0-9a-f-]{36})$/.exec(url.trim())?.[1] ?? '')
  if (!request) return seen('unknown', null)
  if (request.state === 'ended') return seen('ended', null)
  return request.expiry * 1_000 <= now().getTime() ? seen('expired', null) : request
}

const retrieve = async (service: HolderService, request: Request): Promise<number | null> => {
  if (request.state === 'retrieved') return null
  request.state = 'retrieved'
  return tell(service, request, 'request_retrieved')
}

export const scan = async (service: HolderService, url: string): Promise<Seen> => {
  const request = find(service, url)
  if ('simulated' in request) return request
  const { registration } = request.asked
  const shown = {
    ...{ kind: request.kind, from: registration.clientName },
    type:
      request.kind === 'issuance'
        ? [request.asked.type]
        : request.asked.requestedCredentials.map(({ type }) => type),
    pin: request.kind === 'issuance' && request.asked.pin !== undefined,
    purpose: 'purpose' in registration ? (registration.purpose ?? null) : null,
  }
  return seen('scanned', await retrieve(service, request), { request: shown })
}

/** The wallet computes it as the issuer did. */
const isPin = ({ pin }: IssuanceRequest, typed: string): boolean => {
  if (!pin) return true
  if (pin.salt === undefined) return pin.value === typed
  return pin.value === createHash('sha256').update(`${pin.salt}${typed}`).digest('base64')
}

/** Three times wrong, and the wallet gives up. */
const mistype = async (service: HolderService, request: Request): Promise<Seen> => {
  request.wrongPins += 1
  if (request.wrongPins < WRONG_PINS) return seen('wrong-pin', null)
  request.state = 'ended'
  const error = { code: 'IssuanceFlowFailed', message: 'unspecified_error' }
  return seen('failed', await tell(service, request, 'issuance_error', { error }))
}

const hold = (
  { state, now }: HolderService,
  { asked, contract }: Extract<Request, { kind: 'issuance' }>,
): void => {
  const claims = asked.claims ?? {}
  const indexed = indexedClaim(contract)
  const value = indexed === null ? undefined : claims[indexed]
  const ends = now().getTime() + contract.rules.validityInterval * 1_000
  state.held.push({
    ...{ id: `urn:pic:${crypto.randomUUID().replaceAll('-', '')}`, contractId: contract.id },
    ...{ status: 'valid', issuedAt: now().toISOString(), type: asked.type, claims },
    expiresAt: asked.expirationDate ?? new Date(ends).toISOString(),
    indexHash: value === undefined ? null : hashOf(contract.id, value),
    ...{ issuer: asked.authority, subject: SUBJECT },
  })
  state.save()
}

/** Takes what is offered. */
export const accept = async (service: HolderService, url: string, pin: string): Promise<Seen> => {
  const request = find(service, url)
  if ('simulated' in request) return request
  if (request.kind !== 'issuance') return seen('unknown', null)
  await retrieve(service, request)
  if (!isPin(request.asked, pin)) return mistype(service, request)
  request.state = 'ended'
  hold(service, request)
  return seen('issued', await tell(service, request, 'issuance_successful'))
}

const fits = (constraint: Constraint, claims: Record<string, string>): boolean => {
  const value = claims[constraint.claimName]?.toLowerCase()
  if (value === undefined) return false
  if ('values' in constraint) return constraint.values.some((one) => one.toLowerCase() === value)
  return 'contains' in constraint
    ? value.includes(constraint.contains.toLowerCase())
    : value.startsWith(constraint.startsWith.toLowerCase())
}

type Requested = Extract<Request, { kind: 'presentation' }>['asked']['requestedCredentials'][number]

const answerTo = ({ state, now }: HolderService, wanted: Requested): Held | undefined => {
  const { acceptedIssuers = [], constraints = [], configuration } = wanted
  const anyState = configuration?.validation?.allowRevoked ?? false
  return state.held.findLast(
    (one) =>
      one.type === wanted.type &&
      (acceptedIssuers.length === 0 || acceptedIssuers.includes(one.issuer)) &&
      (anyState || one.status === 'valid') &&
      Date.parse(one.expiresAt) > now().getTime() &&
      constraints.every((constraint) => fits(constraint, one.claims)),
  )
}

const dataOf = (one: Held) => ({
  ...{ issuer: one.issuer, type: ['VerifiableCredential', one.type], claims: one.claims },
  credentialState: { revocationStatus: one.status === 'valid' ? 'VALID' : 'REVOKED' },
  domainValidation: { url: 'https://simulated.invalid/' },
  ...{ issuanceDate: one.issuedAt, expirationDate: one.expiresAt },
})

/** Presents what fits, the newest first. */
export const present = async (service: HolderService, url: string): Promise<Seen> => {
  const request = find(service, url)
  if ('simulated' in request) return request
  if (request.kind !== 'presentation') return seen('unknown', null)
  await retrieve(service, request)
  request.state = 'ended'
  const found = request.asked.requestedCredentials.map((wanted) => answerTo(service, wanted))
  if (found.some((one) => !one)) {
    const error = { code: 'PresentationFlowFailed', message: 'unspecified_error' }
    return seen('nothing-fits', await tell(service, request, 'presentation_error', { error }))
  }
  const verifiedCredentialsData = found.flatMap((one) => (one ? [dataOf(one)] : []))
  const told = { subject: SUBJECT, verifiedCredentialsData }
  return seen('presented', await tell(service, request, 'presentation_verified', told))
}

/** Breaks it off; `message`: what the service would say. */
export const decline = async (
  service: HolderService,
  url: string,
  message = 'unspecified_error',
): Promise<Seen> => {
  const request = find(service, url)
  if ('simulated' in request) return request
  await retrieve(service, request)
  request.state = 'ended'
  const issuance = request.kind === 'issuance'
  const error = { code: issuance ? 'IssuanceFlowFailed' : 'PresentationFlowFailed', message }
  const status = issuance ? 'issuance_error' : 'presentation_error'
  return seen('declined', await tell(service, request, status, { error }))
}

// The request service of the stand-in: the same two calls, the same checks, the same answers.

import { TENANT_ID } from './identity.ts'
import { badField, notFound } from './refusal.ts'
import { IssuanceRequest, mappingsOf, PresentationRequest, read } from './shapes.ts'
import type { Contract, Request, State } from './state.ts'

/** How long a link holds. */
export const REQUEST_SECONDS = 300
const REQUESTS_AT_MOST = 10_000
const PIN = { numeric: /^[0-9]+$/, alphanumeric: /^[A-Za-z0-9]+$/ }

export interface Service {
  state: State
  /** Of this stand-in, `http://127.0.0.1:<port>`. */
  origin: () => string
  now: () => Date
}

export const manifestUrl = (contractId: string): string =>
  `https://verifiedid.did.msidentity.com/v1.0/tenants/${TENANT_ID}/verifiableCredentials/contracts/${contractId}/manifest`

const contractOf = ({ contracts }: State, manifest: string): Contract => {
  const found = contracts.find(({ id }) => manifestUrl(id) === manifest)
  if (!found) throw notFound('manifest')
  return found
}

const checkAuthority = ({ authorities }: State, did: string): string => {
  const found = authorities.find((one) => one.did === did)
  if (!found) throw notFound('authority')
  return found.id
}

const checkPin = ({ pin }: IssuanceRequest): void => {
  if (!pin) return
  for (const field of ['salt', 'alg', 'iterations'] as const)
    if ((pin[field] === undefined) !== (pin.salt === undefined)) throw badField(`pin.${field}`)
  if (pin.salt !== undefined) {
    if (!/^[A-Za-z0-9+/]{43}=$/.test(pin.value)) throw badField('pin.value')
    return
  }
  const { value, type = 'numeric', length = 6 } = pin
  if (!PIN[type].test(value) || value.length !== length) throw badField('pin.value')
}

/** Claims, PIN and expiry are for contracts that take claims with the request. */
const checkHint = (asked: IssuanceRequest, contract: Contract, now: Date): void => {
  const hints = contract.rules.attestations.idTokenHints ?? []
  for (const field of ['claims', 'pin', 'expirationDate'] as const)
    if (asked[field] !== undefined && hints.length === 0) throw badField(field)
  const { expirationDate, claims = {} } = asked
  if (expirationDate !== undefined) {
    if (!contract.allowOverrideValidityOnIssuance) throw badField('expirationDate')
    if (Date.parse(expirationDate) <= now.getTime()) throw badField('expirationDate')
  }
  const mapping = hints.flatMap((hint) => hint.mapping)
  for (const { inputClaim, required } of mapping)
    if (required && !Object.hasOwn(claims, inputClaim)) throw badField(`claims.${inputClaim}`)
  for (const name of Object.keys(claims))
    if (!mapping.some(({ inputClaim }) => inputClaim === name)) throw badField(`claims.${name}`)
}

const begin = ({ state, now }: Service) => {
  if (state.requests.size >= REQUESTS_AT_MOST) state.requests.clear()
  const expiry = Math.floor(now().getTime() / 1_000) + REQUEST_SECONDS
  return { id: crypto.randomUUID(), expiry, state: 'created' as const, wrongPins: 0 }
}

/** A picture that says nothing: nobody scans a simulation from a screen. */
const QR_CODE = `data:image/png;base64,${Buffer.from('simulated').toString('base64')}`

const created = ({ state, origin }: Service, request: Request, withQr: boolean | undefined) => {
  state.requests.set(request.id, request)
  const path = request.kind === 'issuance' ? 'issuanceRequests' : 'presentationRequests'
  const uri = `${origin()}/v1.0/tenants/${TENANT_ID}/verifiableCredentials/${path}/${request.id}`
  const body = {
    ...{ requestId: request.id, url: `openid-vc://?request_uri=${uri}`, expiry: request.expiry },
    ...(withQr ? { qrCode: QR_CODE } : {}),
  }
  return Response.json(body, { status: 201 })
}

export const createIssuanceRequest = (service: Service, body: unknown): Response => {
  const asked = read(IssuanceRequest, body)
  const { state, now } = service
  const authorityId = checkAuthority(state, asked.authority)
  const contract = contractOf(state, asked.manifest)
  if (contract.authorityId !== authorityId) throw badField('authority')
  if (!contract.rules.vc.type.includes(asked.type)) throw badField('type')
  checkPin(asked)
  checkHint(asked, contract, now())
  const request = { ...begin(service), kind: 'issuance' as const, asked, contract }
  return created(service, request, asked.includeQRCode)
}

export const createPresentationRequest = (service: Service, body: unknown): Response => {
  const asked = read(PresentationRequest, body)
  checkAuthority(service.state, asked.authority)
  const request = { ...begin(service), kind: 'presentation' as const, asked }
  return created(service, request, asked.includeQRCode)
}

/** The claim that a contract's credentials are found by; null: never. */
export const indexedClaim = (contract: Contract): string | null =>
  mappingsOf(contract).find(({ indexed }) => indexed)?.inputClaim ?? null

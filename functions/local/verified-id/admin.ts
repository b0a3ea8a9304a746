// The admin interface of the stand-in: authorities, contracts, and the credentials of a contract by their one indexed claim.
import { createHash, generateKeyPairSync } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'
import { TENANT_ID } from './identity.ts'
import { badField, EntraRefusal, notFound } from './refusal.ts'
import { manifestUrl, type Service } from './request-service.ts'
import { ContractText, mappingsOf, NewAuthority, NewContract, read } from './shapes.ts'
import type { Authority, Contract, State } from './state.ts'

/** did:web, §3.1: a port's colon is escaped, slashes are colons. */
const didOf = (url: string): string => {
  const { host, pathname } = new URL(url)
  return ['did:web', encodeURIComponent(host), ...pathname.split('/').filter(Boolean)].join(':')
}

/** Of an authority with a path the host alone (did-web-path.md, step 5), which the proof names (admin-api.md: one of its domains). */
export const linkedDomainOf = ({ linkedDomainUrl }: Pick<Authority, 'linkedDomainUrl'>): string =>
  `${new URL(linkedDomainUrl).origin}/`

/** The newest first: it signs. */
export const keysOf = ({ kid, key, earlier = [] }: Authority) => [{ kid, key }, ...earlier]

export const authorityView = (authority: Authority) => ({
  ...{ id: authority.id, name: authority.name, status: 'Enabled' },
  didModel: {
    did: authority.did,
    signingKeys: keysOf(authority).map(({ kid }) => `${authority.did}#${kid}`),
    linkedDomainUrls: [linkedDomainOf(authority)],
    didDocumentStatus: authority.outOfSync ? 'outOfSync' : 'published',
  },
  linkedDomainsVerified: authority.linkedDomainsVerified ?? false,
})
export const contractView = ({ authorityId, ...contract }: Contract) => ({
  ...contract,
  ...{ tenantId: TENANT_ID, authorityId, status: 'Enabled', manifestUrl: manifestUrl(contract.id) },
})

export const authorityAt = ({ authorities }: State, id: string): Authority => {
  const found = authorities.find((one) => one.id === id)
  if (!found) throw notFound('authorityId')
  return found
}
const contractAt = (state: State, authorityId: string, id: string): Contract => {
  const { id: owner } = authorityAt(state, authorityId)
  const found = state.contracts.find((one) => one.id === id && one.authorityId === owner)
  if (!found) throw notFound('contractId')
  return found
}
const conflict = (target: string) => new EntraRefusal(409, 'badOrMissingField', { target })

export const newKey = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const kid = `${crypto.randomUUID().replaceAll('-', '').slice(0, 16)}vcSigningKey`
  return { kid, key: privateKey.export({ format: 'jwk' }) }
}

export const createAuthority = ({ state }: Service, body: unknown): Response => {
  const { name, linkedDomainUrl } = read(NewAuthority, body)
  const did = didOf(linkedDomainUrl)
  if (state.authorities.some((one) => one.did === did)) throw conflict('linkedDomainUrl')
  const made = { id: crypto.randomUUID(), name, did, linkedDomainUrl, ...newKey() }
  state.authorities.push(made)
  state.save()
  return Response.json(authorityView(made), { status: 201 })
}

/** At most one: the service finds credentials by no more. */
const checkIndex = (text: ContractText): void => {
  if (mappingsOf(text).filter(({ indexed }) => indexed).length > 1)
    throw badField('rules.attestations', 'Only one claim can be indexed.')
}

export const createContract = (
  { state }: Service,
  authorityId: string,
  body: unknown,
): Response => {
  const owner = authorityAt(state, authorityId)
  const { name, ...text } = read(NewContract, body)
  checkIndex(text)
  // Unique in the whole tenant.
  if (state.contracts.some((one) => one.name === name)) throw conflict('name')
  const made = { id: crypto.randomUUID(), name, authorityId: owner.id, ...text }
  state.contracts.push(made)
  state.save()
  return Response.json(contractView(made), { status: 201 })
}

export const updateContract = (
  { state }: Service,
  authorityId: string,
  id: string,
  body: unknown,
): Response => {
  const contract = contractAt(state, authorityId, id)
  const text = read(ContractText.partial(), body)
  const updated = { ...contract, ...text } as Contract
  checkIndex(updated)
  Object.assign(contract, updated)
  state.save()
  return Response.json(contractView(contract))
}

export const readContracts = ({ state }: Service, authorityId: string): Response => {
  const { id } = authorityAt(state, authorityId)
  const value = state.contracts.filter((one) => one.authorityId === id)
  return Response.json({ value: value.map(contractView) })
}
export const readContract = ({ state }: Service, authorityId: string, id: string): Response =>
  Response.json(contractView(contractAt(state, authorityId, id)))

const FILTER = /^indexclaimhash eq ([A-Za-z0-9+/]{43}=)$/
const shown = ({ id, contractId, status, issuedAt }: State['held'][number]) => ({
  ...{ id, contractId, status, issuedAt },
})

/** Only by the hash of the indexed claim; of a contract that has none nothing is ever found. */
export const searchCredentials = (
  { state }: Service,
  authorityId: string,
  id: string,
  filter: string | null,
): Response => {
  const contract = contractAt(state, authorityId, id)
  const [, hash] = FILTER.exec(filter ?? '') ?? []
  if (hash === undefined) throw badField('filter')
  const found = state.held.filter((one) => one.contractId === contract.id && one.indexHash === hash)
  return Response.json({ value: found.map(shown) })
}
export const hashOf = (contractId: string, value: string): string =>
  createHash('sha256').update(contractId).update(value).digest('base64')

const heldAt = (state: State, authorityId: string, contractId: string, id: string) => {
  const contract = contractAt(state, authorityId, contractId)
  const found = state.held.find((one) => one.id === id && one.contractId === contract.id)
  if (!found) throw notFound('credentialId')
  return found
}
export const readCredential = ({ state }: Service, a: string, c: string, id: string): Response =>
  Response.json(shown(heldAt(state, a, c, id)))
export const revokeCredential = (
  { state }: Service,
  a: string,
  c: string,
  id: string,
): Response => {
  heldAt(state, a, c, id).status = 'issuerRevoked'
  state.save()
  return new Response(null, { status: 204 })
}

export const didDocument = ({ state }: Service, authorityId: string): Response => {
  const authority = authorityAt(state, authorityId)
  const { did } = authority
  const methods = keysOf(authority).map(({ kid, key: { kty, crv, x, y } }) => ({
    ...{ id: `#${kid}`, controller: did, type: 'EcdsaSecp256r1VerificationKey2019' },
    publicKeyJwk: { kty, crv, x, y },
  }))
  const ids = methods.map(({ id }) => id)
  return Response.json({
    id: did,
    '@context': ['https://www.w3.org/ns/did/v1', { '@base': did }],
    service: [
      {
        ...{ id: '#linkeddomains', type: 'LinkedDomains' },
        serviceEndpoint: { origins: [linkedDomainOf(authority)] },
      },
    ],
    ...{ verificationMethod: methods, authentication: ids, assertionMethod: ids },
  })
}

/** DIF Well-Known DID Configuration: a JWT by the authority's key that names the domain. */
export const didConfiguration = async (
  { state, now }: Service,
  authorityId: string,
  body: unknown,
): Promise<Response> => {
  const authority = authorityAt(state, authorityId)
  const { did, kid, key } = authority
  const { domainUrl } = (body ?? {}) as { domainUrl?: unknown }
  if (typeof domainUrl !== 'string' || domainUrl !== linkedDomainOf(authority))
    throw badField('domainUrl')
  const vc = {
    '@context': [
      'https://www.w3.org/2018/credentials/v1',
      'https://identity.foundation/.well-known/did-configuration/v1',
    ],
    type: ['VerifiableCredential', 'DomainLinkageCredential'],
    credentialSubject: { id: did, origin: domainUrl },
  }
  const at = Math.floor(now().getTime() / 1_000)
  const jwt = await new SignJWT({ vc })
    .setProtectedHeader({ alg: 'ES256', kid: `${did}#${kid}` })
    .setIssuer(did)
    .setSubject(did)
    .setNotBefore(at)
    .setExpirationTime(at + 315_360_000)
    .sign(await importJWK({ ...key } as Parameters<typeof importJWK>[0], 'ES256'))
  return Response.json({
    '@context': 'https://identity.foundation/.well-known/contexts/did-configuration-v0.0.jsonld',
    linked_dids: [jwt],
  })
}

// An authority's keys and its domain at the stand-in: rotated there, published by the tenant, and looked at where they are
// published. Unlike the rest it calls out: to the domain that the authority is linked to, which is on this machine.
import { importJWK, jwtVerify } from 'jose'
import { authorityAt, authorityView, keysOf, linkedDomainOf, newKey } from './admin.ts'
import type { HolderService } from './holder.ts'
import { badField } from './refusal.ts'
import type { Authority } from './state.ts'

/** From now on the published document is not the one that there should be. */
export const rotateSigningKey = ({ state }: HolderService, authorityId: string): Response => {
  const authority = authorityAt(state, authorityId)
  const earlier = keysOf(authority)
  Object.assign(authority, { ...newKey(), earlier, outOfSync: true })
  state.save()
  return Response.json(authorityView(authority))
}

const published = async (
  { deliver }: HolderService,
  url: string,
): Promise<Record<string, unknown>> => {
  try {
    const response = await deliver(url, { method: 'GET', redirect: 'manual' })
    return response.status === 200 ? ((await response.json()) as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Refused as long as the key that signs is not in the document at its address. */
export const synchronize = async (
  service: HolderService,
  authorityId: string,
): Promise<Response> => {
  const authority = authorityAt(service.state, authorityId)
  const didUrl = `${authority.linkedDomainUrl.replace(/\/$/, '')}/did.json`
  const { id, verificationMethod } = await published(service, didUrl)
  const methods = Array.isArray(verificationMethod) ? (verificationMethod as { id?: string }[]) : []
  if (id !== authority.did || !methods.some((one) => one.id === `#${authority.kid}`))
    throw badField('didDocument', 'The published DID document lacks the signing key.')
  authority.outOfSync = false
  service.state.save()
  return Response.json(authorityView(authority))
}

const isLinked = async (authority: Authority, jwt: unknown): Promise<boolean> => {
  if (typeof jwt !== 'string') return false
  for (const { key } of keysOf(authority)) {
    const { d: _, ...publicJwk } = key
    const imported = await importJWK(publicJwk as Parameters<typeof importJWK>[0], 'ES256')
    const read = await jwtVerify(jwt, imported, { issuer: authority.did }).catch(() => null)
    if (read) return true
  }
  return false
}

/** Refused where none of the proofs at the root of the host is by a key of this authority. */
export const validateDomain = async (
  service: HolderService,
  authorityId: string,
): Promise<Response> => {
  const authority = authorityAt(service.state, authorityId)
  const url = `${linkedDomainOf(authority)}.well-known/did-configuration.json`
  const { linked_dids: linked } = await published(service, url)
  const all = await Promise.all(
    (Array.isArray(linked) ? linked : []).map((jwt: unknown) => isLinked(authority, jwt)),
  )
  if (!all.includes(true))
    throw badField('linkedDomainUrl', 'The domain has no proof of this authority.')
  authority.linkedDomainsVerified = true
  service.state.save()
  return new Response(null, { status: 204 })
}

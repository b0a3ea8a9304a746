// The link between this host and the tenant's authority at Microsoft Entra Verified ID. Entra signs the proof; it stands beside those
// of all other tenants in the one file that the host has for it, which the Directory keeps
// (learn.microsoft.com, Verified ID: enable support for did:web:path, steps 5 to 7).
import { type Result, refuse } from '../../../../../schemas/result.ts'
import { fromBase64url } from '../../../../base64.ts'
import { directoryStub } from '../../../stubs.ts'
import type { TenantContext } from '../../context.ts'
import { issuerIdOf } from '../issuer/issuer.ts'
import { hostUrl, notConnected, refusedByEntra, verifiedIdOf } from './connect.ts'
import type { EntraRemote } from './contract.ts'

const JWT = /^[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]+$/
const PROOF_CHARACTERS_AT_MOST = 4_096

/** Whoever reads the file checks the signature. Here it matters that nobody speaks for somebody else. */
const isOf = (did: string, jwt: unknown): jwt is string => {
  const [, payload] = (typeof jwt === 'string' && JWT.exec(jwt)) || []
  if (payload === undefined || String(jwt).length > PROOF_CHARACTERS_AT_MOST) return false
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64url(payload))).iss === did
  } catch {
    return false
  }
}

const NO_PROOF = { detail: 'Entra Verified ID gives no proof that this host is linked.' }

/** Idempotent. Refuses `conflict` where there is no proof, or the file is full. Throws Outage. */
export const linkDomain = async (
  context: TenantContext,
  { authorityId, did }: Pick<EntraRemote, 'authorityId' | 'did'>,
): Promise<Result<null>> => {
  const ask = verifiedIdOf(context)
  if (!ask) return notConnected(context)
  const read = await ask('document', `link-${context.now().getTime()}`, {
    ...{ authorityId, what: 'did-configuration', domainUrl: hostUrl(context) },
  })
  if (!read.ok) return refusedByEntra(read.fault, 'linked domain')
  const { linked_dids: all } = read.value.document
  const jwt = Array.isArray(all) ? all.find((one) => isOf(did, one)) : undefined
  if (typeof jwt !== 'string') return refuse('conflict', NO_PROOF)
  return directoryStub(context.env).linkDid(issuerIdOf(context), context.tenant().id, jwt)
}

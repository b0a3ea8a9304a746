// The two doors of the API. tenantDoor: into one tenant; the actor behind it checks the token in the same hop that does the
// work. platformDoor: to what belongs to nobody in particular. Both prove who is there before they say what exists.
import { Slug, TenantId } from '../../schemas/ids.ts'
import { type Action, mayDo, type Principal } from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { Caller, TenantApi, TenantEntry } from '../actors/contracts.ts'
import { findTenant, tenantStub } from '../actors/stubs.ts'
import type { AppContext } from '../http/context.ts'
import type { Credential } from './credential.ts'
import { claimsOperator, proveOperator } from './operator.ts'

export interface Entered {
  tenant: TenantApi
  tenantId: string
  entry: TenantEntry
  caller: Caller
  /** True where the tenant's jurisdiction is not enforced by the runtime. */
  simulated: boolean
}

const callerOf = ({ tokenId, secretDigest }: Credential): Caller => ({
  kind: 'token',
  tokenId,
  secretDigest,
})

const enter = (c: AppContext, entry: TenantEntry, caller: Caller): Result<Entered> => {
  const reached = tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!reached.ok) return reached
  const { stub: tenant, simulated } = reached.value
  return ok({ tenant, tenantId: entry.id, entry, caller, simulated })
}

/** The caller's own tenant. An id that no tenant has ends here: an actor made by a stranger's token would be a free write. */
const ownTenant = async (c: AppContext, credential: Credential): Promise<Result<Entered>> => {
  const entry = await findTenant(c.env, credential.tenantId)
  return entry ? enter(c, entry, callerOf(credential)) : refuse('unauthenticated')
}

const isTenantName = (name: string): boolean =>
  Slug.safeParse(name).success || TenantId.safeParse(name).success

/**
 * Into the tenant that the path names by slug or id. Every address but the caller's own gets the same answer after the
 * same calls, whether a tenant lives there or not: the Directory is not even asked.
 */
export const tenantDoor = async (c: AppContext, tenantParam: string): Promise<Result<Entered>> => {
  const credential = c.get('credential')
  if (!credential.ok) return credential
  if (claimsOperator(credential.value)) {
    const principal = proveOperator(c.env, credential.value)
    if (!principal) return refuse('unauthenticated')
    const entry = isTenantName(tenantParam) ? await findTenant(c.env, tenantParam) : null
    return entry ? enter(c, entry, { kind: 'principal', principal }) : refuse('not-found')
  }
  const own = await ownTenant(c, credential.value)
  if (!own.ok) return own
  const { entry, tenant, caller } = own.value
  if (tenantParam === entry.slug || tenantParam === entry.id) return own
  const who = await tenant.whoAmI(caller, 'tenant.read')
  const stranger = !who.ok && who.refusal.problem === 'unauthenticated'
  return refuse(stranger ? 'unauthenticated' : 'not-found')
}

/** Who is there, if the action is allowed to them: the operator, or any tenant's token proved at its own tenant. */
export const platformDoor = async (c: AppContext, action: Action): Promise<Result<Principal>> => {
  const credential = c.get('credential')
  if (!credential.ok) return credential
  if (claimsOperator(credential.value)) {
    const principal = proveOperator(c.env, credential.value)
    if (!principal) return refuse('unauthenticated')
    return mayDo(principal, action) ? ok(principal) : refuse('forbidden')
  }
  const own = await ownTenant(c, credential.value)
  return own.ok ? own.value.tenant.whoAmI(own.value.caller, action) : own
}

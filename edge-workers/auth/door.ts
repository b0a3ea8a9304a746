// The two doors of the API. tenantDoor: into one tenant; the actor behind it checks the credential in the same hop that does
// the work. platformDoor: to what belongs to nobody in particular. Both prove who is there before they say what exists.
import { PLATFORM_SLUG, Slug, TenantId } from '../../schemas/ids.ts'
import {
  type Action,
  isOperator,
  mayDo,
  type Principal,
  refusedFor,
  scopesOf,
} from '../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { Caller, TenantApi, TenantEntry } from '../actors/contracts.ts'
import { findOwnTenant, findTenant, findTenantNow, tenantStub } from '../actors/stubs.ts'
import type { AppContext } from '../http/context.ts'
import type { Credential } from './credential.ts'
import { verifyAccessToken } from './oidc/access-token.ts'
import { claimsOperator, proveOperator } from './operator.ts'
import { forIdentity, forSession } from './sessions.ts'

export interface Entered {
  tenant: TenantApi
  tenantId: string
  entry: TenantEntry
  caller: Caller
  /** True where the tenant's jurisdiction is not enforced by the runtime. */
  simulated: boolean
}

/** Whoever comes with an identity, by an access token or by a session: he may be a member of several tenants. */
export type IdentityCaller = Extract<Caller, { kind: 'session' } | { kind: 'identity' }>
type TokenCredential = Extract<Credential, { kind: 'token' }>

const callerOf = ({ tokenId, secretDigest }: TokenCredential): Caller => ({
  kind: 'token',
  tokenId,
  secretDigest,
})

const asReached = (
  c: AppContext,
  entry: TenantEntry,
  caller: Caller,
  tenant: TenantApi,
): TenantApi => {
  if (caller.kind === 'session') return forSession(c, entry, caller, tenant)
  return caller.kind === 'identity' ? forIdentity(tenant) : tenant
}

export const enter = (c: AppContext, entry: TenantEntry, caller: Caller): Result<Entered> => {
  const reached = tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!reached.ok) return reached
  const { stub, simulated } = reached.value
  const tenant = asReached(c, entry, caller, stub)
  return ok({ tenant, tenantId: entry.id, entry, caller, simulated })
}

/** The token's own tenant. An id that no tenant has ends here: an actor made by a stranger's token would be a free write. */
export const tenantOfToken = async (
  c: AppContext,
  credential: TokenCredential,
): Promise<Result<Entered>> => {
  const entry = await findTenant(c.env, credential.tenantId)
  return entry ? enter(c, entry, callerOf(credential)) : refuse('unauthenticated')
}

/** Names that somebody came by lately. */
const wellFormed = new Set<string>()
const WELL_FORMED_AT_MOST = 10_000
const isTenantName = (name: string): boolean => {
  if (wellFormed.has(name)) return true
  if (!Slug.safeParse(name).success && !TenantId.safeParse(name).success) return false
  if (wellFormed.size >= WELL_FORMED_AT_MOST) wellFormed.clear()
  wellFormed.add(name)
  return true
}

const OPERATOR_SCOPES = new Set(scopesOf('operator'))
/** What else he is in the operators' own tenant ends at its door. */
export const operatorOnly = (principal: Principal): Principal => ({
  ...principal,
  roles: ['operator'],
  scopes: principal.scopes.filter((scope) => OPERATOR_SCOPES.has(scope)),
})

/** Into any tenant, for whoever has been proved an operator. */
const asOperator = async (
  c: AppContext,
  principal: Principal,
  tenantParam: string,
): Promise<Result<Entered>> => {
  const entry = isTenantName(tenantParam) ? await findTenantNow(c.env, tenantParam) : null
  const caller = { kind: 'principal' as const, principal: operatorOnly(principal) }
  return entry ? enter(c, entry, caller) : refuse('not-found')
}

/** The operator behind an identity: a member of the operators' own tenant who has that role there now. */
const operatorBehind = async (c: AppContext, caller: IdentityCaller): Promise<Principal | null> => {
  const entry = await findOwnTenant(c.env, caller.identity, PLATFORM_SLUG)
  const entered = entry && enter(c, entry, caller)
  if (!entered?.ok) return null
  const who = await entered.value.tenant.whoAmI(caller, 'self.read')
  return who.ok && isOperator(who.value) ? who.value : null
}

/** Into a tenant of this identity. The Directory answers alike for a tenant of others and for none. */
export const identityDoor = async (
  c: AppContext,
  caller: IdentityCaller,
  tenantParam: string,
): Promise<Result<Entered>> => {
  if (!isTenantName(tenantParam)) return refuse('not-found')
  const own = await findOwnTenant(c.env, caller.identity, tenantParam)
  if (own) return enter(c, own, caller)
  const operator = await operatorBehind(c, caller)
  return operator ? asOperator(c, operator, tenantParam) : refuse('not-found')
}

/** An identity that an identity provider vouches for, as a caller. */
export const identityCaller = async (
  c: AppContext,
  credential: Extract<Credential, { kind: 'jwt' }>,
): Promise<Result<IdentityCaller>> => {
  const proven = await verifyAccessToken(c, credential)
  return proven.ok ? ok({ kind: 'identity', ...proven.value }) : proven
}

/**
 * Into the tenant that the path names by slug or id. Every address but the caller's own gets the same answer after the
 * same calls, whether a tenant lives there or not: the Directory is not even asked.
 */
export const tenantDoor = async (c: AppContext, tenantParam: string): Promise<Result<Entered>> => {
  const credential = c.get('credential')
  if (!credential.ok) return credential
  if (credential.value.kind === 'jwt') {
    const caller = await identityCaller(c, credential.value)
    return caller.ok ? identityDoor(c, caller.value, tenantParam) : caller
  }
  if (claimsOperator(credential.value)) {
    const principal = proveOperator(c.env, credential.value)
    return principal ? asOperator(c, principal, tenantParam) : refuse('unauthenticated')
  }
  const own = await tenantOfToken(c, credential.value)
  if (!own.ok) return own
  const { entry, tenant, caller } = own.value
  if (tenantParam === entry.slug || tenantParam === entry.id) return own
  const who = await tenant.whoAmI(caller, 'self.read')
  if (who.ok && isOperator(who.value)) return asOperator(c, who.value, tenantParam)
  const stranger = !who.ok && who.refusal.problem === 'unauthenticated'
  return refuse(stranger ? 'unauthenticated' : 'not-found')
}

/** Who is there, if the action is allowed to them: an operator, or anybody proved at a tenant of his. */
export const platformDoor = async (c: AppContext, action: Action): Promise<Result<Principal>> => {
  const credential = c.get('credential')
  if (!credential.ok) return credential
  if (credential.value.kind === 'jwt') {
    const caller = await identityCaller(c, credential.value)
    return caller.ok ? identityAtPlatform(c, caller.value, action) : caller
  }
  if (claimsOperator(credential.value)) {
    const principal = proveOperator(c.env, credential.value)
    if (!principal) return refuse('unauthenticated')
    return refusedFor(principal, action) ?? ok(principal)
  }
  const own = await tenantOfToken(c, credential.value)
  return own.ok ? own.value.tenant.whoAmI(own.value.caller, action) : own
}

/** An operator before anything else; else a member of the first tenant, in the order of slugs, that lets him. */
export const identityAtPlatform = async (
  c: AppContext,
  caller: IdentityCaller,
  action: Action,
): Promise<Result<Principal>> => {
  const operator = await operatorBehind(c, caller)
  if (operator && mayDo(operator, action)) return ok(operator)
  const { items } = await c.env.DIRECTORY.getByName('directory').tenantsOf(caller.identity, {
    ...{ limit: TENANTS_TRIED, after: null },
  })
  let last: Result<Principal> = refuse('unauthenticated')
  for (const entry of items) {
    const entered = enter(c, entry, caller)
    if (!entered.ok) continue
    const who = await entered.value.tenant.whoAmI(caller, action)
    if (who.ok) return who
    // `not-found`: he is no member there any more.
    const isRole = who.refusal.problem !== 'not-found'
    if (isRole && (last.ok || last.refusal.problem === 'unauthenticated')) last = who
  }
  return last
}
const TENANTS_TRIED = 20

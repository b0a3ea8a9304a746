// Puts the embedded defaults in place through the product's own API, as an operator would. Every request has a fixed
// Idempotency-Key, so that each start repeats all of it and gets the same answers.
import type * as z from 'zod'
import { WAITS_FOR_OPERATOR } from '../../edge-workers/actors/tenant/log/contracts.ts'
import { type AzurePlace, placeKey } from '../../schemas/arm.ts'
import type { CreateMember } from '../../schemas/member.ts'
import {
  AZURE,
  CLUSTERS,
  memberOf,
  OPERATORS,
  operatorMemberOf,
  PLATFORM_TENANT,
  REGIONS,
  ROLES,
  SITES,
  TENANT,
} from './defaults.ts'
import { TENANT_ID } from './verified-id/identity.ts'

export interface Seeded {
  /** Empty where the member has left or his token was revoked: who is gone stays gone. */
  tokens: Record<(typeof ROLES)[number], string>
  /** Of the operators' own tenant. */
  operators: Record<keyof typeof OPERATORS, string>
  clusters: { name: string; engine: 'argocd' | 'flux'; webhookSecret: string }[]
  /** Where the demo tenant is in Azure: `subscription/group`. Empty while it waits. */
  azurePlace: string
  /** Tenants with whom nothing can be done before an operator restores them, and why. Nobody has a token of theirs until then. */
  waiting: { tenant: string; why: string }[]
}

interface Answered {
  status: number
  body: Record<string, unknown>
}
type Call = (
  method: 'GET' | 'POST' | 'PATCH' | 'PUT',
  path: string,
  more?: { key?: string; body?: unknown },
) => Promise<Answered>

const callerOf =
  (url: string, operatorToken: string): Call =>
  async (method, path, { key, body } = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${operatorToken}`,
        ...(key === undefined ? {} : { 'idempotency-key': `laptop-default-${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'PATCH' ? { 'if-match': '*' } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

/** Nothing is done with this tenant before an operator has done something. */
class Waits extends Error {}

/** Throws with the problem's words when the API refused; `Waits` where only an operator can help. */
const insist = ({ status, body }: Answered, path: string): Record<string, unknown> => {
  const { title, detail } = body as { title?: string; detail?: string }
  if (Object.values<unknown>(WAITS_FOR_OPERATOR).includes(detail)) throw new Waits(detail)
  if (status >= 300) throw new Error(`${path} answered ${status}: ${title}. ${detail ?? ''}`)
  return body
}

/**
 * The member whom the request made at the first start, or who has his handle: a folder of an earlier release has these people
 * already and knows nothing of their signing in, and one who was erased may have come back. Null: he has left.
 */
const findOrCreate = async (
  call: Call,
  members: string,
  key: string,
  member: z.input<typeof CreateMember>,
): Promise<string | null> => {
  const { handle, signIn } = member
  const made = await call('POST', members, { key, body: member })
  if (made.status === 409 || made.status === 422) {
    const known = await call('GET', `${members}/${handle}`)
    if (known.status === 404 && made.body.type?.toString().endsWith('/idempotency-key-reused'))
      return null
    const { id, state, signsIn } = known.status === 404 ? insist(made, members) : known.body
    if (state !== 'active') return null
    if (!signsIn) insist(await call('PATCH', `${members}/${handle}`, { body: { signIn } }), members)
    return String(id)
  }
  const { id, state } = insist(made, members)
  return state === 'active' ? String(id) : null
}

/** A member and a token of his, the same at every start; empty when he has left or it was revoked. */
const tokenFor = async (
  call: Call,
  tenant: string,
  what: string,
  member: z.input<typeof CreateMember>,
): Promise<string> => {
  const id = await findOrCreate(call, `/v1/tenants/${tenant}/members`, `member-${what}`, member)
  if (id === null) return ''
  const path = `/v1/tenants/${tenant}/tokens`
  const body = { name: `Demo ${what}`, member: id }
  const made = await call('POST', path, { key: `member-token-${what}`, body })
  return made.status === 409 ? '' : String(insist(made, path).token)
}

/** What an operator has set since stays. */
const placeInAzure = async (call: Call, tenant: string): Promise<string> => {
  const path = `/v1/tenants/${tenant}/azure-scope`
  const known = await call('GET', path)
  if (known.status !== 404) return placeKey(insist(known, path) as AzurePlace)
  const { id } = insist(await call('GET', `/v1/tenants/${tenant}`), tenant)
  const { subscriptionId, location, groupOf } = AZURE
  const resourceGroup = groupOf(String(id))
  const body = { subscriptionId, resourceGroup, location, entraTenantId: TENANT_ID }
  insist(await call('PUT', path, { body }), path)
  return placeKey(body)
}

export const seed = async (url: string, operatorToken: string): Promise<Seeded> => {
  const call = callerOf(url, operatorToken)
  const send = async (path: string, key: string, body: unknown) =>
    insist(await call('POST', path, { key, body }), path)
  for (const region of REGIONS) await send('/v1/regions', `region-${region.name}`, region)
  for (const site of SITES) await send('/v1/sites', `site-${site.name}`, site)
  const clusters: Seeded['clusters'] = []
  for (const cluster of CLUSTERS) {
    const { owner, ...body } = cluster
    const { webhookSecret } = await send('/v1/clusters', `cluster-${cluster.name}`, body)
    // Set apart from its creation, whose body is the same at every start.
    const path = `/v1/clusters/${cluster.name}`
    insist(await call('PATCH', path, { body: { owner: owner ?? null } }), path)
    clusters.push({
      name: cluster.name,
      engine: cluster.engine,
      webhookSecret: String(webhookSecret),
    })
  }
  const waiting: Seeded['waiting'] = []
  const place = async <T>(
    tenant: typeof TENANT | typeof PLATFORM_TENANT,
    people: () => Promise<T>,
  ): Promise<T | null> => {
    try {
      await send('/v1/tenants', `tenant-${tenant.slug}`, tenant)
      return await people()
    } catch (error) {
      if (!(error instanceof Waits)) throw error
      waiting.push({ tenant: tenant.slug, why: error.message })
      return null
    }
  }
  const demo = await place(TENANT, async () => ({
    azurePlace: await placeInAzure(call, TENANT.slug),
    tokens: await tokensFor(ROLES, (role) => tokenFor(call, TENANT.slug, role, memberOf(role))),
  }))
  const roles = Object.keys(OPERATORS) as (keyof typeof OPERATORS)[]
  const operators = await place(PLATFORM_TENANT, () =>
    tokensFor(roles, (role) =>
      tokenFor(call, PLATFORM_TENANT.slug, `platform-${role}`, operatorMemberOf(role)),
    ),
  )
  const none = async (): Promise<string> => ''
  return {
    tokens: demo?.tokens ?? (await tokensFor(ROLES, none)),
    operators: operators ?? (await tokensFor(roles, none)),
    ...{ clusters, waiting, azurePlace: demo?.azurePlace ?? '' },
  }
}

/** One after the other. */
const tokensFor = async <Role extends string>(
  roles: readonly Role[],
  tokenOf: (role: Role) => Promise<string>,
): Promise<Record<Role, string>> => {
  const tokens: Partial<Record<Role, string>> = {}
  for (const role of roles) tokens[role] = await tokenOf(role)
  return tokens as Record<Role, string>
}

// Puts the embedded defaults in place through the product's own API, as an operator would. Every request has a fixed
// Idempotency-Key, so that each start repeats all of it and gets the same answers.
import {
  CLUSTERS,
  memberOf,
  type OPERATORS,
  operatorMemberOf,
  PLATFORM_TENANT,
  REGIONS,
  ROLES,
  SITES,
  TENANT,
} from './defaults.ts'

export interface Seeded {
  tokens: Record<(typeof ROLES)[number], string>
  /** Of the operators' own tenant. */
  operators: Record<keyof typeof OPERATORS, string>
  clusters: { name: string; engine: 'argocd' | 'flux'; webhookSecret: string }[]
}

/** Rejects with the problem's title when the API refuses. */
const post = async (
  url: string,
  operatorToken: string,
  path: string,
  key: string,
  body: unknown,
): Promise<Record<string, unknown>> => {
  const headers = {
    authorization: `Bearer ${operatorToken}`,
    'content-type': 'application/json',
    'idempotency-key': `laptop-default-${key}`,
  }
  const text = JSON.stringify(body)
  const answer = await fetch(`${url}${path}`, { method: 'POST', headers, body: text })
  const json = (await answer.json()) as Record<string, unknown>
  // A folder of an earlier release has these people already, and knows nothing of their signing in.
  if (answer.status === 409 && isPerson(body)) {
    const { handle, signIn } = body
    const again = await fetch(`${url}${path}/${handle}`, {
      method: 'PATCH',
      headers: { ...headers, 'if-match': '*' },
      body: JSON.stringify({ signIn }),
    })
    if (again.ok) return (await again.json()) as Record<string, unknown>
  }
  if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${String(json.title)}`)
  return json
}

const isPerson = (body: unknown): body is { handle: string; signIn: unknown } =>
  typeof body === 'object' && body !== null && 'signIn' in body

/** Set apart from the cluster's creation, whose body is the same at every start. */
const own = async (url: string, operatorToken: string, cluster: string, owner?: string) => {
  const answer = await fetch(`${url}/v1/clusters/${cluster}`, {
    method: 'PATCH',
    headers: {
      authorization: `Bearer ${operatorToken}`,
      'content-type': 'application/json',
      'if-match': '*',
    },
    body: JSON.stringify({ owner: owner ?? null }),
  })
  if (!answer.ok) throw new Error(`PATCH /v1/clusters answered ${answer.status}`)
}

type Send = (path: string, key: string, body: unknown) => Promise<Record<string, unknown>>

/** A member and a token of his, the same at every start. */
const tokenFor = async (
  send: Send,
  tenant: string,
  what: string,
  member: { handle: string },
): Promise<string> => {
  const { id } = await send(`/v1/tenants/${tenant}/members`, `member-${what}`, member)
  const body = { name: `Demo ${what}`, member: id }
  return String((await send(`/v1/tenants/${tenant}/tokens`, `member-token-${what}`, body)).token)
}

export const seed = async (url: string, operatorToken: string): Promise<Seeded> => {
  const send: Send = (path, key, body) => post(url, operatorToken, path, key, body)
  for (const region of REGIONS) await send('/v1/regions', `region-${region.name}`, region)
  for (const site of SITES) await send('/v1/sites', `site-${site.name}`, site)
  const clusters: Seeded['clusters'] = []
  for (const cluster of CLUSTERS) {
    const { owner, ...body } = cluster
    const { webhookSecret } = await send('/v1/clusters', `cluster-${cluster.name}`, body)
    await own(url, operatorToken, cluster.name, owner)
    clusters.push({
      name: cluster.name,
      engine: cluster.engine,
      webhookSecret: String(webhookSecret),
    })
  }
  await send('/v1/tenants', `tenant-${TENANT.slug}`, TENANT)
  const tokens = await Promise.all(
    ROLES.map(
      async (role) => [role, await tokenFor(send, TENANT.slug, role, memberOf(role))] as const,
    ),
  )
  await send('/v1/tenants', `tenant-${PLATFORM_TENANT.slug}`, PLATFORM_TENANT)
  const memberToken = (role: keyof typeof OPERATORS): Promise<string> =>
    tokenFor(send, PLATFORM_TENANT.slug, `platform-${role}`, operatorMemberOf(role))
  const operators = {
    requester: await memberToken('requester'),
    approver: await memberToken('approver'),
  }
  return { tokens: Object.fromEntries(tokens) as Seeded['tokens'], operators, clusters }
}

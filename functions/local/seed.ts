// Puts the embedded defaults in place through the product's own API, as an operator would. Every request has a fixed
// Idempotency-Key, so that each start repeats all of it and gets the same answers.
import {
  CLUSTERS,
  type OPERATORS,
  operatorTokenOf,
  PLATFORM_TENANT,
  REGIONS,
  ROLES,
  SITES,
  TENANT,
  tokenOf,
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
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${operatorToken}`,
      'content-type': 'application/json',
      'idempotency-key': `laptop-default-${key}`,
    },
    body: JSON.stringify(body),
  })
  const json = (await answer.json()) as Record<string, unknown>
  if (!answer.ok) throw new Error(`POST ${path} answered ${answer.status}: ${String(json.title)}`)
  return json
}

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

export const seed = async (url: string, operatorToken: string): Promise<Seeded> => {
  const send = (path: string, key: string, body: unknown) =>
    post(url, operatorToken, path, key, body)
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
    ROLES.map(async (role) => {
      const { token } = await send(
        `/v1/tenants/${TENANT.slug}/tokens`,
        `token-${role}`,
        tokenOf(role),
      )
      return [role, String(token)] as const
    }),
  )
  await send('/v1/tenants', `tenant-${PLATFORM_TENANT.slug}`, PLATFORM_TENANT)
  const memberToken = async (role: keyof typeof OPERATORS): Promise<string> => {
    const path = `/v1/tenants/${PLATFORM_TENANT.slug}/tokens`
    return String((await send(path, `platform-token-${role}`, operatorTokenOf(role))).token)
  }
  const operators = {
    requester: await memberToken('requester'),
    approver: await memberToken('approver'),
  }
  return { tokens: Object.fromEntries(tokens) as Seeded['tokens'], operators, clusters }
}

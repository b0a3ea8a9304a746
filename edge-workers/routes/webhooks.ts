// /webhooks: what the forge and the engines tell us. Each sender proves itself in its own way before a byte is believed,
// and even then a forge's word is only a hint. A delivery counts once.
import * as z from 'zod'
import { translateArgocd, verifyArgocd } from '../../gitops/statuses/argocd.ts'
import { translateFlux, verifyFlux } from '../../gitops/statuses/flux.ts'
import type { Engine } from '../../schemas/place.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import type { StatusReport } from '../../schemas/status.ts'
import { directoryStub, inventoryStub, tenantStub } from '../actors/stubs.ts'
import { clusterWebhookSecret } from '../auth/cluster-secret.ts'
import { digestOf, equalInConstantTime, hex, hmacSha256 } from '../digest.ts'
import { answer } from '../http/answer.ts'
import { readBody } from '../http/body.ts'
import type { App, AppContext } from '../http/context.ts'
import { parseJson } from '../http/json.ts'
import { addRoute, param } from '../http/route.ts'

const TAG = 'Webhooks'
const Taken = z.strictObject({ taken: z.boolean() })

/** The few fields we look at; GitHub sends many more. */
const GitHubEvent = z.object({
  action: z.string().max(60).optional(),
  ref: z.string().max(500).optional(),
  repository: z.object({ full_name: z.string().max(200) }).optional(),
  sender: z.object({ login: z.string().max(100), id: z.int().optional() }).optional(),
  pull_request: z
    .object({
      number: z.int(),
      merged: z.boolean().nullish(),
      state: z.string().max(20).optional(),
      head: z.object({ sha: z.string().max(64) }),
    })
    .optional(),
})

const kindOf = (event: string, action: string | undefined): string =>
  event === 'pull_request' ? (action ?? event) : event

export const registerWebhookRoutes = (app: App): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: '/webhooks/github',
      summary: 'Hints from the forge',
      description:
        'Signed with `X-Hub-Signature-256`. What it says is read again from the forge before anything happens.',
      tag: TAG,
      action: 'signed',
      who: 'the forge',
      answers: { 202: { text: 'Whether it told anything new.', schema: Taken, name: 'Taken' } },
      problems: [
        'signature-invalid',
        'webhook-replayed',
        'malformed-request',
        'payload-too-large',
        'not-found',
      ],
    },
    async (c) => answer(c, await takeForgeEvent(c), { status: 202 }),
  )
  registerEngine(
    app,
    'argocd',
    'A bearer secret of the cluster: Argo CD’s webhook service cannot sign.',
  )
  registerEngine(app, 'flux', 'Signed with `X-Signature` (generic-hmac) by the cluster’s secret.')
}

const takeForgeEvent = async (c: AppContext): Promise<Result<{ taken: boolean }>> => {
  const body = await readBody(c)
  if (!body.ok) return body
  const expected = `sha256=${hex(hmacSha256(c.env.FORGE_WEBHOOK_SECRET, body.value))}`
  if (!equalInConstantTime(expected, c.req.header('x-hub-signature-256') ?? ''))
    return refuse('signature-invalid')
  const json = parseJson(body.value)
  if (!json.ok) return json
  const parsed = GitHubEvent.safeParse(json.value)
  if (!parsed.success)
    return refuse('malformed-request', { detail: 'This is not an event of the forge.' })
  const { action, ref, repository, sender, pull_request: pull } = parsed.data
  if (!repository) return ok({ taken: false })
  const entry = await directoryStub(c.env).tenantByRepository(repository.full_name)
  if (!entry) return ok({ taken: false })
  const tenant = tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!tenant.ok) return tenant
  return tenant.value.stub.forgeHint({
    bodyDigest: digestOf(body.value),
    kind: kindOf(c.req.header('x-github-event') ?? '', action),
    pullNumber: pull?.number ?? null,
    headSha: pull?.head.sha ?? null,
    merged: pull?.merged === true,
    pushedRef: ref ?? null,
    senderIsApp: sender?.login === c.env.FORGE_APP_LOGIN,
    sender: sender ? { login: sender.login, account: sender.id ?? null } : null,
  })
}

interface EngineDoor {
  verify: (secret: string, headers: Headers, body: Uint8Array) => Promise<boolean>
  translate: (cluster: string, body: unknown) => Result<StatusReport | null>
}
const ENGINES: Record<Engine, EngineDoor> = {
  argocd: { verify: verifyArgocd, translate: translateArgocd },
  flux: { verify: verifyFlux, translate: translateFlux },
}

const registerEngine = (app: App, engine: Engine, how: string): void => {
  addRoute(
    app,
    {
      method: 'post',
      path: `/webhooks/${engine}/{cluster}`,
      summary: `Status from ${engine === 'argocd' ? 'Argo CD' : 'Flux'}`,
      description: `${how} A cluster speaks only for what is rendered to it.`,
      tag: TAG,
      action: 'signed',
      who: 'the engine of the cluster',
      answers: { 202: { text: 'Whether it told anything new.', schema: Taken, name: 'Taken' } },
      problems: [
        'signature-invalid',
        'webhook-replayed',
        'malformed-request',
        'payload-too-large',
        'unknown-revision',
      ],
    },
    async (c) => answer(c, await takeStatus(c, engine), { status: 202 }),
  )
}

const takeStatus = async (c: AppContext, engine: Engine): Promise<Result<{ taken: boolean }>> => {
  const body = await readBody(c)
  if (!body.ok) return body
  const name = param(c, 'cluster')
  // A cluster that does not exist and a wrong secret answer the same.
  const secret = await secretOf(c, engine, name)
  if (secret === null || !(await ENGINES[engine].verify(secret, c.req.raw.headers, body.value))) {
    return refuse('signature-invalid')
  }
  const json = parseJson(body.value)
  if (!json.ok) return json
  const report = ENGINES[engine].translate(name, json.value)
  if (!report.ok) return report
  if (report.value === null) return ok({ taken: false })
  await noteHeard(c, name, report.value.state)
  // The entry points themselves: authentic, and nothing of a tenant's.
  if (report.value.repository === c.env.PLATFORM_REPOSITORY) return ok({ taken: false })
  const entry = await directoryStub(c.env).tenantByRepository(report.value.repository)
  if (!entry) return refuse('unknown-revision')
  const tenant = tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!tenant.ok) return tenant
  return tenant.value.stub.reportStatus({ bodyDigest: digestOf(body.value), report: report.value })
}

/** Of each cluster, when this process last said that it was heard. */
const told = new Map<string, { state: string; at: number }>()
const TELL_EVERY_MILLISECONDS = 60_000

/** Its health, as far as it is known here. What cannot be noted now is noted the next time. */
const noteHeard = async (c: AppContext, cluster: string, state: string): Promise<void> => {
  const now = c.get('clock')()
  const last = told.get(cluster)
  if (last?.state === state && now.getTime() - last.at < TELL_EVERY_MILLISECONDS) return
  try {
    const jurisdiction = await directoryStub(c.env).findPlace('cluster', cluster)
    const inventory = jurisdiction ? inventoryStub(c.env, jurisdiction) : null
    if (!inventory?.ok) return
    await inventory.value.stub.noteHeard(cluster, { at: now.toISOString(), state })
    told.set(cluster, { state, at: now.getTime() })
  } catch {}
}

const secretOf = async (c: AppContext, engine: Engine, name: string): Promise<string | null> => {
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) return null
  const jurisdiction = await directoryStub(c.env).findPlace('cluster', name)
  if (!jurisdiction) return null
  const inventory = inventoryStub(c.env, jurisdiction)
  if (!inventory.ok) return null
  const cluster = await inventory.value.stub.readCluster(name)
  return cluster?.value.engine === engine
    ? clusterWebhookSecret(c.env, name, cluster.value.webhookGeneration)
    : null
}

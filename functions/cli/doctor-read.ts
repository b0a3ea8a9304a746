// Reads what a forge says of its rules, over GitHub's REST API, for `npm run doctor`. It writes nothing. What is not answered, or
// not answered as the API does, is "unknown" with the reason, and never taken for an answer.
import { Octokit } from '@octokit/rest'
import * as z from 'zod'
import { call, within } from '../../gitops/forges/github-answers.ts'
import {
  createInstallationToken,
  type ForgeApp,
  signAppJwt,
} from '../../gitops/forges/github-app.ts'
import type {
  BranchRule,
  Bypass,
  Read,
  RepositoryFacts,
  SetupFacts,
} from '../../gitops/forges/setup-check.ts'
import { LIVE, MAIN } from '../../gitops/propose.ts'
import { Denied, Outage } from '../../schemas/result.ts'

export interface DoctorSettings {
  /** The forge is the laptop’s own. */
  simulated: boolean
  apiUrl: string
  app: ForgeApp | null
  /** Personal token of an installation without an App. */
  token: string | null
  /** Of an administrator of the repositories, who alone sees bypass lists. */
  administratorToken: string | null
  webhookWanted: string | null
  repositories: string[]
}

const TIMEOUT_MILLISECONDS = 10_000
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const connect = ({ apiUrl }: DoctorSettings, auth: string | null) =>
  new Octokit({
    ...(auth === null ? {} : { auth }),
    ...{ baseUrl: apiUrl, userAgent: 'phoenix-doctor', log: SILENT },
    request: { fetch: within(fetch, TIMEOUT_MILLISECONDS) },
  })
type Client = ReturnType<typeof connect>

/** Of a call's answer what `schema` sees in it; 404 is the answer `absent`, where that is one. */
const read = async <T, A = never>(
  client: Client,
  path: string,
  schema: z.ZodType<T>,
  absent?: { is: A },
): Promise<Read<T | A>> => {
  try {
    const answered = await call(
      async () => ({ data: (await client.request(`GET ${path}`)).data as unknown }),
      { 404: null },
    )
    if (answered === null)
      return absent ? { value: absent.is } : { unknown: 'the forge answers 404' }
    const parsed = schema.safeParse(answered.data)
    return parsed.success ? { value: parsed.data } : { unknown: 'the forge answers something else' }
  } catch (error) {
    const known = error instanceof Denied || error instanceof Outage
    return { unknown: known ? error.message : 'the forge answers something else' }
  }
}

const map = <T, U>(from: Read<T>, to: (value: T) => U): Read<U> =>
  'value' in from ? { value: to(from.value) } : from

const Rules = z.array(
  z.object({
    type: z.string(),
    ruleset_id: z.int(),
    parameters: z
      .object({
        strict_required_status_checks_policy: z.boolean(),
        required_status_checks: z.array(
          z.object({ context: z.string(), integration_id: z.int().nullish() }),
        ),
        required_approving_review_count: z.int(),
        dismiss_stale_reviews_on_push: z.boolean(),
        require_last_push_approval: z.boolean(),
      })
      .partial()
      .nullish(),
  }),
)

const toRule = ({ type, ruleset_id, parameters }: z.infer<typeof Rules>[number]): BranchRule => {
  const given = parameters ?? {}
  const checks = given.required_status_checks?.map(({ context, integration_id }) => ({
    context,
    integration: integration_id ?? null,
  }))
  const reviews = {
    needed: given.required_approving_review_count ?? 0,
    dismissStale: given.dismiss_stale_reviews_on_push ?? false,
    lastPush: given.require_last_push_approval ?? false,
  }
  return {
    ...{ type, ruleset: ruleset_id },
    ...(checks ? { checks, strict: given.strict_required_status_checks_policy ?? false } : {}),
    ...(type === 'pull_request' ? { reviews } : {}),
  }
}

const Ruleset = z.object({
  bypass_actors: z
    .array(
      z.object({
        actor_id: z.int().nullish(),
        actor_type: z.string(),
        bypass_mode: z.string().optional(),
      }),
    )
    .optional(),
})

const readBypass = async (
  client: Client,
  repository: string,
  id: number,
): Promise<Read<Bypass[]>> => {
  const found = await read(client, `/repos/${repository}/rulesets/${id}`, Ruleset)
  if ('unknown' in found) return found
  const { bypass_actors: actors } = found.value
  return actors === undefined
    ? { unknown: 'the forge does not show it to this token' }
    : {
        value: actors.map(({ actor_type, actor_id, bypass_mode }) => ({
          type: actor_type,
          id: actor_id ?? null,
          pullsOnly: bypass_mode === 'pull_request',
        })),
      }
}

const readRepository = async (
  settings: DoctorSettings,
  name: string,
  asApp: Client | null,
): Promise<RepositoryFacts> => {
  const installed: Read<boolean> = asApp
    ? map(
        await read(asApp, `/repos/${name}/installation`, z.object({}), { is: null }),
        (found) => found !== null,
      )
    : { unknown: 'there is no App' }
  const client = connect(settings, settings.administratorToken ?? (await tokenFor(settings, name)))
  const rulesOn = async (branch: string): Promise<Read<BranchRule[]>> =>
    map(
      await read(client, `/repos/${name}/rules/branches/${branch}?per_page=100`, Rules),
      (rules) => rules.map(toRule),
    )
  const [main, live] = [await rulesOn(MAIN), await rulesOn(LIVE)]
  const rules = [main, live].flatMap((one) => ('value' in one ? one.value : []))
  const bypass = new Map<number, Read<Bypass[]>>()
  for (const id of new Set(rules.map(({ ruleset }) => ruleset)))
    bypass.set(id, await readBypass(client, name, id))
  const Settings = z.object({
    delete_branch_on_merge: z.boolean(),
    allow_merge_commit: z.boolean(),
  })
  const found = await read(client, `/repos/${name}`, Settings)
  const shown = map(found, (value) => ({
    ...{ deletesBranches: value.delete_branch_on_merge, mergeCommits: value.allow_merge_commit },
  }))
  return { name, installed, settings: shown, main, live, bypass }
}

/** Null where none is to be had: what is read without one is then unknown. */
const tokenFor = async (
  { apiUrl, app, token }: DoctorSettings,
  name: string,
): Promise<string | null> => {
  if (app === null) return token
  const options = { app, baseUrl: apiUrl, fetch, now: () => new Date() }
  const made = await createInstallationToken(options, name).catch(() => null)
  return made?.token ?? null
}

const readApp = async (app: ForgeApp, client: Client): Promise<NonNullable<SetupFacts['app']>> => {
  const About = z.object({
    id: z.int(),
    permissions: z.record(z.string(), z.string()),
    events: z.array(z.string()),
  })
  const about = await read(client, '/app', About)
  const config = await read(client, '/app/hook/config', z.object({ url: z.string().optional() }))
  const Deliveries = z.array(z.object({ status_code: z.int().nullable() }))
  const latest = await read(client, '/app/hook/deliveries?per_page=20', Deliveries)
  return {
    // A client id is text: then only the App itself says its number.
    id: 'value' in about ? about.value.id : Number(app.id),
    permissions: map(about, ({ permissions }) => permissions),
    events: map(about, ({ events }) => events),
    webhook: map(config, ({ url = null }) => url),
    deliveries: map(latest, (all) => {
      const arrived = all.filter(
        ({ status_code: code }) => code !== null && code >= 200 && code < 300,
      )
      return { arrived: arrived.length, failed: all.length - arrived.length }
    }),
  }
}

/** @throws Denied when the App's key cannot be read. */
export const readSetup = async (settings: DoctorSettings): Promise<SetupFacts> => {
  const { app } = settings
  const asApp = app && connect(settings, await signAppJwt(app, new Date()))
  const repositories = []
  for (const name of settings.repositories)
    repositories.push(await readRepository(settings, name, asApp))
  return {
    app: app && asApp ? await readApp(app, asApp) : null,
    ...{ webhookWanted: settings.webhookWanted, repositories },
  }
}

// /healthz: this process answers. /readyz: what it depends on answers too, each named. /metrics: counters for operators.
// Health says nothing about tenants and needs no credential.
import * as z from 'zod'
import { signAppJwt } from '../../gitops/forges/github-app.ts'
import { BACK_OFFICE_HEALTH_PATH } from '../../schemas/wire.ts'
import { directoryStub } from '../actors/stubs.ts'
import { platformDoor } from '../auth/door.ts'
import { readIssuers } from '../auth/oidc/issuers.ts'
import { type Env, isLaptop } from '../env.ts'
import { forgeAppOf, forgeFindings, settingsFaults } from '../forge-credentials/settings.ts'
import { answerJson } from '../http/answer.ts'
import type { App, AppContext } from '../http/context.ts'
import { readGauges } from '../http/gauges.ts'
import { answerRefusal } from '../http/problem.ts'
import { addRoute } from '../http/route.ts'
import { outgoing } from '../outgoing.ts'

const TIMEOUT_MILLISECONDS = 3000
/** Anybody may ask, so the systems behind are asked at most this often per process. */
const KEPT_MILLISECONDS = 3000

const Dependency = z.enum(['ok', 'absent', 'denied', 'unreachable', 'misconfigured'])
type Dependency = z.infer<typeof Dependency>
const Readiness = z.strictObject({
  ready: z.boolean(),
  dependencies: z.strictObject({
    directory: Dependency,
    forge: Dependency,
    backOffice: Dependency,
    /** Their setting only: a provider that is down keeps nobody out who is in. */
    identityProviders: Dependency,
  }),
  /** What is wrong with a setting, without its value. */
  findings: z.array(z.string()),
})
type Readiness = z.infer<typeof Readiness>

/** Absent: not configured. Denied: it answered and refused us. Unreachable: no answer, or a broken one. */
const ask = async (
  env: Env,
  base: string,
  path: string,
  headers: Record<string, string>,
): Promise<Dependency> => {
  if (!base) return 'absent'
  try {
    const response = await outgoing(env)(`${base}${path}`, {
      headers: { 'user-agent': 'phoenix', ...headers },
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS),
    })
    await response.body?.cancel()
    if (response.status === 401 || response.status === 403) return 'denied'
    return response.status >= 500 ? 'unreachable' : 'ok'
  } catch {
    return 'unreachable'
  }
}

/** As the App where there is one: whether it is installed on a repository only that repository's calls show. */
const askForge = async (env: Env): Promise<Dependency> => {
  const app = forgeAppOf(env)
  const { FORGE_API_URL: base, FORGE_TOKEN = '' } = env
  if (app === null) {
    if (settingsFaults(env).length > 0) return FORGE_TOKEN === '' ? 'absent' : 'misconfigured'
    return ask(env, base, '/rate_limit', { authorization: `Bearer ${FORGE_TOKEN}` })
  }
  try {
    const jwt = await signAppJwt(app, new Date())
    return await ask(env, base, '/app', { authorization: `Bearer ${jwt}` })
  } catch {
    return 'misconfigured'
  }
}

const askDirectory = async (env: Env): Promise<Dependency> => {
  try {
    await directoryStub(env).jurisdictions()
    return 'ok'
  } catch {
    return 'unreachable'
  }
}

const readiness = async (env: Env): Promise<Readiness> => {
  const [directory, forge, backOffice] = await Promise.all([
    askDirectory(env),
    askForge(env),
    ask(env, env.BACK_OFFICE_URL, BACK_OFFICE_HEALTH_PATH, {}),
  ])
  const { issuers, findings: faults } = readIssuers(env)
  const identityProviders =
    faults.length > 0 ? 'misconfigured' : issuers.length > 0 ? 'ok' : 'absent'
  const dependencies = { directory, forge, backOffice, identityProviders } as const
  const needed = [directory, forge, backOffice]
  const ready = needed.every((state) => state === 'ok') && faults.length === 0
  return { ready, dependencies, findings: [...faults, ...forgeFindings(env), ...unset(env)] }
}

/** What is meant to be set outside a laptop, and works without. */
const unset = (env: Env): string[] =>
  env.BACKUPS || isLaptop(env) ? [] : ['BACKUPS is not set: nothing is exported.']

/** Keeps the answer, not the promise: what one request awaits must not hang on another's. */
const recent = () => {
  let kept: { until: number; state: Readiness } | undefined
  return async ({ env, get }: AppContext): Promise<Readiness> => {
    const now = get('clock')().getTime()
    if (kept && kept.until > now) return kept.state
    const state = await readiness(env)
    kept = { until: now + KEPT_MILLISECONDS, state }
    return state
  }
}

export const registerHealthRoutes = (app: App): void => {
  const tag = 'Health'
  const recentReadiness = recent()

  addRoute(
    app,
    {
      method: 'get',
      path: '/healthz',
      summary: 'Is the process up?',
      tag,
      action: 'open',
      answers: { 200: { text: 'Yes.', schema: z.strictObject({ status: z.literal('ok') }) } },
    },
    (c) => answerJson(c, { status: 'ok' }),
  )

  addRoute(
    app,
    {
      method: 'get',
      path: '/readyz',
      summary: 'Can it do its work?',
      description: 'Asks the Directory, the forge and the Functions, at most every few seconds.',
      tag,
      action: 'open',
      answers: {
        200: { text: 'Everything answers.', schema: Readiness, name: 'Readiness' },
        503: { text: 'Something named does not.', schema: Readiness, name: 'Readiness' },
      },
    },
    async (c) => {
      const state = await recentReadiness(c)
      return answerJson(c, state, { status: state.ready ? 200 : 503 })
    },
  )

  addRoute(
    app,
    {
      method: 'get',
      path: '/metrics',
      summary: 'Counters of the answering process',
      tag,
      action: 'platform.write',
      answers: {
        200: { text: 'Prometheus text format.', contentType: 'text/plain; version=0.0.4' },
      },
    },
    async (c) => {
      const who = await platformDoor(c, 'platform.write')
      if (!who.ok) return answerRefusal(c, who.refusal)
      await readGauges(c.env, c.get('counters'))
      return c.body(c.get('counters').text(), 200, { 'content-type': 'text/plain; version=0.0.4' })
    },
  )
}

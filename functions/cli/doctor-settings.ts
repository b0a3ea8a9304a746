// What `npm run doctor` asks and as whom: from the environment, as the Worker has it; without FORGE_APP_ID and FORGE_TOKEN, from
// the laptop that runs in PHOENIX_HOME.
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import * as z from 'zod'
import { forgeAppOf } from '../../edge-workers/forge-credentials/settings.ts'
import { publicUrlFault } from '../../edge-workers/public-url.ts'
import { loadSecrets } from '../local/secrets.ts'
import type { DoctorSettings } from './doctor-read.ts'

const Tenants = z.object({
  items: z.array(z.object({ repository: z.string() })),
  next: z.string().nullable(),
})
const PAGE = 200

/** Repositories of all tenants, as the operators' API lists them. */
const repositoriesOf = async (url: string, token: string): Promise<string[]> => {
  const all: string[] = []
  for (let next: string | null = `?limit=${PAGE}`; next !== null; ) {
    // Of where it goes on only the query: the token goes nowhere else.
    const answer: Response = await fetch(`${url}/v1/tenants${new URL(next, url).search}`, {
      ...{ headers: { authorization: `Bearer ${token}` }, signal: AbortSignal.timeout(10_000) },
    })
    if (!answer.ok)
      throw new Error(`Phoenix answers ${answer.status} to the question for its tenants`)
    const page = Tenants.parse(await answer.json())
    all.push(...page.items.map(({ repository }) => repository))
    next = page.next
  }
  return all
}

const once = (names: (string | undefined)[]): string[] => [
  ...new Set(names.filter((name): name is string => name !== undefined && name !== '')),
]

const fromEnvironment = async (
  environment: NodeJS.ProcessEnv,
  named: string[],
): Promise<DoctorSettings> => {
  const { FORGE_APP_KEY_FILE, PUBLIC_URL, PHOENIX_TOKEN } = environment
  const fault = PUBLIC_URL ? publicUrlFault(PUBLIC_URL) : null
  if (fault !== null) throw new Error(fault)
  const FORGE_APP_KEY =
    environment.FORGE_APP_KEY ??
    (FORGE_APP_KEY_FILE ? await readFile(FORGE_APP_KEY_FILE, 'utf8') : '')
  const { FORGE_APP_ID = '', FORGE_INSTALLATION_ID = '', FORGE_TOKEN } = environment
  const app = forgeAppOf({ FORGE_APP_ID, FORGE_APP_KEY, FORGE_INSTALLATION_ID })
  if (app === null && FORGE_APP_ID !== '')
    throw new Error('FORGE_APP_ID and FORGE_APP_KEY (or FORGE_APP_KEY_FILE) belong together')
  const tenants =
    named.length === 0 && PUBLIC_URL && PHOENIX_TOKEN
      ? await repositoriesOf(PUBLIC_URL, PHOENIX_TOKEN)
      : []
  return {
    simulated: false,
    apiUrl: environment.FORGE_API_URL ?? 'https://api.github.com',
    ...{ app, token: FORGE_TOKEN ?? null },
    administratorToken: environment.FORGE_ADMIN_TOKEN ?? null,
    webhookWanted: PUBLIC_URL ? `${PUBLIC_URL}/webhooks/github` : null,
    repositories:
      named.length > 0 ? once(named) : once([environment.PLATFORM_REPOSITORY, ...tenants]),
  }
}

const Local = z.object({
  url: z.string(),
  forgeUrl: z.string(),
  repository: z.string(),
  platform: z.object({ repository: z.string() }),
  tokens: z.object({ operator: z.string() }),
  forgeTokens: z.object({ administrator: z.string() }),
})

const fromLaptop = async (home: string, named: string[]): Promise<DoctorSettings> => {
  const text = await readFile(join(home, 'local.json'), 'utf8').catch(() => null)
  if (text === null) {
    throw new Error(
      'Set FORGE_APP_ID and FORGE_APP_KEY (or FORGE_TOKEN), or start the laptop: nothing says which forge to look at.',
    )
  }
  const { url, forgeUrl, repository, platform, tokens, forgeTokens } = Local.parse(JSON.parse(text))
  const { forgeApp } = await loadSecrets(home)
  const tenants = named.length > 0 ? [] : await repositoriesOf(url, tokens.operator)
  return {
    simulated: true,
    apiUrl: `${forgeUrl}/api/v3`,
    ...{ app: { ...forgeApp, installation: null }, token: null },
    administratorToken: forgeTokens.administrator,
    webhookWanted: `${url}/webhooks/github`,
    repositories:
      named.length > 0 ? once(named) : once([platform.repository, repository, ...tenants]),
  }
}

/** `named`: repositories on the command line. Absent: the platform's and every tenant's. */
export const doctorSettings = (
  environment: NodeJS.ProcessEnv,
  named: string[],
): Promise<DoctorSettings> =>
  environment.FORGE_APP_ID || environment.FORGE_TOKEN
    ? fromEnvironment(environment, named)
    : fromLaptop(resolve(environment.PHOENIX_HOME ?? '.phoenix'), named)

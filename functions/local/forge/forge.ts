// The laptop's simulated Git forge: GitHub's REST API, Git over HTTP, webhooks and pages over real bare repositories.
// It listens on 127.0.0.1 only. It is a stand-in: one webhook for all repositories, public reading, no organisations.
import { mkdir } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type AccountOption, createAccounts } from './accounts.ts'
import { type AppOption, createApps } from './apps.ts'
import { createQueues, type ForgeContext, ForgeRefusal, listRepositories } from './context.ts'
import { requireGit } from './git/run.ts'
import { toRequest, writeRefusal, writeResponse } from './http.ts'
import { createOAuth, type OAuthApplication } from './oauth.ts'
import { observe } from './observe.ts'
import { exchangeCode } from './pages/authorize-page.ts'
import { createPages } from './pages/pages.ts'
import {
  clearLocks,
  clearUnfinished,
  createRepository,
  type NewRepository,
} from './repositories.ts'
import { API_PATH, createApi } from './rest/api.ts'
import { addInstallation } from './rest/app.ts'
import { addChecksAndHooks } from './rest/checks-and-hooks.ts'
import { addContents } from './rest/contents.ts'
import { addGitDatabase } from './rest/git-database.ts'
import { addPullRequests } from './rest/pull-requests.ts'
import { addRules } from './rest/rules.ts'
import { type ForgeRules, RULES } from './rules.ts'
import { matchGit, serveGit } from './smart-http.ts'
import { openStore } from './store.ts'
import { createWebhooks, type WebhookTarget } from './webhooks.ts'

const HOST = '127.0.0.1'

export interface ForgeOptions {
  /** Folder for repositories and state; made when it is not there. One forge at a time may use it. */
  home: string
  /** 0 takes any free port. */
  port?: number
  accounts: AccountOption[]
  webhook?: WebhookTarget
  /** The one OAuth application that is known. */
  oauth?: OAuthApplication
  /** The one GitHub App that is known; it is installed on every repository. */
  app?: AppOption
  /** Absent: those of rules.ts. */
  rules?: ForgeRules
  /** Name of the check that a merge into `main` waits for. */
  gateContext?: string
  /** A sentence for people, shown on every page. */
  simulatedNote?: string
  now?: () => Date
}

export interface ForgeHandle {
  /** Base address, `http://127.0.0.1:<port>`; the REST API is below `/api/v3`. */
  url: string
  createRepository(input: NewRepository): Promise<{ created: boolean }>
  /** Where events go from now on; null for nowhere. Events that no attempt was made for are sent now. */
  setWebhook(target: WebhookTarget | null): void
  /** May be called more than once. */
  close(): Promise<void>
}

const listen = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, HOST, () => {
      server.off('error', reject)
      resolve()
    })
  })

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>

/** A name that is not ours in `Host` is a page elsewhere whose name was bent to this address. */
const requireOwnHost = (request: IncomingMessage, port: number): void => {
  const hosts = [`${HOST}:${port}`, `localhost:${port}`]
  if (!hosts.includes(request.headers.host ?? ''))
    throw new ForgeRefusal(421, 'This address is served under 127.0.0.1 and localhost only')
}

const createHandler = (forge: ForgeContext, port: number): Handler => {
  const parts = [
    ...[addChecksAndHooks, addGitDatabase, addContents, addPullRequests],
    ...[addInstallation, addRules],
  ]
  const api = createApi(forge, parts)
  const pages = createPages(forge)
  return async (request, response) => {
    requireOwnHost(request, port)
    const call = matchGit(forge, request)
    if (call) return serveGit(forge, call, request, response)
    const asked = await toRequest(forge.url, request)
    if (request.method === 'POST' && request.url === '/login/oauth/access_token')
      return writeResponse(await exchangeCode(forge, asked), response)
    const app = request.url?.startsWith(API_PATH) ? api : pages
    await writeResponse(await app.fetch(asked), response)
  }
}

const refuse = (error: unknown, response: ServerResponse): void => {
  const isRefusal = error instanceof ForgeRefusal
  if (!isRefusal)
    console.error('simulated forge:', error instanceof Error ? error.message : 'unknown failure')
  writeRefusal(isRefusal ? error : new ForgeRefusal(500, 'Server Error'), response)
}

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Work that had begun ends before the state is closed under it. */
const closeAll = async (server: Server, forge: ForgeContext): Promise<void> => {
  await closeServer(server)
  await Promise.all(listRepositories(forge).map((each) => forge.alone(each, async () => {})))
  await forge.hooks.close()
  forge.store.close()
}

/**
 * Starts the forge, after it has recorded whatever a crash kept it from recording.
 * @throws Error when git is missing or older than 2.38;
 * the system's error, with `code` EADDRINUSE and `port`, when the port is taken.
 */
export const startForge = async ({
  home,
  port = 0,
  accounts,
  webhook,
  oauth,
  app,
  rules = RULES,
  gateContext = 'phoenix/gate',
  simulatedNote = 'Simulated forge of this laptop.',
  now = () => new Date(),
}: ForgeOptions): Promise<ForgeHandle> => {
  await requireGit()
  let handler: Handler = async () => {
    throw new ForgeRefusal(503, 'Starting')
  }
  const server = createServer((request, response) => {
    handler(request, response).catch((error: unknown) => refuse(error, response))
  })
  await listen(server, port)
  const bound = (server.address() as AddressInfo).port
  try {
    await mkdir(join(home, 'repositories'), { recursive: true })
    await clearUnfinished(home)
    const store = openStore(join(home, 'forge.sqlite'))
    const hooks = createWebhooks(store, { now, target: webhook ?? null })
    const known = createAccounts(accounts)
    const forge: ForgeContext = {
      ...{ url: `http://${HOST}:${bound}`, home, gateContext, simulatedNote, store, hooks, now },
      ...{ accounts: known, rules },
      apps: app ? createApps(app, { accounts: known, now }) : null,
      oauth: oauth ? createOAuth(oauth, now) : null,
      alone: createQueues(),
    }
    for (const repository of listRepositories(forge)) {
      await clearLocks(repository)
      await observe(forge, repository)
    }
    hooks.flush()
    handler = createHandler(forge, bound)
    let closing: Promise<void> | null = null
    return {
      url: forge.url,
      createRepository: (input) => createRepository(forge, input),
      setWebhook: hooks.configure,
      close: () => {
        closing ??= closeAll(server, forge)
        return closing
      },
    }
  } catch (error) {
    await closeServer(server)
    throw error
  }
}

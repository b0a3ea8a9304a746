// What the tests here share: a forge on a free port in a temporary folder, real Octokit clients, the real git client,
// and a receiver of webhooks. Tests only.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Octokit } from '@octokit/rest'
import { onTestFinished } from 'vitest'
import type { AccountOption } from './accounts.ts'
import { type ForgeHandle, type ForgeOptions, startForge } from './forge.ts'
import { gitEnvironment } from './git/run.ts'

export const ACCOUNTS: AccountOption[] = [
  { login: 'phoenix[bot]', token: 'app-token', kind: 'app', displayName: 'Phoenix' },
  { login: 'rosa', token: 'rosa-token', kind: 'administrator', displayName: 'Rosa' },
  {
    ...{ login: 'ada', token: 'ada-token', kind: 'write', displayName: 'Ada' },
    keys: ['ssh-ed25519 AAAA', 'ssh-rsa BBBB'],
  },
  { login: 'eve', token: 'eve-token', kind: 'read', displayName: 'Eve' },
]
export const GATE = 'phoenix/gate'
export const AUTHOR = {
  name: 'Phoenix',
  email: 'phoenix@example.org',
  date: '2026-01-02T03:04:05Z',
}

export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'phoenix-forge-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface TestForge extends ForgeHandle {
  home: string
  /** A client of an account, or of nobody. */
  as(login: string | null): Octokit['rest']
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A forge with the repository `dbis/gitops`. Closed with the test. */
export const openForge = async (options: Partial<ForgeOptions> = {}): Promise<TestForge> => {
  const home = options.home ?? (await temporaryFolder())
  const forge = await startForge({ accounts: ACCOUNTS, ...options, home })
  onTestFinished(forge.close)
  await forge.createRepository({
    fullName: 'dbis/gitops',
    files: [
      { path: 'README.md', content: '# Manifests\n' },
      { path: 'rendered/one.yaml', content: 'a: 1\n' },
    ],
    message: 'Start\n',
    author: { name: AUTHOR.name, email: AUTHOR.email },
    date: '2026-01-01T00:00:00Z',
  })
  const as = (login: string | null) => {
    const auth = ACCOUNTS.find((account) => account.login === login)?.token
    const baseUrl = `${forge.url}/api/v3`
    return new Octokit({ ...(auth ? { auth } : {}), baseUrl, log: SILENT }).rest
  }
  return { ...forge, home, as }
}

export const AT = { owner: 'dbis', repo: 'gitops' }
export const bareOf = ({ home }: TestForge): string =>
  join(home, 'repositories', 'dbis', 'gitops.git')

export const tip = async (forge: TestForge, branch: string): Promise<string> =>
  (await forge.as(null).git.getRef({ ...AT, ref: `heads/${branch}` })).data.object.sha

/** One commit over a branch's tip, on no branch yet. */
export const commitOver = async (
  forge: TestForge,
  {
    base = 'main',
    files,
    message = 'Change\n',
  }: { base?: string; files: Record<string, string | null>; message?: string },
): Promise<{ sha: string; tree: string }> => {
  const { git, repos } = forge.as('phoenix[bot]')
  const { data } = await repos.getBranch({ ...AT, branch: base })
  const tree = await git.createTree({
    ...AT,
    base_tree: data.commit.commit.tree.sha,
    tree: Object.entries(files).map(([path, content]) => ({
      ...{ path, mode: '100644' as const, type: 'blob' as const },
      ...(content === null ? { sha: null } : { content }),
    })),
  })
  const commit = await git.createCommit({
    ...{ ...AT, message, tree: tree.data.sha, parents: [data.commit.sha] },
    ...{ author: AUTHOR, committer: AUTHOR },
  })
  return { sha: commit.data.sha, tree: tree.data.sha }
}

/** A branch with one commit and its pull request, opened by the App. */
export const propose = async (
  forge: TestForge,
  branch: string,
  files: Record<string, string | null> = { [`changes/${branch}.json`]: '{}\n' },
): Promise<{ number: number; headSha: string }> => {
  const { git, pulls } = forge.as('phoenix[bot]')
  const { sha } = await commitOver(forge, { files })
  await git.createRef({ ...AT, ref: `refs/heads/${branch}`, sha })
  const opened = await pulls.create({ ...AT, head: branch, base: 'main', title: branch, body: '' })
  return { number: opened.data.number, headSha: sha }
}

export const postGate = (
  forge: TestForge,
  headSha: string,
  conclusion: 'success' | 'failure',
  login = 'phoenix[bot]',
) =>
  forge.as(login).checks.create({
    ...{ ...AT, name: GATE, head_sha: headSha, status: 'completed', conclusion },
    output: { title: conclusion, summary: 'What was read' },
  })

/** Status and message of a call that must be refused. */
export const refusal = async (
  call: Promise<unknown>,
): Promise<{ status: number; message: string }> => {
  try {
    await call
  } catch (error) {
    if (error instanceof Error && 'status' in error && typeof error.status === 'number')
      return { status: error.status, message: error.message }
    throw error
  }
  throw new Error('the call was not refused')
}

/** Runs the git client of a person: no hooks, no configuration of this machine. */
export const runGit = (
  folder: string,
  ...args: string[]
): Promise<{ code: number | null; out: string }> =>
  new Promise((resolve, reject) => {
    const identity = ['author', 'committer'].flatMap((who): [string, string][] => [
      [`${who}.name`, 'Ada'],
      [`${who}.email`, 'ada@example.org'],
    ])
    const child = spawn('git', args, { cwd: folder, env: gitEnvironment(identity) })
    let out = ''
    child.stdout.on('data', (piece: Buffer) => {
      out += piece
    })
    child.stderr.on('data', (piece: Buffer) => {
      out += piece
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out: out.trim() }))
  })

export interface ReceivedHook {
  headers: IncomingHttpHeaders
  body: string
}

/** Takes webhooks; `next` waits for the first not yet seen that fits. */
export const receiveHooks = async ({ status = 204 }: { status?: number } = {}) => {
  const received: ReceivedHook[] = []
  let wake = () => {}
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (piece: Buffer) => {
      body += piece
    })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      response.writeHead(status).end()
      wake()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const next = async (event: string, action?: string): Promise<ReceivedHook> => {
    while (true) {
      const index = received.findIndex(
        ({ headers, body }) =>
          headers['x-github-event'] === event &&
          (action === undefined || JSON.parse(body).action === action),
      )
      const [found] = index < 0 ? [] : received.splice(index, 1)
      if (found) return found
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, next, received }
}

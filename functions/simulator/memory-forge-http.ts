// The forge in memory behind GitHub's REST API, as a fetch: what goes through the real Octokit client without a socket or a
// Git process. One memory forge per repository; only the calls that the adapter makes; no permissions.
import type { Forge, PullRequest } from '../../schemas/ports.ts'
import { treeId } from './git-ids.ts'
import type { Files } from './git-objects.ts'
import { createMemoryForge, type MemoryForge } from './memory-forge.ts'

const answer = (status: number, body: unknown): Response =>
  status === 204 ? new Response(null, { status }) : Response.json(body, { status })
const refused = (status: number): Response => answer(status, { message: 'refused', status })

const pullJson = (pull: PullRequest) => ({
  ...{ number: pull.number, html_url: pull.url, state: pull.state, merged: pull.merged },
  ...{ merged_at: pull.merged ? '2026-01-01T00:00:00Z' : null, body: pull.body },
  merge_commit_sha: pull.mergeSha,
  head: { sha: pull.headSha, ref: pull.headBranch },
  base: { ref: pull.baseBranch },
  merged_by: pull.mergedBy === null ? null : { login: pull.mergedBy, id: pull.mergedByAccount },
})

interface Asked {
  forge: Forge
  memory: MemoryForge
  /** What stands in the brackets of the route. */
  at: string[]
  query: URLSearchParams
  // Octokit's own body: its shape is the adapter's to keep.
  // biome-ignore lint/suspicious/noExplicitAny: JSON off the wire, in a stand-in
  body: any
}
type Route = [method: string, path: RegExp, (asked: Asked) => Promise<Response>]

const author = { name: 'Tree', email: 'tree@example.org', date: '2026-01-01T00:00:00Z' }

const compared = async ({ forge, at: [base = '', head = ''] }: Asked): Promise<Response> => {
  const found = await forge.compare(base, head, { commits: true })
  if (!found) return refused(404)
  const { baseSha, baseParents, forward, commits, files } = found
  return answer(200, {
    status: forward ? 'ahead' : 'diverged',
    base_commit: { sha: baseSha, parents: baseParents.map((sha) => ({ sha })) },
    commits: commits.map(({ sha, parents, message }) => ({
      ...{ sha, parents: parents.map((parent) => ({ sha: parent })), commit: { message } },
    })),
    files: files.map(({ path, blob }) => ({
      ...{ filename: path, status: blob === null ? 'removed' : 'modified', sha: blob },
    })),
  })
}

/** Folders that were shown, by the ids of their trees. */
const folders = new Map<string, Files>()

const treeOf = async ({ memory, at: [ref = ''] }: Asked): Promise<Response> => {
  const files =
    folders.get(ref) ?? (memory.branches.has(ref) ? memory.contentsOf(ref) : memory.contentsAt(ref))
  const inside = new Map<string, Map<string, string>>()
  const blobs: { path: string; type: string; sha: string }[] = []
  for (const [path, sha] of files) {
    const [name = '', ...rest] = path.split('/')
    if (rest.length === 0) blobs.push({ path: name, type: 'blob', sha })
    else inside.set(name, (inside.get(name) ?? new Map()).set(rest.join('/'), sha))
  }
  const trees = [...inside].map(([path, within]) => {
    const sha = treeId(within)
    folders.set(sha, within)
    return { path, type: 'tree', sha }
  })
  return answer(200, { sha: ref, tree: [...blobs, ...trees], truncated: false })
}

const routes: Route[] = [
  [
    'GET',
    /^\/branches\/(.+)$/,
    async ({ forge, at: [branch = ''] }) => {
      const head = await forge.readBranch(branch)
      if (!head) return refused(404)
      const { sha, tree, parents, message, committer } = head
      return answer(200, {
        commit: {
          ...{ sha, parents: parents.map((parent) => ({ sha: parent })) },
          commit: { tree: { sha: tree }, message, committer: { email: committer } },
        },
      })
    },
  ],
  [
    'POST',
    /^\/git\/trees$/,
    async ({ forge, body }) => {
      const files = body.tree.map(({ path, content }: { path: string; content?: string }) => ({
        ...{ path, content: content ?? null },
      }))
      const input = { baseTree: body.base_tree, parents: [], files, message: 'tree', author }
      const made = await forge.writeCommit(input)
      return made ? answer(201, { sha: made.tree }) : refused(422)
    },
  ],
  [
    'POST',
    /^\/git\/commits$/,
    async ({ forge, body }) => {
      const { message, tree: baseTree, parents } = body
      const made = { baseTree, parents, files: [], message, author: body.author }
      const written = await forge.writeCommit(made)
      return written ? answer(201, { sha: written.sha }) : refused(422)
    },
  ],
  [
    'POST',
    /^\/git\/refs$/,
    async ({ forge, body: { ref, sha } }) => {
      const made = await forge.createBranch(ref.replace('refs/heads/', ''), sha)
      return made === 'created' ? answer(201, { object: { sha } }) : refused(422)
    },
  ],
  [
    'PATCH',
    /^\/git\/refs\/heads\/(.+)$/,
    async ({ forge, at: [branch = ''], body: { sha, force } }) =>
      (await forge.moveBranch(branch, sha, { force })) === 'moved'
        ? answer(200, { object: { sha } })
        : refused(422),
  ],
  [
    'DELETE',
    /^\/git\/refs\/heads\/(.+)$/,
    async ({ forge, at: [branch = ''] }) =>
      (await forge.deleteBranch(branch)) === 'deleted' ? answer(204, null) : refused(422),
  ],
  [
    'GET',
    /^\/git\/matching-refs\/heads\/(.*)$/,
    async ({ forge, at: [prefix = ''] }) =>
      answer(
        200,
        (await forge.listBranches(prefix)).map(({ branch, sha }) => ({
          ...{ ref: `refs/heads/${branch}`, object: { sha } },
        })),
      ),
  ],
  [
    'POST',
    /^\/pulls$/,
    async ({ forge, body }) => {
      const opened = await forge.openPull(body)
      return opened === 'exists' ? refused(422) : answer(201, pullJson(opened))
    },
  ],
  [
    'GET',
    /^\/pulls$/,
    async ({ forge, query }) => {
      const branch = (query.get('head') ?? '').replace(/^[^:]*:/, '')
      return answer(200, (await forge.findPulls(branch)).map(pullJson))
    },
  ],
  [
    'GET',
    /^\/pulls\/(\d+)\/reviews$/,
    async ({ forge, at: [number] }) =>
      answer(
        200,
        (await forge.listReviews(Number(number))).map(({ login, account, state, headSha }) => ({
          ...{ user: { login, id: account }, state: state.toUpperCase(), commit_id: headSha },
        })),
      ),
  ],
  [
    'GET',
    /^\/pulls\/(\d+)$/,
    async ({ forge, at: [number] }) => {
      const pull = await forge.readPull(Number(number))
      return pull ? answer(200, pullJson(pull)) : refused(404)
    },
  ],
  [
    'PATCH',
    /^\/pulls\/(\d+)$/,
    async ({ forge, at: [number], body }) => {
      await forge.updatePull(Number(number), body)
      const pull = await forge.readPull(Number(number))
      return pull ? answer(200, pullJson(pull)) : refused(404)
    },
  ],
  [
    'PUT',
    /^\/pulls\/(\d+)\/merge$/,
    async ({ forge, at: [number], body }) => {
      const { sha, commit_title: title, commit_message: message } = body
      const merged = await forge.mergePull(Number(number), { expectedHead: sha, title, message })
      return 'merged' in merged ? answer(200, { sha: merged.merged }) : refused(405)
    },
  ],
  [
    'POST',
    /^\/check-runs$/,
    async ({ forge, body }) => {
      const { head_sha: headSha, conclusion, output, details_url, external_id } = body
      const said = { ...output, detailsUrl: details_url, externalId: external_id }
      await forge.postGate({ headSha, green: conclusion === 'success', ...said })
      return answer(201, { head_sha: headSha })
    },
  ],
  ['GET', /^\/git\/trees\/(.+)$/, treeOf],
  ['GET', /^\/compare\/(.+)\.\.\.(.+)$/, compared],
  [
    'GET',
    /^\/contents\/(.+)$/,
    async ({ forge, at: [path = ''], query }) => {
      const ref = query.get('ref') ?? 'main'
      const sha = await forge.readBlob(path, ref)
      const text = (await forge.readFile(path, ref)) ?? ''
      const content = Buffer.from(text).toString('base64')
      return sha === null ? refused(404) : answer(200, { type: 'file', sha, content })
    },
  ],
]

const PATH = /^\/api\/v3\/repos\/([^/]+\/[^/]+)(\/.*)$/

export interface HttpMemoryForge {
  apiUrl: string
  fetch: typeof fetch
  /** The forge behind a repository, made if need be. */
  of: (repository: string) => MemoryForge
}

export const memoryForgeOverHttp = (): HttpMemoryForge => {
  const forges = new Map<string, MemoryForge>()
  const of = (repository: string): MemoryForge => {
    const known = forges.get(repository)
    if (known) return known
    const made = createMemoryForge()
    forges.set(repository, made)
    return made
  }
  return {
    apiUrl: 'http://forge.invalid/api/v3',
    of,
    fetch: async (input, init) => {
      const { pathname, searchParams: query } = new URL(String(input))
      const [, repository, path] = PATH.exec(decodeURIComponent(pathname)) ?? []
      if (repository === undefined || path === undefined) return refused(404)
      for (const [method, shape, run] of routes) {
        const found = method === (init?.method ?? 'GET') ? shape.exec(path) : null
        if (!found) continue
        const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {}
        const memory = of(repository)
        return run({ forge: memory.forge, memory, at: found.slice(1), query, body })
      }
      return refused(404)
    },
  }
}

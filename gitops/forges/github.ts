// The Forge port on GitHub's REST API (docs.github.com/rest, version 2022-11-28), through @octokit/rest.
// It translates; it decides nothing. Absent is null, denied is Denied, unreachable or limited is Outage (github-answers.ts).
import { Octokit } from '@octokit/rest'
import type { GitSha } from '../../schemas/ids.ts'
import type { CommitSummary, FileState, Forge, PullRequest, Review } from '../../schemas/ports.ts'
import { Outage } from '../../schemas/result.ts'
import { blobsOfTrees, isByTrees, type ReadTree } from './blobs.ts'
import {
  accountOf,
  allPages,
  call,
  followed,
  PAGE,
  shaOf,
  TOO_LONG,
  TOO_LONG_SECONDS,
  within,
} from './github-answers.ts'

/** GitHub's base64 has line breaks. */
const textOf = (base64: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(base64.replaceAll('\n', '')), (one) => one.charCodeAt(0)),
  )

/** Of a check's summary and of its text (docs.github.com/rest/checks/runs). */
const CHECK_TEXT_CHARACTERS = 65_535
export const GATE_NAME = 'phoenix/gate'
const TIMEOUT_MILLISECONDS = 10_000
/** A comparison lists at most this many files (docs.github.com/rest/commits, compare two commits). */
const FILES_SHOWN = 300
/** Pages of commits between two branches. Whoever imports a repository into main brings thousands. */
const COMMIT_PAGES = 100

export interface GitHubOptions {
  baseUrl: string
  /** Absent: `fetch` brings its own. */
  token?: string
  /** `owner/name`. */
  repository: string
  fetch: typeof fetch
  /** Whether the token is an App installation's, so that the required check can be pinned to it. */
  pinnedGate?: boolean
  /** For one call, its body included. */
  timeoutMilliseconds?: number
}

interface RawPull {
  number: number
  html_url: string
  state: string
  merged?: boolean
  merged_at?: string | null
  merge_commit_sha: string | null
  head: { sha: string; ref: string }
  base: { ref: string }
  body: string | null
  merged_by?: { login: string; id?: number } | null
}

const toPull = (raw: RawPull): PullRequest => {
  const merged = raw.merged ?? (raw.merged_at !== null && raw.merged_at !== undefined)
  return {
    number: raw.number,
    url: raw.html_url,
    state: raw.state === 'open' ? 'open' : 'closed',
    merged,
    // Before the merge GitHub shows a test merge here: it means nothing.
    mergeSha: merged && raw.merge_commit_sha !== null ? shaOf(raw.merge_commit_sha) : null,
    headSha: shaOf(raw.head.sha),
    headBranch: raw.head.ref,
    baseBranch: raw.base.ref,
    body: raw.body ?? '',
    mergedBy: raw.merged_by?.login ?? null,
    ...(raw.merged_by?.id === undefined ? {} : { mergedByAccount: raw.merged_by.id }),
  }
}

const REVIEW_STATES: Record<string, Review['state']> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  DISMISSED: 'dismissed',
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

export const createGitHubForge = ({
  baseUrl,
  token,
  repository,
  fetch,
  pinnedGate = false,
  timeoutMilliseconds = TIMEOUT_MILLISECONDS,
}: GitHubOptions): Forge => {
  const [owner = '', repo = ''] = repository.split('/')
  const at = { owner, repo }
  const { git, pulls, checks, repos, users } = new Octokit({
    ...(token === undefined ? {} : { auth: token }),
    baseUrl,
    userAgent: 'phoenix',
    request: { fetch: within(fetch, timeoutMilliseconds) },
    log: SILENT,
  }).rest

  const readBlob: Forge['readBlob'] = (path, ref) =>
    call(
      async () => {
        const { data } = await repos.getContent({ ...at, path, ref })
        return shaOf(Array.isArray(data) ? undefined : data.sha)
      },
      { 404: null },
    )

  const readTree: ReadTree = (ref) =>
    call(
      async () => {
        const { data } = await git.getTree({ ...at, tree_sha: ref })
        if (data.truncated) throw new Outage('forge', TOO_LONG, TOO_LONG_SECONDS)
        return data.tree.map(({ path = '', type = '', sha }) => ({ path, type, sha: shaOf(sha) }))
      },
      { 404: null },
    )

  return {
    abilities: { pinnedGate },

    readBranch: (branch) =>
      call(
        async () => {
          const { data } = await repos.getBranch({ ...at, branch })
          const { sha, parents, commit } = data.commit
          return {
            ...{ sha: shaOf(sha), tree: shaOf(commit.tree.sha) },
            parents: parents.map((parent) => shaOf(parent.sha)),
            message: commit.message,
            committer: commit.committer?.email ?? '',
          }
        },
        { 404: null },
      ),

    writeCommit: async ({ baseTree, parents, files, message, author }) => {
      const blob = { mode: '100644', type: 'blob' } as const
      const entries = files.map(({ path, content }) =>
        content === null ? { path, ...blob, sha: null } : { path, ...blob, content },
      )
      const tree = await call(
        async () =>
          shaOf((await git.createTree({ ...at, base_tree: baseTree, tree: entries })).data.sha),
        { 422: null },
      )
      if (tree === null) return null
      return call(async () => {
        const people = { author, committer: author }
        const commit = await git.createCommit({ ...at, message, tree, parents, ...people })
        return { sha: shaOf(commit.data.sha), tree }
      })
    },

    createBranch: (branch, sha) =>
      call(
        async () => {
          const { data } = await git.createRef({ ...at, ref: `refs/heads/${branch}`, sha })
          shaOf(data.object.sha)
          return 'created' as const
        },
        { 422: 'exists' as const },
      ),

    moveBranch: (branch, sha, { force }) =>
      call(
        async () => {
          const { data } = await git.updateRef({ ...at, ref: `heads/${branch}`, sha, force })
          shaOf(data.object.sha)
          return 'moved' as const
        },
        { 422: 'refused' as const },
      ),

    deleteBranch: (branch) =>
      call(
        async () => {
          const { status } = await git.deleteRef({ ...at, ref: `heads/${branch}` })
          if (status !== 204) throw new TypeError('not the answer to a deletion')
          return 'deleted' as const
        },
        { 404: 'absent' as const, 422: 'absent' as const },
      ),

    listBranches: (prefix) =>
      call(async () => {
        const query = { ...at, ref: `heads/${prefix}`, per_page: PAGE }
        const found = await followed(async (page) => git.listMatchingRefs({ ...query, page }))
        return found.map(({ ref, object }) => ({
          branch: ref.slice('refs/heads/'.length),
          sha: shaOf(object.sha),
        }))
      }),

    openPull: ({ head, base, title, body }) =>
      call(async () => toPull((await pulls.create({ ...at, head, base, title, body })).data), {
        422: 'exists' as const,
      }),

    findPulls: (head) =>
      call(async () => {
        const query = { ...at, head: `${owner}:${head}`, state: 'all', per_page: PAGE } as const
        const found = await allPages(async (page) => (await pulls.list({ ...query, page })).data)
        return found.map(toPull).sort((a, b) => a.number - b.number)
      }),

    readPull: (number) =>
      call(async () => toPull((await pulls.get({ ...at, pull_number: number })).data), {
        404: null,
      }),

    updatePull: async (number, change) => {
      await call(async () => {
        const { data } = await pulls.update({ ...at, pull_number: number, ...change })
        toPull(data)
      })
    },

    postGate: async ({ headSha, green, title, summary, text, detailsUrl, externalId }) => {
      const fits = text !== undefined && text.length <= CHECK_TEXT_CHARACTERS
      await call(async () => {
        const { data } = await checks.create({
          ...at,
          name: GATE_NAME,
          head_sha: headSha,
          status: 'completed',
          conclusion: green ? 'success' : 'failure',
          details_url: detailsUrl,
          external_id: externalId,
          // Left out whole where it is longer: half a checkpoint proves nothing.
          output: { title, summary, ...(fits ? { text } : {}) },
        })
        shaOf(data.head_sha)
      })
    },

    mergePull: (number, { expectedHead, title, message }) =>
      call<{ merged: GitSha } | { refused: string }, { refused: string }>(
        async () => {
          const { data } = await pulls.merge({
            ...at,
            pull_number: number,
            sha: expectedHead,
            merge_method: 'merge',
            commit_title: title,
            commit_message: message,
          })
          return { merged: shaOf(data.sha) }
        },
        {
          405: { refused: 'the gate or the branch rules forbid it' },
          409: { refused: 'the head has moved' },
          404: { refused: 'the pull request is gone' },
        },
      ),

    listReviews: (number) =>
      call(async () => {
        const query = { ...at, pull_number: number, per_page: PAGE }
        const found = await allPages(
          async (page) => (await pulls.listReviews({ ...query, page })).data,
        )
        return found.map((review) => ({
          login: review.user?.login ?? '',
          ...(review.user?.id === undefined ? {} : { account: review.user.id }),
          state: REVIEW_STATES[review.state] ?? 'commented',
          headSha: review.commit_id ?? '',
        }))
      }),

    keysOf: (login) =>
      call(
        async () => {
          const account = accountOf((await users.getByUsername({ username: login })).data)
          const query = { username: login, per_page: PAGE }
          const lists = [
            await allPages(
              async (page) => (await users.listPublicKeysForUser({ ...query, page })).data,
            ),
            await allPages(
              async (page) => (await users.listSshSigningKeysForUser({ ...query, page })).data,
            ),
          ]
          return { ...account, keys: [...new Set(lists.flat().map(({ key }) => key))] }
        },
        { 404: null },
      ),

    readBlob,

    readBlobs: async (paths, ref) => {
      if (isByTrees(paths)) return blobsOfTrees(readTree, paths, ref)
      const found: (GitSha | null)[] = []
      for (const path of paths) found.push(await readBlob(path, ref))
      return found
    },

    readFile: (path, ref) =>
      call(
        async () => {
          const { data } = await repos.getContent({ ...at, path, ref })
          if (Array.isArray(data)) return null
          shaOf(data.sha)
          // What is over a megabyte comes without its content.
          return data.type === 'file' && data.content ? textOf(data.content) : null
        },
        { 404: null },
      ),

    compare: (base, head, { commits: isWhole } = { commits: false }) =>
      call(
        async () => {
          const query = { ...at, basehead: `${base}...${head}`, per_page: isWhole ? PAGE : 1 }
          let first:
            | Awaited<ReturnType<typeof repos.compareCommitsWithBasehead>>['data']
            | undefined
          const commits = await allPages(async (page) => {
            const { data } = await repos.compareCommitsWithBasehead({ ...query, page })
            // The files come with the first page only.
            first ??= data
            return isWhole ? data.commits.map(toCommit) : []
          }, COMMIT_PAGES)
          const last = commits.length > PAGE ? commits.at(-1)?.sha : undefined
          const baseSha = shaOf(first?.base_commit.sha)
          if (last !== undefined) {
            // A branch may move between two pages: then the files were those of another commit than the last that is listed.
            const pinned = { ...query, basehead: `${baseSha}...${last}`, page: 1 }
            first = (await repos.compareCommitsWithBasehead(pinned)).data
          }
          const files = first?.files ?? []
          return {
            baseSha,
            baseParents: first?.base_commit.parents.map(({ sha }) => shaOf(sha)) ?? [],
            forward: first?.status === 'ahead' || first?.status === 'identical',
            commits,
            files: files.flatMap(toFileStates),
            filesComplete: files.length < FILES_SHOWN,
          }
        },
        { 404: null },
      ),
  }
}

const toCommit = (raw: {
  sha: string
  parents: { sha: string }[]
  commit: { message: string }
}): CommitSummary => ({
  sha: shaOf(raw.sha),
  parents: raw.parents.map(({ sha }) => shaOf(sha)),
  message: raw.commit.message,
})

/** A renamed file is gone from where it was. */
const toFileStates = (raw: {
  filename: string
  status: string
  sha: string | null
  previous_filename?: string
}): FileState[] => [
  ...(raw.status === 'renamed' && raw.previous_filename !== undefined
    ? [{ path: raw.previous_filename, blob: null }]
    : []),
  { path: raw.filename, blob: raw.status === 'removed' ? null : shaOf(raw.sha) },
]

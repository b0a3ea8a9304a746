// The Forge port on GitHub's REST API (docs.github.com/rest, version 2022-11-28), through @octokit/rest.
// It translates and classifies; it decides nothing. Absent is null, denied is Denied, unreachable or limited is Outage.
import { Octokit } from '@octokit/rest'
import type { CommitSummary, Forge, PullRequest, Review } from '../../schemas/ports.ts'
import { Denied, Outage } from '../../schemas/result.ts'

export const GATE_NAME = 'phoenix/gate'
const TIMEOUT_MILLISECONDS = 10_000

export interface GitHubOptions {
  baseUrl: string
  token: string
  /** `owner/name`. */
  repository: string
  fetch: typeof fetch
  /** Whether the token is an App installation's, so that the required check can be pinned to it. */
  pinnedGate?: boolean
}

interface HttpFailure {
  status: number
  response?: { headers?: Record<string, string | undefined> }
}
const isHttpFailure = (error: unknown): error is HttpFailure =>
  typeof error === 'object' &&
  error !== null &&
  'status' in error &&
  typeof error.status === 'number'

/** GitHub's answers as our three: 401/403/451 denied, 429 and rate-limited 403 and 5xx unreachable for a while. */
const classify = (error: unknown): Error => {
  if (!isHttpFailure(error)) return new Outage('forge', 'does not answer', 5, error)
  const headers = error.response?.headers ?? {}
  const retryAfter = Number(headers['retry-after'])
  const limited =
    error.status === 429 ||
    (error.status === 403 && (retryAfter > 0 || headers['x-ratelimit-remaining'] === '0'))
  if (limited)
    return new Outage('forge', 'limits the rate of requests', retryAfter > 0 ? retryAfter : 60)
  if (error.status >= 500) return new Outage('forge', `answers ${error.status}`)
  if (error.status === 401 || error.status === 403 || error.status === 451)
    return new Denied('forge', `answers ${error.status}`)
  return new Error(`forge: unexpected answer ${error.status}`)
}

/** Runs a call; a status named in `answers` is an answer and not a failure. */
const call = async <T, A = never>(
  run: () => Promise<T>,
  answers: Record<number, A> = {},
): Promise<T | A> => {
  try {
    return await run()
  } catch (error) {
    if (isHttpFailure(error) && Object.hasOwn(answers, error.status))
      return answers[error.status] as A
    throw classify(error)
  }
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
  merged_by?: { login: string } | null
}

const toPull = (raw: RawPull): PullRequest => {
  const merged = raw.merged ?? (raw.merged_at !== null && raw.merged_at !== undefined)
  return {
    number: raw.number,
    url: raw.html_url,
    state: raw.state === 'open' ? 'open' : 'closed',
    merged,
    // Before the merge GitHub shows a test merge here: it means nothing.
    mergeSha: merged ? raw.merge_commit_sha : null,
    headSha: raw.head.sha,
    headBranch: raw.head.ref,
    baseBranch: raw.base.ref,
    body: raw.body ?? '',
    mergedBy: raw.merged_by?.login ?? null,
  }
}

const REVIEW_STATES: Record<string, Review['state']> = {
  APPROVED: 'approved',
  CHANGES_REQUESTED: 'changes_requested',
  DISMISSED: 'dismissed',
}

export const createGitHubForge = ({
  baseUrl,
  token,
  repository,
  fetch,
  pinnedGate = false,
}: GitHubOptions): Forge => {
  const [owner = '', repo = ''] = repository.split('/')
  const at = { owner, repo }
  const timed: typeof globalThis.fetch = (input, init) =>
    fetch(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MILLISECONDS) })
  const { git, pulls, checks, repos } = new Octokit({
    auth: token,
    baseUrl,
    userAgent: 'phoenix',
    request: { fetch: timed },
    log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  }).rest

  return {
    abilities: { pinnedGate },

    readBranch: async (branch) => {
      const found = await call(() => repos.getBranch({ ...at, branch }), { 404: null })
      return found && { sha: found.data.commit.sha, tree: found.data.commit.commit.tree.sha }
    },

    writeCommit: async ({ baseTree, parents, files, message, author }) => {
      const tree = await call(() =>
        git.createTree({
          ...at,
          base_tree: baseTree,
          tree: files.map(({ path, content }) =>
            content === null
              ? { path, mode: '100644' as const, type: 'blob' as const, sha: null }
              : { path, mode: '100644' as const, type: 'blob' as const, content },
          ),
        }),
      )
      const commit = await call(() =>
        git.createCommit({
          ...at,
          message,
          tree: tree.data.sha,
          parents,
          author,
          committer: author,
        }),
      )
      return { sha: commit.data.sha, tree: tree.data.sha }
    },

    createBranch: (branch, sha) =>
      call(
        async () => {
          await git.createRef({ ...at, ref: `refs/heads/${branch}`, sha })
          return 'created' as const
        },
        { 422: 'exists' as const },
      ),

    moveBranch: (branch, sha, { force }) =>
      call(
        async () => {
          await git.updateRef({ ...at, ref: `heads/${branch}`, sha, force })
          return 'moved' as const
        },
        { 422: 'refused' as const, 403: 'refused' as const },
      ),

    deleteBranch: (branch) =>
      call(
        async () => {
          await git.deleteRef({ ...at, ref: `heads/${branch}` })
          return 'deleted' as const
        },
        { 404: 'absent' as const, 422: 'absent' as const },
      ),

    openPull: async ({ head, base, title, body }) => {
      const opened = await call(() => pulls.create({ ...at, head, base, title, body }), {
        422: 'exists' as const,
      })
      return opened === 'exists' ? 'exists' : toPull(opened.data)
    },

    findPulls: async (head) => {
      const found = await call(() =>
        pulls.list({ ...at, head: `${owner}:${head}`, state: 'all', per_page: 100 }),
      )
      return found.data.map(toPull).sort((a, b) => a.number - b.number)
    },

    readPull: async (number) => {
      const found = await call(() => pulls.get({ ...at, pull_number: number }), { 404: null })
      return found && toPull(found.data)
    },

    updatePull: async (number, change) => {
      await call(() => pulls.update({ ...at, pull_number: number, ...change }))
    },

    postGate: async ({ headSha, green, title, summary, detailsUrl, externalId }) => {
      await call(() =>
        checks.create({
          ...at,
          name: GATE_NAME,
          head_sha: headSha,
          status: 'completed',
          conclusion: green ? 'success' : 'failure',
          details_url: detailsUrl,
          external_id: externalId,
          output: { title, summary },
        }),
      )
    },

    mergePull: async (number, { expectedHead, title, message }) => {
      const answer = await call(
        () =>
          pulls.merge({
            ...at,
            pull_number: number,
            sha: expectedHead,
            merge_method: 'merge',
            commit_title: title,
            commit_message: message,
          }),
        {
          405: 'the gate or the branch rules forbid it' as const,
          409: 'the head has moved' as const,
          404: 'the pull request is gone' as const,
        },
      )
      return typeof answer === 'string' ? { refused: answer } : { merged: answer.data.sha }
    },

    listReviews: async (number) => {
      const found = await call(() =>
        pulls.listReviews({ ...at, pull_number: number, per_page: 100 }),
      )
      return found.data.map((review) => ({
        login: review.user?.login ?? '',
        state: REVIEW_STATES[review.state] ?? 'commented',
        headSha: review.commit_id ?? '',
      }))
    },

    compare: async (base, head) => {
      const found = await call(
        () =>
          repos.compareCommitsWithBasehead({ ...at, basehead: `${base}...${head}`, per_page: 100 }),
        { 404: null },
      )
      return (
        found && { baseSha: found.data.base_commit.sha, commits: found.data.commits.map(toCommit) }
      )
    },
  }
}

const toCommit = (raw: {
  sha: string
  parents: { sha: string }[]
  commit: { message: string }
}): CommitSummary => ({
  sha: raw.sha,
  parents: raw.parents.map(({ sha }) => sha),
  message: raw.commit.message,
})

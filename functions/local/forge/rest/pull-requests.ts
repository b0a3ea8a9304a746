// Pull requests, their files, commits, reviews, and the merge. https://docs.github.com/rest/pulls
import * as z from 'zod'
import { type Account, GHOST } from '../accounts.ts'
import { type ForgeContext, ForgeRefusal, type Repository } from '../context.ts'
import { commitsBetween, diffTrees, mergeBase, shortStat } from '../git/history.ts'
import { readCommits } from '../git/objects.ts'
import { type Mergeability, mergePull, readMergeability } from '../merge.ts'
import { commitJson, mergedJson, pullJson, reviewJson } from '../payloads.ts'
import * as pulls from '../pulls.ts'
import { listReviews, submitReview } from '../reviews.ts'
import type { PullRow } from '../store.ts'
import { type AddCalls, type Call, paginate, readBody, writer } from './api.ts'
import { fileJson } from './contents.ts'

/** GitHub's own limits of what a pull request lists. */
const FILES_LIMIT = 3000
const COMMITS_LIMIT = 250

const Text = z.string().refine((text) => !text.includes('\0'))
const OpenInput = z.object({
  head: z.string(),
  base: z.string(),
  title: Text,
  body: Text.nullable().default(''),
})
const UpdateInput = z.object({
  title: Text.optional(),
  body: Text.nullable().optional(),
  state: z.enum(['open', 'closed']).optional(),
})
const MergeInput = z.object({
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).default('merge'),
  commit_title: Text.max(1000).optional(),
  commit_message: Text.max(65_536).optional(),
})
const ReviewInput = z.object({
  event: z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT']),
  body: Text.default(''),
  commit_id: z.string().optional(),
})

/** `owner:branch` or `branch`; another owner has no branches here. */
const branchOf = ({ owner }: Repository, text: string): string => {
  const [first = '', second] = text.split(':', 2)
  if (second === undefined) return first
  return first.toLowerCase() === owner.toLowerCase() ? second : ''
}

const numberOf = (c: Call): number => {
  const text = c.req.param('number') ?? ''
  if (!/^\d{1,9}$/.test(text)) throw new ForgeRefusal(404, 'Not Found')
  return Number(text)
}

/** Where the pull request's own changes begin: what its two sides have in common. */
export const startOf = async ({ directory }: Repository, pull: PullRow): Promise<string> =>
  (await mergeBase(directory, pull.baseSha, pull.headSha)) ?? pull.baseSha

const stateOf = (ability: Mergeability | null): string => {
  if (ability === null) return 'unknown'
  if (ability.tree === null) return 'dirty'
  return ability.decision.allowed ? 'clean' : 'blocked'
}

/** Whoever looks, the state is the one for an account with no more than the right to write. */
const ANY_WRITER: Account = { ...GHOST, kind: 'write' }

const fullJson = async (forge: ForgeContext, repository: Repository, pull: PullRow) => {
  const { directory } = repository
  const ability =
    pull.state === 'open' ? await readMergeability(forge, repository, pull, ANY_WRITER) : null
  const start = await startOf(repository, pull)
  const [stat, shas] = await Promise.all([
    shortStat(directory, start, pull.headSha),
    commitsBetween(directory, { base: start, head: pull.headSha, limit: COMMITS_LIMIT }),
  ])
  return {
    ...pullJson(forge, repository, pull),
    ...mergedJson(forge, pull),
    mergeable: ability && ability.tree !== null,
    mergeable_state: stateOf(ability),
    rebaseable: false,
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: shas.length,
    additions: stat.additions,
    deletions: stat.deletions,
    changed_files: stat.files,
  }
}

const list = (forge: ForgeContext, c: Call): Response => {
  const repository = c.get('repository')
  const state = z.enum(['open', 'closed', 'all']).catch('open').parse(c.req.query('state'))
  const [head, base] = [c.req.query('head'), c.req.query('base')]
  const found = pulls.listPulls(forge, repository, {
    state,
    ...(head === undefined ? {} : { head: branchOf(repository, head) }),
    ...(base === undefined ? {} : { base }),
  })
  if (c.req.query('direction') === 'asc') found.reverse()
  return c.json(paginate(c, found).map((pull) => pullJson(forge, repository, pull)))
}

const merge = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const account = writer(c)
  const repository = c.get('repository')
  const input = await readBody(c, MergeInput)
  if (input.merge_method !== 'merge')
    throw new ForgeRefusal(405, 'Only merge commits are allowed on this repository.')
  const sha = await forge.alone(repository, () =>
    mergePull(forge, repository, account, numberOf(c), {
      expectedHead: input.sha ?? null,
      title: input.commit_title ?? null,
      message: input.commit_message ?? null,
      bypass: true,
    }),
  )
  return c.json({ sha, merged: true, message: 'Pull Request successfully merged' })
}

const listFiles = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const repository = c.get('repository')
  const pull = pulls.findPull(forge, repository, numberOf(c))
  const start = await startOf(repository, pull)
  const files = await diffTrees(repository.directory, start, pull.headSha)
  return c.json(
    paginate(c, files.slice(0, FILES_LIMIT)).map((file) =>
      fileJson(forge, repository, pull.headSha, file),
    ),
  )
}

const listCommits = async (forge: ForgeContext, c: Call): Promise<Response> => {
  const repository = c.get('repository')
  const pull = pulls.findPull(forge, repository, numberOf(c))
  const shas = await commitsBetween(repository.directory, {
    base: await startOf(repository, pull),
    head: pull.headSha,
    limit: COMMITS_LIMIT,
  })
  const commits = await readCommits(repository.directory, paginate(c, shas))
  return c.json(commits.map((commit) => commitJson(forge, repository, commit)))
}

export const addPullRequests: AddCalls = (api, forge) => {
  api.get('/pulls', (c) => list(forge, c))
  api.post('/pulls', async (c) => {
    const account = writer(c)
    const repository = c.get('repository')
    const { head, body, ...input } = await readBody(c, OpenInput)
    const pull = await forge.alone(repository, () =>
      pulls.openPull(forge, repository, account, {
        ...input,
        head: branchOf(repository, head),
        body: body ?? '',
      }),
    )
    return c.json(await fullJson(forge, repository, pull), 201)
  })
  api.get('/pulls/:number', async (c) => {
    const repository = c.get('repository')
    const pull = pulls.findPull(forge, repository, numberOf(c))
    return c.json(await fullJson(forge, repository, pull))
  })
  api.patch('/pulls/:number', async (c) => {
    const account = writer(c)
    const repository = c.get('repository')
    const update = await readBody(c, UpdateInput)
    const pull = await forge.alone(repository, () =>
      pulls.updatePull(forge, repository, account, numberOf(c), update),
    )
    return c.json(await fullJson(forge, repository, pull))
  })
  api.put('/pulls/:number/merge', (c) => merge(forge, c))
  api.get('/pulls/:number/files', (c) => listFiles(forge, c))
  api.get('/pulls/:number/commits', (c) => listCommits(forge, c))
  api.get('/pulls/:number/reviews', (c) => {
    const repository = c.get('repository')
    const pull = pulls.findPull(forge, repository, numberOf(c))
    const reviews = listReviews(forge, repository, pull.number)
    return c.json(paginate(c, reviews).map((review) => reviewJson(forge, repository, review)))
  })
  api.post('/pulls/:number/reviews', async (c) => {
    const account = writer(c)
    const repository = c.get('repository')
    const { event, body, commit_id } = await readBody(c, ReviewInput)
    const input = { event, body, commitId: commit_id ?? null }
    const review = await forge.alone(repository, () =>
      submitReview(forge, repository, account, numberOf(c), input),
    )
    return c.json(reviewJson(forge, repository, review))
  })
}

// The JSON of GitHub's REST API and webhooks for what we hold. Shapes only: nothing is looked up in Git here.
// https://docs.github.com/rest and https://docs.github.com/webhooks/webhook-events-and-payloads
import { type Account, mayWrite } from './accounts.ts'
import { type ForgeContext, type Repository, stamp } from './context.ts'
import type { Commit, Identity } from './git/objects.ts'
import { MAIN } from './rules.ts'
import type { CheckRow, DeliveryRow, PullRow, ReviewRow } from './store.ts'
import { HOOK_ID } from './webhooks.ts'

const nodeId = (kind: string, id: number | string): string =>
  Buffer.from(`${kind}:${id}`).toString('base64url')

export const apiUrl = (forge: ForgeContext, repository: Repository, rest = ''): string =>
  `${forge.url}/api/v3/repos/${repository.fullName}${rest}`

export const pageUrl = (forge: ForgeContext, repository: Repository, rest = ''): string =>
  `${forge.url}/${repository.fullName}${rest}`

export const userJson = (forge: ForgeContext, account: Account) => ({
  login: account.login,
  id: account.id,
  node_id: nodeId('User', account.id),
  type: account.kind === 'app' ? 'Bot' : 'User',
  site_admin: account.kind === 'administrator',
  avatar_url: '',
  url: `${forge.url}/api/v3/users/${encodeURIComponent(account.login)}`,
  html_url: forge.url,
})

const ownerJson = (forge: ForgeContext, { owner }: Repository) => ({
  login: owner,
  id: 1,
  node_id: nodeId('Organization', owner),
  type: 'Organization',
  site_admin: false,
  avatar_url: '',
  url: `${forge.url}/api/v3/orgs/${owner}`,
  html_url: forge.url,
})

export const repositoryJson = (
  forge: ForgeContext,
  repository: Repository,
  viewer: Account | null = null,
) => ({
  id: repository.id,
  node_id: nodeId('Repository', repository.id),
  name: repository.name,
  full_name: repository.fullName,
  private: false,
  visibility: 'public',
  fork: false,
  archived: false,
  disabled: false,
  description: forge.simulatedNote,
  owner: ownerJson(forge, repository),
  url: apiUrl(forge, repository),
  html_url: pageUrl(forge, repository),
  clone_url: `${pageUrl(forge, repository)}.git`,
  default_branch: MAIN,
  created_at: repository.createdAt,
  allow_merge_commit: true,
  allow_squash_merge: false,
  allow_rebase_merge: false,
  delete_branch_on_merge: false,
  permissions: {
    admin: viewer?.kind === 'administrator',
    push: mayWrite(viewer),
    pull: true,
  },
})

const identityJson = ({ name, email, seconds }: Identity) => ({
  name,
  email,
  date: stamp(new Date(seconds * 1000)),
})

const UNSIGNED = { verified: false, reason: 'unsigned', signature: null, payload: null }

/** A commit as the Git database shows it. */
export const gitCommitJson = (forge: ForgeContext, repository: Repository, commit: Commit) => ({
  sha: commit.sha,
  node_id: nodeId('Commit', commit.sha),
  url: apiUrl(forge, repository, `/git/commits/${commit.sha}`),
  html_url: pageUrl(forge, repository, `/commit/${commit.sha}`),
  author: identityJson(commit.author),
  committer: identityJson(commit.committer),
  tree: { sha: commit.tree, url: apiUrl(forge, repository, `/git/trees/${commit.tree}`) },
  message: commit.message,
  parents: commit.parents.map((sha) => ({
    sha,
    url: apiUrl(forge, repository, `/git/commits/${sha}`),
    html_url: pageUrl(forge, repository, `/commit/${sha}`),
  })),
  verification: UNSIGNED,
})

/** A commit as the repository shows it. */
export const commitJson = (forge: ForgeContext, repository: Repository, commit: Commit) => {
  const { sha, node_id, html_url, parents, ...inner } = gitCommitJson(forge, repository, commit)
  return {
    sha,
    node_id,
    url: apiUrl(forge, repository, `/commits/${sha}`),
    html_url,
    commit: { ...inner, comment_count: 0 },
    author: null,
    committer: null,
    parents,
  }
}

const branchJson = (forge: ForgeContext, repository: Repository, ref: string, sha: string) => ({
  label: `${repository.owner}:${ref}`,
  ref,
  sha,
  user: ownerJson(forge, repository),
  repo: repositoryJson(forge, repository),
})

/** A pull request as lists and webhooks show it. */
export const pullJson = (forge: ForgeContext, repository: Repository, pull: PullRow) => ({
  id: repository.id * 1_000_000 + pull.number,
  node_id: nodeId('PullRequest', `${repository.id}/${pull.number}`),
  number: pull.number,
  url: apiUrl(forge, repository, `/pulls/${pull.number}`),
  html_url: pageUrl(forge, repository, `/pull/${pull.number}`),
  state: pull.state,
  locked: false,
  draft: false,
  title: pull.title,
  body: pull.body,
  user: userJson(forge, forge.accounts.byLogin(pull.author)),
  created_at: pull.createdAt,
  updated_at: pull.updatedAt,
  closed_at: pull.closedAt,
  merged_at: pull.mergedAt,
  merge_commit_sha: pull.mergeSha,
  head: branchJson(forge, repository, pull.headRef, pull.headSha),
  base: branchJson(forge, repository, pull.baseRef, pull.baseSha),
  labels: [],
  assignees: [],
  requested_reviewers: [],
  requested_teams: [],
  author_association: 'MEMBER',
  auto_merge: null,
})

/** What one pull request says more than a list does. */
export const mergedJson = (forge: ForgeContext, pull: PullRow) => ({
  merged: pull.mergedAt !== null,
  merged_by: pull.mergedBy === null ? null : userJson(forge, forge.accounts.byLogin(pull.mergedBy)),
})

export const reviewJson = (forge: ForgeContext, repository: Repository, review: ReviewRow) => ({
  id: review.id,
  node_id: nodeId('PullRequestReview', review.id),
  user: userJson(forge, forge.accounts.byLogin(review.login)),
  body: review.body,
  state: review.state,
  commit_id: review.commitId,
  submitted_at: review.submittedAt,
  author_association: 'MEMBER',
  html_url: pageUrl(forge, repository, `/pull/${review.number}#review-${review.id}`),
  pull_request_url: apiUrl(forge, repository, `/pulls/${review.number}`),
})

export const checkJson = (forge: ForgeContext, repository: Repository, check: CheckRow) => ({
  id: check.id,
  node_id: nodeId('CheckRun', check.id),
  name: check.name,
  head_sha: check.headSha,
  external_id: check.externalId,
  url: apiUrl(forge, repository, `/check-runs/${check.id}`),
  html_url: pageUrl(forge, repository, `/commit/${check.headSha}`),
  details_url: check.detailsUrl,
  status: check.status,
  conclusion: check.conclusion,
  started_at: check.startedAt,
  completed_at: check.completedAt,
  output: {
    title: check.title,
    summary: check.summary,
    text: check.text,
    annotations_count: 0,
    annotations_url: apiUrl(forge, repository, `/check-runs/${check.id}/annotations`),
  },
  app: { id: forge.accounts.byLogin(check.login).id, slug: check.login.replace(/\[bot\]$/, '') },
  pull_requests: [],
})

export const deliveryJson = (delivery: DeliveryRow) => ({
  id: delivery.id,
  guid: delivery.guid,
  delivered_at: delivery.createdAt,
  redelivery: delivery.redelivery === 1,
  duration: (delivery.durationMs ?? 0) / 1000,
  status:
    delivery.statusCode === null
      ? 'pending'
      : delivery.statusCode >= 200 && delivery.statusCode < 300
        ? 'OK'
        : 'failed',
  status_code: delivery.statusCode ?? 0,
  event: delivery.event,
  action: delivery.action,
  installation_id: null,
  repository_id: delivery.repositoryId,
  hook_id: HOOK_ID,
})

/** What every webhook says besides its own subject. */
export const eventJson = (forge: ForgeContext, repository: Repository, sender: Account) => ({
  repository: repositoryJson(forge, repository),
  organization: { login: repository.owner },
  sender: userJson(forge, sender),
})

// Pages about repositories: the list, one repository, its pull requests, a commit, and files at a branch or commit.
import { html } from 'hono/html'
import { ForgeRefusal, listRepositories, type Repository, stamp } from '../context.ts'
import { diffTrees, recentCommits } from '../git/history.ts'
import { isSafePath, isSha } from '../git/names.ts'
import { type Commit, listTree, readCommits, readObjects, type TreeEntry } from '../git/objects.ts'
import { listReferences, resolveCommit } from '../git/references.ts'
import { EMPTY_TREE } from '../git/run.ts'
import { listPulls } from '../pulls.ts'
import { LIVE, MAIN } from '../rules.ts'
import type { ActivityRow, PullRow } from '../store.ts'
import {
  breadcrumb,
  type Frame,
  type Html,
  page,
  repositoryPath,
  shortSha,
  treePath,
  when,
} from './layout.ts'
import { fileChanges, fileContent } from './text.ts'

const COMMITS_SHOWN = 20
const PULLS_SHOWN = 200

export const stateTag = (pull: PullRow): Html => {
  const state = pull.mergedAt === null ? pull.state : 'merged'
  return html`<span class="tag ${state}">${state}</span>`
}

const subject = (commit: Commit): string => commit.message.split('\n', 1)[0] ?? ''

const pullRow = (repository: Repository, pull: PullRow): Html =>
  html`<li>
    ${stateTag(pull)}
    <a href="${repositoryPath(repository, `/pull/${pull.number}`)}">${pull.title}</a>
    <span class="muted small">#${pull.number} · ${pull.author} · ${when(pull.createdAt)}
    ${pull.bypassed === 1 ? html`<span class="tag warn">merged past the gate</span>` : ''}</span>
  </li>`

export const commitRow = (repository: Repository, commit: Commit): Html =>
  html`<li>
    ${shortSha(repository, commit.sha)} ${subject(commit)}
    <span class="muted small">${commit.author.name} · ${when(stamp(new Date(commit.author.seconds * 1000)))}</span>
  </li>`

export const homePage = (frame: Frame): Html =>
  page(
    frame,
    'Repositories',
    html`<h1>Repositories</h1>
      <ul class="rows">
        ${listRepositories(frame.forge).map(
          (each) => html`<li><a href="${repositoryPath(each)}">${each.fullName}</a></li>`,
        )}
      </ul>
      <p class="muted">Everything here runs on this machine and imitates a Git forge. Nothing leaves it.</p>`,
  )

export const pullsPage = (frame: Frame, repository: Repository): Html => {
  const pulls = listPulls(frame.forge, repository, { state: 'all' })
  return page(
    frame,
    `Pull requests of ${repository.fullName}`,
    html`${breadcrumb(repository)}
      <h1>Pull requests</h1>
      ${
        pulls.length === 0
          ? html`<p class="muted">None yet.</p>`
          : html`<ul class="rows">${pulls.slice(0, PULLS_SHOWN).map((pull) => pullRow(repository, pull))}</ul>`
      }`,
  )
}

const branchList = (repository: Repository, references: Map<string, string>): Html =>
  html`<ul class="rows">
    ${[...references].map(([ref, sha]) => {
      const name = ref.replace(/^refs\/(?:heads|tags)\//, '')
      const isProtected = ref === `refs/heads/${MAIN}` || ref === `refs/heads/${LIVE}`
      return html`<li>
        <a class="branch" href="${treePath(repository, name)}">${name}</a>
        ${isProtected ? html`<span class="tag">protected</span>` : ''}
        ${ref.startsWith('refs/tags/') ? html`<span class="tag">tag</span>` : ''}
        ${shortSha(repository, sha)}
      </li>`
    })}
  </ul>`

export const repositoryPage = async (frame: Frame, repository: Repository): Promise<Html> => {
  const { forge } = frame
  const references = await listReferences(repository.directory)
  const shas = await recentCommits(repository.directory, `refs/heads/${MAIN}`, COMMITS_SHOWN)
  const commits = await readCommits(repository.directory, shas)
  const open = listPulls(forge, repository, { state: 'open' })
  const sql = 'SELECT * FROM activity WHERE repositoryId = ? ORDER BY id DESC LIMIT 20'
  const activity = forge.store.all<ActivityRow>(sql, repository.id)
  return page(
    frame,
    repository.fullName,
    html`${breadcrumb(repository)}
      <h1>${repository.fullName}</h1>
      <pre>git clone ${forge.url}/${repository.fullName}.git</pre>
      <h2>Open pull requests (${open.length})</h2>
      ${
        open.length === 0
          ? html`<p class="muted">None. <a href="${repositoryPath(repository, '/pulls')}">All pull requests</a></p>`
          : html`<ul class="rows">${open.slice(0, PULLS_SHOWN).map((pull) => pullRow(repository, pull))}</ul>`
      }
      <h2>Branches and tags</h2>
      ${branchList(repository, references)}
      <h2>Latest commits on ${MAIN}</h2>
      <ul class="rows">${commits.map((commit) => commitRow(repository, commit))}</ul>
      <h2>Moves of protected branches</h2>
      <ul class="rows">
        ${activity.map(({ login, what, at }) => html`<li>${login} ${what} <span class="muted small">${when(at)}</span></li>`)}
        ${activity.length === 0 ? html`<li class="muted">None yet.</li>` : ''}
      </ul>`,
  )
}

export const commitPage = async (
  frame: Frame,
  repository: Repository,
  sha: string,
): Promise<Html> => {
  const [commit] = isSha(sha) ? await readCommits(repository.directory, [sha]) : []
  if (!commit) throw new ForgeRefusal(404, 'There is no such commit.')
  const from = commit.parents[0] ?? EMPTY_TREE
  const files = await diffTrees(repository.directory, from, commit.sha)
  return page(
    frame,
    subject(commit),
    html`${breadcrumb(repository)}
      <h1>${subject(commit)}</h1>
      <p class="muted">
        ${commit.author.name} · ${when(stamp(new Date(commit.author.seconds * 1000)))} ·
        <a href="${treePath(repository, sha)}">files at this commit</a>
      </p>
      <section class="card">
        <p class="small">commit <code>${sha}</code></p>
        ${commit.parents.map((parent) => html`<p class="small">parent ${shortSha(repository, parent)}</p>`)}
        <pre>${commit.message}</pre>
      </section>
      ${fileChanges(files)}`,
  )
}

/** Splits what follows `/tree/` into a branch, tag or commit and a path: branch names may hold slashes. */
const splitTreePath = async (repository: Repository, rest: string) => {
  const parts = rest.split('/')
  const references = await listReferences(repository.directory)
  for (let count = 1; count <= parts.length; count += 1) {
    const ref = parts.slice(0, count).join('/')
    if (isSha(ref) || references.has(`refs/heads/${ref}`) || references.has(`refs/tags/${ref}`))
      return { ref, path: parts.slice(count).join('/').replace(/\/$/, '') }
  }
  throw new ForgeRefusal(404, 'There is no such branch or commit.')
}

const entryRow = (repository: Repository, ref: string, path: string, entry: TreeEntry): Html => {
  const full = path === '' ? entry.path : `${path}/${entry.path}`
  const size = entry.size === null ? '' : html`<span class="muted small">${entry.size} bytes</span>`
  return html`<li><a href="${treePath(repository, ref, full)}">${entry.path}${entry.type === 'tree' ? '/' : ''}</a> ${size}</li>`
}

export const treePage = async (
  frame: Frame,
  repository: Repository,
  rest: string,
): Promise<Html> => {
  const { ref, path } = await splitTreePath(repository, rest)
  const commit = await resolveCommit(repository.directory, ref)
  if (commit === null || (path !== '' && !isSafePath(path)))
    throw new ForgeRefusal(404, 'There is no such file.')
  const [object] = await readObjects(repository.directory, [`${commit}:${path}`])
  if (!object) throw new ForgeRefusal(404, 'There is no such file.')
  const entries = object.type === 'tree' ? await listTree(repository.directory, object.sha) : null
  const parts = path === '' ? [] : path.split('/')
  return page(
    frame,
    `${path || repository.fullName} at ${ref}`,
    html`${breadcrumb(repository)}
      <h1>
        <a class="branch" href="${treePath(repository, ref)}">${ref}</a>
        ${parts.map((part, index) => html` / <a href="${treePath(repository, ref, parts.slice(0, index + 1).join('/'))}">${part}</a>`)}
      </h1>
      ${
        entries === null
          ? html`<section class="card">${fileContent(object.bytes)}</section>`
          : html`<ul class="rows">${entries.map((entry) => entryRow(repository, ref, path, entry))}</ul>`
      }`,
  )
}

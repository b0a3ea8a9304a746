// The page of one pull request: what it asks, what was checked and said, what it changes, and the button that obeys the gate.
import { html, raw } from 'hono/html'
import { mayWrite } from '../accounts.ts'
import { listChecks, readGate } from '../checks.ts'
import type { Repository } from '../context.ts'
import { commitsBetween, diffTrees } from '../git/history.ts'
import { readCommits } from '../git/objects.ts'
import { type Mergeability, readMergeability } from '../merge.ts'
import { findPull } from '../pulls.ts'
import { startOf } from '../rest/pull-requests.ts'
import { listReviews } from '../reviews.ts'
import type { CheckRow, PullRow, ReviewRow } from '../store.ts'
import {
  breadcrumb,
  type Frame,
  type Html,
  page,
  repositoryPath,
  shortSha,
  when,
} from './layout.ts'
import { commitRow, stateTag } from './repository-pages.ts'
import { fileChanges, markdown } from './text.ts'

const COMMITS_SHOWN = 250

const checkItem = (check: CheckRow): Html => {
  const state = check.conclusion ?? 'wait'
  return html`<li>
    <span class="tag ${state}">${check.conclusion ?? check.status}</span>
    <strong>${check.name}</strong> ${check.title ?? ''}
    <span class="muted small">by ${check.login} · ${when(check.completedAt ?? check.startedAt)}
    ${check.detailsUrl === null ? '' : html`· <a rel="noreferrer" href="${check.detailsUrl}">details</a>`}</span>
    ${
      check.summary === null
        ? ''
        : html`<details${check.conclusion === 'success' ? '' : raw(' open')}><summary class="small muted">Report</summary>${markdown(check.summary)}${check.text === null ? '' : markdown(check.text)}</details>`
    }
  </li>`
}

const reviewItem = (repository: Repository, pull: PullRow, review: ReviewRow): Html =>
  html`<li id="review-${review.id}">
    <span class="tag ${review.state}">${review.state.toLowerCase().replaceAll('_', ' ')}</span>
    <strong>${review.login}</strong> on ${shortSha(repository, review.commitId)}
    ${review.commitId === pull.headSha ? '' : html`<span class="tag warn">not on the present head</span>`}
    <span class="muted small">${when(review.submittedAt)}</span>
    ${review.body === '' ? '' : markdown(review.body)}
  </li>`

/** Why the button is off, one sentence each; none when it is on. */
const obstacles = (frame: Frame, ability: Mergeability): string[] => {
  const { viewer } = frame
  const found: string[] = []
  if (viewer === null) found.push('Sign in to merge.')
  else if (!mayWrite(viewer)) found.push('Your account may read only.')
  if (ability.tree === null) found.push('The two sides conflict.')
  const { decision } = ability
  if (!decision.allowed && mayWrite(viewer)) found.push(decision.reason.split('\n').at(-1) ?? '')
  return found
}

const GATE_WORDS = {
  green: 'is green on this head',
  red: 'is red',
  absent: 'has not reported on this head',
}
const GATE_CLASSES = { green: 'ok', red: 'no', absent: 'wait' }

const mergeForm = (
  frame: Frame,
  repository: Repository,
  pull: PullRow,
  ability: Mergeability,
): Html => {
  const reasons = obstacles(frame, ability)
  const bypass = ability.decision.allowed && ability.decision.bypass && reasons.length === 0
  return html`<form method="post" action="${repositoryPath(repository, `/pull/${pull.number}/merge`)}">
    <input type="hidden" name="sha" value="${pull.headSha}">
    ${
      bypass
        ? html`<label><input type="checkbox" name="bypass" value="yes" required>
            Merge past the gate. An administrator can; it is recorded, and it does not reach <code>live</code> by itself.</label>
            <button class="danger">Merge past the gate</button>`
        : html`<button${reasons.length > 0 ? raw(' disabled') : ''}>Merge pull request</button>`
    }
    ${reasons.map((reason) => html`<p class="muted small">${reason}</p>`)}
  </form>`
}

const mergeBox = (
  frame: Frame,
  repository: Repository,
  pull: PullRow,
  ability: Mergeability | null,
): Html => {
  if (pull.mergedAt !== null)
    return html`<section class="card done">
      <p><strong>Merged</strong> by ${pull.mergedBy ?? ''} as ${shortSha(repository, pull.mergeSha ?? '')} · ${when(pull.mergedAt)}
      ${pull.bypassed === 1 ? html`<span class="tag warn">past the gate</span>` : ''}</p>
    </section>`
  if (ability === null)
    return html`<section class="card no"><p><strong>Closed</strong> without merging.</p></section>`
  const { context, state } = readGate(frame.forge, repository, pull.headSha)
  return html`<section class="card ${GATE_CLASSES[state]}">
    <p><strong>The required check <code>${context}</code> ${GATE_WORDS[state]}.</strong></p>
    ${mergeForm(frame, repository, pull, ability)}
  </section>`
}

const reviewForm = (frame: Frame, repository: Repository, pull: PullRow): Html => {
  const { viewer } = frame
  if (pull.state === 'closed') return html``
  if (!mayWrite(viewer))
    return html`<p class="muted">Sign in with an account that may write to review.</p>`
  const own = viewer.login === pull.author
  return html`<form class="card" method="post" action="${repositoryPath(repository, `/pull/${pull.number}/reviews`)}">
    <input type="hidden" name="commit_id" value="${pull.headSha}">
    <p><strong>Your review</strong> <span class="muted">of ${shortSha(repository, pull.headSha)}</span></p>
    ${own ? html`<p class="muted">You opened this pull request, so you can comment only.</p>` : ''}
    <label class="inline"><input type="radio" name="event" value="APPROVE" required${own ? raw(' disabled') : ''}> Approve</label>
    <label class="inline"><input type="radio" name="event" value="REQUEST_CHANGES"${own ? raw(' disabled') : ''}> Request changes</label>
    <label class="inline"><input type="radio" name="event" value="COMMENT"> Comment</label>
    <label>Remarks<textarea name="body" maxlength="60000"></textarea></label>
    <button>Submit review</button>
  </form>`
}

export const pullPage = async (
  frame: Frame,
  repository: Repository,
  number: number,
): Promise<Html> => {
  const { forge, viewer } = frame
  const { directory } = repository
  const pull = findPull(forge, repository, number)
  const start = await startOf(repository, pull)
  const asWhom = viewer ?? { ...forge.accounts.byLogin(''), kind: 'read' as const }
  const [ability, shas, files] = await Promise.all([
    pull.state === 'open' ? readMergeability(forge, repository, pull, asWhom) : null,
    commitsBetween(directory, { base: start, head: pull.headSha, limit: COMMITS_SHOWN }),
    diffTrees(directory, start, pull.headSha),
  ])
  const commits = await readCommits(directory, shas)
  const checks = listChecks(forge, repository, pull.headSha, { latest: true })
  const reviews = listReviews(forge, repository, number)
  return page(
    frame,
    `${pull.title} · #${number}`,
    html`${breadcrumb(repository)}
      <h1>${pull.title} <span class="muted">#${number}</span></h1>
      <p>${stateTag(pull)} <strong>${pull.author}</strong> asks to merge
        ${commits.length === 1 ? '1 commit' : `${commits.length} commits`} into
        <span class="branch">${pull.baseRef}</span> from <span class="branch">${pull.headRef}</span>
        <span class="muted small">· head ${shortSha(repository, pull.headSha)} · ${when(pull.createdAt)}</span></p>
      <section class="card">${pull.body === '' ? html`<p class="muted">No description.</p>` : markdown(pull.body)}</section>
      ${mergeBox(frame, repository, pull, ability)}
      <h2>Checks on the head (${checks.length})</h2>
      ${checks.length === 0 ? html`<p class="muted">None yet.</p>` : html`<ul class="rows">${checks.map(checkItem)}</ul>`}
      <h2>Reviews (${reviews.length})</h2>
      ${reviews.length === 0 ? html`<p class="muted">None yet.</p>` : html`<ul class="rows">${reviews.map((review) => reviewItem(repository, pull, review))}</ul>`}
      ${reviewForm(frame, repository, pull)}
      <h2>Commits (${commits.length})</h2>
      <ul class="rows">${commits.map((commit) => commitRow(repository, commit))}</ul>
      ${fileChanges(files)}`,
  )
}

// Takes and lists reviews of a pull request. Whether an approval counts is for those who post the gate to decide.
// https://docs.github.com/rest/pulls/reviews
import type { Account } from './accounts.ts'
import { type ForgeContext, ForgeRefusal, type Repository, stamp } from './context.ts'
import { isAncestor } from './git/history.ts'
import { resolveCommit } from './git/references.ts'
import { eventJson, pullJson, reviewJson } from './payloads.ts'
import { BODY_LIMIT, findPull } from './pulls.ts'
import type { ReviewRow } from './store.ts'

const REVIEW_STATES = {
  APPROVE: 'APPROVED',
  REQUEST_CHANGES: 'CHANGES_REQUESTED',
  COMMENT: 'COMMENTED',
} as const
export type ReviewEvent = keyof typeof REVIEW_STATES

export const listReviews = (
  { store }: ForgeContext,
  { id }: Repository,
  number: number,
): ReviewRow[] =>
  store.all('SELECT * FROM reviews WHERE repositoryId = ? AND number = ? ORDER BY id', id, number)

/** Takes a review on the head, or on the commit the reviewer names. The author cannot approve. */
export const submitReview = async (
  forge: ForgeContext,
  repository: Repository,
  account: Account,
  number: number,
  input: { event: ReviewEvent; body: string; commitId: string | null },
): Promise<ReviewRow> => {
  const pull = findPull(forge, repository, number)
  if (input.event !== 'COMMENT' && pull.author === account.login) {
    const verb = input.event === 'APPROVE' ? 'approve' : 'request changes on'
    throw new ForgeRefusal(422, 'Unprocessable Entity', [`Can not ${verb} your own pull request`])
  }
  if (pull.state === 'closed' && input.event !== 'COMMENT')
    throw new ForgeRefusal(422, 'Unprocessable Entity', ['Can not review a closed pull request'])
  if (input.event !== 'APPROVE' && input.body.trim() === '')
    throw new ForgeRefusal(422, 'Unprocessable Entity', ['A review without approval needs a body'])
  if (input.body.length > BODY_LIMIT)
    throw new ForgeRefusal(422, 'Unprocessable Entity', ['body is too long'])
  const commitId = input.commitId ?? pull.headSha
  const known = await resolveCommit(repository.directory, commitId)
  if (known !== commitId || !(await isAncestor(repository.directory, commitId, pull.headSha)))
    throw new ForgeRefusal(422, 'Unprocessable Entity', [
      'commit_id is not part of the pull request',
    ])
  const row = {
    ...{ repositoryId: repository.id, number, login: account.login, body: input.body, commitId },
    ...{ state: REVIEW_STATES[input.event], submittedAt: stamp(forge.now()) },
  }
  const review = forge.store.transaction(() => {
    const saved: ReviewRow = { ...row, id: forge.store.insert('reviews', row) }
    const shown = reviewJson(forge, repository, saved)
    forge.hooks.enqueue(repository.id, 'pull_request_review', {
      action: 'submitted',
      // GitHub writes the state in capitals in its API and in small letters in its webhooks.
      review: { ...shown, state: shown.state.toLowerCase() },
      pull_request: pullJson(forge, repository, pull),
      ...eventJson(forge, repository, account),
    })
    return saved
  })
  forge.hooks.flush()
  return review
}

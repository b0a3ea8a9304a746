// Merges a pull request by plumbing: a three-way merge of trees, a commit with two parents, one move of the base branch.
// Merge commits only; no squash, no rebase.
import type { Account } from './accounts.ts'
import { readGate } from './checks.ts'
import { type ForgeContext, ForgeRefusal, type Repository } from './context.ts'
import { mergeTrees } from './git/history.ts'
import { type Identity, writeCommit } from './git/objects.ts'
import { moveReference, readReference } from './git/references.ts'
import { observe } from './observe.ts'
import { findPull } from './pulls.ts'
import { type Decision, mayMerge } from './rules.ts'
import type { PullRow } from './store.ts'

export interface MergeInput {
  /** The head the caller has seen; refused with 409 when it has moved on. */
  expectedHead: string | null
  title: string | null
  message: string | null
  /** Whether an administrator means to go past the gate. The API asks no further, as on GitHub; the page does. */
  bypass: boolean
}

export interface Mergeability {
  /** Of the gate and the branch rules, for this account. */
  decision: Decision
  /** The merged tree; null when the two sides conflict. */
  tree: string | null
  baseSha: string | null
}

/** Whether and how an open pull request can be merged by this account at this moment. */
export const readMergeability = async (
  forge: ForgeContext,
  repository: Repository,
  pull: PullRow,
  account: Account,
): Promise<Mergeability> => {
  const gate = readGate(forge, repository, pull.headSha)
  const baseSha = await readReference(repository.directory, `refs/heads/${pull.baseRef}`)
  const tree = baseSha && (await mergeTrees(repository.directory, baseSha, pull.headSha))
  return { decision: mayMerge(account, pull.baseRef, gate, forge.rules), tree, baseSha }
}

const describe = (
  repository: Repository,
  pull: PullRow,
  { title, message }: MergeInput,
): string => {
  const subject =
    title || `Merge pull request #${pull.number} from ${repository.owner}/${pull.headRef}`
  const text = message ?? pull.title
  return text === '' ? `${subject}\n` : `${subject}\n\n${text}\n`
}

/**
 * Merges. Call it alone on the repository.
 * @returns id of the merge commit.
 * @throws ForgeRefusal 405 when the rules, the state or a conflict forbid it; 409 when the head moved.
 */
export const mergePull = async (
  forge: ForgeContext,
  repository: Repository,
  account: Account,
  number: number,
  input: MergeInput,
): Promise<string> => {
  const pull = findPull(forge, repository, number)
  if (pull.state === 'closed') throw new ForgeRefusal(405, 'Pull Request is not mergeable')
  if (input.expectedHead !== null && input.expectedHead !== pull.headSha)
    throw new ForgeRefusal(409, 'Head branch was modified. Review and try the merge again.')
  const { decision, tree, baseSha } = await readMergeability(forge, repository, pull, account)
  if (!decision.allowed) throw new ForgeRefusal(405, decision.reason)
  if (decision.bypass && !input.bypass)
    throw new ForgeRefusal(405, 'The gate is not green, and going past it was not asked for')
  if (tree === null || baseSha === null)
    throw new ForgeRefusal(405, 'Pull Request is not mergeable')
  const identity: Identity = {
    name: account.displayName.replace(/[<>\n\0]/g, ''),
    email: account.email,
    seconds: Math.floor(forge.now().getTime() / 1000),
    offset: '+0000',
  }
  const sha = await writeCommit(repository.directory, {
    tree,
    parents: [baseSha, pull.headSha],
    author: identity,
    committer: identity,
    message: describe(repository, pull, input),
  })
  // Said before it is done: a crash between the two leaves a merge whose author is still known (see observe.ts).
  forge.store.run(
    `UPDATE pulls SET pendingSha = ?, pendingBy = ?, pendingBypass = ?
     WHERE repositoryId = ? AND number = ?`,
    ...[sha, account.login, decision.bypass ? 1 : 0, repository.id, number],
  )
  const ref = `refs/heads/${pull.baseRef}`
  if (!(await moveReference(repository.directory, ref, { before: baseSha, after: sha })))
    throw new ForgeRefusal(409, 'Base branch was modified. Review and try the merge again.')
  await observe(forge, repository, account)
  return sha
}

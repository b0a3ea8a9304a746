// Carries what happened to references in Git over into pull requests and events. Every way to move a reference ends here:
// the API, a push, a merge, and the start after a crash, which finds moves that nobody had time to write down.
import { type Account, GHOST } from './accounts.ts'
import { type ForgeContext, type Repository, stamp } from './context.ts'
import { commitsBetween, isAncestor } from './git/history.ts'
import { type Commit, readCommits } from './git/objects.ts'
import { listReferences, pinReferences } from './git/references.ts'
import { ZERO_SHA } from './git/run.ts'
import { eventJson, mergedJson, pageUrl, pullJson } from './payloads.ts'
import { LIVE, MAIN } from './rules.ts'
import type { PullRow } from './store.ts'

const COMMITS_PER_PUSH_EVENT = 20

interface Change {
  ref: string
  before: string | null
  after: string | null
}

/** What a moved reference means for one pull request. */
type Outcome =
  | {
      pull: PullRow
      kind: 'merged'
      mergeSha: string
      by: string
      bypass: boolean
      baseBefore: string
    }
  | { pull: PullRow; kind: 'closed' }
  | { pull: PullRow; kind: 'synchronized'; before: string; after: string }

const findChanges = async (forge: ForgeContext, repository: Repository): Promise<Change[]> => {
  const sql = 'SELECT name, sha FROM refs WHERE repositoryId = ?'
  const known = new Map(
    forge.store.all<{ name: string; sha: string }>(sql, repository.id).map((r) => [r.name, r.sha]),
  )
  const actual = await listReferences(repository.directory)
  return [...new Set([...known.keys(), ...actual.keys()])]
    .map((ref) => ({ ref, before: known.get(ref) ?? null, after: actual.get(ref) ?? null }))
    .filter(({ before, after }) => before !== after)
}

/** Merged by the button when its commit arrived; by a push when the head itself did, as GitHub sees it too. */
const findMerge = async (
  { directory }: Repository,
  pull: PullRow,
  change: Change,
  sender: Account,
): Promise<Outcome | null> => {
  const { after, before } = change
  if (after === null || before === null) return null
  if (!(await isAncestor(directory, pull.headSha, after))) return null
  // A head that was set back to what the base already had is nothing merged.
  if (await isAncestor(directory, pull.headSha, before)) return null
  const ours = pull.pendingSha !== null && (await isAncestor(directory, pull.pendingSha, after))
  return {
    pull,
    kind: 'merged',
    mergeSha: ours ? (pull.pendingSha ?? after) : after,
    by: ours ? (pull.pendingBy ?? sender.login) : sender.login,
    bypass: ours ? pull.pendingBypass === 1 : false,
    baseBefore: before,
  }
}

const followPulls = async (
  forge: ForgeContext,
  repository: Repository,
  changes: Change[],
  sender: Account,
): Promise<Outcome[]> => {
  const byRef = new Map(changes.map((change) => [change.ref, change]))
  const sql = "SELECT * FROM pulls WHERE repositoryId = ? AND state = 'open'"
  const outcomes: Outcome[] = []
  for (const pull of forge.store.all<PullRow>(sql, repository.id)) {
    const base = byRef.get(`refs/heads/${pull.baseRef}`)
    const merged = base ? await findMerge(repository, pull, base, sender) : null
    const head = byRef.get(`refs/heads/${pull.headRef}`)
    if (merged) outcomes.push(merged)
    else if (head?.after === null) outcomes.push({ pull, kind: 'closed' })
    else if (head) {
      const after = head.after
      outcomes.push({ pull, kind: 'synchronized', before: pull.headSha, after })
    }
  }
  return outcomes
}

interface PushFacts {
  change: Change
  forced: boolean
  commits: Commit[]
}

const describePush = async ({ directory }: Repository, change: Change): Promise<PushFacts> => {
  const { before, after, ref } = change
  if (after === null || !ref.startsWith('refs/heads/'))
    return { change, forced: false, commits: [] }
  const forced = before !== null && !(await isAncestor(directory, before, after))
  const shas = await commitsBetween(directory, {
    base: before ?? `refs/heads/${MAIN}`,
    head: after,
    limit: COMMITS_PER_PUSH_EVENT,
  })
  return { change, forced, commits: await readCommits(directory, shas) }
}

const pushPayload = (
  forge: ForgeContext,
  repository: Repository,
  sender: Account,
  { change, forced, commits }: PushFacts,
) => {
  const listed = commits.map(({ sha, tree, message, author, committer }) => ({
    id: sha,
    tree_id: tree,
    distinct: true,
    message,
    timestamp: stamp(new Date(committer.seconds * 1000)),
    url: pageUrl(forge, repository, `/commit/${sha}`),
    author: { name: author.name, email: author.email },
    committer: { name: committer.name, email: committer.email },
  }))
  return {
    ref: change.ref,
    before: change.before ?? ZERO_SHA,
    after: change.after ?? ZERO_SHA,
    created: change.before === null,
    deleted: change.after === null,
    forced,
    base_ref: null,
    commits: listed,
    head_commit: listed.at(-1) ?? null,
    pusher: { name: sender.login, email: sender.email },
    ...eventJson(forge, repository, sender),
  }
}

/** Writes one outcome and queues its event. Inside the transaction. */
const record = (
  forge: ForgeContext,
  repository: Repository,
  sender: Account,
  outcome: Outcome,
): void => {
  const { store, hooks } = forge
  const at = stamp(forge.now())
  const next: PullRow = { ...outcome.pull, updatedAt: at, pendingSha: null, pendingBy: null }
  if (outcome.kind === 'synchronized') next.headSha = outcome.after
  else Object.assign(next, { state: 'closed', closedAt: at })
  if (outcome.kind === 'merged') {
    next.mergedAt = at
    next.mergeSha = outcome.mergeSha
    next.mergedBy = outcome.by
    next.bypassed = outcome.bypass ? 1 : 0
    next.baseSha = outcome.baseBefore
  }
  store.run(
    `UPDATE pulls SET state = ?, headSha = ?, baseSha = ?, updatedAt = ?, closedAt = ?, mergedAt = ?,
     mergeSha = ?, mergedBy = ?, bypassed = ?, pendingSha = NULL, pendingBy = NULL, pendingBypass = 0
     WHERE repositoryId = ? AND number = ?`,
    ...[next.state, next.headSha, next.baseSha, at, next.closedAt, next.mergedAt],
    ...[next.mergeSha, next.mergedBy, next.bypassed, repository.id, next.number],
  )
  if (next.bypassed === 1)
    note(forge, repository, outcome.pull.pendingBy ?? '', `merged #${next.number} past the gate`)
  const moved =
    outcome.kind === 'synchronized' ? { before: outcome.before, after: outcome.after } : {}
  hooks.enqueue(repository.id, 'pull_request', {
    action: outcome.kind === 'synchronized' ? 'synchronize' : 'closed',
    number: next.number,
    ...moved,
    pull_request: { ...pullJson(forge, repository, next), ...mergedJson(forge, next) },
    ...eventJson(forge, repository, sender),
  })
}

/** One line for the repository's list of what happened to its protected branches. */
const note = (forge: ForgeContext, repository: Repository, login: string, what: string): void => {
  const at = stamp(forge.now())
  forge.store.insert('activity', { repositoryId: repository.id, login, what, at })
}

const saveReference = ({ store }: ForgeContext, repositoryId: number, change: Change): void => {
  store.run('DELETE FROM refs WHERE repositoryId = ? AND name = ?', repositoryId, change.ref)
  if (change.after !== null)
    store.insert('refs', { repositoryId, name: change.ref, sha: change.after })
}

/** Open pull requests carry their base's tip, as GitHub's `base.sha` does. */
const followBases = ({ store }: ForgeContext, repositoryId: number, changes: Change[]): void => {
  const sql =
    "UPDATE pulls SET baseSha = ? WHERE repositoryId = ? AND baseRef = ? AND state = 'open'"
  for (const { ref, after } of changes)
    if (after !== null && ref.startsWith('refs/heads/'))
      store.run(sql, after, repositoryId, ref.slice('refs/heads/'.length))
}

/**
 * Looks at all references and records what changed since the last look. Call it alone on the repository.
 * @param sender who moved them; nobody known at the start after a crash.
 */
export const observe = async (
  forge: ForgeContext,
  repository: Repository,
  sender: Account = GHOST,
): Promise<void> => {
  const changes = await findChanges(forge, repository)
  if (changes.length === 0) return
  const outcomes = await followPulls(forge, repository, changes, sender)
  const pushes = await Promise.all(changes.map((change) => describePush(repository, change)))
  // Keeps the head's commits after its branch is gone, and lets anybody fetch them, as refs/pull/N/head on GitHub.
  const pins = outcomes.flatMap((outcome) =>
    outcome.kind === 'synchronized'
      ? [{ ref: `refs/pull/${outcome.pull.number}/head`, sha: outcome.after }]
      : [],
  )
  await pinReferences(repository.directory, pins)
  forge.store.transaction(() => {
    for (const change of changes) saveReference(forge, repository.id, change)
    for (const outcome of outcomes) record(forge, repository, sender, outcome)
    followBases(forge, repository.id, changes)
    for (const push of pushes)
      forge.hooks.enqueue(repository.id, 'push', pushPayload(forge, repository, sender, push))
    for (const { ref, after } of changes) {
      const branch = ref.replace('refs/heads/', '')
      if (branch !== MAIN && branch !== LIVE) continue
      const what = after === null ? `deleted ${branch}` : `moved ${branch} to ${after}`
      note(forge, repository, sender.login, what)
    }
  })
  forge.hooks.flush()
}

// Opens and changes pull requests. Reviews and merging have their own files; what moves a head is in observe.ts.
// https://docs.github.com/rest/pulls
import { type Account, mayWrite } from './accounts.ts'
import { type ForgeContext, ForgeRefusal, type Repository, stamp } from './context.ts'
import { countBetween } from './git/history.ts'
import { isSafeBranchName } from './git/names.ts'
import { pinReferences, readReference } from './git/references.ts'
import { eventJson, mergedJson, pullJson } from './payloads.ts'
import type { PullRow } from './store.ts'

export const TITLE_LIMIT = 256
/** GitHub's own limit of a pull request's body, in characters. */
export const BODY_LIMIT = 65_536

const NEVER_MERGED = {
  closedAt: null,
  mergedAt: null,
  mergeSha: null,
  mergedBy: null,
  bypassed: 0,
  pendingSha: null,
  pendingBy: null,
  pendingBypass: 0,
} as const

const invalid = (error: Record<string, string>): ForgeRefusal =>
  new ForgeRefusal(422, 'Validation Failed', [{ resource: 'PullRequest', ...error }])

export const requireWriter = (account: Account | null): Account => {
  if (account === null) throw new ForgeRefusal(401, 'Requires authentication')
  if (!mayWrite(account))
    throw new ForgeRefusal(403, 'Resource not accessible by personal access token')
  return account
}

const checkTexts = ({
  title,
  body,
}: {
  title?: string | undefined
  body?: string | null | undefined
}) => {
  if (title !== undefined && (title.trim() === '' || title.length > TITLE_LIMIT))
    throw invalid({ field: 'title', code: 'invalid' })
  if ((body ?? '').length > BODY_LIMIT)
    throw invalid({
      field: 'body',
      code: 'custom',
      message: 'body is too long (maximum is 65536 characters)',
    })
}

export const findPull = ({ store }: ForgeContext, { id }: Repository, number: number): PullRow => {
  const sql = 'SELECT * FROM pulls WHERE repositoryId = ? AND number = ?'
  const pull = store.one<PullRow>(sql, id, number)
  if (pull === null) throw new ForgeRefusal(404, 'Not Found')
  return pull
}

/** Newest first. `head` is a branch; GitHub's `owner:` prefix is taken off by the caller. */
export const listPulls = (
  { store }: ForgeContext,
  { id }: Repository,
  { state, head, base }: { state: 'open' | 'closed' | 'all'; head?: string; base?: string },
): PullRow[] =>
  store.all(
    `SELECT * FROM pulls WHERE repositoryId = ? AND (? = 'all' OR state = ?)
     AND (? IS NULL OR headRef = ?) AND (? IS NULL OR baseRef = ?) ORDER BY number DESC`,
    ...[id, state, state, head ?? null, head ?? null, base ?? null, base ?? null],
  )

/** Queues a pull_request event. Inside the transaction that makes it true. */
const tell = (
  forge: ForgeContext,
  repository: Repository,
  sender: Account,
  pull: PullRow,
  event: Record<string, unknown>,
): void =>
  forge.hooks.enqueue(repository.id, 'pull_request', {
    ...event,
    number: pull.number,
    pull_request: { ...pullJson(forge, repository, pull), ...mergedJson(forge, pull) },
    ...eventJson(forge, repository, sender),
  })

const readTip = async ({ directory }: Repository, branch: string): Promise<string | null> =>
  isSafeBranchName(branch) ? readReference(directory, `refs/heads/${branch}`) : null

const requireNoneOpen = (
  { store }: ForgeContext,
  { id, owner }: Repository,
  head: string,
  base: string,
): void => {
  const open = store.one(
    "SELECT number FROM pulls WHERE repositoryId = ? AND headRef = ? AND baseRef = ? AND state = 'open'",
    ...[id, head, base],
  )
  if (open)
    throw invalid({
      code: 'custom',
      message: `A pull request already exists for ${owner}:${head}.`,
    })
}

/** Opens a pull request. Call it alone on the repository. */
export const openPull = async (
  forge: ForgeContext,
  repository: Repository,
  account: Account,
  input: { head: string; base: string; title: string; body: string },
): Promise<PullRow> => {
  checkTexts(input)
  const { head, base } = input
  const [headSha, baseSha] = [await readTip(repository, head), await readTip(repository, base)]
  if (headSha === null) throw invalid({ field: 'head', code: 'invalid' })
  if (baseSha === null) throw invalid({ field: 'base', code: 'invalid' })
  requireNoneOpen(forge, repository, head, base)
  const { ahead } = await countBetween(repository.directory, baseSha, headSha)
  if (ahead === 0)
    throw invalid({ code: 'custom', message: `No commits between ${base} and ${head}` })
  const { store } = forge
  const sql = 'SELECT coalesce(max(number), 0) + 1 AS next FROM pulls WHERE repositoryId = ?'
  const number = store.one<{ next: number }>(sql, repository.id)?.next ?? 1
  await pinReferences(repository.directory, [{ ref: `refs/pull/${number}/head`, sha: headSha }])
  const at = stamp(forge.now())
  const pull: PullRow = {
    ...{ repositoryId: repository.id, number, title: input.title, body: input.body },
    ...{ state: 'open', author: account.login, createdAt: at, updatedAt: at },
    ...{ headRef: head, headSha, baseRef: base, baseSha },
    ...NEVER_MERGED,
  }
  store.transaction(() => {
    store.insert('pulls', { ...pull })
    tell(forge, repository, account, pull, { action: 'opened' })
  })
  forge.hooks.flush()
  return pull
}

export interface PullUpdate {
  title?: string | undefined
  body?: string | null | undefined
  state?: 'open' | 'closed' | undefined
}

/** Closed to open again: only while its branches are there and no other pull request has taken its place. */
const requireReopenable = async (
  forge: ForgeContext,
  repository: Repository,
  pull: PullRow,
): Promise<{ headSha: string; baseSha: string }> => {
  const headSha = await readTip(repository, pull.headRef)
  const baseSha = await readTip(repository, pull.baseRef)
  if (pull.mergedAt !== null || headSha === null || baseSha === null)
    throw invalid({ field: 'state', code: 'invalid', message: 'state cannot be changed' })
  requireNoneOpen(forge, repository, pull.headRef, pull.baseRef)
  await pinReferences(repository.directory, [
    { ref: `refs/pull/${pull.number}/head`, sha: headSha },
  ])
  return { headSha, baseSha }
}

/** Changes title, body or state. Call it alone on the repository. */
export const updatePull = async (
  forge: ForgeContext,
  repository: Repository,
  account: Account,
  number: number,
  update: PullUpdate,
): Promise<PullRow> => {
  checkTexts(update)
  const before = findPull(forge, repository, number)
  const pull: PullRow = {
    ...before,
    title: update.title ?? before.title,
    body: update.body === undefined ? before.body : (update.body ?? ''),
    state: update.state ?? before.state,
    updatedAt: stamp(forge.now()),
  }
  if (pull.state !== before.state) {
    if (pull.state === 'open')
      Object.assign(pull, await requireReopenable(forge, repository, before))
    pull.closedAt = pull.state === 'open' ? null : pull.updatedAt
  }
  const changes = {
    ...(pull.title === before.title ? {} : { title: { from: before.title } }),
    ...(pull.body === before.body ? {} : { body: { from: before.body } }),
  }
  forge.store.transaction(() => {
    forge.store.run(
      `UPDATE pulls SET title = ?, body = ?, state = ?, headSha = ?, baseSha = ?, updatedAt = ?,
       closedAt = ?
       WHERE repositoryId = ? AND number = ?`,
      ...[pull.title, pull.body, pull.state, pull.headSha, pull.baseSha, pull.updatedAt],
      ...[pull.closedAt, repository.id, number],
    )
    if (Object.keys(changes).length > 0)
      tell(forge, repository, account, pull, { action: 'edited', changes })
    if (pull.state !== before.state)
      tell(forge, repository, account, pull, {
        action: pull.state === 'open' ? 'reopened' : 'closed',
      })
  })
  forge.hooks.flush()
  return pull
}

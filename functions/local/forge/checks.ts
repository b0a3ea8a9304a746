// Check runs, and the gate they make: the newest check of the gate's name that an App posted on exactly this commit.
// https://docs.github.com/rest/checks/runs
import * as z from 'zod'
import { type Account, mayPostChecks } from './accounts.ts'
import { type ForgeContext, ForgeRefusal, type Repository, stamp } from './context.ts'
import { resolveCommit } from './git/references.ts'
import { checkJson, eventJson } from './payloads.ts'
import type { GateState } from './rules.ts'
import type { CheckRow } from './store.ts'

const TEXT_LIMIT = 65_535
const CONCLUSIONS = [
  ...(['success', 'failure', 'neutral', 'cancelled'] as const),
  ...(['skipped', 'timed_out', 'action_required'] as const),
]

const Time = z.iso.datetime({ offset: true })
export const CheckInput = z.object({
  name: z.string().min(1).max(255),
  head_sha: z.string(),
  status: z.enum(['queued', 'in_progress', 'completed']).optional(),
  conclusion: z.enum(CONCLUSIONS).optional(),
  external_id: z.string().max(255).optional(),
  details_url: z
    .url({ protocol: /^https?$/ })
    .max(2048)
    .optional(),
  started_at: Time.optional(),
  completed_at: Time.optional(),
  output: z
    .object({
      title: z.string().max(TEXT_LIMIT),
      summary: z.string().max(TEXT_LIMIT),
      text: z.string().max(TEXT_LIMIT).optional(),
    })
    .optional(),
})

export const postCheck = async (
  forge: ForgeContext,
  repository: Repository,
  account: Account,
  input: z.infer<typeof CheckInput>,
): Promise<CheckRow> => {
  if (!mayPostChecks(account))
    throw new ForgeRefusal(403, 'You must authenticate via a GitHub App.')
  const status = input.conclusion ? 'completed' : (input.status ?? 'queued')
  if (status === 'completed' && input.conclusion === undefined)
    throw new ForgeRefusal(422, 'Invalid request: a completed check run needs a conclusion.')
  const sha = await resolveCommit(repository.directory, input.head_sha)
  if (sha === null || sha !== input.head_sha) throw new ForgeRefusal(422, 'No commit found for SHA')
  const at = stamp(forge.now())
  const row = {
    repositoryId: repository.id,
    headSha: sha,
    name: input.name,
    login: account.login,
    kind: account.kind,
    status,
    conclusion: input.conclusion ?? null,
    externalId: input.external_id ?? '',
    detailsUrl: input.details_url ?? null,
    title: input.output?.title ?? null,
    summary: input.output?.summary ?? null,
    text: input.output?.text ?? null,
    startedAt: input.started_at ?? at,
    completedAt: status === 'completed' ? (input.completed_at ?? at) : null,
  } satisfies Omit<CheckRow, 'id'>
  const check = forge.store.transaction(() => {
    const saved: CheckRow = { ...row, id: forge.store.insert('checks', row) }
    forge.hooks.enqueue(repository.id, 'check_run', {
      action: 'created',
      check_run: checkJson(forge, repository, saved),
      ...eventJson(forge, repository, account),
    })
    return saved
  })
  forge.hooks.flush()
  return check
}

/** Check runs on a commit, newest first. `latest` keeps the newest of each name and account. */
export const listChecks = (
  { store }: ForgeContext,
  repository: Repository,
  sha: string,
  { latest }: { latest: boolean },
): CheckRow[] => {
  const sql = 'SELECT * FROM checks WHERE repositoryId = ? AND headSha = ? ORDER BY id DESC'
  const rows = store.all<CheckRow>(sql, repository.id, sha)
  if (!latest) return rows
  const seen = new Set<string>()
  return rows.filter(({ name, login }) => {
    const key = JSON.stringify([name, login])
    return seen.has(key) ? false : seen.add(key)
  })
}

/** The gate on exactly this commit. */
export const readGate = (
  forge: ForgeContext,
  repository: Repository,
  sha: string,
): { context: string; state: GateState } => {
  const found = listChecks(forge, repository, sha, { latest: false }).find(
    ({ name, kind }) => name === forge.gateContext && kind === 'app',
  )
  const state = found ? (found.conclusion === 'success' ? 'green' : 'red') : 'absent'
  return { context: forge.gateContext, state }
}

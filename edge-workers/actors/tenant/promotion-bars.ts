// What keeps `live` where it is although main holds only lawful merges. Asked right before every move, and never kept: a freeze of
// all promotions, a gate that the forge does not hold to be ours alone, and a pull request that does not show what was approved.
import { and, eq } from 'drizzle-orm'
import { planBody } from '../../../gitops/plan-body/body.ts'
import type { PullRequest } from '../../../schemas/ports.ts'
import { Outage } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { gitBlobId, sha256Hex } from '../../digest.ts'
import { isLaptop } from '../../env.ts'
import { isGatePinned } from '../../forge-credentials/settings.ts'
import { throwIfOutage } from '../outage.ts'
import { directoryStub } from '../stubs.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'

/** A merge of our own compares head and text with what was approved; so soon after it they need no second look. */
const FRESH_MILLISECONDS = 60_000

/** Why `live` may not move now; null when it may. */
export const barTo = async (
  context: TenantContext,
  lawful: readonly ChangeRow[],
): Promise<string | null> => {
  if (!isGatePinned(context.env) && !isLaptop(context.env)) {
    return 'the forge cannot hold the required check to be Phoenix’s own, because it knows Phoenix by a personal token: operators set FORGE_APP_ID and FORGE_APP_KEY'
  }
  for (const change of lawful) {
    const shown = await mismatchOf(context, change)
    if (shown !== null) return shown
  }
  // Last, because the forge may take long to answer: a freeze that came meanwhile holds.
  const frozen = await readFreeze(context)
  return frozen && `frozen by operators since ${frozen.since}: ${frozen.reason}`
}

/** Whether it is frozen only the Directory can say: as long as it does not, nothing moves. */
const readFreeze = async ({ env }: TenantContext) => {
  try {
    return await directoryStub(env).frozen()
  } catch (error) {
    throw new Outage('directory', 'does not answer', undefined, error)
  }
}

const normalised = (body: string): string => body.replaceAll('\r\n', '\n').trimEnd()

/** The text that stands for the plan; null where it stands there already. */
export const missingBody = (
  context: TenantContext,
  change: ChangeRow,
  pull: Pick<PullRequest, 'body'>,
): string | null => {
  const expected = planBody(readPlanRow(context.db, change).plan, change, context.env.PUBLIC_URL)
  return normalised(pull.body) === normalised(expected) ? null : expected
}

/** The body is PLAN.md to the byte where that fits: a release since may word its plans another way. */
const isAsWritten = ({ db }: TenantContext, change: ChangeRow, { body }: PullRequest): boolean => {
  const { written } = readPlanRow(db, change)
  const blob = written?.find(({ path }) => path.endsWith('/PLAN.md'))?.blob ?? null
  const text = normalised(body)
  return blob !== null && [text, `${text}\n`].some((each) => gitBlobId(each) === blob)
}

/** Merged by ourselves a moment ago. */
const isFresh = ({ db, now }: TenantContext, { id, mergedAt }: ChangeRow): boolean => {
  if (mergedAt === null || now().getTime() - Date.parse(mergedAt) > FRESH_MILLISECONDS) return false
  const { changeId, fingerprint } = tables.commands
  const merged = and(eq(changeId, id), eq(fingerprint, sha256Hex(`merge\u0000${id}`)))
  return db.select().from(tables.commands).where(merged).get() !== undefined
}

/**
 * What the pull request shows otherwise than it was approved. Its text is put right at once: the promotion waits for the next look,
 * so that whoever was misled has time to say so.
 */
const mismatchOf = async (context: TenantContext, change: ChangeRow): Promise<string | null> => {
  if (change.pullNumber === null || isFresh(context, change)) return null
  const { repository } = context.tenant()
  const read = await context.repository().readPull(repository, change.pullNumber, false)
  throwIfOutage(read)
  const pull = read.ok ? read.value?.pull : undefined
  const of = `of pull request #${change.pullNumber}`
  if (!pull?.merged || pull.mergeSha !== change.mergeSha || pull.headSha !== change.commitSha)
    return `the head or the merge ${of} is not what was approved`
  const expected = missingBody(context, change, pull)
  if (expected === null || isAsWritten(context, change, pull)) return null
  throwIfOutage(await context.repository().restoreBody(repository, pull.number, expected))
  return `the text ${of} was not its plan, and has been restored: read it again`
}

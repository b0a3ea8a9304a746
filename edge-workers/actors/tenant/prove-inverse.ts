// Whether a revert is the inverse of what Git has: its plan is made of what was asked for before, and Git has the last word. Somebody
// may have changed the files since, and what they were before is not always what the same parameters lead to now.
import { and, eq, isNotNull, ne } from 'drizzle-orm'
import { BY_HAND } from '../../../gitops/propose.ts'
import type { ChangeRequest } from '../../../schemas/change.ts'
import type { FileState } from '../../../schemas/ports.ts'
import { ok, type Refused, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { gitBlobId } from '../../digest.ts'
import type { PlannedRequest } from './accept.ts'
import type { ChangeRow, TenantContext } from './context.ts'
import { readPlanRow } from './context.ts'

const NOT_EXACT = 'REVERT-NOT-EXACT'
/** As many paths are named in a refusal. */
const NAMED_AT_MOST = 3

const named = (files: readonly FileState[]): string => {
  const more = files.length - NAMED_AT_MOST
  const names = files.slice(0, NAMED_AT_MOST).map(({ path }) => path)
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}

/** What later changes of the resource brought to main is theirs, and no hand edit. */
const byLater = ({ db }: TenantContext, { id, name }: ChangeRow): FileState[] => {
  const { changes } = tables
  const others = and(eq(changes.name, name), ne(changes.id, id), isNotNull(changes.mergeSha))
  const rows = db.select().from(changes).where(others).all()
  return rows.flatMap((row) => readPlanRow(db, row).written ?? [])
}

const isIn = (files: readonly FileState[], { path, blob }: FileState): boolean =>
  files.some((one) => one.path === path && one.blob === blob)

/** Of what a creation, a removal or a move takes back the room is looked for anew; the others lead to what stood, byte by byte. */
const isExact = (change: ChangeRow, inverse: ChangeRequest): boolean =>
  change.request.action === 'update' && inverse.action === 'update' && inverse.version !== undefined

const changedSince = (files: readonly FileState[]): Refused =>
  refuse('conflict', {
    detail: `${BY_HAND}: main was changed by hand at ${named(files)} since: undo that on the forge, or ask for what you want as an update and confirm what is shown on the resource`,
  })

const notExact = (files: readonly FileState[]): Refused =>
  refuse('conflict', {
    detail: `${NOT_EXACT}: before this change Git had something else at ${named(files)} than its parameters lead to now, by hand or by an earlier template: ask for what you want as an update`,
  })

/**
 * Asks Git for it (readUndoing). A merge that went around the gate is not asked about: whatever
 * somebody put there is what is undone.
 */
export const proveInverse = async (
  context: TenantContext,
  change: ChangeRow,
  { request: inverse, planned }: Pick<PlannedRequest, 'request' | 'planned'>,
): Promise<Result<null>> => {
  const { state, mergeSha } = change
  if (state === 'merged_unauthorised' || mergeSha === null) return ok(null)
  const paths = readPlanRow(context.db, change).plan.files.map(({ path }) => path)
  const exact = isExact(change, inverse)
  const merge = { mergeSha, paths, before: exact }
  const read = await context.repository().undoing(context.tenant().repository, merge)
  if (!read.ok) return read
  const later = byLater(context, change)
  const since = read.value.since.filter((file) => !isIn(later, file))
  if (since.length > 0) return changedSince(since)
  if (!exact) return ok(null)
  const back = new Map(
    planned.files.map(({ path, content }) => [path, content === null ? null : gitBlobId(content)]),
  )
  const other = read.value.before.filter(({ path, blob }) => back.get(path) !== blob)
  return other.length > 0 ? notExact(other) : ok(null)
}

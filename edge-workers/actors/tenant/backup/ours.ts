// Whether the head that Git shows of a change is what we proposed. After a restore no commit of ours may be known: then its files
// say so, and a head that somebody else has pushed to is as touched as it ever was.
import { explains, unseen } from '../../../../gitops/promote.ts'
import { MAIN } from '../../../../gitops/propose.ts'
import type { PullRequest } from '../../../../schemas/ports.ts'
import { gitBlobId } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { throwIfOutage } from '../../outage.ts'
import { type ChangeRow, enqueue, step, type TenantContext } from '../context.ts'
import { renderChange, StaleTemplate } from '../files.ts'

/** Git's name of no commit: which one was ours nobody knows. */
export const NO_COMMIT = '0'.repeat(40)

/** The record beside them is read from there, and says nothing. Null: what was planned cannot be rendered any more. */
const writtenOf = (context: TenantContext, change: ChangeRow) => {
  try {
    const files = renderChange(context, change)
    return new Map(
      files.map(({ path, content }) => [path, content === null ? null : gitBlobId(content)]),
    )
  } catch (error) {
    if (error instanceof StaleTemplate) return null
    throw error
  }
}

/** The head has the files of the change, and an open one no others. What was merged beyond them its promotion finds. */
export const isOurs = async (
  context: TenantContext,
  change: ChangeRow,
  { headSha, merged }: PullRequest,
): Promise<boolean> => {
  if (change.commitSha === headSha) return true
  const { repository } = context.tenant()
  const written = writtenOf(context, change)
  if (!written) return false
  let paths = [...written.keys()]
  if (!merged) {
    const read = await context.repository().difference(repository, MAIN, headSha)
    throwIfOutage(read)
    const shown = read.ok ? read.value : null
    if (!shown?.filesComplete || !explains(shown.files, written)) return false
    paths = unseen(shown.files, written)
  }
  if (paths.length === 0) return true
  const blobs = await context.repository().blobs(repository, headSha, paths)
  throwIfOutage(blobs)
  return blobs.ok && paths.every((path, index) => written.get(path) === blobs.value[index])
}

export const noteOurs = (context: TenantContext, change: ChangeRow, headSha: string): void =>
  transaction(context.db, (tx) => {
    const at = context.now().toISOString()
    const row = step(tx, change, change.state, {
      ...{ actor: 'phoenix', at, reason: 'its head has the files that were planned' },
      patch: { headSha, commitSha: headSha },
    })
    enqueue(tx, 'gate', row.id, Date.parse(at))
  })

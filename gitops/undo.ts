// What Git says of a merge that is to be undone: what came over its files since, and what they were before it. Reads only.
import type { Comparison, FileState, Forge } from '../schemas/ports.ts'
import { Outage, ok, type Result, refuse } from '../schemas/result.ts'
import { MAIN, MAIN_UNKNOWN } from './propose.ts'

export interface Merge {
  mergeSha: string
  /** That the change wrote or took away. */
  paths: readonly string[]
  /** Whether what they were before is wanted. */
  before: boolean
}

export interface Undoing {
  /** Its files that main has otherwise now than the merge left them, as they are there. */
  since: FileState[]
  /** Each of its files as main had it before the merge; none where that is not wanted. */
  before: FileState[]
}

const LOST =
  'Git does not have the merge of this change on main any more: there is nothing to revert.'

const blobsAt = async (
  forge: Forge,
  paths: readonly string[],
  ref: string,
): Promise<FileState[]> => {
  const blobs = await forge.readBlobs(paths, ref)
  return paths.map((path, at) => ({ path, blob: blobs[at] ?? null }))
}

/** Main with the merge in it, compared with it. Throws Outage while the forge shows main as it was before. */
const sinceMerge = async (forge: Forge, mergeSha: string): Promise<Comparison | null> => {
  const after = await forge.compare(mergeSha, MAIN)
  if (after?.forward) return after
  // Main behind the merge was read late; where the two went apart somebody rewrote it.
  const back = after && (await forge.compare(MAIN, mergeSha))
  if (!back || back.forward) throw new Outage('forge', MAIN_UNKNOWN)
  return null
}

/**
 * One call; where it is wanted what was there before, the blobs of its files; and twice theirs where more differs on main than the
 * forge lists. Refused where main does not have the merge any more.
 */
export const readUndoing = async (forge: Forge, merge: Merge): Promise<Result<Undoing>> => {
  const { mergeSha, paths } = merge
  const after = await sinceMerge(forge, mergeSha)
  if (!after) return refuse('conflict', { detail: LOST })
  const own = new Set(paths)
  const since = after.files.filter(({ path }) => own.has(path))
  if (!after.filesComplete) {
    const hidden = paths.filter((path) => !since.some((one) => one.path === path))
    const left = await blobsAt(forge, hidden, mergeSha)
    const now = await blobsAt(forge, hidden, MAIN)
    since.push(...now.filter(({ blob }, at) => blob !== left[at]?.blob))
  }
  if (!merge.before) return ok({ since, before: [] })
  // What main was, before it took the head in.
  const [parent] = after.baseParents
  if (parent === undefined) throw new Outage('forge', MAIN_UNKNOWN)
  return ok({ since, before: await blobsAt(forge, paths, parent) })
}

// What Git says of a merge that is to be undone: what came over its files since, and what they were before it. Reads only.
import type { Comparison, FileState, Forge } from '../schemas/ports.ts'
import { Outage, ok, type Result, refuse } from '../schemas/result.ts'
import { MAIN, MAIN_UNKNOWN } from './propose.ts'

/** Each costs a call or two: files are asked for one by one. */
export const FILES_AT_MOST = 100

export interface Merge {
  mergeSha: string
  /** The head that was merged. */
  headSha: string
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
const TOO_MANY = `The change wrote more than ${FILES_AT_MOST} files, too many to compare with Git one by one: ask for what you want as an update.`

const blobsAt = async (
  forge: Forge,
  paths: readonly string[],
  ref: string,
): Promise<FileState[]> => {
  const found: FileState[] = []
  for (const path of paths) found.push({ path, blob: await forge.readBlob(path, ref) })
  return found
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

const parentOf = async (forge: Forge, { headSha, mergeSha }: Merge): Promise<string> => {
  const merged = await forge.compare(headSha, mergeSha)
  const [parent] = merged?.commits.find(({ sha }) => sha === mergeSha)?.parents ?? []
  if (parent === undefined) throw new Outage('forge', MAIN_UNKNOWN)
  return parent
}

/**
 * One call; where it is wanted what was there before, another, and one for each file; and two for each where more differs on main
 * than the forge lists. Refused where main does not have the merge any more, or so many files cannot be asked for.
 */
export const readUndoing = async (forge: Forge, merge: Merge): Promise<Result<Undoing>> => {
  const { mergeSha, paths } = merge
  const many = paths.length > FILES_AT_MOST
  if (many && merge.before) return refuse('conflict', { detail: TOO_MANY })
  const after = await sinceMerge(forge, mergeSha)
  if (!after) return refuse('conflict', { detail: LOST })
  const own = new Set(paths)
  const since = after.files.filter(({ path }) => own.has(path))
  if (!after.filesComplete) {
    if (many) return refuse('conflict', { detail: TOO_MANY })
    const hidden = paths.filter((path) => !since.some((one) => one.path === path))
    const left = await blobsAt(forge, hidden, mergeSha)
    const now = await blobsAt(forge, hidden, MAIN)
    since.push(...now.filter(({ blob }, at) => blob !== left[at]?.blob))
  }
  const before = merge.before ? await blobsAt(forge, paths, await parentOf(forge, merge)) : []
  return ok({ since, before })
}

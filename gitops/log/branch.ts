// Checkpoints on a branch of their own in the platform's repository: whoever clones it keeps a witness of the log.
// Never on main, where promotion explains every file. Each step may be repeated: what an earlier try left is adopted.
import type { Forge } from '../../schemas/ports.ts'
import { ok, type Result, refuse } from '../../schemas/result.ts'
import { MAIN } from '../propose.ts'

export const LOG_BRANCH = 'log'
/** The newest checkpoint. */
export const CHECKPOINT_PATH = 'log/checkpoint'

/** Groups of two digits, so that no directory has more than 200 entries: 12345 is `log/sizes/x01/x23/45`. */
export const sizePath = (size: number): string => {
  const digits = String(size)
  const groups = digits.padStart(Math.ceil(digits.length / 2) * 2, '0').match(/../g) ?? []
  const last = groups.length - 1
  return `log/sizes/${groups.map((group, at) => (at === last ? group : `x${group}`)).join('/')}`
}

export interface Published {
  /** Head of the branch. */
  commit: string
  /** Git's id of the newest checkpoint there; null: the branch has none. */
  blob: string | null
}

/** Null when there is no such branch. */
export const readPublished = async (forge: Forge): Promise<Published | null> => {
  const head = await forge.readBranch(LOG_BRANCH)
  return head && { commit: head.sha, blob: await forge.readBlob(CHECKPOINT_PATH, head.sha) }
}

export interface Publication {
  size: number
  /** SHA-256 in hex. */
  root: string
  note: string
  /** RFC 3339; the commit's date, so that a retry makes the same commit. */
  at: string
  /** Git's id of the note. */
  blob: string
  /** Git's id of the note that was published last; null: none was. */
  after: string | null
}

const messageOf = ({ size, root }: Publication): string =>
  `Checkpoint of size ${size}\n\nPhoenix-Log-Size: ${size}\nPhoenix-Log-Root: ${root}\n`

/**
 * Puts a checkpoint on the branch, which is made from main when absent; answers the commit that holds it. `conflict`: what
 * is published is neither this one nor the one before it, so that somebody has to look first. At most four writes and two reads.
 */
export const publishCheckpoint = async (
  forge: Forge,
  publication: Publication,
): Promise<Result<{ commit: string }>> => {
  const before = await forge.readBranch(LOG_BRANCH)
  const base = before ?? (await forge.readBranch(MAIN))
  if (!base) return refuse('conflict', { detail: 'The repository has no branch main.' })
  const there = before ? await forge.readBlob(CHECKPOINT_PATH, before.sha) : null
  if (before && there === publication.blob) return ok({ commit: before.sha })
  if (there !== null && there !== publication.after)
    return refuse('conflict', { detail: 'Another checkpoint is published.' })
  const { size, note, at } = publication
  const made = await forge.writeCommit({
    baseTree: base.tree,
    parents: [base.sha],
    files: [CHECKPOINT_PATH, sizePath(size)].map((path) => ({ path, content: note })),
    message: messageOf(publication),
    author: {
      name: 'Phoenix',
      email: 'phoenix@users.noreply.invalid',
      date: `${at.slice(0, 19)}Z`,
    },
  })
  if (!made) throw new Error('the forge takes no tree that only adds')
  const { sha } = made
  const placed = before
    ? await forge.moveBranch(LOG_BRANCH, sha, { force: false })
    : await forge.createBranch(LOG_BRANCH, sha)
  if (placed === 'moved' || placed === 'created') return ok({ commit: sha })
  const now = await readPublished(forge)
  if (now?.commit === sha || now?.blob === publication.blob) return ok({ commit: now.commit })
  return refuse('outage', { detail: 'The forge moved the branch meanwhile.', retryAfterSeconds: 5 })
}

// Writes a tree from inline files over a base tree, by one `git fast-import`: no work tree, no index, no reference left.
// Paths and modes are hostile: everything is checked before git sees a byte.
import { isSafePath, isSha } from './names.ts'
import { checkObjects } from './objects.ts'
import { git } from './run.ts'

export const TREE_ENTRIES_LIMIT = 100_000

/** As GitHub's POST git/trees takes them: content, or the id of an object that exists, or sha null to remove. */
export interface TreeChange {
  path: string
  mode: string
  content?: string | undefined
  sha?: string | null | undefined
}

export type WrittenTree = { tree: string } | { refused: string }

const MODES: Record<string, 'blob' | 'tree'> = {
  '100644': 'blob',
  '100755': 'blob',
  '040000': 'tree',
}

const quoted = (path: string): string => `"${path.replaceAll('"', '\\"')}"`

/** A sentence on what is wrong with the list itself, or null. */
const findFault = (changes: TreeChange[]): string | null => {
  if (changes.length > TREE_ENTRIES_LIMIT) return `tree has more than ${TREE_ENTRIES_LIMIT} entries`
  const paths = new Set<string>()
  for (const { path, mode, content, sha } of changes) {
    if (!isSafePath(path)) return 'tree.path contains a malformed path component'
    if (!Object.hasOwn(MODES, mode)) return 'tree.mode must be one of 100644, 100755, 040000'
    if (paths.has(path)) return 'tree.path is used more than once'
    if ((content === undefined) === (sha === undefined))
      return 'tree must hold either content or sha'
    if (content !== undefined && mode === '040000') return 'tree.mode 040000 needs a sha'
    if (typeof sha === 'string' && !isSha(sha)) return 'tree.sha is not an object id'
    paths.add(path)
  }
  const kept = changes.filter(({ sha }) => sha !== null)
  const files = new Set(kept.map(({ path }) => path))
  for (const { path } of kept) {
    for (let cut = path.lastIndexOf('/'); cut > 0; cut = path.lastIndexOf('/', cut - 1))
      if (files.has(path.slice(0, cut))) return 'tree.path is below another entry'
  }
  return null
}

/** What the entries refer to must exist: objects with the right type, and files to remove. */
const findMissing = async (
  directory: string,
  base: string | null,
  changes: TreeChange[],
): Promise<string | null> => {
  const named = changes.filter(({ sha }) => typeof sha === 'string')
  const objects = await checkObjects(
    directory,
    named.map(({ sha }) => String(sha)),
  )
  if (named.some(({ mode }, index) => objects[index]?.type !== MODES[mode]))
    return 'tree.sha is not an object of that type'
  const removed = changes.filter(({ sha }) => sha === null)
  if (removed.length > 0 && base === null) return 'GitRPC::BadObjectState'
  const before = await checkObjects(
    directory,
    removed.map(({ path }) => `${base}:${path}`),
  )
  return before.includes(null) ? 'GitRPC::BadObjectState' : null
}

const command = ({ path, mode, content, sha }: TreeChange): (string | Buffer)[] => {
  if (sha === null) return [`D ${quoted(path)}\n`]
  if (sha !== undefined) return [`M ${mode} ${sha} ${quoted(path)}\n`]
  const bytes = Buffer.from(content ?? '', 'utf8')
  return [`M ${mode} inline ${quoted(path)}\ndata ${bytes.length}\n`, bytes, '\n']
}

/**
 * Writes the tree. About 200 ms for 3,250 new files.
 * @param base id of an existing tree, or null for an empty one.
 */
export const writeTree = async (
  directory: string,
  base: string | null,
  changes: TreeChange[],
): Promise<WrittenTree> => {
  const fault = findFault(changes) ?? (await findMissing(directory, base, changes))
  if (fault !== null) return { refused: fault }
  const scratch = 'refs/scratch/tree'
  const parts: (string | Buffer)[] = [
    `feature done\ncommit ${scratch}\ncommitter forge <forge> 0 +0000\ndata 0\n`,
    base === null ? '' : `M 040000 ${base} ""\n`,
    // Removals first: a file may give way to a directory of the same name.
    ...changes.filter(({ sha }) => sha === null).flatMap(command),
    ...changes.filter(({ sha }) => sha !== null).flatMap(command),
    // `ls ""` writes the root tree and prints its id; then the scratch branch goes before it was ever stored.
    `ls ""\n\nreset ${scratch}\nfrom ${'0'.repeat(40)}\n\ndone\n`,
  ]
  const input = Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)),
  )
  const { stdout } = await git(directory, ['fast-import', '--quiet', '--done'], { input })
  const tree = /^040000 tree ([0-9a-f]{40})\t/.exec(stdout.toString('utf8'))?.[1]
  return tree === undefined ? { refused: 'the tree would be empty' } : { tree }
}

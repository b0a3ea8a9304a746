// Reads and writes single Git objects in a bare repository. It does not move references.
import { git, gitText } from './run.ts'

export interface Identity {
  name: string
  email: string
  /** Seconds since 1970 and the offset as Git writes it, `+0000`. */
  seconds: number
  offset: string
}

export interface Commit {
  sha: string
  tree: string
  parents: string[]
  author: Identity
  committer: Identity
  message: string
}

export interface GitObject {
  sha: string
  type: string
  bytes: Buffer
}

export interface TreeEntry {
  mode: string
  type: string
  sha: string
  size: number | null
  path: string
}

/**
 * Objects by id or by `id:path`, in the order asked for; null where there is none.
 * Names must hold no line end: callers check paths with isSafePath first.
 */
export const readObjects = async (
  directory: string,
  names: string[],
): Promise<(GitObject | null)[]> => {
  if (names.length === 0) return []
  const input = `${names.join('\n')}\n`
  const { stdout } = await git(directory, ['cat-file', '--batch'], { input })
  let at = 0
  return names.map(() => {
    const end = stdout.indexOf(10, at)
    const found = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(stdout.toString('utf8', at, end))
    at = end + 1
    if (!found?.[1] || !found[2]) return null
    const bytes = stdout.subarray(at, at + Number(found[3]))
    at += bytes.length + 1
    return { sha: found[1], type: found[2], bytes }
  })
}

/** Id and type without the content; null where there is none. */
export const checkObjects = async (
  directory: string,
  names: string[],
): Promise<({ sha: string; type: string } | null)[]> => {
  if (names.length === 0) return []
  const input = `${names.join('\n')}\n`
  const text = await gitText(directory, ['cat-file', '--batch-check'], { input })
  return text.split('\n').map((line) => {
    const found = /^([0-9a-f]{40}) (\w+) \d+$/.exec(line)
    return found?.[1] && found[2] ? { sha: found[1], type: found[2] } : null
  })
}

const parseIdentity = (text: string): Identity => {
  const found = /^(.*?) ?<([^>]*)> (\d+) ([+-]\d{4})$/.exec(text)
  return {
    name: found?.[1] ?? '',
    email: found?.[2] ?? '',
    seconds: Number(found?.[3] ?? 0),
    offset: found?.[4] ?? '+0000',
  }
}

export const parseCommit = (sha: string, bytes: Buffer): Commit => {
  const text = bytes.toString('utf8')
  const end = text.indexOf('\n\n')
  const commit: Commit = {
    sha,
    tree: '',
    parents: [],
    author: parseIdentity(''),
    committer: parseIdentity(''),
    message: end < 0 ? '' : text.slice(end + 2),
  }
  for (const line of text.slice(0, end < 0 ? undefined : end).split('\n')) {
    const [key, value] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]
    if (key === 'tree') commit.tree = value
    else if (key === 'parent') commit.parents.push(value)
    else if (key === 'author') commit.author = parseIdentity(value)
    else if (key === 'committer') commit.committer = parseIdentity(value)
  }
  return commit
}

export const readCommits = async (directory: string, shas: string[]): Promise<Commit[]> =>
  (await readObjects(directory, shas)).flatMap((object) =>
    object?.type === 'commit' ? [parseCommit(object.sha, object.bytes)] : [],
  )

const encodeIdentity = ({ name, email, seconds, offset }: Identity): string =>
  `${name} <${email}> ${seconds} ${offset}`

/** Writes a commit with exactly this content: the same input has the same id, here and in any other Git. */
export const writeCommit = (directory: string, commit: Omit<Commit, 'sha'>): Promise<string> => {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${encodeIdentity(commit.author)}`,
    `committer ${encodeIdentity(commit.committer)}`,
  ]
  return gitText(directory, ['hash-object', '-t', 'commit', '-w', '--stdin'], {
    input: `${lines.join('\n')}\n\n${commit.message}`,
  })
}

/** Entries of a tree. `recursive` goes down; sizes are bytes of blobs. */
export const listTree = async (
  directory: string,
  tree: string,
  { recursive = false }: { recursive?: boolean } = {},
): Promise<TreeEntry[]> => {
  const args: [string, ...string[]] = ['ls-tree', '-z', '--full-tree', '-l']
  if (recursive) args.push('-r', '-t')
  const { stdout } = await git(directory, [...args, tree])
  return stdout
    .toString('utf8')
    .split('\0')
    .filter((record) => record !== '')
    .map((record) => {
      const tab = record.indexOf('\t')
      const [mode = '', type = '', sha = '', size = '-'] = record.slice(0, tab).split(/ +/)
      return {
        mode,
        type,
        sha,
        size: size === '-' ? null : Number(size),
        path: record.slice(tab + 1),
      }
    })
}

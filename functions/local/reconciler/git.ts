// Reads commits of bare repositories by git plumbing: one listing per commit, blobs by their ids.
// Writes nothing, checks nothing out, and passes no text of a repository to a shell.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { git } from '../forge/git/run.ts'

export interface TreeEntry {
  path: string
  /** Git's file mode: 100644 is a plain file; 120000 a link, 160000 a submodule. */
  mode: string
  type: 'blob' | 'tree' | 'commit'
  id: string
  bytes: number
}

/** One commit: its listing by path, and the text of its blobs. */
export interface CommitTree {
  sha: string
  entries: Map<string, TreeEntry>
  readBlobs: (ids: string[]) => Promise<Map<string, Buffer>>
}

const SHA = /^[0-9a-f]{40}$/

/** The commit a branch points at, from the files of the repository alone (polled often); null without one. */
export const readHead = async (gitDir: string, branch: string): Promise<string | null> => {
  const loose = await readText(join(gitDir, 'refs', 'heads', branch))
  if (loose !== null && SHA.test(loose.trim())) return loose.trim()
  const packed = (await readText(join(gitDir, 'packed-refs')))?.split('\n') ?? []
  const line = packed.find((text) => text.slice(41) === `refs/heads/${branch}`)
  const sha = line?.slice(0, 40) ?? ''
  return SHA.test(sha) ? sha : null
}

const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return null
  }
}

/** Lists a whole commit. Rejects when git cannot read it. */
export const openCommit = async (gitDir: string, sha: string): Promise<CommitTree> => {
  const args: [string, ...string[]] = ['ls-tree', '-r', '-t', '-z', '-l', '--full-tree', sha]
  const { stdout: listing } = await git(gitDir, args)
  const entries = new Map<string, TreeEntry>()
  for (const line of listing.toString('utf8').split('\0')) {
    const [, mode, type, id, size, path] =
      /^(\d{6}) (blob|tree|commit) ([0-9a-f]{40}) +(\d+|-)\t(.+)$/s.exec(line) ?? []
    if (mode === undefined || id === undefined || path === undefined) continue
    const bytes = size === '-' ? 0 : Number(size)
    entries.set(path, { path, mode, type: type as TreeEntry['type'], id, bytes })
  }
  return { sha, entries, readBlobs: (ids) => readBlobs(gitDir, ids) }
}

/** Directories and files directly below a directory. */
export const childrenOf = ({ entries }: CommitTree, directory: string): TreeEntry[] => {
  const prefix = `${directory}/`
  return [...entries.values()].filter(
    ({ path }) => path.startsWith(prefix) && !path.includes('/', prefix.length),
  )
}

const readBlobs = async (gitDir: string, ids: string[]): Promise<Map<string, Buffer>> => {
  const blobs = new Map<string, Buffer>()
  if (ids.length === 0) return blobs
  const input = `${ids.join('\n')}\n`
  const { stdout: out } = await git(gitDir, ['cat-file', '--batch'], { input })
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf(10, at)
    const [id = '', type, size] = out.toString('latin1', at, end).split(' ')
    if (type !== 'blob') throw new Error('git gave something other than a blob')
    const start = end + 1
    blobs.set(id, out.subarray(start, start + Number(size)))
    at = start + Number(size) + 1
  }
  return blobs
}

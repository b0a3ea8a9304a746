// Blobs of many files at one commit out of its trees (docs.github.com/rest/git/trees, get a tree): a call for each folder on the
// way, not for each file, and all of one commit, wherever a branch moves meanwhile.
import type { GitSha } from '../../schemas/ids.ts'

export interface TreeEntry {
  /** Within its tree. */
  path: string
  /** `blob`, `tree`, or `commit` for a submodule. */
  type: string
  sha: GitSha
}
/** Of a tree, or of the tree of a branch or commit; null when there is none. */
export type ReadTree = (ref: string) => Promise<TreeEntry[] | null>

const split = (path: string): [folder: string, name: string] => {
  const slash = path.lastIndexOf('/')
  return [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)]
}

/** Every folder that the paths lie in, with those above them; '' is the root. */
const foldersOf = (paths: readonly string[]): Set<string> => {
  const folders = new Set([''])
  for (const path of paths)
    for (let [folder] = split(path); !folders.has(folder); [folder] = split(folder))
      folders.add(folder)
  return folders
}

/** Whether trees cost less than a call for each file. */
export const isByTrees = (paths: readonly string[]): boolean => foldersOf(paths).size < paths.length

/** Null for what is no file there. */
export const blobsOfTrees = async (
  readTree: ReadTree,
  paths: readonly string[],
  ref: string,
): Promise<(GitSha | null)[]> => {
  const trees = new Map<string, ReadonlyMap<string, TreeEntry>>()
  const entryOf = async (path: string): Promise<TreeEntry | undefined> => {
    const [folder, name] = split(path)
    return (await treeOf(folder)).get(name)
  }
  const treeOf = async (folder: string): Promise<ReadonlyMap<string, TreeEntry>> => {
    const known = trees.get(folder)
    if (known) return known
    const entry = folder === '' ? undefined : await entryOf(folder)
    const at = folder === '' ? ref : entry?.type === 'tree' ? entry.sha : null
    const entries = at === null ? null : await readTree(at)
    const tree = new Map((entries ?? []).map((one) => [one.path, one]))
    trees.set(folder, tree)
    return tree
  }
  const found: (GitSha | null)[] = []
  for (const path of paths) {
    const entry = await entryOf(path)
    found.push(entry?.type === 'blob' ? entry.sha : null)
  }
  return found
}

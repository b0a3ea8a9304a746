// Trees and commits in memory, under Git's own ids.
import type { CommitAuthor } from '../../schemas/ports.ts'
import { blobId, commitId, treeId } from './git-ids.ts'

export type Files = ReadonlyMap<string, string>
export interface Commit {
  tree: string
  parents: string[]
  message: string
  /** E-mail address. */
  committer: string
}

export const createObjects = () => {
  const trees = new Map<string, Files>()
  const commits = new Map<string, Commit>()
  const addTree = (files: Files): string => {
    const id = treeId(files)
    trees.set(id, files)
    return id
  }
  const addCommit = (commit: Omit<Commit, 'committer'>, author: CommitAuthor): string => {
    const id = commitId({ ...commit, author })
    commits.set(id, { ...commit, committer: author.email })
    return id
  }
  const commitOf = (sha: string): Commit => {
    const commit = commits.get(sha)
    if (!commit) throw new Error('no such commit')
    return commit
  }
  const filesOf = (sha: string): Files => trees.get(commitOf(sha).tree) ?? new Map()
  const reachable = (sha: string): Set<string> => {
    const seen = new Set<string>()
    const todo = [sha]
    for (let at = todo.pop(); at !== undefined; at = todo.pop()) {
      if (seen.has(at)) continue
      seen.add(at)
      todo.push(...commitOf(at).parents)
    }
    return seen
  }

  /** Texts by the ids of their blobs. */
  const contents = new Map<string, string>()
  const withChanges = (
    base: Files,
    changes: Iterable<{ path: string; content: string | null }>,
  ): Files => {
    const files = new Map(base)
    for (const { path, content } of changes) {
      if (content === null) files.delete(path)
      else {
        const blob = blobId(content)
        contents.set(blob, content)
        files.set(path, blob)
      }
    }
    return files
  }

  return { trees, commits, contents, withChanges, addTree, addCommit, commitOf, filesOf, reachable }
}

// Whether `live` may move: judged by content, not by who merged what. Pure.
// What differs between `live` and a commit of main must be exactly what approved changes wrote. A merge that went around
// the gate, a commit pushed by hand, a merge with something added: none of it is explained, so none of it is applied;
// and once it has been undone on main it differs from nothing and stands in nobody's way.

export interface MainCommit {
  sha: string
  parents: string[]
  message: string
}

/** Only the way main itself went: the first parents from its head back to `live`, oldest first. */
export const firstParents = (
  commits: MainCommit[],
  head: string,
  live: string | null,
): MainCommit[] => {
  const bySha = new Map(commits.map((commit) => [commit.sha, commit]))
  const line: MainCommit[] = []
  for (let at: string | undefined = head; at !== undefined && at !== live; ) {
    const commit: MainCommit | undefined = bySha.get(at)
    if (!commit) break
    line.unshift(commit)
    at = commit.parents[0]
  }
  return line
}

/** What the engines read. Other files of a repository are for people: a record, a README. */
const APPLIED = /^(?:rendered|clusters)\//

/** Git's id of what stands at a path; null when nothing does. */
export type Contents = ReadonlyMap<string, string | null>

/**
 * Whether what the engines would see is explained by what approved changes wrote, path by path and byte by byte. `alone`: nothing else
 * lies in between, so everything they wrote must be there; with a stray and its revert in between, the two may cancel out.
 */
export const explains = (
  difference: { path: string; blob: string | null }[],
  written: Contents,
  { alone }: { alone: boolean },
): boolean => {
  const shown = new Set(difference.map(({ path }) => path))
  return (
    difference
      .filter(({ path }) => APPLIED.test(path))
      .every(({ path, blob }) => written.has(path) && written.get(path) === blob) &&
    (!alone || [...written.keys()].every((path) => shown.has(path)))
  )
}

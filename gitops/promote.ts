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

/** Files for people, which no engine and no Git client acts on. Everything else must be explained. */
const FOR_PEOPLE = /^(?:changes\/.*|[^/.][^/]*\.md|CODEOWNERS|LICENSE)$/

/** Git's id of what stands at a path; null when nothing does. */
export type Contents = ReadonlyMap<string, string | null>

/**
 * Entry points in the platform's own repository: what leads an engine to Phoenix in the first place, so operators bring it
 * in by hand, under the forge's own rules.
 */
export const ENTRY_POINTS = /^clusters\//

/** What of a difference no approved change wrote: made by hand, or by somebody else's hand. */
export const unexplained = <F extends { path: string; blob: string | null }>(
  difference: F[],
  written: Contents,
  /** Paths that may differ all the same. */
  byHand?: RegExp,
): F[] =>
  difference
    .filter(({ path }) => !FOR_PEOPLE.test(path) && !byHand?.test(path))
    .filter(({ path, blob }) => !written.has(path) || written.get(path) !== blob)

/** Whether a difference holds nothing but what approved changes wrote, path by path and byte by byte. */
export const explains = (
  difference: { path: string; blob: string | null }[],
  written: Contents,
  byHand?: RegExp,
): boolean => unexplained(difference, written, byHand).length === 0

/** What approved changes wrote and the difference does not show: it must stand there already, or it was taken away. */
export const unseen = (difference: { path: string }[], written: Contents): string[] => {
  const shown = new Set(difference.map(({ path }) => path))
  return [...written.keys()].filter((path) => !shown.has(path))
}

// Which commit `live` may move to: the newest on main such that every merge up to it is authorised. Pure.

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

/** What may become of a commit on main: applied, applied only together with a later commit, or not. */
export type Verdict = 'authorised' | 'barred' | { onlyWith: string }

/**
 * The commit `live` may move to, and the first commit that stands in the way. A commit that may only go together with a
 * later one (a stray merge with its revert) never becomes the target without it.
 */
export const promotionTarget = (
  line: Pick<MainCommit, 'sha'>[],
  judge: (sha: string) => Verdict,
): { target: string | null; blockedBy: string | null } => {
  let target: string | null = null
  const awaited = new Set<string>()
  let stray: string | null = null
  for (const { sha } of line) {
    const verdict = judge(sha)
    if (verdict === 'barred') return { target, blockedBy: stray ?? sha }
    if (verdict !== 'authorised') {
      awaited.add(verdict.onlyWith)
      stray ??= sha
    }
    awaited.delete(sha)
    if (awaited.size === 0) {
      target = sha
      stray = null
    }
  }
  return { target, blockedBy: stray }
}

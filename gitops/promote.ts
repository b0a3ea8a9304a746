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

/** The target, and the first commit that stands in the way. `authorised` says whether a commit of main may be applied. */
export const promotionTarget = (
  line: MainCommit[],
  authorised: (sha: string) => boolean,
): { target: string | null; blockedBy: string | null } => {
  let target: string | null = null
  for (const { sha } of line) {
    if (!authorised(sha)) return { target, blockedBy: sha }
    target = sha
  }
  return { target, blockedBy: null }
}

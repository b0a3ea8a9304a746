// How two forges that are compared stand, and what one step of a comparison is. Each step names the kinds of answers that it may
// have, and says which of them one was.
import type { PullRequest } from '../../schemas/ports.ts'
import type { Side } from './forge-side.ts'

/** What has to be met, or a run has not compared it. */
export const KINDS = [
  ...(['commit', 'nothing to take away', 'created', 'branch exists'] as const),
  ...(['moved', 'not fast-forward', 'moved by force', 'no such branch'] as const),
  ...(['deleted', 'closed with its branch', 'absent'] as const),
  ...(['opened', 'exists', 'nothing new', 'body written', 'closed'] as const),
  ...(['merged', 'merged three ways', 'refused: conflict', 'refused: no gate'] as const),
  ...(['refused: red gate', 'refused: green of another commit', 'refused: head'] as const),
  ...(['refused: closed', 'refused: gone', 'bypassed', 'person refused by the gate'] as const),
  ...(['live moved', 'live not moved back', 'live not forced back'] as const),
  ...(['pushed', 'forced', 'dropped with its pull', 'reviewed', 'edited'] as const),
  ...([
    'closed by a person',
    'review of an older head',
    'live behind main',
    'live is main',
  ] as const),
] as const
export type Kind = (typeof KINDS)[number]

export const BRANCHES = ['phoenix/acme/one', 'phoenix/acme/two'] as const
/** Every pull request that a run opens has a lower number. */
export const NOWHERE = 999

/** How the first side stands; ids are its own. */
export interface Scene {
  tips: Map<string, string>
  pulls: PullRequest[]
  gates: Map<string, boolean>
  parents: Map<string, string[]>
  /** The head that was last reviewed of a pull request. */
  reviewed: Map<number, string>
}

/** Whether `sha` is in the history of `of`. */
export const isIn = ({ parents }: Scene, sha: string, of: string): boolean => {
  const [seen, waiting] = [new Set<string>(), [of]]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === sha) return true
    if (!seen.has(at)) waiting.push(...(parents.get(at) ?? []))
    seen.add(at)
  }
  return false
}
export const tipOf = ({ tips }: Scene, branch: string): string => tips.get(branch) ?? ''

export interface Told {
  said: unknown
  /** The branch's pull requests afterwards, where the step names one. */
  pulls: PullRequest[]
}
export interface Step {
  name: string
  kinds: readonly Kind[]
  /** Cannot be met before something like this was done. */
  leads?: readonly Kind[]
  run: (side: Side) => Promise<unknown>
  /** Which it was; null: none of them. Absent: the one. */
  kindOf?: (told: Told) => Kind | null
  /** Its pull requests are compared afterwards. */
  branch?: string
  /** Of the commit that the answer names. */
  parents?: string[]
  gate?: { head: string; green: boolean }
  review?: { number: number; head: string }
}

/** The answer is exactly this. */
export const says =
  (kind: Kind, wanted: unknown) =>
  ({ said }: Told): Kind | null =>
    said === wanted ? kind : null

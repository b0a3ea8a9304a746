// One of two forges that are compared: the port, what people do past it, and its ids. Where a forge dates a commit itself its ids
// are its own, so they are compared by when they were first seen.
import type { Forge, Review } from '../../schemas/ports.ts'

export interface Party {
  forge: Forge
  person: {
    push: (branch: string, path: string, content: string) => Promise<string>
    review: (number: number, state: Review['state']) => Promise<unknown>
    close: (number: number) => Promise<unknown>
    edit: (number: number, body: string) => Promise<unknown>
    force: (branch: string, sha: string) => Promise<unknown>
    drop: (branch: string) => Promise<unknown>
    /** As somebody who may write, or past the gate as an administrator: the merge's id, or null where it is refused. */
    merge: (number: number, options: { pastTheGate: boolean }) => Promise<string | null>
  }
}

export interface Side extends Party {
  /** Ids in the order in which they were first seen. */
  seen: string[]
  /** What this side calls a commit of the first one. */
  own: (sha: string) => string
}

/** What two forges may say differently: addresses, numbers of accounts. */
const OWN = new Set(['url', 'account', 'mergedByAccount', 'committer'])

const refusalOf = (why: string): string =>
  /head/.test(why) ? 'refused: head' : /gone/.test(why) ? 'refused: gone' : 'refused: rules'

/** An answer without what is one forge's own. */
export const normalised = (value: unknown, side: Pick<Side, 'seen'>): unknown => {
  const { seen } = side
  if (typeof value === 'string' && /^[0-9a-f]{40}$/.test(value)) {
    if (!seen.includes(value)) seen.push(value)
    return `id ${seen.indexOf(value)}`
  }
  if (Array.isArray(value)) return value.map((one) => normalised(one, side))
  if (value === null || typeof value !== 'object') return value
  if ('refused' in value) return refusalOf(String(value.refused))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !OWN.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, normalised(inner, side)]),
  )
}

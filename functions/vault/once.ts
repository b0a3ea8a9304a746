// One version for one operation: what was asked for is written into the version itself, as a tag, in the same request that makes
// it. Whoever asks again, after a lost answer too, finds it there. Two at once are one after the other in this process; two
// processes at once may make two, and both answer with the older one from then on.
import { createHash } from 'node:crypto'
import type { Asker } from '../azure/verbs.ts'
import { refusal } from './errors.ts'
import type { Properties } from './shelf.ts'

const TAG = 'phoenix-operation'
export const ORDER_TAG = 'phoenix-order'
const VERSIONS_AT_MOST = 5_000

/** Tags are seen by whoever may list: a digest says neither who asked nor for what. */
export const tagsOf = (
  verb: string,
  { owner, operation }: Asker,
  order: number | null,
): Record<string, string> & { [TAG]: string } => ({
  ...(order === null ? {} : { [ORDER_TAG]: String(order) }),
  [TAG]: createHash('sha256')
    .update(`${verb}\u0000${owner}\u0000${operation}`)
    .digest('hex')
    .slice(0, 32),
})

export const allOf = async <T>(list: AsyncIterable<T>, atMost = VERSIONS_AT_MOST): Promise<T[]> => {
  const all: T[] = []
  for await (const one of list) {
    if (all.length >= atMost) throw refusal('refused', 'too-many')
    all.push(one)
  }
  return all
}

const padded = (number: number | string): string => String(number).padStart(16, '0')
const age = ({ createdOn, tags, version = '' }: Properties): string =>
  `${padded(createdOn?.getTime() ?? 0)} ${padded(tags?.[ORDER_TAG] ?? 0)} ${version}`
/** Newest first. The vault keeps whole seconds: within one, in the order of the requests that made them. */
export const newestFirst = (a: Properties, b: Properties): number => (age(a) < age(b) ? 1 : -1)

/** The version that this operation made. Undefined: none yet. */
export const madeBy = (
  versions: Properties[],
  tags: ReturnType<typeof tagsOf>,
): Properties | undefined =>
  versions
    .filter((one) => one.tags?.[TAG] === tags[TAG])
    .sort(newestFirst)
    .at(-1)

/** One after the other for each name. */
export const createTurns = () => {
  const last = new Map<string, Promise<unknown>>()
  return async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = last.get(name) ?? Promise.resolve()
    const mine = before.then(work, work)
    last.set(name, mine)
    try {
      return await mine
    } finally {
      if (last.get(name) === mine) last.delete(name)
    }
  }
}

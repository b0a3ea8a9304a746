// Requests about one name in the order in which they were made, however late each comes: the vault has neither transactions nor
// conditions, so its object says itself which request was the last, in a tag. What was purged says nothing any more: that is
// remembered beside it.
// Two processes at the same moment may both find their request to be the last one; what comes later than that is found here.
import { createHash } from 'node:crypto'
import type { FunctionsState } from '../azure/state.ts'
import { refusal } from './errors.ts'
import { newestFirst, ORDER_TAG } from './once.ts'
import type { Place } from './settings.ts'
import type { Properties, Shelf, Signal } from './shelf.ts'

const LAST_TAG = 'phoenix-last'
const numberIn = (text: string | undefined): number | null =>
  /^\d{1,16}$/.test(text ?? '') ? Number(text) : null

/** Of the request that made this version; null: it had none. */
export const orderOf = ({ tags }: Properties): number | null => numberIn(tags?.[ORDER_TAG])

/** Throws `conflict`, `superseded`, where one of these versions says that a later request was here. */
export const requireLatest = (versions: Properties[], order: number | null): void => {
  const said = versions.flatMap(({ tags }) => [tags?.[ORDER_TAG], tags?.[LAST_TAG]])
  if (order !== null && said.some((text) => (numberIn(text) ?? 0) > order))
    throw refusal('conflict', 'superseded')
}

/** From here on no earlier request changes this name. Throws as `requireLatest`. `versions` empty: there is nothing to change. */
export const fence = async (
  shelf: Pick<Shelf, 'update'>,
  name: string,
  { versions, order }: { versions: Properties[]; order: number | null },
  signal: Signal,
): Promise<void> => {
  requireLatest(versions, order)
  const [newest] = [...versions].sort(newestFirst)
  if (order === null || !newest || newest.tags?.[LAST_TAG] === String(order)) return
  const tags = { ...newest.tags, [LAST_TAG]: String(order) }
  await shelf.update(name, newest.version ?? '', { tags, ...signal })
}

/** Of names that were purged: the order of that request. */
export interface PurgedNames {
  last(place: Place): Promise<number | null>
  note(place: Place, order: number): Promise<void>
}

const nameOf = ({ url, remote }: Place): string =>
  `vault-purged/${createHash('sha256').update(`${url} ${remote}`).digest('hex')}`

export const purgedNames = (state: FunctionsState): PurgedNames => {
  const read = async (place: Place) => {
    const there = await state.read(nameOf(place))
    return { order: numberIn(there?.text), tag: there?.tag ?? null }
  }
  return {
    last: async (place) => (await read(place)).order,
    async note(place, order) {
      const { order: before, tag } = await read(place)
      if (before !== null && before >= order) return
      // Whoever was faster may have noted an earlier one.
      if (!(await state.write(nameOf(place), String(order), tag))) await this.note(place, order)
    },
  }
}

/** Throws as `requireLatest`, also where a purge was the last request about a name that has no version. */
export const requireMakeable = async (
  purged: PurgedNames,
  place: Place,
  versions: Properties[],
  order: number | null,
): Promise<void> => {
  requireLatest(versions, order)
  if (order === null || versions.length > 0) return
  if (((await purged.last(place)) ?? 0) > order) throw refusal('conflict', 'superseded')
}

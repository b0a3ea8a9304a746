// A page of rows that were asked for with one beyond the limit: where that one is there, there is more.
import type { Page } from './contracts.ts'

/** `keyOf`: what `after` of the next page is compared with. */
export const pageOf = <Row, Item>(
  rows: readonly Row[],
  limit: number,
  keyOf: (row: Row) => string,
  show: (row: Row) => Item,
): Page<Item> => {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return { items: shown.map(show), next: rows.length > limit && last ? keyOf(last) : null }
}

export const byId = ({ id }: { id: string }): string => id

// Packs the new machines of one site into its hosts. Several ways are tried and the best is taken; the same input is always
// packed the same way. Best means, in this order: everything has room; machines of a group are as far apart as they can be;
// the loss of any one host on shared storage can be made up for; open changes are not in the way; few hosts are used.
import type { Bin, Item } from './bins.ts'
import { crowding, inUse, isLess, lossesNotMet } from './cost.ts'
import { repair } from './repair.ts'
import { leftShare, packOneWay, waysFor } from './ways.ts'

interface Packing {
  bins: Bin[]
  tooSmall: number
  contended: number
  cost: number[]
}

const weighed = ({ bins, tooSmall, contended }: Omit<Packing, 'cost'>): Packing => {
  const used = bins.filter(inUse).length
  const cost = [tooSmall, crowding(bins), lossesNotMet(bins).length, contended, used]
  return { bins, tooSmall, contended, cost }
}

const better = (a: Packing, b: Packing): Packing => (isLess(b.cost, a.cost) ? b : a)

/** The best of all ways with these hosts. */
const bestOf = (bins: readonly Bin[], items: readonly Item[], open: ReadonlySet<string>): Packing =>
  waysFor(items.length, bins.length)
    .map((way) => weighed(packOneWay(bins, items, way, open)))
    .reduce(better)

/** The hosts of the items, in their order. `bins` hold what stands; there is at least one. */
export const pack = (bins: readonly Bin[], items: readonly Item[]): string[] => {
  if (bins.length === 1 || items.length === 0) return items.map(() => bins[0]?.name ?? '')
  let best = bestOf(bins, items, new Set(bins.map(({ name }) => name)))
  for (let fewer = closeOne(best, bins, items); fewer; fewer = closeOne(best, bins, items))
    best = fewer
  repair(best.bins, new Set(items))
  const hostOf = new Map(
    best.bins.flatMap(({ name, machines }) => machines.map((item) => [item, name] as const)),
  )
  return items.map((item) => hostOf.get(item) ?? '')
}

/** A better packing without the emptiest host that is in use for this alone; none when there is none. */
const closeOne = (
  { bins: packed, cost }: Packing,
  bins: readonly Bin[],
  items: readonly Item[],
): Packing | undefined => {
  const open = packed.filter(inUse)
  const [emptiest] = open
    .filter(({ used }) => !used)
    .toSorted((a, b) => leftShare(b) - leftShare(a))
  const rest = new Set(open.map(({ name }) => name).filter((name) => name !== emptiest?.name))
  if (!emptiest || rest.size === 0) return undefined
  const fewer = bestOf(bins, items, rest)
  return isLess(fewer.cost, cost) ? fewer : undefined
}

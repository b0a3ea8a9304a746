// Moves single machines of a packing so that more losses can be met: never into a host without room, never closer to their own
// group, and each time by the move that helps most.
import { type Bin, type Item, put, remove, tightness } from './bins.ts'
import { inUse, isLess, lossesNotMet, stranded } from './cost.ts'

/** So much trying is worth it; a larger fleet keeps what it has. */
const MOST_WORK = 20_000
const MOST_MOVES = 40

interface Move {
  item: Item
  from: Bin
  to: Bin
  cost: number[]
}

const costOf = (bins: readonly Bin[]): number[] => {
  const unmet = lossesNotMet(bins)
  return [
    unmet.length,
    unmet.reduce((sum, lost) => sum + stranded(bins, lost), 0),
    bins.filter(inUse).length,
  ]
}

/** Changes the bins. `fresh` are the machines that may still go anywhere. */
export const repair = (bins: Bin[], fresh: ReadonlySet<Item>): void => {
  if (fresh.size * bins.length * bins.length > MOST_WORK) return
  for (let moves = 0; moves < MOST_MOVES; moves += 1) {
    const unmet = lossesNotMet(bins)
    if (unmet.length === 0) return
    const move = bestMove(bins, unmet, fresh)
    if (!move) return
    remove(bins, move.from, move.item)
    put(bins, move.to, move.item)
  }
}

const bestMove = (bins: Bin[], unmet: Bin[], fresh: ReadonlySet<Item>): Move | undefined => {
  let best: Move | undefined
  let least = costOf(bins)
  for (const from of unmet)
    for (const item of from.machines.filter((machine) => fresh.has(machine)))
      for (const to of bins) {
        const crowded = (to.groups.get(item.group) ?? 0) >= (from.groups.get(item.group) ?? 0)
        if (to === from || crowded || tightness(to, item) !== 0) continue
        const at = from.machines.indexOf(item)
        remove(bins, from, item)
        put(bins, to, item)
        const cost = costOf(bins)
        remove(bins, to, item)
        put(bins, from, item)
        // Back to where it was among the others: the order decides between equals.
        from.machines.splice(at, 0, from.machines.pop() as Item)
        if (!isLess(cost, least)) continue
        least = cost
        best = { item, from, to, cost }
      }
  return best
}

// The ways in which the machines of a site are put into its hosts one after the other. Each is quick and none is always best.
import { type Bin, copyBin, type Item, type Left, put, tightness } from './bins.ts'
import { inUse } from './cost.ts'

/** Bigger ones first by some measure, or as they were asked for. */
type Order = (item: Left, total: Left) => number

const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0)

const ORDERS: Order[] = [
  (item, total) =>
    Math.max(
      share(item.cores, total.cores),
      share(item.memoryMiB, total.memoryMiB),
      share(item.diskGiB, total.diskGiB),
    ),
  (item, total) =>
    share(item.cores, total.cores) +
    share(item.memoryMiB, total.memoryMiB) +
    share(item.diskGiB, total.diskGiB),
  ({ memoryMiB }) => memoryMiB,
  ({ cores }) => cores,
  () => 0,
]

/** How a host is chosen among those that are as good: a smaller number is better. */
export interface Way {
  order: Order
  /** Of hosts in use already, the fullest; or the emptiest, which leaves every host something. */
  fill: 'fullest' | 'emptiest'
  /** Of hosts not yet in use, the largest; or the one that fits most closely. */
  open: 'largest' | 'closest'
}

const WAYS: Way[] = [
  ...ORDERS.flatMap((order): Way[] => [
    { order, fill: 'fullest', open: 'largest' },
    { order, fill: 'fullest', open: 'closest' },
  ]),
  ...ORDERS.slice(0, 3).map((order): Way => ({ order, fill: 'emptiest', open: 'largest' })),
]

/** Where there is much to place a few ways are enough: what is left over at the edges no longer counts for much. */
const MANY = 20_000
export const waysFor = (items: number, hosts: number): Way[] =>
  items * hosts > MANY ? WAYS.slice(0, 4) : WAYS

/** Share of the bin that is left, over all it has. */
export const leftShare = ({ leftOwn, supply }: Bin): number =>
  share(leftOwn.cores, supply.cores) +
  share(leftOwn.memoryMiB, supply.memoryMiB) +
  share(leftOwn.diskGiB, supply.diskGiB)

const sizeOf = ({ supply }: Bin, total: Left): number =>
  share(supply.cores, total.cores) + share(supply.memoryMiB, total.memoryMiB)

/** Of the hosts that are as good for the machine, those in use come first where they are to be filled. */
const preference = (bin: Bin, way: Way, total: Left): number => {
  if (!inUse(bin)) {
    const size = sizeOf(bin, total)
    const last = way.fill === 'fullest' ? 1000 : 0
    return last + (way.open === 'largest' ? -size : size)
  }
  return way.fill === 'fullest' ? leftShare(bin) : -leftShare(bin)
}

/** One with room, of those one with the fewest of the group, of those the preferred one; the first of equals. */
const choose = (bins: readonly Bin[], item: Item, way: Way, total: Left): Bin => {
  let best: Bin | undefined
  let [leastTight, leastGroup, least] = [3, 0, 0]
  for (const bin of bins) {
    const tight = tightness(bin, item)
    if (tight > leastTight) continue
    const group = bin.groups.get(item.group) ?? 0
    if (tight === leastTight && group > leastGroup) continue
    const preferred = preference(bin, way, total)
    if (tight === leastTight && group === leastGroup && preferred >= least) continue
    best = bin
    leastTight = tight
    leastGroup = group
    least = preferred
  }
  return best as Bin
}

const totalOf = (bins: readonly Bin[]): Left =>
  bins.reduce(
    (sum, { supply }) => ({
      cores: sum.cores + supply.cores,
      memoryMiB: sum.memoryMiB + supply.memoryMiB,
      diskGiB: sum.diskGiB + supply.diskGiB,
    }),
    { cores: 0, memoryMiB: 0, diskGiB: 0 },
  )

/** The bins with everything in them. Only those named in `open` are used; the others stand by. */
export const packOneWay = (
  empty: readonly Bin[],
  items: readonly Item[],
  way: Way,
  open: ReadonlySet<string>,
): { bins: Bin[]; tooSmall: number; contended: number } => {
  const bins = empty.map(copyBin)
  const usable = bins.filter(({ name }) => open.has(name))
  const total = totalOf(bins)
  const weights = new Map(items.map((item) => [item, way.order(item, total)]))
  const sequence = items.toSorted((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0))
  let tooSmall = 0
  let contended = 0
  for (const item of sequence) {
    const bin = choose(usable, item, way, total)
    const fit = tightness(bin, item)
    if (fit === 2) tooSmall += 1
    if (fit === 1) contended += 1
    put(bins, bin, item)
  }
  return { bins, tooSmall, contended }
}

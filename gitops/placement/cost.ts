// What a packing costs: a list of numbers, the first that differs decides.
import { absorbs } from './absorb.ts'
import type { Bin } from './bins.ts'

export const isLess = (a: readonly number[], b: readonly number[]): boolean => {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0
    if (value !== other) return value < other
  }
  return false
}

/** How much machines of one group sit together: least when they are spread evenly. */
export const crowding = (bins: readonly Bin[]): number => {
  let squares = 0
  for (const { groups } of bins) for (const n of groups.values()) squares += n * n
  return squares
}

/** The bins on shared storage whose machines would find no other place. */
export const lossesNotMet = (bins: readonly Bin[]): Bin[] =>
  bins.filter((lost) => lost.store !== null && lost.machines.length > 0 && stranded(bins, lost) > 0)

/** MiB of the machines of a lost host that find no other place. */
export const stranded = (bins: readonly Bin[], lost: Bin): number => {
  const rooms = bins
    .filter((bin) => bin !== lost && bin.store === lost.store)
    .map(({ left }) => ({ cores: left.cores, memoryMiB: left.memoryMiB }))
  return absorbs(rooms, lost.machines)
}

export const inUse = ({ used, machines }: Bin): boolean => used || machines.length > 0

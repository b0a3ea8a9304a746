// Short forms for the rows of a system: counts, ranges and sizes as the source writes them.
import type { Range, SizeRange, Sizes } from '../../schemas/system.ts'

/** `count(3)` is exactly three, `count(2, 4)` two to four, `atLeast(3)` the source's "3+". */
export const count = (least: number, most: number = least): Range => ({ least, most })
export const atLeast = (least: number): Range => ({ least, most: null })

const sized =
  (unit: SizeRange['unit']) =>
  (least: number, most: number | null = least): SizeRange => ({ least, most, unit })
export const GB = sized('GB')
export const GiB = sized('GiB')
export const TB = sized('TB')

/** Cores, memory and disk of one unit. */
export const each = (cores?: Range, memory?: SizeRange, disk?: SizeRange): Sizes => ({
  ...(cores ? { cores } : {}),
  ...(memory ? { memory } : {}),
  ...(disk ? { disk } : {}),
})

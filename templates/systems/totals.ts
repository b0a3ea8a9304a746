// Sums over a system's rows, computed and never mixed with what the source declares. GB and GiB are not added together.
import type {
  ComponentBasis,
  Range,
  SizeRange,
  Sizes,
  SystemComponent,
} from '../../schemas/system.ts'

export interface DerivedTotals {
  units: Range
  cores: Range
  /** One entry per unit that occurs. */
  memory: SizeRange[]
  disk: SizeRange[]
}

/** An open end makes the sum open. */
const add = (sum: Range, more: Range): Range => ({
  least: sum.least + more.least,
  most: sum.most === null || more.most === null ? null : sum.most + more.most,
})

const times = (count: Range, each: Range): Range => ({
  least: count.least * each.least,
  most: count.most === null || each.most === null ? null : count.most * each.most,
})

const NONE: Range = { least: 0, most: 0 }

/** What the rows of these bases ask for together. A row without sizes counts its units only. */
export const derivedTotals = (
  components: readonly SystemComponent[],
  bases: readonly ComponentBasis[],
): DerivedTotals => {
  const rows = components.filter(({ basis }) => bases.includes(basis))
  const sizes = (field: 'memory' | 'disk') => sumByUnit(rows, field)
  return {
    units: rows.reduce((sum, { count }) => add(sum, count), NONE),
    cores: rows.reduce(
      (sum, { count, each }) => (each?.cores ? add(sum, times(count, each.cores)) : sum),
      NONE,
    ),
    memory: sizes('memory'),
    disk: sizes('disk'),
  }
}

const sumByUnit = (rows: SystemComponent[], field: keyof Sizes & ('memory' | 'disk')) => {
  const sums = new Map<SizeRange['unit'], Range>()
  for (const { count, each } of rows) {
    const size = each?.[field]
    if (size) sums.set(size.unit, add(sums.get(size.unit) ?? NONE, times(count, size)))
  }
  return [...sums].map(([unit, range]): SizeRange => ({ ...range, unit }))
}

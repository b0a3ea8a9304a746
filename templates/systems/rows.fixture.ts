// A system's rows as text, one line each, so that a test can hold them against a table typed from the source.
import type { Range, SizeRange, Sizes, System, SystemComponent } from '../../schemas/system.ts'

type Rows = Pick<System<never>, 'components'>
type Shown = Omit<System<never>, 'parameters' | 'documents' | 'examples'>

/** `3`, `3-5`, `3+`, with the unit of a size. */
export const rangeText = (range: Range | SizeRange): string => {
  const { least, most } = range
  const numbers = most === null ? `${least}+` : least === most ? `${least}` : `${least}-${most}`
  return 'unit' in range ? `${numbers} ${range.unit}` : numbers
}
const sizesText = ({ cores, memory, disk }: Sizes): string =>
  [cores, memory, disk].flatMap((size) => (size ? [rangeText(size)] : [])).join(', ')

/** Id, count, size of each, kind, basis, phase, depends on, exposure, floor, what is derived; a dash: nothing. */
export const factLines = ({ components }: Rows): string[] =>
  components.map(
    ({
      id,
      count,
      each = {},
      kind,
      basis,
      phase,
      dependsOn,
      exposure,
      versionFloor,
      derived = [],
    }) =>
      [
        ...[id, rangeText(count), sizesText(each) || '-', kind, basis, phase ?? '-'],
        ...[dependsOn.join(' ') || '-', exposure],
        ...[versionFloor ?? '-', derived.join(' ') || '-'],
      ].join(' | '),
  )

/** Lines of a table typed by hand: no empty ones, one blank around each bar. */
export const tableLines = (table: string): string[] =>
  table
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line
        .split('|')
        .map((cell) => cell.trim())
        .join(' | '),
    )

/** Which rows say the same of `field`, by what they say; rows that say nothing are not there. */
export const rowsBy = (
  { components }: Rows,
  field: (row: SystemComponent) => string | undefined,
): Record<string, string> => {
  const groups = new Map<string, string[]>()
  for (const row of components) {
    const said = field(row)
    if (said !== undefined) groups.set(said, [...(groups.get(said) ?? []), row.id])
  }
  return Object.fromEntries([...groups].map(([said, ids]) => [said, ids.join(' ')]))
}

/** Totals that the source prints for a row: cores, memory, disk. */
export const declaredOf = ({ components }: Rows): Record<string, string> =>
  Object.fromEntries(
    components.flatMap(({ id, declared }) => (declared ? [[id, sizesText(declared)]] : [])),
  )

/** Duration, order and what must be there, of the whole and of each phase. */
export const courseOf = ({ durationWeeks, requires, declaredTotals, phases }: Shown) => ({
  ...{ weeks: rangeText(durationWeeks), requires, declared: sizesText(declaredTotals) },
  phases: phases.map(({ id, duration, needs }) => [id, duration, needs.join(' ')]),
})

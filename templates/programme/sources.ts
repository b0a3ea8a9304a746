// Everything a claim may read: the rows of the systems as they are, and what the source prints of all of them.
// Plain data, so that a number can be found by its pointer.
import type { Range, SizeRange, Sizes, System, SystemComponent } from '../../schemas/system.ts'
import { systems } from '../systems/catalogue.ts'
import * as said from './said.ts'
import * as tables from './tables.ts'

export interface SourceSystem {
  components: Record<string, SystemComponent>
  declaredTotals: Sizes
  durationWeeks: Range
}

export interface Sources {
  systems: Record<string, SourceSystem>
  tables: Pick<
    typeof tables,
    'detailed' | 'byProject' | 'futureChain' | 'timeline' | 'money' | 'regions'
  >
  said: Pick<typeof said, 'counted' | 'stated' | 'azureOfSmom' | 'named' | 'availability' | 'chain'>
}

const sourceSystem = ({ components, declaredTotals, durationWeeks }: System): SourceSystem => ({
  components: Object.fromEntries(components.map((row) => [row.id, row])),
  declaredTotals,
  durationWeeks,
})

/** The systems that the source describes; what else the catalogue has is Phoenix’ own. */
export const DESCRIBED = [
  'loc_az_hci',
  'sankofa',
  'smom-dbis-138',
  'dbis_core',
  'the_order',
] as const
const isDescribed = ({ name }: System): boolean => DESCRIBED.some((one) => one === name)

export const sources: Sources = {
  systems: Object.fromEntries(
    systems.filter(isDescribed).map((system) => [system.name, sourceSystem(system)]),
  ),
  tables: { ...tables },
  said: { ...said },
}

export type End = 'least' | 'most'
export const ENDS = ['least', 'most'] as const

/** An open end is its least: "3+ instances of 4 cores" are 12, and that is what the source adds. */
export const endOf = (range: Range, end: End): number =>
  end === 'least' ? range.least : (range.most ?? range.least)

/** Sums of decimals, without the tail that binary fractions leave. */
export const round = (value: number): number => Math.round(value * 1e6) / 1e6

const TIMES: Record<SizeRange['unit'], number> = {
  MB: 1e-3,
  GB: 1,
  TB: 1e3,
  MiB: 1 / 1024,
  GiB: 1,
  TiB: 1024,
}

/** At face value, as the source adds: a GiB counts as a GB. */
export const faceGB = (size: SizeRange, end: End): number => endOf(size, end) * TIMES[size.unit]

export const GB_PER_GIB = 2 ** 30 / 1e9
/** In bytes' GB. */
export const exactGB = (size: SizeRange, end: End): number =>
  faceGB(size, end) * (size.unit.endsWith('iB') ? GB_PER_GIB : 1)

export type Field = 'cores' | 'memory' | 'disk'

/** What all units of a row need: cores, or GB. The source's own total of the row where it prints one. */
export const rowNeeds = (row: SystemComponent, field: Field, end: End, gb = faceGB): number => {
  const declared = row.declared?.[field]
  const units = declared === undefined ? endOf(row.count, end) : 1
  const size: Range | SizeRange | undefined = declared ?? row.each?.[field]
  if (size === undefined) return 0
  return units * (isSize(size) ? gb(size, end) : endOf(size, end))
}
const isSize = (size: Range | SizeRange): size is SizeRange => 'unit' in size

export const sum = (rows: SystemComponent[], field: Field, end: End, gb = faceGB): number =>
  round(rows.reduce((total, row) => total + rowNeeds(row, field, end, gb), 0))

export const systemOf = ({ systems: all }: Sources, name: string): SourceSystem => {
  const system = all[name]
  if (system === undefined) throw new Error(`no system ${name}`)
  return system
}
export const rowsOf = (all: Sources, name: string): SystemComponent[] =>
  Object.values(systemOf(all, name).components)

/** A row that may have been taken away: then it needs nothing. */
export const rowOf = (all: Sources, system: string, id: string): SystemComponent | undefined =>
  systemOf(all, system).components[id]

/** Rows that a total of the present is made of: what is optional, for later or provided by others is in none. */
export const inTotals = ({ basis }: SystemComponent): boolean =>
  basis === 'rendered' || basis === 'supply' || basis === 'guest'

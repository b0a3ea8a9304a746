// The ends of the source's ranges, as the blocks are given them. The rows they come from are in components.ts.
import type { SankofaParameters } from '../../../schemas/parameters/systems/sankofa.ts'
import type { Size } from '../../../schemas/quantity.ts'
import type { Range, SizeRange, SystemComponent } from '../../../schemas/system.ts'
import { components } from './components.ts'

type End = SankofaParameters['size']

const endOf = ({ least, most }: Range, end: End): number =>
  end === 'minimum' || most === null ? least : most
const sizeAt = (range: SizeRange, end: End): Size => ({
  value: endOf(range, end),
  unit: range.unit,
})

const eachOf = (id: string): NonNullable<SystemComponent['each']> => {
  const row = components.find((component) => component.id === id)
  if (!row?.each) throw new Error(`${id} has no size`)
  return row.each
}

/** Cores, memory and, where the source has it, disk of one unit of a row. */
export const sizeOf = (
  id: string,
  end: End,
): { cores: number; memory: Size; disk: Size | undefined } => {
  const { cores, memory, disk } = eachOf(id)
  if (!cores || !memory) throw new Error(`${id} has no cores or no memory`)
  return {
    cores: endOf(cores, end),
    memory: sizeAt(memory, end),
    disk: disk ? sizeAt(disk, end) : undefined,
  }
}

// The ends of the source's ranges, as building blocks take them.
import type { Size } from '../../../schemas/quantity.ts'
import type { Range, SizeRange } from '../../../schemas/system.ts'

export type End = 'minimum' | 'maximum'

/** An open range has its least as both ends. */
const endOf = ({ least, most }: Range, end: End): number =>
  end === 'minimum' ? least : (most ?? least)

/** Half a terabyte is written as 500 GB: Kubernetes has no fractions of what people read. */
const sizeAt = (range: SizeRange, end: End): Size => {
  const value = endOf(range, end)
  return range.unit === 'TB' && !Number.isInteger(value)
    ? { value: value * 1000, unit: 'GB' }
    : { value, unit: range.unit }
}

export const computeAt = (
  { cores, memory }: { cores: Range; memory: SizeRange },
  end: End,
): { cores: number; memory: Size } => ({ cores: endOf(cores, end), memory: sizeAt(memory, end) })

export const sizesAt = (
  sizes: { cores: Range; memory: SizeRange; disk: SizeRange },
  end: End,
): { cores: number; memory: Size; storage: Size } => ({
  ...computeAt(sizes, end),
  storage: sizeAt(sizes.disk, end),
})

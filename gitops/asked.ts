// What a request asks for, parameter by parameter, beside what stands: the first thing an approver wants to compare. Pure.
import type { AskedLine, Plan } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'

/** Every leaf of a value by its pointer (RFC 6901); an empty list or object is a leaf too. */
const leavesOf = (value: unknown, pointer = ''): [string, string][] => {
  if (typeof value !== 'object' || value === null) return [[pointer, textOf(value)]]
  const entries = Object.entries(value)
  if (entries.length === 0) return [[pointer, Array.isArray(value) ? 'none' : 'nothing']]
  return entries.flatMap(([name, inner]) =>
    inner === undefined
      ? []
      : leavesOf(inner, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  )
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : `${value}`)

/** What differs, in the order of the pointers. Null: not there. */
export const differences = (before: unknown, after: unknown): AskedLine[] => {
  const left = new Map(before === undefined ? [] : leavesOf(before))
  const right = new Map(after === undefined ? [] : leavesOf(after))
  return [...new Set([...left.keys(), ...right.keys()])]
    .sort()
    .map((parameter) => ({
      parameter,
      before: left.get(parameter) ?? null,
      after: right.get(parameter) ?? null,
    }))
    .filter((line) => line.before !== line.after)
}

/**
 * Of something new what the request gives, or all of a record, which is nothing but its parameters; of a change what is
 * different afterwards; of a removal nothing: the destroy list says it.
 */
export const askedFor = (
  { action, given, parameters }: { action: Plan['action']; given: unknown; parameters: unknown },
  { existing }: Pick<Snapshot, 'existing'>,
  isRecord: boolean,
): AskedLine[] => {
  if (action === 'delete') return []
  if (existing) return differences(existing.parameters, parameters)
  return differences(undefined, isRecord ? parameters : given)
}

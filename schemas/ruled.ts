// Which rule a value breaks that does not fit a schema. The mark is on the schema itself, so that words may change freely;
// a refinement has its mark in `params`. issues.ts reads both.
import * as z from 'zod'
import type { RuleId } from './rules.ts'

export interface Mark {
  rule: RuleId
  /** What is wanted, in words; absent: as the schema says it. */
  detail?: string
  /** The limits, by the names of the rule's arithmetic. */
  numbers?: Record<string, number>
}

const marks = z.registry<Mark>()

/** Marks a schema of its own; one that is shared would be marked everywhere. */
export const ruled = <T extends z.ZodType>(schema: T, mark: Mark): T => {
  marks.add(schema, mark)
  return schema
}

/** As much of a schema's definition as a path through it needs. */
interface Definition {
  innerType?: z.core.$ZodType
  in?: z.core.$ZodType
  options?: readonly z.core.$ZodType[]
  shape?: Record<string, z.core.$ZodType>
  element?: z.core.$ZodType
  valueType?: z.core.$ZodType
}
const definitionOf = ({ _zod }: z.core.$ZodType): Definition => _zod.def as Definition

/** The schema and what it is wrapped around: optional, default, pipe, union. */
const layersOf = (schema: z.core.$ZodType): z.core.$ZodType[] => {
  const { innerType, in: input, options = [] } = definitionOf(schema)
  const inner = [innerType, input, ...options].flatMap((layer) => layer ?? [])
  return [schema, ...inner.flatMap(layersOf)]
}

const below = (schema: z.core.$ZodType, key: PropertyKey): z.core.$ZodType[] => {
  const { shape = {}, element, valueType } = definitionOf(schema)
  const field = Object.hasOwn(shape, key) ? shape[String(key)] : undefined
  return [field, element, valueType].flatMap((found) => found ?? [])
}

/** The mark of the schema at a path; of several forms the first that has one. */
export const markAt = (schema: z.core.$ZodType, path: readonly PropertyKey[]): Mark | undefined => {
  const at = path.reduce<z.core.$ZodType[]>(
    (schemas, key) => schemas.flatMap((one) => below(one, key)).flatMap(layersOf),
    layersOf(schema),
  )
  return at.map((one) => marks.get(one)).find((mark) => mark !== undefined)
}

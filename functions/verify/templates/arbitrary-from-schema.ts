// From a JSON Schema (draft 2020-12, as zod writes it) to random values that fit it, for fuzzing templates.
// It knows the keywords that zod emits. What a schema cannot say (refinements) is left to whoever parses the value.
import fc, { type Arbitrary } from 'fast-check'
import { stringFrom } from './strings-from-schema.ts'

export interface JsonSchema {
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  allOf?: JsonSchema[]
  $ref?: string
  $defs?: Record<string, JsonSchema>
  properties?: Record<string, JsonSchema>
  required?: string[]
  additionalProperties?: JsonSchema | boolean
  propertyNames?: JsonSchema
  items?: JsonSchema
  prefixItems?: JsonSchema[]
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  multipleOf?: number
  minLength?: number
  maxLength?: number
  pattern?: string
  format?: string
}

export interface Options {
  /** Names that a property must take its strings from, because something else must know them. */
  known?: (property: string) => readonly string[] | undefined
}

interface Context {
  defs: Record<string, JsonSchema>
  known: NonNullable<Options['known']>
  /** How many arrays and references stand around the value: inside of some, it stays small. */
  depth: number
}

/** Elements beyond the least of an array, mostly; and of a long one, which only the outermost arrays may be. */
const FEW = 3
const MANY = 60
const MAX_KEYS = 4
/** Deeper than any schema of ours; a recursive one ends here. */
const MAX_DEPTH = 6

export const arbitraryFromSchema = (
  schema: JsonSchema,
  { known = () => undefined }: Options = {},
): Arbitrary<unknown> => valueFor(schema, contextOf(schema, known))

const contextOf = (schema: JsonSchema, known: Context['known']): Context => ({
  defs: { ...schema.$defs, '#': schema },
  known,
  depth: 0,
})

const valueFor = (schema: JsonSchema, context: Context): Arbitrary<unknown> => {
  if (schema.$ref !== undefined) return referred(schema.$ref, context)
  if ('const' in schema) return fc.constant(schema.const)
  if (schema.enum) return fc.constantFrom(...schema.enum)
  const choices = schema.anyOf ?? schema.oneOf
  if (choices) return fc.oneof(...choices.map((choice) => valueFor(choice, context)))
  if (schema.allOf && schema.type !== 'string') return everyOf(schema.allOf, context)
  const types = [schema.type ?? []].flat()
  if (types.length === 0) return fc.jsonValue()
  return fc.oneof(...types.map((type) => typed(type, schema, context)))
}

const typed = (type: string, schema: JsonSchema, context: Context): Arbitrary<unknown> => {
  switch (type) {
    case 'string':
      return stringFrom(schema)
    case 'integer':
      return integer(schema)
    case 'number':
      return number(schema)
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    case 'array':
      return array(schema, context)
    case 'object':
      return object(schema, context)
    default:
      throw new Error(`a schema of type ${type}`)
  }
}

const referred = (ref: string, context: Context): Arbitrary<unknown> => {
  const target = context.defs[ref.replace('#/$defs/', '')]
  if (!target) throw new Error(`a reference to ${ref}, which is not there`)
  if (context.depth >= MAX_DEPTH) return fc.constant(null)
  return valueFor(target, { ...context, depth: context.depth + 1 })
}

/** Objects are merged; of anything else the last one counts. */
const everyOf = (parts: JsonSchema[], context: Context): Arbitrary<unknown> =>
  fc
    .tuple(...parts.map((part) => valueFor(part, context)))
    .map((values) =>
      values.every((value) => typeof value === 'object' && value !== null)
        ? Object.assign({}, ...values)
        : values.at(-1),
    )

/** Small ones as often as any: the limits of a count are far apart, and most of what is between is alike. */
const integer = (schema: JsonSchema): Arbitrary<number> => {
  const { multipleOf = 1 } = schema
  const least = Math.max(schema.minimum ?? -1000, (schema.exclusiveMinimum ?? -Infinity) + 1)
  const most = Math.min(schema.maximum ?? least + 1e6, (schema.exclusiveMaximum ?? Infinity) - 1)
  const min = Math.ceil(least / multipleOf)
  const max = Math.floor(most / multipleOf)
  return fc
    .oneof(fc.integer({ min, max: Math.min(max, min + 9) }), fc.integer({ min, max }))
    .map((steps) => steps * multipleOf)
}

const number = (schema: JsonSchema): Arbitrary<number> => {
  const least = schema.minimum ?? schema.exclusiveMinimum ?? -1000
  const most = schema.maximum ?? schema.exclusiveMaximum ?? least + 1e6
  const whole = (top: number) =>
    fc.integer({ min: Math.floor(least), max: Math.floor(Math.max(least, Math.min(most, top))) })
  return fc
    .oneof(
      whole(64),
      whole(4096),
      whole(2 ** 31 - 1),
      whole(10_000).map((hundredths) => hundredths / 100),
      fc.double({ min: least, max: most, noNaN: true, noDefaultInfinity: true }),
    )
    .filter(
      (value) =>
        value >= least &&
        value <= most &&
        value !== schema.exclusiveMinimum &&
        value !== schema.exclusiveMaximum,
    )
}

const array = (schema: JsonSchema, context: Context): Arbitrary<unknown[]> => {
  const inside = { ...context, depth: context.depth + 1 }
  if (schema.prefixItems) {
    return fc.tuple(...schema.prefixItems.map((item) => valueFor(item, inside)))
  }
  const minLength = schema.minItems ?? 0
  const most = schema.maxItems ?? minLength + MANY
  const item = valueFor(schema.items ?? {}, inside)
  const upTo = (maxLength: number) => fc.array(item, { minLength, maxLength, size: 'max' })
  const few = upTo(context.depth > MAX_DEPTH ? minLength : Math.min(most, minLength + FEW))
  return context.depth > 0
    ? few
    : fc.oneof(
        { arbitrary: few, weight: 15 },
        { arbitrary: upTo(Math.max(minLength, Math.min(most, MANY))), weight: 1 },
      )
}

const object = (schema: JsonSchema, context: Context): Arbitrary<object> => {
  const { properties = {}, required = [], additionalProperties = false, propertyNames } = schema
  if (Object.keys(properties).length === 0 && additionalProperties !== false) {
    const value = valueFor(additionalProperties === true ? {} : additionalProperties, context)
    const key = stringFrom(propertyNames ?? { maxLength: 20 })
    return fc.dictionary(key, value, { maxKeys: MAX_KEYS, noNullPrototype: true })
  }
  const model = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [name, member(name, property, context)]),
  )
  const requiredKeys = required.filter((key) => Object.hasOwn(model, key))
  return fc.record(model, { requiredKeys, noNullPrototype: true })
}

/** The value of one property: of the known names where there are some, else whatever its schema says. */
const member = (name: string, schema: JsonSchema, context: Context): Arbitrary<unknown> => {
  const names = context.known(name)
  if (names && schema.type === 'string') return fc.constantFrom(...names)
  if (names && schema.type === 'array' && schema.items?.type === 'string') {
    const minLength = Math.min(schema.minItems ?? 0, names.length)
    const maxLength = Math.min(schema.maxItems ?? names.length, names.length)
    return fc.uniqueArray(fc.constantFrom(...names), { minLength, maxLength, size: 'max' })
  }
  return valueFor(schema, context)
}

/** Every property of an object schema, also those of objects inside it, by the path that leads there. */
export const membersOf = (
  schema: JsonSchema,
  { known = () => undefined }: Options = {},
): { path: string[]; optional: boolean; arbitrary: Arbitrary<unknown> }[] => {
  const context = contextOf(schema, known)
  const below = (at: JsonSchema, path: string[]): ReturnType<typeof membersOf> =>
    Object.entries(at.properties ?? {}).flatMap(([name, property]) => [
      {
        path: [...path, name],
        optional: !(at.required ?? []).includes(name),
        arbitrary: member(name, property, context),
      },
      ...below(property, [...path, name]),
    ])
  return below(schema, [])
}

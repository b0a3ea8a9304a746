import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { arbitraryFromSchema, type JsonSchema, membersOf } from './arbitrary-from-schema.ts'

const schemaOf = (type: z.ZodType): JsonSchema =>
  z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as JsonSchema

const sample = (type: z.ZodType, numRuns = 300): unknown[] =>
  fc.sample(arbitraryFromSchema(schemaOf(type)), { numRuns, seed: 7 })

const always: Record<string, z.ZodType> = {
  'a pattern': z.string().regex(/^[a-z](?:[a-z0-9-]{0,38}[a-z0-9])?$/),
  'a pattern without end, within a length': z
    .string()
    .max(30)
    .regex(/^[a-z]+(?:\.[a-z]+)*$/),
  'a pattern with a lookahead': z.string().regex(/^[a-z]{1,9}:(?!latest$)[a-z]{1,9}$/),
  'a pattern of Unicode letters': z.string().regex(/^[\p{L}\p{N}][\p{L}\p{N} ]{0,20}$/u),
  'two patterns': z
    .string()
    .regex(/^[a-z]{1,5}$/)
    .regex(/^[^x]*$/),
  'any text': z.string().min(2).max(9),
  'an IPv4 address': z.ipv4(),
  'an IPv4 range': z.cidrv4(),
  'an e-mail address': z.email(),
  'a UUID': z.uuid(),
  'a date and time': z.iso.datetime(),
  'an enum': z.enum(['a', 'b']),
  'a literal': z.literal(3),
  'an integer': z.int().min(5).max(70_000),
  'a multiple': z.int().min(5).max(70_000).multipleOf(8),
  'a number above': z.number().positive().max(1e9),
  'a boolean': z.boolean(),
  'something or null': z.boolean().nullable(),
  'a list': z.array(z.boolean()).min(2).max(5),
  'a pair': z.tuple([z.boolean(), z.int()]),
  'a record': z.record(z.string().regex(/^[a-z]{3}$/), z.int().min(0)),
  'an object': z.strictObject({ a: z.boolean(), b: z.int().default(1), c: z.int().optional() }),
  'two objects in one': z.object({ a: z.boolean() }).and(z.object({ b: z.boolean() })),
  'a union': z.union([z.boolean(), z.strictObject({ a: z.ipv4() })]),
  'a choice': z.discriminatedUnion('is', [
    z.strictObject({ is: z.literal('a'), a: z.int() }),
    z.strictObject({ is: z.literal('b') }),
  ]),
}

describe('arbitraryFromSchema', () => {
  it.each(Object.keys(always))('makes nothing but valid values of %s', (title) => {
    const type = always[title] as z.ZodType
    for (const value of sample(type)) expect(type.safeParse(value).success, `${value}`).toBe(true)
  })

  it('follows references, also to themselves', () => {
    interface Tree {
      leaves: Tree[]
    }
    const Tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ leaves: z.array(Tree).max(2) }))
    expect(sample(Tree, 50)).toHaveLength(50)
  })

  it('reaches the limits', () => {
    const lengths = sample(z.string().regex(/^[a-z][a-z0-9]{0,39}$/)).map(
      (text) => `${text}`.length,
    )
    expect([Math.min(...lengths), Math.max(...lengths)]).toEqual([1, 40])
    const numbers = sample(z.int().min(5).max(70_000)) as number[]
    expect([Math.min(...numbers), Math.max(...numbers)]).toEqual([5, 70_000])
  })

  it('leaves out what is optional, and keeps what is required', () => {
    const values = sample(z.object({ a: z.boolean(), b: z.boolean().optional() })) as object[]
    expect(values.every((value) => 'a' in value)).toBe(true)
    expect(values.some((value) => 'b' in value)).toBe(true)
    expect(values.some((value) => !('b' in value))).toBe(true)
  })

  it('takes known names, alone and in lists', () => {
    const type = z.object({
      site: z.string(),
      sites: z.array(z.string()).min(1),
      other: z.string(),
    })
    const known = (name: string) => (/^sites?$/.test(name) ? ['here', 'there'] : undefined)
    const values = fc.sample(arbitraryFromSchema(schemaOf(type), { known }), { numRuns: 50 })
    for (const { site, sites } of values as z.infer<typeof type>[]) {
      expect(['here', 'there']).toContain(site)
      expect(sites.every((name) => ['here', 'there'].includes(name))).toBe(true)
      expect(new Set(sites).size).toBe(sites.length)
    }
  })

  it('makes the same values of the same seed', () => {
    const type = z.object({ a: z.string(), b: z.number() })
    expect(sample(type)).toEqual(sample(type))
  })

  it('does not hang on a pattern that nothing fits', () => {
    expect(sample(z.string().regex(/^[a-z](?=[0-9])[a-z]$/), 3)).toHaveLength(3)
  })

  it('lists the properties of nested objects', () => {
    const type = z.object({ a: z.object({ b: z.int() }).optional(), c: z.boolean() })
    expect(
      membersOf(schemaOf(type)).map(({ path, optional }) => [path.join('/'), optional]),
    ).toEqual([
      ['a', true],
      ['a/b', false],
      ['c', false],
    ])
  })
})

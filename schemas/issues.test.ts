// Why a value does not fit its schema, in words that name what would, and never what was sent.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { toErrors } from './issues.ts'

const errorsOf = (schema: z.ZodType, value: unknown) => {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : toErrors(parsed.error.issues, '', schema)
}

describe('a union', () => {
  const backup = z.strictObject({ backup: z.union([z.literal('newest'), z.int()]) })

  it('says what each of its forms wanted', () => {
    const [error] = errorsOf(backup, { backup: 'secret-of-somebody' })
    expect(error?.pointer).toBe('/backup')
    expect(error?.detail).toMatch(/^None of the allowed forms fits \(.*"newest"; or .*number/)
    expect(JSON.stringify(error)).not.toContain('secret')
  })

  it('of objects says where, and each thing once', () => {
    const either = z.union([
      z.strictObject({ kind: z.literal('a'), size: z.int() }),
      z.strictObject({ kind: z.literal('a'), size: z.string() }),
    ])
    const [error] = errorsOf(z.strictObject({ it: either }), { it: { kind: 'b', size: 1.5 } })
    expect(error?.detail.match(/\/kind/g)).toHaveLength(1)
  })

  it('of many forms names six', () => {
    const many = z.union(
      Array.from({ length: 9 }, (_, at) => z.strictObject({ [`f${at}`]: z.literal(at) })),
    )
    expect(errorsOf(many, {})[0]?.detail.split('; or ')).toHaveLength(6)
  })
})

// A versioned value as one string, and back.
import { expect, it } from 'vitest'
import { ok, refuse } from '../schemas/result.ts'
import { pack, unpack, unpackResult } from './packed.ts'

it.each([{}, { a: 'b c\n d' }, null, 'x y', [1, 2]])('brings back %j', (value) => {
  const packed = pack({ value, version: 12 })
  expect(unpack(packed)).toEqual({ version: 12, json: JSON.stringify(value) })
  expect(unpackResult(packed)).toEqual(ok({ value, version: 12 }))
})

it('leaves a refusal as it is', () => {
  const refused = refuse('not-found')
  expect(refused.ok ? null : unpackResult(refused)).toBe(refused)
})

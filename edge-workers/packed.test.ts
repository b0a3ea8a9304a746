// A versioned value as one string, and back.
import { expect, it } from 'vitest'
import { ok, refuse } from '../schemas/result.ts'
import { pack, unpack, unpackResult } from './packed.ts'

it.each([{}, { a: 'b c\n d' }, null, 'x y', [1, 2]])('brings back %j', async (value) => {
  const packed = pack({ value, version: 12 })
  expect(unpack(packed)).toEqual({ version: 12, json: JSON.stringify(value) })
  expect(await unpackResult(packed)).toEqual(ok({ value, version: 12 }))
})

it('leaves a refusal as it is', async () => {
  const refused = refuse('not-found')
  expect(await unpackResult(refused)).toBe(refused)
})

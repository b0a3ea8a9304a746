// What the simulator remembers of pure functions is what they answer, and nobody can write over it.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { remembered } from './remembered.ts'
import { PURE } from './remembering.ts'

it('answers from memory what depends on nothing else', () => {
  let asked = 0
  const sum = remembered(
    ({ of }: { of: number[] }, _unused: () => void) => {
      asked += 1
      if (of.length === 0) throw new RangeError('nothing to add')
      return { sum: of.reduce((a, b) => a + b), parts: [...of] }
    },
    ({ of }) => of,
  )
  const [first, second] = [1, 2].map(() => sum({ of: [1, 2] }, () => undefined))
  expect([first, second, asked]).toEqual([first, first, 1])
  expect(sum({ of: [2, 1] }, () => undefined)).toEqual({ sum: 3, parts: [2, 1] })
  expect(asked).toBe(2)
  for (const _ of [1, 2]) expect(() => sum({ of: [] }, () => undefined)).toThrow(RangeError)
  expect(asked).toBe(4)
  expect(() => first?.parts.push(3)).toThrow(TypeError)
})

it.each(Object.entries(PURE))('%s has what is remembered of it', (file, exported) => {
  const text = readFileSync(join(import.meta.dirname, '../../..', file), 'utf8')
  for (const name of Object.keys(exported)) expect(text).toContain(`\nexport const ${name} = (`)
})

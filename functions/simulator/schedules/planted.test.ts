// The table of planted bugs has to fit the product's source: a rule that has moved would be taken out of nowhere.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PLANTED, withoutRow } from './planted.ts'

const root = join(import.meta.dirname, '../../..')

it.each(
  PLANTED.flatMap(({ rule, what, replace }) =>
    replace.map(({ file, find }) => [`${rule}: ${what}`, file, find] as const),
  ),
)('%s is in %s once', (_, file, find) => {
  expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2)
})

it('every crash point has a row', () => {
  expect(withoutRow()).toEqual([])
  expect(new Set(PLANTED.map(({ what }) => what)).size).toBe(PLANTED.length)
})

it('every judge is there', () => {
  for (const { by } of PLANTED) if (by) expect(existsSync(join(root, by.test))).toBe(true)
})

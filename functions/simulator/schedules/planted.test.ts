// The table of planted bugs has to fit the product's source: a rule that has moved would be taken out of nowhere.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { PLANTED } from './planted.ts'

const root = join(import.meta.dirname, '../../..')

it.each(
  PLANTED.flatMap(({ rule, what, replace }) =>
    replace.map(({ file, find }) => [`${rule}: ${what}`, file, find] as const),
  ),
)('%s is in %s once', (_, file, find) => {
  expect(readFileSync(join(root, file), 'utf8').split(find)).toHaveLength(2)
})

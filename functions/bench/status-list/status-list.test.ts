// What the benchmark stands on: its list is the product's, and its check notices one that is not. Never a time.
import { expect, it } from 'vitest'
import * as tables from '../../../schemas/tables/tenant.ts'
import { standingList } from './standing-list.ts'
import { change, check, publish } from './work.ts'

it('publishes what the rows say, and notices rows that say something else', async () => {
  const list = await standingList(0.01, 2_000)
  const before = await publish(list)
  const { bytes } = await check(list)
  expect(bytes).toBe(before.length)
  expect(await publish(list)).toBe(before)
  change(list, list.changed)
  expect(await publish(list)).not.toBe(before)
  await check(list)
  // Past the product: the kept token says something else now.
  list.context.db.update(tables.credentials).set({ status: 'invalid' }).run()
  await expect(check(list)).rejects.toThrow('two ways, two lists')
})

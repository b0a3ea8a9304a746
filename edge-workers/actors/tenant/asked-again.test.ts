// Work of the outbox that is asked for again while it runs is done again: what ran may have read the world before that.
import { expect, it } from 'vitest'
import { fakeActorState } from '../../../functions/simulator/actor-state.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { openDatabase, transaction } from '../database.ts'
import { migrations } from '../migrations/tenant.ts'
import { enqueue, type TenantContext } from './context.ts'
import { type Handlers, runDue } from './outbox.ts'

it('is run once more, and then no more', async () => {
  const { storage } = fakeActorState().state
  const db = openDatabase(storage, tables, migrations)
  const context = { db, env: {}, now: () => new Date(0) } as TenantContext
  const ask = () => transaction(db, (tx) => enqueue(tx, 'gate', 'chg_a', 0))
  let ran = 0
  const gate = async () => {
    ran += 1
    if (ran === 1) ask()
  }
  ask()
  await runDue(context, { gate } as unknown as Handlers)
  expect(ran).toBe(2)
  expect(db.select().from(tables.outbox).all()).toEqual([])
})

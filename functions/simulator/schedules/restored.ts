// A restore as the product makes it: with the older rows in place, everything that is open is looked at anew. Not here: what it
// takes over from Git, and the leaf that shows it (`npm run drill`).
import { openDatabase, transaction } from '../../../edge-workers/actors/database.ts'
import { migrations } from '../../../edge-workers/actors/migrations/tenant.ts'
import { lookAgain } from '../../../edge-workers/actors/tenant/backup/restore.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Scene } from './scene.ts'

export const lookAfterRestore = ({ sim: { world, surroundings } }: Scene): void => {
  const storage = world.tenants.storageOf(world.tenantId)
  if (!storage) throw new Error('the tenant has no storage')
  const db = openDatabase(storage as unknown as DurableObjectStorage, tables, migrations)
  transaction(db, (tx) => {
    lookAgain(tx, surroundings.now())
    return null
  })
  void storage.setAlarm(surroundings.now())
}

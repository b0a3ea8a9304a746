// A restore as the product makes it: with the older rows in place, everything that is open is looked at anew. Not here: what it
// takes over from Git (`npm run drill`).
import { openDatabase } from '../../../edge-workers/actors/database.ts'
import { migrations } from '../../../edge-workers/actors/migrations/tenant.ts'
import { RESTORED } from '../../../edge-workers/actors/tenant/backup/log-name.ts'
import { lookAgain, stepOfTenant } from '../../../edge-workers/actors/tenant/backup/restore.ts'
import { openLog } from '../../../edge-workers/actors/tenant/log/append.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { Scene } from './scene.ts'

export const lookAfterRestore = ({ sim: { world, surroundings } }: Scene): void => {
  const storage = world.tenants.storageOf(world.tenantId)
  if (!storage) throw new Error('the tenant has no storage')
  const db = openDatabase(storage as unknown as DurableObjectStorage, tables, migrations)
  openLog(db, world.env)
  stepOfTenant(
    { db },
    {
      ...{ actor: world.ids.olga, to: RESTORED, reason: 'simulated' },
      at: new Date(surroundings.now()).toISOString(),
      also: (tx) => lookAgain(tx, surroundings.now()),
    },
  )
  void storage.setAlarm(surroundings.now())
}

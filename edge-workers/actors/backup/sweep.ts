// After each sweep, what the platform itself keeps is exported: Directory, Log, and the Inventory of every jurisdiction. One that
// does not answer keeps no other from it.
import type { Jurisdiction } from '../../../schemas/ids.ts'
import type { Env } from '../../env.ts'
import { inventoryStub, logStub } from '../stubs.ts'
import type { BackedUp } from './platform.ts'

/** `directory`: whoever calls this. */
export const backUpPlatform = async (
  env: Env,
  directory: BackedUp,
  jurisdictions: readonly Jurisdiction[],
): Promise<void> => {
  if (!env.BACKUPS) return
  const inventories = jurisdictions.map((jurisdiction) => () => {
    const reached = inventoryStub(env, jurisdiction)
    if (!reached.ok) throw new Error('the inventory of this jurisdiction is out of reach')
    return reached.value.stub.backUp(`inventory-${jurisdiction}`)
  })
  const all = [
    () => directory.backUp('directory'),
    () => logStub(env).backUp('log'),
    ...inventories,
  ]
  for (const run of all) {
    try {
      await run()
    } catch {
      console.error(JSON.stringify({ level: 'error', event: 'backup-unreachable' }))
    }
  }
}

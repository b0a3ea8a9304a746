// Hours after a restore: the Inventory asks about what it holds, and what nobody knows of any more is given back.
import { type Scene, say, sqlOf } from './scene.ts'
import { setClock } from './steps.ts'
import { INVENTORY } from './world.ts'

/** Longer than a hold stands before anybody is asked about it. */
const LATER_MILLISECONDS = 7 * 3_600_000

/** Holds of changes that the tenant does not know. */
export const forgotten = (scene: Scene): string[] => {
  const inventory = scene.sim.world.inventory.storageOf(INVENTORY)?.sql
  const rows = inventory
    ?.exec("SELECT change_id AS id FROM reservations WHERE state <> 'released'")
    .toArray()
  const known = new Set(
    sqlOf(scene)
      .exec('SELECT id FROM changes')
      .toArray()
      .map(({ id }) => id),
  )
  return (rows ?? []).map(({ id }) => String(id)).filter((id) => !known.has(id))
}

/** Where nothing was put back nothing is forgotten: then nobody waits. `settle`: until nothing is on its way. */
export const giveForgottenBack = async (
  scene: Scene,
  settle: (scene: Scene) => Promise<void>,
): Promise<void> => {
  const { sim, restores } = scene
  if (restores === 0) return
  setClock(scene, sim.surroundings.now() + LATER_MILLISECONDS)
  const due = sim.world.inventory.alarmOf(INVENTORY)
  if (due === null || due > sim.surroundings.now()) return
  say(scene, () => 'the inventory asks about what it holds')
  let asking = true
  const end = (): void => {
    asking = false
  }
  sim.world.inventory.alarm(INVENTORY).then(end, end)
  await sim.kernel.turn()
  await settle(scene)
  if (asking) scene.faults.push('stuck: the inventory asks and is never answered')
}

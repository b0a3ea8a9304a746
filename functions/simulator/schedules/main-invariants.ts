// What keeps a merge from being promoted, seen from Git and from the Inventory: while something of it is true it may wait, and once
// nothing is it may not.
import { isFrozen } from './freeze.ts'
import { isMovedByHand } from './live-by-hand.ts'
import { isClean, wasPutRight } from './main-by-hand.ts'
import { type ChangeShown, type Scene, sqlOf } from './scene.ts'
import { HOST_MIB, INVENTORY } from './world.ts'

/**
 * Merged on the forge in the moment before its gate turned red, because another had taken the room. It is the turn of people:
 * it waits until there is room again, or until they revert it, which is what it says and offers. Only where it is true: what
 * is firm on a host and what this one wants there is more than the host has. Counted, and printed.
 */
export const waitsForRoom = (scene: Scene, { id, reason }: ChangeShown): boolean => {
  if (!reason?.includes('may not be applied now: no longer fits')) return false
  const sql = scene.sim.world.inventory.storageOf(INVENTORY)?.sql
  const rows = sql
    ?.exec(
      `SELECT site, host, sum(memory_mib) AS mib FROM machines JOIN reservations USING (change_id)
       WHERE change_id = ? OR reservations.state <> 'held' GROUP BY site, host`,
      id,
    )
    .toArray()
  return rows?.some(({ mib }) => Number(mib) > HOST_MIB) ?? false
}

/** Between `live` and main stands something that no change by right put there, or somebody moved `live`. */
export const isObstructed = ({ sim: { world } }: Scene, changes: ChangeShown[]): boolean => {
  const { memory } = world
  const live = memory.branches.get('live') ?? ''
  for (let at: string | undefined = memory.branches.get('main'); at !== live; ) {
    if (at === undefined) return true
    const change = changes.find(({ mergeSha }) => mergeSha === at)
    if (change?.state !== 'merged') return true
    at = memory.commit(at).parents[0]
  }
  return false
}

/** Of those that are merged and neither promoted nor kept waiting for room. */
const writtenBy = (scene: Scene, changes: ChangeShown[]): Map<string, string | null> => {
  const plans = sqlOf(scene)
    .exec('SELECT changeId, revision, written FROM plans WHERE written IS NOT NULL')
    .toArray()
  const written = new Map<string, string | null>()
  for (const change of changes) {
    if (change.state !== 'merged' || waitsForRoom(scene, change)) continue
    const { id, revision } = change
    const row = plans.find((one) => one.changeId === id && one.revision === revision)
    for (const { path, blob } of row ? JSON.parse(String(row.written)) : []) written.set(path, blob)
  }
  return written
}

/** Whatever stood there by hand was put right, so that main holds what merges by right wrote and nothing else. */
export const isUnobstructed = (scene: Scene, changes: ChangeShown[]): boolean =>
  wasPutRight(scene) && !isMovedByHand(scene) && isClean(scene, writtenBy(scene, changes))

const lineFrom = ({ sim: { world } }: Scene, branch: string): Set<string | null> => {
  const { memory } = world
  const line = new Set<string | null>()
  for (let at = memory.branches.get(branch); at !== undefined; [at] = memory.commit(at).parents)
    line.add(at)
  return line
}

/** A merge past the gate that somebody reverted on the forge is known as that, and live has gone past it. */
export const undone = (scene: Scene, changes: ChangeShown[]): string[] => {
  if (!isUnobstructed(scene, changes) || isFrozen(scene)) return []
  const [main, live] = [lineFrom(scene, 'main'), lineFrom(scene, 'live')]
  const strays = changes.filter(({ state }) => state === 'merged_unauthorised')
  return [
    ...strays
      .filter(({ mergeSha }) => main.has(mergeSha) && !live.has(mergeSha))
      .map(() => 'stuck: a merge past the gate was undone on main, and live does not move past it'),
    ...strays
      .filter(({ mergeSha, undoneSha }) => live.has(mergeSha) && undoneSha === null)
      .map(() => 'stuck: live went past a merge past the gate, and nobody knows it as undone'),
  ]
}

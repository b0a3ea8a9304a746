// Another tenant on the same hosts and in the same inventory, in a part of all schedules. Nobody of it is played but its calls of the
// Inventory: they are lost, doubled, late and out of order as all others are, and what they bring is told to whom they concern.
import type { Process } from './kernel.ts'
import { mix, type Random, randomOf } from './random.ts'
import { type Scene, say } from './scene.ts'
import { HOST_MIB, INVENTORY, STRANGER } from './world.ts'

/** One of so many schedules has a stranger. */
const SHARE = 8
/** Of the steps with a stranger he takes one of so many. */
const TURN = 4

interface Stranger {
  process: Process
  random: Random
  /** Changes that ask for a machine. */
  asked: string[]
}
const known = new WeakMap<Scene, Stranger | null>()
const began = new WeakMap<Scene, number>()

/** Drawn from when the clock first moved, not from the step's own numbers: a schedule without a stranger stays what it was. */
const strangerOf = (scene: Scene): Stranger | null => {
  const found = known.get(scene)
  if (found !== undefined) return found
  const now = scene.sim.surroundings.now()
  const first = began.get(scene) ?? now
  began.set(scene, first)
  if (first === now) return null
  const seed = mix(now, 0x57a)
  const process: Process = { kind: 'stranger', alive: true }
  const made = seed % SHARE === 0 ? { process, random: randomOf(seed), asked: [] } : null
  known.set(scene, made)
  return made
}

const call = (scene: Scene, { process }: Stranger, method: string, input: unknown[]): void => {
  say(scene, () => `a stranger asks: ${method}`)
  scene.sim.call(process, 'inventory', method, input).catch(() => undefined)
}

const machineOf = (number: number) => ({
  ...{ name: 'web', site: 'lab-01', host: 'lab-01', cores: 1, memoryMiB: 65_536, diskGiB: 10 },
  ...{ vmId: 900_000 + number, address: `192.168.11.${240 + number}` },
})
const MACHINES_AT_MOST = 3

/** May take the step's turn for something that a stranger does. */
export const strange = (scene: Scene): void => {
  const stranger = strangerOf(scene)
  if (!stranger || stranger.random.below(TURN) > 0) return
  const { random, asked } = stranger
  const number = asked.length
  if (number === 0 || (number < MACHINES_AT_MOST && random.chance(0.3))) {
    const changeId = `chg_${String(number).repeat(26)}`
    asked.push(changeId)
    const items = [machineOf(number)]
    call(scene, stranger, 'reserve', [{ changeId, tenantId: STRANGER, resource: 'web', items }])
    return
  }
  call(scene, stranger, random.pick(['claim', 'claim', 'unclaim', 'release', 'room']), [
    random.pick(asked),
  ])
}

/** Room that is firm, of whoever it is; of a machine that changes its size the larger. */
const givenTwice = ({ sim: { world } }: Scene): boolean => {
  const sql = world.inventory.storageOf(INVENTORY)?.sql
  const rows = sql?.exec(
    `SELECT m.site, m.host, sum(m.most) AS given FROM (
       SELECT site, host, max(memory_mib) AS most FROM machines
       JOIN reservations ON reservations.change_id = machines.change_id AND reservations.state <> 'held'
       GROUP BY site, host, machines.tenant_id, machines.resource, machines.name
     ) m GROUP BY m.site, m.host`,
  )
  return (rows?.toArray() ?? []).some(({ given }) => Number(given) > HOST_MIB)
}

/** He gives everything back, so that whoever waits for room gets it. */
export const leave = (scene: Scene): void => {
  const stranger = known.get(scene)
  if (!stranger) return
  if (givenTwice(scene)) scene.faults.push('doubled: strangers were given one room')
  for (const changeId of stranger.asked) call(scene, stranger, 'release', [changeId])
}

/** Nothing of his is held. */
export const strangers = ({ sim: { world } }: Scene): string[] => {
  const left = world.inventory
    .storageOf(INVENTORY)
    ?.sql.exec('SELECT 1 AS one FROM machines WHERE tenant_id = ? LIMIT 1', STRANGER)
    .toArray()
  return left && left.length > 0 ? ['lost: what a stranger gave back is still held for him'] : []
}

// Processes die: what they wait for never arrives, who waits for them hears that the connection is lost, and what they had
// already sent may have its effect later.
import type { Where } from './faults.ts'
import type { Crossing } from './kernel.ts'
import { fault, type Scene, say } from './scene.ts'
import { noteRepeated } from './secrets.ts'
import type { Mortal } from './world.ts'

/** What comes from outside and is no request of a person. */
const TOLD: Readonly<Record<string, Where>> = { forgeHint: 'webhook', reportStatus: 'status' }
const isFromOutside = ({ from: { kind } }: Crossing): boolean =>
  kind === 'client' || kind === 'runtime'

export const columnOf = (crossing: Crossing): Where => {
  const { to, call } = crossing
  if (to === 'forge' || to === 'functions' || to === 'vault') return to
  return isFromOutside(crossing) ? (TOLD[call] ?? 'client') : 'actor'
}

export const crash = (scene: Scene, kind: Mortal): void => {
  const { random, sim } = scene
  const { kernel } = sim
  const process = sim.processOf(kind)
  if (!process) return
  const busy = kernel.all().some(({ from, into }) => from === process || into === process)
  if (!busy && scene.ringing !== process && scene.ringingLog !== process) return
  say(scene, () => `the ${kind} dies`)
  sim.evict(kind)
  for (const crossing of kernel.all())
    if (crossing.into === process && isFromOutside(crossing)) {
      const when = crossing.stage === 'running' ? CRASH.before : CRASH.after
      fault(scene, when, columnOf(crossing))
    }
  const { asked, answered } = kernel.kill(process)
  for (const crossing of asked) {
    const later = random.chance(0.5)
    fault(scene, later ? CRASH.later : CRASH.before, columnOf(crossing))
    if (!later) continue
    noteRepeated(scene, crossing)
    kernel.orphan(crossing)
    kernel.again(crossing)
  }
  for (const crossing of answered) fault(scene, CRASH.after, columnOf(crossing))
  if (scene.ringing === process) {
    fault(scene, 'crash within an alarm', 'alarm')
    scene.ringing = null
    void sim.world.tenants.storageOf(sim.world.tenantId)?.setAlarm(sim.surroundings.now())
  }
  if (scene.ringingLog === process) {
    fault(scene, 'crash within an alarm', 'alarm')
    scene.ringingLog = null
    void sim.world.log.storageOf('log')?.setAlarm(sim.surroundings.now())
  }
}
const CRASH = {
  before: 'crash before the effect',
  after: 'crash after the effect',
  later: 'crash, and the effect comes later',
} as const

/** Right before it hears the answer, or right after it gave it to somebody outside. */
export const crashOver = (scene: Scene, crossing: Crossing): void => {
  const { from, into } = crossing
  const kind = isFromOutside(crossing) ? into?.kind : from.kind
  const actor = ACTORS.find((one) => one === kind)
  if (actor) crash(scene, actor)
}
const ACTORS: readonly Mortal[] = [
  ...(['tenant', 'inventory', 'repository', 'platform', 'log'] as const),
  ...(['directory', 'functions'] as const),
]

export const killTwin = ({ sim }: Scene, twin: object): void => {
  const process = sim.processOfTwin(twin as never)
  if (process) sim.kernel.kill(process)
  sim.twins.splice(0)
}

// The runtime's own: alarms ring, twice or never, and the cron comes by.
import { alarmOf, fault, type Scene, say, sqlOf } from './scene.ts'

/** The alarm is gone before its handler runs, and is set again when that does not end. */
export const ring = (scene: Scene): void => {
  const { sim } = scene
  const { world } = sim
  say(scene, () => 'the alarm rings')
  const handling = world.tenants.alarm(world.tenantId)
  const process = sim.processOf('tenant') ?? null
  scene.ringing = process
  const end = (): void => {
    if (scene.ringing === process) scene.ringing = null
  }
  handling.then(end, () => {
    end()
    scene.faults.push('stuck: an alarm was not handled to its end')
  })
}

export const mayRing = (scene: Scene): boolean => {
  const due = alarmOf(scene)
  return due !== null && due <= scene.sim.surroundings.now() && scene.ringing === null
}

export const ringAgain = (scene: Scene): void => {
  if (scene.ringing !== null) return
  fault(scene, 'alarm twice', 'alarm')
  ring(scene)
}

/** As the runtime does after six tries that failed: it says nothing. */
export const loseAlarm = (scene: Scene): void => {
  const { world } = scene.sim
  if (alarmOf(scene) === null) return
  fault(scene, 'alarm lost', 'alarm')
  say(scene, () => 'the alarm is gone')
  void world.tenants.storageOf(world.tenantId)?.deleteAlarm()
}

/** What the cron does with each tenant, every few minutes. */
export const sweep = ({ sim, runtime }: Scene): void => {
  sim.call(runtime, 'tenant', 'wake', []).catch(() => undefined)
}

/** A second process over the same storage: as after an eviction that the first has not noticed. */
export const ringTwin = (scene: Scene): void => {
  const { sim } = scene
  const [known] = sim.twins
  fault(scene, 'a second process', 'world')
  say(scene, () => 'a second process rings')
  const second = known ?? sim.addTwin()
  second.alarm().catch(() => scene.faults.push('stuck: an alarm was not handled to its end'))
}

export const poison = (scene: Scene): void => {
  fault(scene, 'poison in the outbox', 'alarm')
  say(scene, () => 'a piece of work that nobody can do is due before all others')
  sqlOf(scene).exec(
    `INSERT INTO outbox (kind, changeId, dueAt, attempts, generation) VALUES ('poison', 'chg_none', 1, 0, 1)
     ON CONFLICT DO NOTHING`,
  )
}

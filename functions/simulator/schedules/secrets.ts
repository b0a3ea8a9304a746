// What a tenant's owner does with secrets: first and next values, brought or made, disabled, deleted, had back and purged, under
// names that few share, so that several are about the same one at once.
import type { OperationName } from '../../../edge-workers/actors/operations-contracts.ts'
import { nameInVault } from '../../../schemas/vault.ts'
import type { Crossing } from './kernel.ts'
import { want } from './people.ts'
import type { Random } from './random.ts'
import type { Scene } from './scene.ts'
import { CANARY, tagOf } from './vault.ts'

/** What the stage has, and a new one. */
const NAMES = ['db', 'api', 'api', 'new']
const AT_MOST = 6
const GENERATE = { alphabet: 'hex', length: 16 }

/** No other value has it in it. */
const newValue = (scene: Scene): string => `${CANARY}-${scene.commands.length}-`

type Wanted = [OperationName, Record<string, unknown>]
const wanted = (scene: Scene, name: string, random: Random): Wanted => {
  const ifVersion = random.chance(0.8) ? '*' : 1 + random.below(3)
  const brought = { value: newValue(scene) }
  const draw = random.next()
  if (draw < 0.3)
    return ['secrets.put', { body: random.chance(0.7) ? brought : { generate: GENERATE } }]
  if (draw < 0.55)
    return ['secrets.rotate', { body: name === 'db' && random.chance(0.7) ? {} : brought }]
  const change = random.chance(0.7) ? { enabled: random.chance(0.5) } : { rotateDays: 1 }
  if (draw < 0.7) return ['secrets.update', { ifVersion, body: change }]
  if (draw < 0.85) return ['secrets.delete', { ifVersion }]
  if (draw < 0.94) return ['secrets.recover', { body: null }]
  return ['secrets.purge', { body: { confirm: name } }]
}

export const wantSecret = (scene: Scene): void => {
  const { random, commands } = scene
  const asked = commands.filter((one) => one.asked.what === 'secret').length
  if (asked >= AT_MOST) return
  const name = random.pick(NAMES)
  const [operation, input] = wanted(scene, name, random)
  want(scene, 'olga', { what: 'secret', operation, input: { id: name, ...input } })
}

/** In the vault, for the tenant of the schedule. */
export const remoteOf = ({ sim: { world } }: Scene, name: string): string =>
  nameInVault(world.tenantId, 'secret', name) ?? ''

/**
 * Of these requests the vault gets one more than anybody waits for: a second version of one operation, and an older value after a
 * newer one, are nothing that anybody could prevent in a service without preconditions.
 */
export const noteRepeated = (scene: Scene, { to, about }: Crossing): void => {
  if (to !== 'vault' || !about) return
  const [name, , options] = about.input
  scene.repeated.add(about.verb === 'set' ? (tagOf(options) ?? '') : String(name))
}

/** Whoever would have asked again is gone: of what the vault was asked for after the copy no row tells. */
export const forgetSecrets = (scene: Scene): void => {
  for (const name of NAMES) scene.repeated.add(remoteOf(scene, name))
}

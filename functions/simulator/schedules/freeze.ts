// Operators freeze every promotion, and lift that again: what was asked about right before may be otherwise a moment later, and
// the Directory may be gone when it is asked.
import { OPERATOR_SUBJECT } from '../../../edge-workers/auth/operator.ts'
import { digestNumber, fault, type Scene, say } from './scene.ts'
import { DIRECTORY } from './world.ts'

export const isFrozen = ({ sim: { world } }: Scene): boolean => {
  const sql = world.directory.storageOf(DIRECTORY)?.sql
  const open = sql?.exec('SELECT 1 AS one FROM freezes WHERE lifted_at IS NULL')
  return (open?.toArray() ?? []).length > 0
}

const ask = ({ sim, client }: Scene, method: string, input: object): void => {
  sim.call(client, 'directory', method, [input]).catch(() => undefined)
}

const freeze = (scene: Scene): void => {
  fault(scene, 'promotions frozen', 'world')
  say(scene, () => 'an operator freezes every promotion')
  const key = digestNumber()
  ask(scene, 'setFreeze', {
    ...{ key, fingerprint: key, body: { reason: 'simulated' }, by: OPERATOR_SUBJECT },
  })
}

/** There are no other operators, so that one vote is enough. */
export const lift = (scene: Scene): void => {
  fault(scene, 'freeze lifted', 'world')
  say(scene, () => 'an operator lifts the freeze')
  ask(scene, 'liftFreeze', { by: OPERATOR_SUBJECT, behind: [], voters: [], ifVersion: '*' })
}

export const freezeOrLift = (scene: Scene): void => (isFrozen(scene) ? lift(scene) : freeze(scene))

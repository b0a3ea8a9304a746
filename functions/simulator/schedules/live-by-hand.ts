// `live` moved by hand, past Phoenix: to a commit of somebody's own, back to an older one, or ahead to where main is. And put back
// to where Phoenix left it, which is what the product asks for and goes on from.
import { LIVE, MAIN } from '../../../gitops/propose.ts'
import { tell } from './people.ts'
import { fault, type Scene, say, sqlOf } from './scene.ts'

const isKnown = (scene: Scene, sha: string): boolean =>
  sqlOf(scene).exec('SELECT 1 AS one FROM lives WHERE sha = ?', sha).toArray().length > 0

/** Of a commit in `lives`; -1: Phoenix has not put `live` there. */
export const placeOf = (scene: Scene, sha: string): number => {
  const { lives, sim } = scene
  // Phoenix was about to, and somebody was faster: it counts as a move of its own.
  if (sha === liveNow(scene) && !lives.includes(sha) && sim.promoting.has(sha)) lives.push(sha)
  return lives.indexOf(sha)
}

export const liveNow = ({ sim: { world } }: Scene): string => world.memory.branches.get(LIVE) ?? ''

export const whereLeft = (scene: Scene): string => {
  placeOf(scene, liveNow(scene))
  return scene.lives.at(-1) ?? ''
}

export const isMovedByHand = (scene: Scene): boolean => liveNow(scene) !== whereLeft(scene)

const told = (scene: Scene): void => {
  say(scene, () => `root moves live to ${liveNow(scene).slice(0, 7)}`)
  const sender = { login: 'root', account: null }
  tell(scene, { pushedRef: `refs/heads/${LIVE}`, sender })
}

export const putLiveBack = (scene: Scene): void => {
  fault(scene, 'live put back', 'forge')
  scene.sim.world.memory.person.force(LIVE, whereLeft(scene))
  told(scene)
}

/** Before Phoenix has seen it for the first time it is not moved: what is found there then is where it starts from. */
export const moveLive = (scene: Scene): void => {
  const { random, lives, sim } = scene
  const { memory } = sim.world
  if (isMovedByHand(scene)) {
    putLiveBack(scene)
    return
  }
  if (!isKnown(scene, liveNow(scene))) return
  const draw = random.next()
  const main = memory.branches.get(MAIN) ?? ''
  // Where the database was put back, it takes a live that is ahead for a move that was on its way then.
  const isAhead = scene.restores === 0 && placeOf(scene, main) < 0 && !sim.promoting.has(main)
  const older = lives.slice(0, -1)
  if (isAhead && draw < 0.5) {
    fault(scene, 'live moved ahead', 'forge')
    memory.person.force(LIVE, main)
  } else if (older.length > 0 && draw < 0.75) {
    fault(scene, 'live moved back', 'forge')
    memory.person.force(LIVE, random.pick(older))
  } else {
    fault(scene, 'push to live', 'forge')
    memory.person.push(LIVE, 'rendered/lab/60-stray/stray.yaml', `by hand ${random.below(9)}\n`)
  }
  told(scene)
}

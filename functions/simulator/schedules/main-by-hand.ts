// Main changed by hand, past Phoenix, and put right again by hand: a commit of somebody's own, or a merge past the gate that he
// reverts on the forge. What then waits for nothing but Phoenix has to go on by itself.
import { MAIN } from '../../../gitops/propose.ts'
import { hintOf, tell } from './people.ts'
import { mix, type Random, randomOf } from './random.ts'
import { type ChangeShown, changesOf, fault, type Hint, type Scene, say } from './scene.ts'

const LINE_AT_MOST = 60
const BY_HAND = 'By hand\n'
/** No engine reads them. Said here again, so that a rule which the product gets wrong is not believed. */
export const FOR_PEOPLE = /^(?:changes\/.*|[^/.][^/]*\.md|CODEOWNERS|LICENSE)$/

/** Drawn from the clock, not from the step's own numbers: a schedule in which it is not drawn stays what it was. */
const own = (scene: Scene): Random => randomOf(mix(scene.sim.surroundings.now(), 0x3a1))

const firstParents = ({ sim: { world } }: Scene): string[] => {
  const { memory } = world
  const line: string[] = []
  for (let at = memory.branches.get(MAIN); at !== undefined && line.length < LINE_AT_MOST; ) {
    line.push(at)
    at = memory.commit(at).parents[0]
  }
  return line
}

/** The last that was merged under its name, and that nobody has undone. */
const isStanding = (changes: ChangeShown[], { id, name, state, undoneSha }: ChangeShown): boolean =>
  state === 'merged_unauthorised' &&
  undoneSha === null &&
  changes.filter((one) => one.name === name && one.mergeSha !== null).at(-1)?.id === id

/** What is there by hand, newest first. */
const handMade = (scene: Scene): string[] => {
  const { memory } = scene.sim.world
  const changes = changesOf(scene)
  const standing = new Set(
    changes.filter((change) => isStanding(changes, change)).map(({ mergeSha }) => mergeSha),
  )
  return firstParents(scene).filter(
    (sha) => standing.has(sha) || memory.commit(sha).message === BY_HAND,
  )
}

const isThere = ({ sim: { world } }: Scene, sha: string): boolean => {
  const { memory } = world
  const [parent] = memory.commit(sha).parents
  const before = parent === undefined ? new Map<string, string>() : memory.contentsAt(parent)
  const now = memory.contentsAt(memory.branches.get(MAIN) ?? '')
  return [...memory.contentsAt(sha)].some(
    ([path, blob]) => before.get(path) !== blob && now.get(path) === blob,
  )
}

const undo = (scene: Scene, sha: string): void => {
  fault(scene, 'main put right', 'forge')
  scene.sim.world.memory.person.revert(MAIN, sha)
  say(scene, () => `root reverts ${sha.slice(0, 7)} on main`)
}
const pushed = { pushedRef: `refs/heads/${MAIN}`, sender: { login: 'root', account: null } }

/** Of those who change main by hand some put it right instead, where there is anything. True: one has. */
export const putRightInstead = (scene: Scene): boolean => {
  const random = own(scene)
  const made = handMade(scene).filter((sha) => isThere(scene, sha))
  if (made.length === 0 || !random.chance(0.5)) return false
  undo(scene, random.pick(made))
  tell(scene, pushed)
  return true
}

const told = new WeakSet<Scene>()
/** Main was put right, and Phoenix was told: from then on nothing on it holds anybody up. */
export const wasPutRight = (scene: Scene): boolean => told.has(scene)

/** Before the end somebody puts all of it right, in a part of all schedules. The hint that tells of it is not lost; null: nobody does. */
export const putMainRight = (scene: Scene): Hint | null => {
  const made = handMade(scene)
  if (made.length === 0 || !own(scene).chance(0.6)) return null
  for (const sha of made) if (isThere(scene, sha)) undo(scene, sha)
  if (scene.deaf) return null
  told.add(scene)
  return hintOf(pushed)
}

/** Main differs from `live` by nothing but what these changes wrote, and has all of that. */
export const isClean = (
  { sim: { world } }: Scene,
  written: Map<string, string | null>,
): boolean => {
  const { memory } = world
  const main = memory.contentsAt(memory.branches.get(MAIN) ?? '')
  const live = memory.contentsAt(memory.branches.get('live') ?? '')
  const paths = new Set([...main.keys(), ...live.keys(), ...written.keys()])
  return [...paths].every((path) => {
    if (FOR_PEOPLE.test(path)) return true
    const now = main.get(path) ?? null
    return written.has(path) ? written.get(path) === now : (live.get(path) ?? null) === now
  })
}

// What people push onto the branch of a change that has no pull request yet, or take its name for before it is there: nobody is
// shown that, so it must stay as they left it, and the change says so.
import { MAIN } from '../../../gitops/propose.ts'
import { tell } from './people.ts'
import { changesOf, fault, type Scene, say } from './scene.ts'

/** Chances of a step with such a change, where its branch is there and where it is not. */
const PUSHED = 0.1
const TAKEN = 0.01

/** What was pushed last, by branch. */
const known = new WeakMap<Scene, Map<string, string>>()
const pushedOf = (scene: Scene): Map<string, string> => {
  const found = known.get(scene) ?? new Map<string, string>()
  known.set(scene, found)
  return found
}

const hasPull = ({ sim: { world } }: Scene, branch: string): boolean =>
  world.memory.pulls.some(({ headBranch }) => headBranch === branch)

/** Between a forge's answer and the deletion that follows from it: no forge deletes only what one has read. */
const isGoing = ({ sim: { kernel } }: Scene, branch: string): boolean =>
  kernel
    .all()
    .some(
      ({ about, stage }) =>
        about?.input[0] === branch &&
        (about.verb === 'deleteBranch' || (about.verb === 'moveBranch' && stage !== 'asked')),
    )

/** At the end of a step: whatever it draws nobody else does. */
export const pushEarly = (scene: Scene): void => {
  const { random, sim } = scene
  const { memory } = sim.world
  const change = changesOf(scene).find(
    ({ state, branch }) => state === 'accepted' && !hasPull(scene, branch),
  )
  if (!change || isGoing(scene, change.branch)) return
  const { branch } = change
  const isThere = memory.branches.has(branch)
  if (!random.chance(isThere ? PUSHED : TAKEN)) return
  fault(scene, 'push before it is proposed', 'forge')
  scene.excuses += 1
  if (!isThere) memory.person.force(branch, memory.branches.get(MAIN) ?? '')
  const sha = memory.person.push(branch, 'NOTES.md', `by hand ${random.below(9)}\n`)
  pushedOf(scene).set(branch, sha)
  say(scene, () => `mallory pushes to ${branch}, which has no pull request`)
  tell(scene, {
    ...{ pushedRef: `refs/heads/${branch}`, sender: { login: 'mallory', account: null } },
  })
}

/** Told of each write that had its effect. */
export const noteOverwriting = (scene: Scene, verb: string, branch: unknown, answer: unknown) => {
  const done = verb === 'moveBranch' ? answer === 'moved' : verb === 'deleteBranch'
  if (!done || typeof branch !== 'string' || hasPull(scene, branch)) return
  if (pushedOf(scene).delete(branch))
    scene.faults.push('illegal: what somebody pushed before it was proposed is written over')
}

/** Whether the branch is there, and is anybody's to take away: without a pull request it stays with whoever pushed there. */
export const isLeftOver = (scene: Scene, branch: string): boolean => {
  const head = scene.sim.world.memory.branches.get(branch)
  if (head === undefined) return false
  return hasPull(scene, branch) || head !== pushedOf(scene).get(branch)
}

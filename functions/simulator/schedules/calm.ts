// After the faults: whatever is on its way arrives, whoever waits asks again, the alarm rings until nothing comes of it.
import { LATE_LOOK_MILLISECONDS } from '../../../edge-workers/actors/tenant/watch-times.ts'
import { ring, sweep } from './alarms.ts'
import { killTwin } from './crashes.ts'
import { isLeftOver } from './early-pushes.ts'
import { reportAll } from './engine.ts'
import { isFrozen, lift } from './freeze.ts'
import { giveForgottenBack } from './held.ts'
import { isMovedByHand, putLiveBack } from './live-by-hand.ts'
import { putMainRight } from './main-by-hand.ts'
import { send, want } from './people.ts'
import { alarmOf, type ChangeShown, changesOf, fault, type Scene, say, sqlOf } from './scene.ts'
import { deliver, setClock } from './steps.ts'
import { leave } from './strangers.ts'

/** Of the work that rests, what looks whether there is anything new. */
const LOOKS = ['watch', 'promote']
/** Longer than any piece of work is put off for, and than the first look at an open change of which no webhook tells. */
const LONGEST_WAIT = 301_000
const ROUNDS_AT_MOST = 600
const SENT_AT_MOST = 30
/** Of all that moved `live` by hand, as many put it back before the end. */
const PUT_BACK = 0.7
/** And of all freezes as many are lifted. */
const LIFTED = 0.7

const lastStep = (scene: Scene, where = ''): number =>
  Number(sqlOf(scene).exec(`SELECT max(seq) AS n FROM transitions ${where}`).one().n)
const stepsSeen = (scene: Scene): number => lastStep(scene) + scene.forgeChanges
/** Of what a look at the forge may find. A secret that is rotated every day takes a step each day, for ever. */
const changesSeen = (scene: Scene): number =>
  lastStep(scene, "WHERE changeId LIKE 'chg%'") + scene.forgeChanges

/**
 * Nothing is left to do but to look, and whoever looked would find nothing new: what the forge shows of every change is what
 * its row says. Then the polls are not waited for; in a part of all schedules they are all the same.
 */
const isLevel = (scene: Scene): boolean => {
  const work = sqlOf(scene)
    .exec("SELECT kind, attempts, dueAt FROM outbox WHERE kind <> 'poison'")
    .toArray()
  // It waits for the platform's log, and not for what is due next.
  const alarm = alarmOf(scene) ?? 0
  if (work.some(({ dueAt }) => Math.max(Number(dueAt), scene.sim.surroundings.now()) < alarm))
    return false
  if (!work.every(({ kind, attempts }) => LOOKS.includes(String(kind)) && attempts === 0))
    return false
  if (work.some(({ kind }) => kind === 'promote')) return false
  return isSeen(scene)
}

/** What the forge shows of every open change is what its row says. */
const isSeen = (scene: Scene): boolean => {
  const { memory } = scene.sim.world
  return changesOf(scene).every((change) => {
    const pull = change.pullNumber === null ? null : memory.pulls[change.pullNumber - 1]
    if (!pull) return true
    if (pull.merged) return pull.mergeSha === change.mergeSha
    const open = change.state === 'proposed' || change.state === 'approved'
    if (!open) return true
    return (
      pull.state === 'open' &&
      pull.headSha === change.headSha &&
      pull.headSha === change.commitSha &&
      pull.reviews.length === 0 &&
      !pull.body.startsWith('Nothing to see')
    )
  })
}

export const passOn = async ({ sim: { kernel } }: Scene): Promise<boolean> => {
  const waiting = kernel.waiting()
  for (const crossing of waiting) {
    if (crossing.stage === 'asked') kernel.effect(crossing)
    else kernel.answer(crossing)
    await kernel.turn()
  }
  return waiting.length > 0
}

const askAgain = async (scene: Scene): Promise<boolean> => {
  const waiting = scene.commands.find(({ state }) => state === 'waiting')
  if (!waiting) return false
  if (waiting.sent > SENT_AT_MOST) {
    scene.faults.push(`stuck: ${waiting.asked.what} is never answered`)
    waiting.state = 'answered'
    return true
  }
  // What is limited by time is not asked for again at the same moment.
  if (waiting.sent > 3) setClock(scene, scene.sim.surroundings.now() + 20_000)
  send(scene, waiting)
  await scene.sim.kernel.turn()
  return true
}

const hasWork = (scene: Scene): boolean =>
  sqlOf(scene).exec('SELECT 1 AS one FROM outbox LIMIT 1').toArray().length > 0

/** Rings whatever is due within the longest wait after the last thing that happened. */
export const settle = async (scene: Scene): Promise<void> => {
  const { sim } = scene
  let seen = stepsSeen(scene)
  let since = sim.surroundings.now()
  let swept = false
  /** After which step it was slept over. */
  let slept = -1
  for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
    if (await passOn(scene)) continue
    const now = stepsSeen(scene)
    if (now !== seen) [seen, since] = [now, sim.surroundings.now()]
    if (await askAgain(scene)) continue
    if (scene.ringing !== null) {
      scene.faults.push('stuck: an alarm waits for nothing')
      scene.ringing = null
    }
    const due = alarmOf(scene)
    if (due === null && !swept && hasWork(scene)) {
      // The cron comes by: whoever has lost his alarm is woken.
      ;[swept, since] = [true, sim.surroundings.now()]
      sweep(scene)
      continue
    }
    if (due === null || due > since + LONGEST_WAIT) {
      // Where webhooks arrive one that was lost is made up for late. Nobody wakes until then: that is one look, not a day of them.
      if (due === null || slept === changesSeen(scene) || isSeen(scene)) return
      slept = changesSeen(scene)
      since = sim.surroundings.now() + LATE_LOOK_MILLISECONDS
      setClock(scene, since)
      continue
    }
    if (!scene.polls && isLevel(scene)) return
    setClock(scene, Math.max(due, sim.surroundings.now()))
    ring(scene)
    await sim.kernel.turn()
  }
  scene.faults.push('stuck: it never comes to rest')
}

export const calm = async (scene: Scene): Promise<void> => {
  const { sim, hints } = scene
  say(scene, () => 'the faults end')
  for (const twin of sim.twins) killTwin(scene, twin)
  // The clock is right again: whatever was put off while it was ahead comes due.
  setClock(scene, scene.latest)
  while (await passOn(scene)) await sim.kernel.turn()
  leave(scene)
  if (isMovedByHand(scene) && scene.random.chance(PUT_BACK)) putLiveBack(scene)
  if (isFrozen(scene) && scene.random.chance(LIFTED)) lift(scene)
  const right = putMainRight(scene)
  if (right) deliver(scene, right)
  for (const hint of hints.splice(0)) {
    if (scene.random.chance(0.5)) fault(scene, 'never told', 'webhook')
    else deliver(scene, hint)
  }
  await settle(scene)
  if (changesOf(scene).some(isWithTheEngines)) {
    reportAll(scene)
    await settle(scene)
  }
  await tidy(scene)
  await giveForgottenBack(scene, settle)
}

/** As often the sweep looks at the repository without being told of anything. */
const LOOK_MILLISECONDS = 6 * 3_600_000
const SWEEPS = 3

/**
 * What a process that woke up late has put on the forge after the end of a change the sweep takes away (C16). And what somebody
 * merged past the gate after that end, where no webhook told of it, it finds on main: an ended change is not polled.
 */
const tidy = async (scene: Scene): Promise<void> => {
  const { sim } = scene
  const { pulls } = sim.world.memory
  for (let swept = 0; swept < SWEEPS; swept += 1) {
    const ended = changesOf(scene).filter(({ state }) => !OPEN.has(state))
    const left = ended.some(
      ({ branch, mergeSha }) =>
        isLeftOver(scene, branch) ||
        pulls.some(
          (pull) =>
            pull.headBranch === branch &&
            (pull.state === 'open' || (pull.merged && pull.mergeSha !== mergeSha)),
        ),
    )
    if (!left) return
    setClock(scene, sim.surroundings.now() + LOOK_MILLISECONDS)
    sweep(scene)
    await settle(scene)
  }
}
const OPEN = new Set(['accepted', 'proposed', 'approved'])

const isWithTheEngines = ({ state, liveSha }: ChangeShown): boolean =>
  state === 'promoted' || state === 'applying' || (state === 'failed' && liveSha !== null)

/** People bring everything to its end: whatever is open is revised if need be, approved and merged. */
export const finish = async (scene: Scene): Promise<void> => {
  for (let round = 0; round < 4; round += 1) {
    const open = changesOf(scene).filter(
      ({ state }) => state === 'proposed' || state === 'approved',
    )
    if (open.length === 0) return
    for (const { id, commitSha, headSha, gateReason } of open) {
      const touched = commitSha !== headSha || /revision|outside|nobody/.test(gateReason)
      if (touched) {
        want(scene, 'rita', { what: 'revise', id, parameters: null })
        await settle(scene)
      }
      want(scene, 'anton', { what: 'approve', id })
      await settle(scene)
      want(scene, 'anton', { what: 'merge', id })
      await settle(scene)
    }
    reportAll(scene)
    await settle(scene)
  }
}

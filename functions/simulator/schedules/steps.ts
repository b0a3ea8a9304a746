// One step of a schedule: one thing goes on, or is lost, or somebody does something, or something dies. Drawn from the step's
// own random numbers, so that a step that is left out changes nothing about what the others draw.
import { LIVE } from '../../../gitops/propose.ts'
import { Outage } from '../../../schemas/result.ts'
import { loseAlarm, mayRing, poison, ring, ringAgain, ringTwin, sweep } from './alarms.ts'
import { columnOf, crash, crashOver, killTwin } from './crashes.ts'
import { pushEarly } from './early-pushes.ts'
import { reportOf } from './engine.ts'
import type { Where } from './faults.ts'
import { freezeOrLift } from './freeze.ts'
import { failureOfFunctions } from './functions-column.ts'
import type { Crossing } from './kernel.ts'
import { isMovedByHand, moveLive } from './live-by-hand.ts'
import { actOnForge, send, wantSomething } from './people.ts'
import { stepOfLog } from './published-log.ts'
import { weighted } from './random.ts'
import { lookAfterRestore } from './restored.ts'
import { alarmOf, digestNumber, fault, type Hint, type Scene, say, sqlOf } from './scene.ts'
import { forgetSecrets, noteRepeated, wantSecret } from './secrets.ts'
import { strange } from './strangers.ts'
import { beingDeleted, failureOfVault, timedOut } from './vault-column.ts'

const READS = new Set([
  ...['readBranch', 'findPulls', 'readPull', 'listReviews', 'readBlob', 'readBlobs', 'compare'],
])
const MINUTE = 60_000
const HOUR = 3_600_000

/** What the forge says instead of an answer, and how our adapter tells it (gitops/forges/github-answers.ts). */
const OUTAGES = [
  ['429 with Retry-After', () => new Outage('forge', 'limits the rate of requests', 30)],
  ['secondary limit', () => new Outage('forge', 'limits the rate of requests', 60)],
  ['5xx', () => new Outage('forge', 'answers 502')],
  ['HTML for an answer', () => new Outage('forge', 'does not answer')],
  ['truncated answer', () => new Outage('forge', 'does not answer')],
] as const

/** What a forge says to a write that it does not take, without saying truly why. */
const REFUSALS: Record<string, ['409' | '422', unknown]> = {
  mergePull: ['409', { refused: 'answers 409' }],
  moveBranch: ['422', 'refused'],
  createBranch: ['422', 'exists'],
  openPull: ['422', 'exists'],
}

/** How often what goes between two processes is lost or done twice, is answered at once, and is lost on its way back else. */
const USUALLY = { lost: 0.05, twice: 0.09, atOnce: 0.7, late: 0.12 }
/** Few schedules reach the Functions at all, and few calls are webhooks or reports. */
const TOLD = { lost: 0.08, twice: 0.12, atOnce: 0.4, late: 0.2 }
const OFTEN: Partial<Record<Where, typeof USUALLY>> = {
  ...{ webhook: TOLD, status: TOLD },
  functions: { lost: 0.12, twice: 0.22, atOnce: 0.3, late: 0.4 },
  vault: { lost: 0.06, twice: 0.16, atOnce: 0.3, late: 0.25 },
}

/** Of what goes between two processes one goes on. */
const goOn = async (scene: Scene, waiting: Crossing[]): Promise<void> => {
  const { random, sim } = scene
  const { kernel, surroundings } = sim
  // Few calls come so far.
  const vault = random.chance(0.5) ? waiting.findIndex(({ to }) => to === 'vault') : -1
  const at = vault >= 0 ? vault : random.chance(0.65) ? 0 : random.below(waiting.length)
  const crossing = waiting[at] as Crossing
  const column = columnOf(crossing)
  if (at > 0) fault(scene, 'out of order', column)
  if (surroundings.now() - crossing.at >= MINUTE) fault(scene, 'on its way for minutes', column)
  if (crossing.stage === 'answered') {
    answered(scene, crossing, column)
    return
  }
  const draw = random.next()
  const { lost, twice, atOnce } = OFTEN[column] ?? USUALLY
  if (draw < lost) {
    fault(scene, 'request lost', column)
    say(scene, () => `${column} ${crossing.call}: request lost`)
    kernel.lose(crossing)
    return
  }
  if (draw < twice) {
    fault(scene, 'done twice', column)
    say(scene, () => `${column} ${crossing.call}: done twice`)
    const again = { ...crossing }
    noteRepeated(scene, again)
    kernel.orphan(again)
    kernel.again(again)
  }
  const verb = crossing.about?.verb ?? ''
  // Merges are few, of reads some are late, and of writes some are refused.
  const least = verb === 'mergePull' ? 0.2 : READS.has(verb) || verb in REFUSALS ? 0.7 : 0.8
  if (column === 'forge' && draw > least && (await forgeAnswers(scene, crossing, draw))) return
  // Where they are on the way to the vault, more comes to it.
  if (column === 'functions' && draw > (scene.keeps ? 0.88 : 0.75)) {
    functionsFail(scene, crossing, 'and nothing was done')
    return
  }
  if (column === 'vault' && draw > 0.7 && vaultAnswers(scene, crossing, draw)) return
  say(scene, () => `${column} ${crossing.call}`)
  kernel.effect(crossing)
  await kernel.turn()
  if ((crossing.stage as string) === 'answered' && random.chance(atOnce)) kernel.answer(crossing)
}

const answered = (scene: Scene, crossing: Crossing, column: Where): void => {
  const { random, sim } = scene
  if (!random.chance((OFTEN[column] ?? USUALLY).late)) {
    sim.kernel.answer(crossing)
    return
  }
  if (column === 'forge' && random.chance(0.6)) {
    const [kind, error] = random.pick(OUTAGES)
    fault(scene, kind, 'forge')
    say(scene, () => `forge ${crossing.call}: done, and then ${kind}`)
    sim.kernel.answer(crossing, { error: error() })
    return
  }
  if (column === 'functions' && random.chance(0.5)) {
    functionsFail(scene, crossing, 'though it was done')
    return
  }
  if (column === 'vault' && random.chance(0.6)) {
    vaultFails(scene, crossing, 'though it was done')
    return
  }
  fault(scene, 'answer lost', column)
  say(scene, () => `${column} ${crossing.call}: answer lost`)
  sim.kernel.lose(crossing)
}

const functionsFail = (scene: Scene, crossing: Crossing, how: string): void => {
  const [kind, value] = failureOfFunctions(scene.random)
  fault(scene, kind, 'functions')
  say(scene, () => `functions ${crossing.call}: ${kind}, ${how}`)
  scene.sim.kernel.answer(crossing, { value })
}

const vaultFails = (scene: Scene, crossing: Crossing, how: string): void => {
  const [kind, error] = failureOfVault(scene.random)
  fault(scene, kind, 'vault')
  say(scene, () => `vault ${crossing.call}: ${kind}, ${how}`)
  scene.sim.kernel.answer(crossing, { error })
}

/** True when the vault has answered by itself. */
const vaultAnswers = (scene: Scene, crossing: Crossing, draw: number): boolean => {
  const { kernel, office } = scene.sim
  const reads = crossing.about?.verb === 'versions'
  if (draw < 0.86) {
    vaultFails(scene, crossing, 'and nothing was done')
    return true
  }
  if (draw < 0.9) {
    fault(scene, 'slow', 'vault')
    say(scene, () => `vault ${crossing.call}: nobody waits any longer`)
    const later = { ...crossing }
    noteRepeated(scene, later)
    kernel.orphan(later)
    kernel.again(later)
    kernel.answer(crossing, { error: timedOut() })
    return true
  }
  if (reads) {
    fault(scene, 'stale read', 'vault')
    say(scene, () => `vault ${crossing.call}: as it was before`)
    noteRepeated(scene, crossing)
    const name = String(crossing.about?.input[0])
    kernel.answer(crossing, { value: office.vault.earlier(name) })
    return true
  }
  if (crossing.about?.verb === 'deleted') return false
  fault(scene, '409', 'vault')
  say(scene, () => `vault ${crossing.call}: 409`)
  kernel.answer(crossing, { error: beingDeleted() })
  return true
}

/** True when the forge has answered by itself. */
const forgeAnswers = async (scene: Scene, crossing: Crossing, draw: number): Promise<boolean> => {
  const { random, sim } = scene
  const { verb, input } = crossing.about ?? { verb: '', input: [] }
  if (draw > 0.8 && draw < 0.87) {
    const [kind, error] = random.pick(OUTAGES)
    fault(scene, kind, 'forge')
    say(scene, () => `forge ${crossing.call}: ${kind}`)
    sim.kernel.answer(crossing, { error: error() })
    return true
  }
  if (!READS.has(verb)) {
    const refusal = REFUSALS[verb]
    if (!refusal || (draw > 0.8 && draw < 0.88)) return false
    scene.excuses += 1
    fault(scene, refusal[0], 'forge')
    say(scene, () => `forge ${crossing.call}: ${refusal[0]}`)
    sim.kernel.answer(crossing, { value: refusal[1] })
    return true
  }
  const forge = crossing.from.kind === 'platform' ? sim.platform : sim.world.memory
  const earlier = forge.earlier(1 + random.below(3))
  if (!earlier) return false
  const read = earlier[verb as keyof typeof earlier] as (...input: unknown[]) => Promise<unknown>
  const value = await read(...input).catch(() => null)
  const absent = value === null || (Array.isArray(value) && value.length === 0)
  fault(scene, absent ? 'absent right after it was made' : 'stale read', 'forge')
  say(scene, () => `forge ${crossing.call}: ${absent ? 'not there yet' : 'as it was before'}`)
  sim.kernel.answer(crossing, { value })
  return true
}

/** Time passes until something is due. */
const wait = (scene: Scene): void => {
  const { sim, random } = scene
  const { surroundings } = sim
  const due = alarmOf(scene)
  const now = surroundings.now()
  const next =
    due === null || due <= now || random.chance(0.3) ? now + random.below(7 * MINUTE) : due
  setClock(scene, next)
}

export const setClock = (scene: Scene, to: number): void => {
  scene.sim.surroundings.setNow(to)
  scene.latest = Math.max(scene.latest, to)
}

const jump = (scene: Scene): void => {
  const { random, sim } = scene
  const ahead = random.chance(0.5)
  fault(scene, ahead ? 'clock jumps ahead' : 'clock jumps back', 'world')
  const by = Math.ceil(random.next() * 24 * HOUR) * (ahead ? 1 : -1)
  say(scene, () => `the clock jumps by ${Math.round(by / MINUTE)} minutes`)
  setClock(scene, sim.surroundings.now() + by)
}

/** A hint arrives, perhaps late, twice or never. */
export const hint = (scene: Scene): void => {
  const { random, hints, told } = scene
  if (hints.length === 0) {
    repeatHint(scene)
    return
  }
  const at = random.chance(0.7) ? 0 : random.below(hints.length)
  if (at > 0) fault(scene, 'out of order', 'webhook')
  const [found] = hints.splice(at, 1)
  if (!found) return
  if (random.chance(0.2)) {
    fault(scene, 'never told', 'webhook')
    return
  }
  told.push(found)
  deliver(scene, found)
}

const repeatHint = (scene: Scene): void => {
  const { random, told } = scene
  if (told.length === 0) return
  const found = random.pick(told)
  if (random.chance(0.5)) {
    fault(scene, 'done twice', 'webhook')
    deliver(scene, found)
  } else {
    fault(scene, 'told again under another id', 'webhook')
    deliver(scene, { ...found, bodyDigest: digestNumber() })
  }
}

export const deliver = (scene: Scene, found: Hint): void => {
  const { sim, runtime } = scene
  say(scene, () => `a hint: ${found.kind} of ${found.pullNumber ?? found.pushedRef}`)
  sim.call(runtime, 'tenant', 'forgeHint', [found]).catch(() => undefined)
}

const nonsense = (scene: Scene): void => {
  fault(scene, 'malformed hint', 'webhook')
  const { random } = scene
  deliver(scene, {
    ...{ bodyDigest: digestNumber(), kind: 'nonsense', pullNumber: 900 + random.below(9) },
    ...{ headSha: 'x', merged: random.chance(0.5), pushedRef: 'refs/heads/', senderIsApp: false },
  })
}

/**
 * Only while nothing was merged since and the platform was told no head of the log, nor is about to be: a database that is behind
 * what was published does nothing until an operator has restored a newer one, and what that does is `npm run drill`'s to show.
 */
const restore = (scene: Scene): void => {
  const { sim, commands, random } = scene
  const merged = sqlOf(scene).exec('SELECT count(*) AS n FROM changes WHERE mergeSha IS NOT NULL')
  if (merged.one().n !== scene.mergedAtFirst || scene.restores > 0) return
  if (sim.published.heads > 0 || isMovedByHand(scene)) return
  if (sim.world.memory.pulls.filter((pull) => pull.merged).length !== scene.mergedAtFirst) return
  if (sim.kernel.all().some(({ call }) => /^(?:merge|noteHead$)/.test(call))) return
  fault(scene, 'restored to an older copy', 'world')
  say(scene, () => 'the tenant’s database is put back to where the schedule began')
  scene.restores += 1
  scene.excuses += 1
  const process = sim.processOf('tenant')
  if (process) sim.kernel.kill(process)
  for (const twin of sim.twins) killTwin(scene, twin)
  sim.evict('tenant')
  scene.ringing = null
  sim.world.tenants.storageOf(sim.world.tenantId)?.control.rewind()
  lookAfterRestore(scene)
  // Whoever holds a receipt asks again under its key, unless he has gone; what was decided meanwhile is decided again.
  const gone = random.chance(0.3)
  if (gone) forgetSecrets(scene)
  for (const command of commands) {
    const { what } = command.asked
    const again = (what === 'ask' || what === 'secret') && !gone
    command.state = again ? 'waiting' : 'answered'
    if (!again) command.answer = null
  }
}

const resend = (scene: Scene): void => {
  const waiting = scene.commands.filter(({ state }) => state === 'waiting')
  if (waiting.length > 0) send(scene, scene.random.pick(waiting))
}

const report = (scene: Scene): void => {
  const { random, sim, lives } = scene
  const now = sim.world.memory.branches.get(LIVE) ?? ''
  const behind = random.chance(0.3) && lives.some((sha) => sha !== now)
  if (behind) fault(scene, 'stale read', 'status')
  const revision = behind ? random.pick(lives.filter((sha) => sha !== now)) : now
  if (random.chance(0.15)) {
    fault(scene, 'never told', 'status')
    return
  }
  reportOf(scene, revision, random.pick(['healthy', 'healthy', 'progressing', 'degraded'] as const))
}

const WEIGHTS: [number, (scene: Scene) => unknown][] = [
  [30, (scene) => (mayRing(scene) ? ring(scene) : wait(scene))],
  [8, wait],
  [14, wantSomething],
  [6, resend],
  [13, actOnForge],
  [10, hint],
  [5, report],
  [6, (scene) => crash(scene, 'tenant')],
  [10, (scene) => crash(scene, 'repository')],
  [1, (scene) => crash(scene, 'inventory')],
  [1, (scene) => crash(scene, 'log')],
  [1, (scene) => crash(scene, 'directory')],
  [1, freezeOrLift],
  [3, moveLive],
  [2, jump],
  [2, ringTwin],
  [1, ringAgain],
  [1, loseAlarm],
  [1, sweep],
  [0.7, nonsense],
  [0.7, poison],
  [0.7, restore],
]

/** What the schedule is about waits: the way to the vault and back, or the log's to its branch. */
const isAbout = ({ to, from, call, about }: Crossing): boolean =>
  to === 'vault' ||
  call.startsWith('/api/vault') ||
  call === 'publishLog' ||
  (from.kind === 'platform' && !READS.has(about?.verb ?? ''))

/** All else goes on. */
const passOthers = async ({ sim: { kernel } }: Scene): Promise<void> => {
  for (const crossing of kernel.waiting()) {
    if (isAbout(crossing)) continue
    if (crossing.stage === 'asked') kernel.effect(crossing)
    else kernel.answer(crossing)
    await kernel.turn()
  }
}

export const takeStep = async (scene: Scene): Promise<void> => {
  const { random, sim } = scene
  strange(scene)
  if ((scene.keeps || scene.publishes) && random.chance(0.6)) await passOthers(scene)
  const waiting = sim.kernel.waiting()
  const asksFunctions = waiting.some(({ from, to }) => to === 'functions' && from.kind === 'tenant')
  const asksVault = scene.keeps && waiting.some(({ to }) => to === 'vault')
  const answered = random.chance(0.05) ? waiting.find(({ stage }) => stage === 'answered') : null
  if (asksFunctions && random.chance(0.2)) crash(scene, 'tenant')
  else if (asksVault && random.chance(0.15))
    crash(scene, random.chance(0.4) ? 'functions' : 'tenant')
  else if (answered) crashOver(scene, answered)
  else if (scene.publishes && random.chance(0.25)) stepOfLog(scene)
  else if (waiting.length > 0 && random.chance(0.78)) await goOn(scene, waiting)
  else if (scene.keeps && random.chance(0.4)) wantSecret(scene)
  else await weighted(WEIGHTS, random)(scene)
  await sim.kernel.turn()
  pushEarly(scene)
}

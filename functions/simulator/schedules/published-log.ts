// The platform's log on its way to the branch of the platform's repository: its alarm rings, it and the Repository that writes for
// it die, and what the forge has afterwards is this log, each checkpoint once, and never a shorter one after a longer.
import { gitBlobId } from '../../../edge-workers/digest.ts'
import { CHECKPOINT_PATH, LOG_BRANCH, sizePath } from '../../../gitops/log/branch.ts'
import { passOn } from './calm.ts'
import { crash } from './crashes.ts'
import { rootsOf } from './log-invariants.ts'
import { fault, type Scene, say } from './scene.ts'
import { setClock } from './steps.ts'

const LOG = 'log'
/** Longer than heads wait for their batch and a checkpoint for its commit. */
const LATER_MILLISECONDS = 20 * 60_000
const ROUNDS_AT_MOST = 200

const sqlOfLog = ({ sim: { world } }: Scene) => world.log.storageOf(LOG)?.sql
const rowsOf = <Row>(scene: Scene, query: string): Row[] =>
  (sqlOfLog(scene)?.exec(query).toArray() ?? []) as Row[]
const numberOf = (scene: Scene, query: string): number =>
  Number(rowsOf<{ n: number | null }>(scene, query)[0]?.n ?? 0)

/** Waits for its alarm where that is soon. As with the tenant's, it is set again when a handler did not end. */
const ring = (scene: Scene): void => {
  const { sim } = scene
  const due = sim.world.log.alarmOf(LOG)
  const now = sim.surroundings.now()
  if (scene.ringingLog !== null || due === null || due > now + LATER_MILLISECONDS) return
  setClock(scene, Math.max(due, now))
  say(scene, () => 'the alarm of the log rings')
  sim.world.log.wake(LOG)
  const process = sim.processOf('log') ?? null
  scene.ringingLog = process
  const end = (): void => {
    if (scene.ringingLog === process) scene.ringingLog = null
  }
  sim.world.log.alarm(LOG).then(end, () => {
    end()
    scene.faults.push('stuck: an alarm of the log was not handled to its end')
  })
}

/** What the cron does with the log. */
const sweep = ({ sim, runtime }: Scene): void => {
  sim.call(runtime, 'log', 'wake', []).catch(() => undefined)
}

const loseAlarm = (scene: Scene): void => {
  if (scene.sim.world.log.alarmOf(LOG) === null) return
  fault(scene, 'alarm lost', 'alarm')
  void scene.sim.world.log.storageOf(LOG)?.deleteAlarm()
}

export const stepOfLog = (scene: Scene): void => {
  const draw = scene.random.next()
  if (draw < 0.6) ring(scene)
  else if (draw < 0.75) crash(scene, 'log')
  else if (draw < 0.9) crash(scene, 'platform')
  else if (draw < 0.95) sweep(scene)
  else loseAlarm(scene)
}

const NEWEST = 'SELECT max(size) AS n FROM checkpoints'
const isPublished = (scene: Scene): boolean =>
  numberOf(scene, 'SELECT count(*) AS n FROM heads WHERE leafIndex IS NULL') === 0 &&
  numberOf(scene, NEWEST) === numberOf(scene, 'SELECT count(*) AS n FROM leaves') &&
  numberOf(scene, NEWEST) === numberOf(scene, `${NEWEST} WHERE "commit" IS NOT NULL`)

/** Rings until what it knows is signed and on the branch. */
export const publishAll = async (scene: Scene): Promise<void> => {
  const { sim } = scene
  say(scene, () => 'the log publishes what it knows')
  for (let round = 0; round < ROUNDS_AT_MOST; round += 1) {
    if (await passOn(scene)) continue
    if (scene.ringingLog === null && isPublished(scene)) return
    if (sim.world.log.alarmOf(LOG) === null) sweep(scene)
    else ring(scene)
    await sim.kernel.turn()
  }
  scene.faults.push('stuck: the log is never published to its end')
}

interface Checkpoint {
  size: number
  root: string
  note: string
  commit: string | null
}

/** The commits of checkpoints on the branch, oldest first. */
const chainOf = ({ sim: { platform } }: Scene): string[] => {
  const line: string[] = []
  const isOurs = (at: string) => platform.contentsAt(at).has(CHECKPOINT_PATH)
  for (
    let at = platform.branches.get(LOG_BRANCH);
    at !== undefined && isOurs(at);
    at = platform.commit(at).parents[0]
  )
    line.unshift(at)
  return line
}

/** Every checkpoint that was ever published, in the order of its commits. */
export const publishedLog = (scene: Scene): string[] => {
  if (!scene.publishes) return []
  const { platform, published } = scene.sim
  const found: string[] = []
  const rows = rowsOf<Checkpoint>(scene, 'SELECT size, root, note, "commit" FROM checkpoints')
  const byBlob = new Map(rows.map((row) => [gitBlobId(row.note), row]))
  const leaves = rowsOf<{ hash: string }>(scene, 'SELECT hash FROM leaves ORDER BY "index"')
  const rootAt = rootsOf(leaves.map(({ hash }) => Buffer.from(hash, 'hex')))
  const chain = chainOf(scene)
  let before = 0
  for (const commit of chain) {
    const files = platform.contentsAt(commit)
    const row = byBlob.get(files.get(CHECKPOINT_PATH) ?? '')
    if (!row) {
      found.push('illegal: a checkpoint is published that the log did not sign')
      continue
    }
    if (row.size === before) found.push('doubled: one checkpoint has two commits')
    if (row.size < before) found.push('illegal: the published log has shrunk')
    if (row.size > leaves.length || rootAt(row.size) !== row.root)
      found.push('illegal: a published checkpoint is not one of the tree')
    if (!files.has(sizePath(row.size))) found.push('lost: a published checkpoint has no file')
    before = row.size
  }
  if (published.tips.some((tip) => !chain.includes(tip)))
    found.push('lost: what was published is no longer on the branch')
  for (const { commit, note } of rows)
    if (commit !== null && platform.contentsAt(commit).get(CHECKPOINT_PATH) !== gitBlobId(note))
      found.push('illegal: a checkpoint names a commit that does not hold it')
  return found
}

// One schedule from its seed: a stage, some steps with faults, calm, and then what must be true.
import { LIVE } from '../../../gitops/propose.ts'
import { calm, finish } from './calm.ts'
import { noteOverwriting } from './early-pushes.ts'
import { countCall, type Tally } from './faults.ts'
import { judge, tooEarly } from './invariants.ts'
import { liveNow } from './live-by-hand.ts'
import { tell } from './people.ts'
import { publishAll } from './published-log.ts'
import { mix, randomOf, weighted } from './random.ts'
import { beginDigests, changesOf, type Scene, sqlOf } from './scene.ts'
import { SHARES, STAGES, type Stage, type StageName } from './stages.ts'
import { takeStep } from './steps.ts'

const FEWEST_STEPS = 10
const MORE_STEPS = 21
/** Of all schedules, these go on until people have brought everything to its end. */
const FINISHED = 0.06
/** And in these the platform's log rings its alarm. */
const PUBLISHED = 0.12

export interface Drawn {
  stage: StageName
  steps: number
  deaf: boolean
  finished: boolean
  polls: boolean
  publishes: boolean
}

/** What a seed is about. */
export const drawOf = (seed: number, from: StageName | null = null): Drawn => {
  const random = randomOf(mix(seed, 0xffff))
  const drawn = weighted(
    STAGES.map((name) => [SHARES[name], name] as const),
    random,
  )
  const stage = from ?? drawn
  const steps = FEWEST_STEPS + random.below(MORE_STEPS)
  const [deaf, polls] = [random.chance(0.15), random.chance(0.25)]
  const finished = random.chance(FINISHED) || (stage === 'nothing' && random.chance(0.5))
  const publishes = random.chance(PUBLISHED)
  return { stage, steps, deaf, finished, polls: polls || deaf || finished, publishes }
}

export interface Outcome {
  /** Empty: all is well. */
  found: string[]
  trace: string[]
}

/** Everything that `live` has been, oldest first. */
const livesOf = ({ world: { memory } }: Stage['sim']): string[] => {
  const line: string[] = []
  for (let at = memory.branches.get(LIVE); at !== undefined; at = memory.commit(at).parents[0])
    line.unshift(at)
  return line
}

const sceneOf = (
  { name, sim, at }: Stage,
  tally: Tally,
  { deaf, polls, publishes }: Drawn,
  traced: boolean,
): Scene => ({
  ...{
    sim,
    tally,
    random: randomOf(0),
    deaf,
    polls,
    publishes,
    commands: [],
    hints: [],
    told: [],
    faults: [],
  },
  chains: name === 'a chain approved',
  ...{ keeps: name === 'secrets', repeated: new Set(), said: name === 'secrets' ? [] : null },
  client: { kind: 'client', alive: true },
  runtime: { kind: 'runtime', alive: true },
  ...{
    appliedAtFirst: [],
    ...{ ringing: null, ringingLog: null },
    lives: livesOf(sim),
    healthy: [],
    excuses: 0,
    restores: 0,
    forgeChanges: 0,
    latest: at,
  },
  mergedAtFirst: sim.world.memory.pulls.filter(({ merged }) => merged).length,
  trace: traced ? [] : null,
})

/** `without`: steps that are left out. */
export const runSchedule = async (
  stage: Stage,
  seed: number,
  tally: Tally,
  {
    without = new Set(),
    traced = false,
    drawn = drawOf(seed, stage.name),
  }: {
    without?: ReadonlySet<number>
    traced?: boolean
    drawn?: Drawn
  } = {},
): Promise<Outcome> => {
  const { sim } = stage
  const { surroundings, kernel } = sim
  stage.putBack()
  sim.twins.splice(0)
  Object.assign(sim.published, { heads: 0, tips: [] })
  sim.promoting.clear()
  sim.unasked.moves = 0
  beginDigests()
  const scene = sceneOf(stage, tally, drawn, traced)
  surroundings.setNow(stage.at)
  surroundings.listen(scene.said)
  sim.office.listen(scene.said)
  scene.appliedAtFirst = changesOf(scene)
    .filter(({ state }) => state === 'applied')
    .map(({ id }) => id)
  sim.watchForge((verb, input, answer) => noteForge(scene, verb, input, answer))
  kernel.start((from, to) => countCall(tally, from, to))
  try {
    for (let step = 0; step < drawn.steps; step += 1) {
      if (without.has(step)) continue
      scene.random = randomOf(mix(seed, step))
      surroundings.setRandom(scene.random)
      scene.trace?.push(`${step}:`)
      await takeStep(scene)
      tally.steps += 1
    }
    scene.random = randomOf(mix(seed, 0xfffe))
    surroundings.setRandom(scene.random)
    scene.faults.push(...tooEarly(scene))
    await calm(scene)
    if (drawn.finished) await finish(scene)
    if (drawn.publishes) await publishAll(scene)
    const isApplied = () => changesOf(scene).some(({ state }) => state === 'applied')
    if (drawn.finished && stage.name === 'nothing' && isApplied()) tally.fullLives += 1
    tally.schedules += 1
    tally.byStage[stage.name] = (tally.byStage[stage.name] ?? 0) + 1
    const found = judge(scene)
    if (traced && found.length > 0)
      for (const { kind, attempts, lastError } of sqlOf(scene)
        .exec('SELECT * FROM outbox')
        .toArray())
        scene.trace?.push(`work left: ${kind}, tried ${attempts} times, ${lastError ?? 'well'}`)
    return { found, trace: scene.trace ?? [] }
  } finally {
    kernel.stop()
    sim.watchForge(null)
    for (const name of [
      'tenant',
      'inventory',
      'repository',
      'platform',
      'log',
      'directory',
    ] as const) {
      const process = sim.processOf(name)
      if (process) process.alive = false
    }
  }
}

const WRITES = new Set([
  ...['createBranch', 'moveBranch', 'deleteBranch', 'openPull', 'updatePull', 'postGate'],
  'mergePull',
])
/** What Phoenix itself does, the forge tells as well. */
const noteForge = (scene: Scene, verb: string, [first]: unknown[], answer: unknown): void => {
  if (!WRITES.has(verb)) return
  noteOverwriting(scene, verb, first, answer)
  scene.forgeChanges += 1
  if (verb === 'moveBranch' && first === LIVE && answer === 'moved')
    scene.lives.push(liveNow(scene))
  const app = { senderIsApp: true, sender: { login: 'phoenix[bot]', account: null } }
  if (verb === 'mergePull' && typeof first === 'number' && 'merged' in (answer as object))
    tell(scene, { ...app, kind: 'closed', pullNumber: first, merged: true })
  if (verb === 'moveBranch' && typeof first === 'string' && scene.random.chance(0.3))
    tell(scene, { ...app, pushedRef: `refs/heads/${first}` })
}

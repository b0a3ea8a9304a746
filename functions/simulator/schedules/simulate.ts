// Many schedules, one after the other, each from its own seed: what they found, how fast, and which faults they met.
import { addTally, missing, newTally, type Tally } from './faults.ts'
import { takeOver } from './random.ts'
import { drawOf, runSchedule } from './schedule.ts'
import { prepareStage, STAGES, type Stage, type StageName } from './stages.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const FAILURES_AT_MOST = 20

export { missing, STAGES }

export interface Failure {
  seed: number
  stage: StageName
  found: string[]
}
export interface Figures {
  tally: Tally
  failures: Failure[]
  failed: number
  /** Of all that failed, how many show each kind: `failures` has the first of them only. */
  kinds: Record<string, number>
  /** Of this process. */
  cpuSeconds: number
  seconds: number
}

export interface Wishes {
  schedules: number
  /** Of the first schedule; the others follow it. */
  seed: number
  /** Absent: all of them, in their shares. */
  from?: StageName
  /** Ends with the first failure. */
  first?: boolean
  /** No schedule begins after them; how many were run is what counts. Absent: as long as it takes. */
  seconds?: number
}

const newFigures = (): Figures => ({
  ...{ tally: newTally(), failures: [], failed: 0, kinds: {}, cpuSeconds: 0, seconds: 0 },
})

/** Findings begin with what they are: `lost: …`. */
const kindOf = (finding: string): string => finding.split(':', 1)[0] ?? finding

const addKinds = (sum: Figures['kinds'], more: Figures['kinds']): void => {
  for (const [kind, schedules] of Object.entries(more)) sum[kind] = (sum[kind] ?? 0) + schedules
}

/** Brings worlds to their stages; each only once it is needed. */
const stagesOf = (surroundings: ReturnType<typeof takeOver>) => {
  const known = new Map<StageName, Promise<Stage>>()
  return (name: StageName): Promise<Stage> => {
    const stage = known.get(name) ?? prepareStage(name, surroundings, START)
    known.set(name, stage)
    return stage
  }
}

export const simulate = async ({
  schedules,
  seed,
  from,
  first = false,
  seconds = Number.POSITIVE_INFINITY,
}: Wishes): Promise<Figures> => {
  const [began, cpu] = [performance.now(), process.cpuUsage()]
  const used = (): number => {
    const { user, system } = process.cpuUsage(cpu)
    return (user + system) / 1_000_000
  }
  const surroundings = takeOver(START)
  const figures = newFigures()
  try {
    const stageOf = stagesOf(surroundings)
    for (let at = 0; at < schedules && performance.now() - began < seconds * 1_000; at += 1) {
      const drawn = drawOf(seed + at, from ?? null)
      const found = await stageOf(drawn.stage).then(
        async (stage) => (await runSchedule(stage, seed + at, figures.tally, { drawn })).found,
        (error) => [`stuck: without any fault nothing gets as far as «${drawn.stage}»: ${error}`],
      )
      if (found.length === 0) continue
      figures.failed += 1
      addKinds(figures.kinds, Object.fromEntries(found.map((one) => [kindOf(one), 1])))
      if (figures.failures.length < FAILURES_AT_MOST)
        figures.failures.push({ seed: seed + at, stage: drawn.stage, found })
      if (first) break
    }
  } finally {
    surroundings.restore()
  }
  return { ...figures, cpuSeconds: used(), seconds: (performance.now() - began) / 1_000 }
}

/** The schedule of a seed, step by step, with as few of its steps as still show the same. */
export const replay = async (
  seed: number,
  from: StageName | null = null,
): Promise<Failure & { trace: string[]; steps: number; left: number }> => {
  const surroundings = takeOver(START)
  try {
    const drawn = drawOf(seed, from)
    const stage = await prepareStage(drawn.stage, surroundings, START)
    const run = (without: ReadonlySet<number>) =>
      runSchedule(stage, seed, newTally(), { without, traced: true, drawn })
    let { found, trace } = await run(new Set())
    const without = new Set<number>()
    const [kind] = found
    for (let step = drawn.steps - 1; kind !== undefined && step >= 0; step -= 1) {
      const fewer = await run(new Set([...without, step]))
      if (!fewer.found.includes(kind)) continue
      without.add(step)
      ;({ found, trace } = fewer)
    }
    const left = drawn.steps - without.size
    return { seed, stage: drawn.stage, found, trace, steps: drawn.steps, left }
  } finally {
    surroundings.restore()
  }
}

/** Of several processes. */
export const addFigures = (all: Figures[]): Figures => {
  const sum = newFigures()
  for (const { tally, failures, failed, kinds, cpuSeconds, seconds } of all) {
    addTally(sum.tally, tally)
    sum.failures.push(...failures)
    sum.failed += failed
    addKinds(sum.kinds, kinds)
    sum.cpuSeconds += cpuSeconds
    sum.seconds = Math.max(sum.seconds, seconds)
  }
  return sum
}

const KINDS = ['lost', 'doubled', 'stuck', 'illegal', 'gate'] as const

/** As it is printed. */
export const said = (
  { tally, failures, failed, kinds, cpuSeconds, seconds }: Figures,
  { seed, from, schedules }: Pick<Wishes, 'seed' | 'from'> & Partial<Pick<Wishes, 'schedules'>>,
): string => {
  const short = schedules !== undefined && tally.schedules < schedules
  const asked = short ? `, of ${schedules} that were asked for` : ''
  const of = from === undefined ? '' : ` --from '${from}'`
  const share = (100 * tally.fullLives) / Math.max(1, tally.schedules)
  const faults = Object.values(tally.faults).reduce((sum, number) => sum + number, 0)
  return [
    `simulated ${tally.schedules} schedules from seed ${seed}${asked} in ${seconds.toFixed(1)} s ` +
      `(${(tally.schedules / seconds).toFixed(0)} a second, ${((1_000 * cpuSeconds) / Math.max(1, tally.schedules)).toFixed(1)} ms of a core each)`,
    `${tally.steps} steps, ${faults} faults, ${tally.crashes} crashes, ${share.toFixed(1)} % whole lives`,
    `stages: ${list(tally.byStage)}`,
    `calls: ${list(tally.calls)}`,
    `faults: ${list(tally.faults)}`,
    ...(Object.keys(tally.excused).length > 0 ? [`excused: ${list(tally.excused)}`] : []),
    `${KINDS.map((kind) => `${kinds[kind] ?? 0} ${kind}`).join(', ')} (of ${failed} schedules that failed)`,
    ...missing(tally).map((name) => `never happened: ${name}`),
    ...failures.map(
      ({ seed: failing, stage, found }) =>
        `seed ${failing} (${stage}): ${found.join('; ')}\n  npm run simulate -- --replay ${failing}${of}`,
    ),
  ].join('\n')
}

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, number]) => `${name} ${number}`)
    .join(', ')

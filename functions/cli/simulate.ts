// `npm run simulate`: schedules of the change protocol under faults, on every core.
// --schedules 10000, --seed 1, --from <stage>; --replay <seed> shows one, step by step, and shortened.
import { fork } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { bundleSimulator, type Simulator } from '../simulator/schedules/bundle.ts'
import type { Figures, Wishes } from '../simulator/schedules/simulate.ts'

const DEFAULT_SCHEDULES = '10000'

const { values } = parseArgs({
  options: {
    schedules: { type: 'string', default: DEFAULT_SCHEDULES },
    seed: { type: 'string' },
    from: { type: 'string' },
    replay: { type: 'string' },
    processes: { type: 'string', default: String(availableParallelism()) },
  },
})

const whole = (text: string, name: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  console.error(`--${name} is not a whole number`)
  process.exit(2)
}

const load = async (path: string): Promise<Simulator> =>
  (await import(pathToFileURL(path).href)) as Simulator

/** A part of the schedules, in a process of its own. */
const runPart = (path: string, wishes: Wishes): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const child = fork(import.meta.filename, {
      env: { ...process.env, SIMULATE_PART: JSON.stringify({ path, wishes }) },
      execArgv: ['--disable-warning=ExperimentalWarning'],
    })
    child.once('message', (figures) => resolve(figures as Figures))
    child.once('exit', (code) => {
      if (code !== 0) reject(new Error(`a process ended with ${code}`))
    })
  })

const main = async (): Promise<void> => {
  const path = await bundleSimulator()
  try {
    const simulator = await load(path)
    const { STAGES, addFigures, replay, said, missing } = simulator
    const from = STAGES.find((name) => name === values.from)
    if (values.from !== undefined && from === undefined) {
      console.error(`--from is one of: ${STAGES.join(', ')}`)
      process.exit(2)
    }
    if (values.replay !== undefined) {
      const seed = whole(values.replay, 'replay')
      const { stage, found, trace, steps, left } = await replay(seed, from ?? null)
      console.log([`seed ${seed}, from ${stage}, ${left} of ${steps} steps:`, ...trace].join('\n'))
      console.log(found.length === 0 ? 'nothing is wrong' : found.join('\n'))
      process.exitCode = found.length === 0 ? 0 : 1
      return
    }
    const seed =
      values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : whole(values.seed, 'seed')
    const schedules = whole(values.schedules, 'schedules')
    const parts = Math.max(1, Math.min(whole(values.processes, 'processes'), schedules))
    const size = Math.ceil(schedules / parts)
    const wishes = Array.from({ length: parts }, (_, at) => ({
      ...{ schedules: Math.min(size, schedules - at * size), seed: seed + at * size },
      ...(from === undefined ? {} : { from }),
    }))
    const figures = addFigures(await Promise.all(wishes.map((part) => runPart(path, part))))
    console.log(said(figures, seed))
    // From one stage not every fault can happen, and in a short run not every one does.
    const complete = from !== undefined || missing(figures.tally).length === 0
    process.exitCode = figures.failed === 0 && complete ? 0 : 1
  } finally {
    await rm(path, { force: true })
  }
}

const part = process.env.SIMULATE_PART
if (part === undefined) await main()
else {
  const { path, wishes } = JSON.parse(part) as { path: string; wishes: Wishes }
  const figures = await (await load(path)).simulate(wishes)
  process.send?.(figures, () => process.exit(0))
}

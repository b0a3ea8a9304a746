// `npm run simulate`: schedules of the change protocol under faults, on every core.
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { pathToFileURL } from 'node:url'
import { bundleSimulator, type Simulator } from '../simulator/schedules/bundle.ts'
import { runInParts } from '../simulator/schedules/parts.ts'
import type { Wishes } from '../simulator/schedules/simulate.ts'
import { readArguments } from './arguments.ts'

const DEFAULT_SCHEDULES = '10000'

const USAGE = `npm run simulate -- [--schedules ${DEFAULT_SCHEDULES}] [--seed <n>]
  --schedules <n>   as many
  --seed <n>        of the first; the others follow it. Default: another each time
  --from <stage>    all of them from there: "a chain approved"
  --minutes <n>     none begins after them
  --processes <n>   default: as many as there are cores
  --replay <seed>   shows one, step by step, with no more steps than it takes`

const { values } = readArguments(USAGE, {
  options: {
    schedules: { type: 'string', default: DEFAULT_SCHEDULES },
    seed: { type: 'string' },
    from: { type: 'string' },
    minutes: { type: 'string' },
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
    const { minutes } = values
    const wishes = {
      ...{ schedules, seed, ...(from === undefined ? {} : { from }) },
      ...(minutes === undefined ? {} : { seconds: 60 * whole(minutes, 'minutes') }),
    }
    const processes = whole(values.processes, 'processes')
    const figures = addFigures(await runInParts(path, wishes, processes))
    console.log(said(figures, wishes))
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

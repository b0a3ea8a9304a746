// `npm run drill`: destroys a tenant's database in the middle of its work, restores it, and then, one at a time, the Directory, the
// Inventory and the Log; prints what was acknowledged, recovered, lost and doubled, in how many seconds. Exit code 1 when anything
// was lost or doubled, or took longer than is promised.
import { rm } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { bundleSimulator } from '../simulator/schedules/bundle.ts'
import { readArguments } from './arguments.ts'
import { CORE, faultsOfCore, lineOfCore } from './drill-core.ts'
import { faultsOf, lineOf } from './drill-run.ts'

const USAGE = `npm run drill -- [--seeds 2] [--steps 24] [--verbose]
  --seeds <n>   as many drills, each from another seed
  --seed <n>    this one again
  --steps <n>   as many things happen before the loss
  --verbose     what the actors say, too`

const { values } = readArguments(USAGE, {
  options: {
    seeds: { type: 'string', default: '2' },
    seed: { type: 'string' },
    steps: { type: 'string', default: '24' },
    verbose: { type: 'boolean', default: false },
  },
})

const count = (text: string, name: string): number => {
  const value = Number(text)
  if (Number.isInteger(value) && value > 0 && value <= 2 ** 31) return value
  console.error(`--${name} is a whole number above 0.`)
  process.exit(2)
}
const steps = count(values.steps, 'steps')
const first = values.seed === undefined ? null : count(values.seed, 'seed')
const seeds =
  first === null
    ? Array.from(
        { length: count(values.seeds, 'seeds') },
        () => 1 + Math.floor(Math.random() * 1e9),
      )
    : [first]

const path = await bundleSimulator([], 'functions/cli/drill-main.ts')
const { log, error } = console
let failed = 0
try {
  const { drillOnce, drillCoreOnce } = (await import(
    pathToFileURL(path).href
  )) as typeof import('./drill-main.ts')
  log(
    'Real: the actors’ code, SQLite, Git repositories, the folder of backups. Simulated: the runtime,',
  )
  log('the forge’s API, the Functions’ door, clients, clusters’ reports and the time that passes.')
  log(
    'One small tenant is lost and restored, within the forge’s limits on requests; then, one at a time,',
  )
  log('the Directory, the Inventory and the Log, of an installation with that one tenant.')
  for (const seed of seeds) {
    // The actors' own lines are about one tenant that is meant to break.
    if (!values.verbose) Object.assign(console, { log: () => undefined, error: () => undefined })
    const result = await drillOnce(seed, steps).finally(() =>
      Object.assign(console, { log, error }),
    )
    const lines = [{ faults: faultsOf(result), line: lineOf(result) }]
    for (const actor of CORE) {
      if (!values.verbose) Object.assign(console, { log: () => undefined, error: () => undefined })
      const core = await drillCoreOnce(actor, seed, steps).finally(() =>
        Object.assign(console, { log, error }),
      )
      lines.push({ faults: faultsOfCore(core), line: lineOfCore(core) })
    }
    if (lines.some(({ faults }) => faults.length > 0)) failed += 1
    for (const { line } of lines) log(line)
  }
} finally {
  await rm(path, { force: true })
}
if (failed > 0) {
  error(`${failed} of ${seeds.length} drills failed. Repeat one: npm run drill -- --seed=<seed>`)
  process.exitCode = 1
}

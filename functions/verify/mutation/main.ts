// `npm run mutation`: Stryker on the lifecycle modules, one after the other, by hand and in about an hour. Names restrict it:
// `npm run mutation -- gate statuses`. Prints the score of each and of all, keeps it in SCORES.md, and fails where any is below
// 80 %; what survived is in .phoenix/mutation/<module>.json, and with --survivors on the screen. What was measured before and
// has not moved is not measured again (--force does).
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { MODULES } from './modules.ts'
import { keepScores, type Score } from './scores.ts'

const BAR = 80
const root = join(import.meta.dirname, '../../..')
const reports = join(root, '.phoenix/mutation')
const installed = join(import.meta.dirname, 'node_modules')

/** Results of before count as long as they were found in the same way. */
const manner = createHash('sha256')
for (const file of ['vitest.config.ts', 'kept-worker.ts', 'sentences.ts'])
  manner.update(readFileSync(join(import.meta.dirname, file)))
const found = manner.digest('hex').slice(0, 8)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    force: { type: 'boolean', default: false },
    survivors: { type: 'boolean', default: false },
    concurrency: { type: 'string', default: '1' },
  },
})

interface Mutant {
  mutatorName: string
  status: string
  replacement?: string
  location: { start: { line: number; column: number } }
}
const settings = (name: string, file: string) => ({
  mutate: [file],
  testRunner: 'vitest',
  vitest: {
    configFile: 'functions/verify/mutation/vitest.config.ts',
    related: false,
    pool: 'threads',
  },
  plugins: [
    join(installed, '@stryker-mutator/vitest-runner/dist/src/index.js'),
    join(import.meta.dirname, 'sentences.ts'),
  ],
  ignorers: ['sentences'],
  coverageAnalysis: 'perTest',
  concurrency: Number(values.concurrency),
  incremental: true,
  incrementalFile: join(reports, `${name}.${found}.incremental.json`),
  force: values.force,
  timeoutMS: 10_000,
  // A sandbox needs what a checkout has. TypeScript's own check has no part in this: every file would be read for it first.
  disableTypeChecks: false,
  ignorePatterns: ['dist', '.phoenix'],
  tempDirName: '.phoenix/mutation/sandboxes',
  tsconfigFile: 'none',
  reporters: ['json'],
  jsonReporter: { fileName: join(reports, `${name}.json`) },
  allowConsoleColors: false,
})

const mutantsOf = (name: string): Mutant[] => {
  const report = JSON.parse(readFileSync(join(reports, `${name}.json`), 'utf8')) as {
    files: Record<string, { mutants: Mutant[] }>
  }
  return Object.values(report.files).flatMap(({ mutants }) => mutants)
}

const isKilled = ({ status }: Mutant): boolean => status === 'Killed' || status === 'Timeout'
const isAlive = ({ status }: Mutant): boolean => status === 'Survived' || status === 'NoCoverage'

/** Null where Stryker could not run: the module's tests are red without any mutant. */
const measure = (name: string): Score | null => {
  const { file, tests } = MODULES[name] ?? { file: '', tests: [] }
  const config = join(reports, `${name}.config.json`)
  writeFileSync(config, JSON.stringify(settings(name, file), null, 2))
  const { status } = spawnSync(
    process.execPath,
    [join(installed, '@stryker-mutator/core/bin/stryker.js'), 'run', config],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, MUTATION_TESTS: tests.join(' ') },
    },
  )
  if (status !== 0) return null
  const mutants = mutantsOf(name)
  const alive = mutants.filter(isAlive)
  if (values.survivors)
    for (const { location, mutatorName, status, replacement } of alive)
      console.info(`  ${file}:${location.start.line} ${status} ${mutatorName} ${replacement ?? ''}`)
  const killed = mutants.filter(isKilled).length
  const byTime = mutants.filter(({ status }) => status === 'Timeout').length
  return { killed, byTime, valid: killed + alive.length }
}

const said = (name: string, { killed, byTime, valid }: Score): string =>
  `${name.padEnd(16)} ${((100 * killed) / Math.max(1, valid)).toFixed(2).padStart(6)} %  ${killed} of ${valid}, ${byTime} by time`

const asked = positionals.length > 0 ? positionals : Object.keys(MODULES)
const unknown = asked.filter((name) => !Object.hasOwn(MODULES, name))
if (unknown.length > 0)
  throw new Error(
    `no such module: ${unknown.join(', ')}; there are ${Object.keys(MODULES).join(', ')}`,
  )
mkdirSync(reports, { recursive: true })
const total: Score = { killed: 0, byTime: 0, valid: 0 }
for (const name of asked) {
  const score = measure(name)
  if (score === null) {
    console.info(`${name.padEnd(16)} not measured: Stryker failed`)
    process.exitCode = 1
    continue
  }
  total.killed += score.killed
  total.byTime += score.byTime
  total.valid += score.valid
  console.info(said(name, score))
  keepScores(new Map([[name, score]]))
  if (score.killed * 100 < score.valid * BAR) process.exitCode = 1
}
console.info(said('all of these', total))

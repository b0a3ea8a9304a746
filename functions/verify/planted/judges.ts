// Who says whether a planted bug is noticed: schedules of the simulator, or a test of the product. Each judges in a process of its
// own, and is asked the same about the product as it is: what is red without the bug has not noticed it.
import { execFile, fork } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundleSimulator } from '../../simulator/schedules/bundle.ts'
import type { Planted, TestJudge } from '../../simulator/schedules/planted-bug.ts'
import type { Figures, Wishes } from '../../simulator/schedules/simulate.ts'

const root = join(import.meta.dirname, '../../..')
const SIMULATE = join(root, 'functions/cli/simulate.ts')
const VITEST = join(root, 'node_modules/vitest/vitest.mjs')
const CONFIG = join(import.meta.dirname, 'vitest.config.ts')
const QUIET = '--disable-warning=ExperimentalWarning'

export const SCHEDULES_AT_MOST = 4_000
const SEED = 1_000

export interface Verdict {
  caught: boolean
  /** As it is printed. */
  how: string
}

const simulate = (path: string, wishes: Wishes): Promise<Figures> =>
  new Promise((resolve, reject) => {
    const child = fork(SIMULATE, {
      env: { ...process.env, SIMULATE_PART: JSON.stringify({ path, wishes }) },
      ...{ execArgv: [QUIET], stdio: 'ignore' },
    })
    child.once('message', (figures) => resolve(figures as Figures))
    child.once('exit', (code) => reject(new Error(`the simulator ended with ${code}`)))
  })

/** `sound`: path of the simulator over the product as it is. */
export const judgeBySchedules = async (
  { replace, from }: Planted,
  sound: string,
  most = SCHEDULES_AT_MOST,
): Promise<Verdict> => {
  const path = await bundleSimulator(replace)
  const where = from === undefined ? {} : { from }
  const last = SEED + most
  try {
    for (let seed = SEED; seed < last; ) {
      const wishes = { schedules: last - seed, seed, first: true, ...where }
      const [failure] = (await simulate(path, wishes)).failures
      if (!failure) break
      const same = { ...where, schedules: 1, seed: failure.seed }
      const { failures } = await simulate(sound, same)
      const needed = `${failure.seed - SEED + 1} schedules`
      if (failures.length === 0) return { caught: true, how: `${needed}: ${failure.found[0]}` }
      seed = failure.seed + 1
    }
    return { caught: false, how: `missed in ${most} schedules` }
  } finally {
    await rm(path, { force: true })
  }
}

interface Told {
  testResults: { assertionResults: { status: string; fullName: string }[] }[]
}
interface Results {
  tests: { name: string; passed: boolean }[]
  /** Sources that were changed. */
  changed: Set<string>
}

/** Runs the tests of these files that have one of the names. */
const runTests = async (
  judges: readonly TestJudge[],
  replace: Planted['replace'],
  kept = true,
): Promise<Results> => {
  const folder = await mkdtemp(join(tmpdir(), 'planted-'))
  const [out, applied] = [join(folder, 'told.json'), join(folder, 'applied')]
  const names = judges.map(({ named }) => named.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
  const files = [...new Set(judges.map(({ test }) => test))]
  const args = ['run', '--config', CONFIG, '--reporter=json', `--outputFile=${out}`]
  const env = {
    ...{ ...process.env, PLANTED: JSON.stringify(replace), PLANTED_APPLIED: applied },
    // Vitest keeps what it has made of sources.
    VITEST_FS_MODULE_CACHE: String(kept),
  }
  try {
    await promisify(execFile)(
      ...([process.execPath, [QUIET, VITEST, ...args, ...files, '-t', names.join('|')]] as const),
      { cwd: root, env, maxBuffer: 64_000_000 },
      // It ends with 1 where a test is red.
    ).catch(() => undefined)
    const { testResults } = JSON.parse(await readFile(out, 'utf8')) as Told
    const changed = await readFile(applied, 'utf8').catch(() => '')
    const tests = testResults
      .flatMap(({ assertionResults }) => assertionResults)
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName: name, status }) => ({ name, passed: status === 'passed' }))
    return { tests, changed: new Set(changed.split('\n')) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Of all these judges, over the product as it is. */
export const runSound = async (rows: readonly Planted[]): Promise<Results> =>
  runTests(
    rows.flatMap(({ by }) => by ?? []),
    [],
  )

export const judgeByTest = async ({ replace, by }: Planted, sound: Results): Promise<Verdict> => {
  if (!by) throw new Error('no test judges this')
  const own = sound.tests.filter(({ name }) => name.includes(by.named))
  if (own.length === 0 || own.some(({ passed }) => !passed))
    return { caught: false, how: `${by.test} is not green without it` }
  const missing = ({ changed }: Results) => replace.find(({ file }) => !changed.has(file))
  let broken = await runTests([by], replace)
  if (missing(broken)) broken = await runTests([by], replace, false)
  const unchanged = missing(broken)
  if (unchanged) return { caught: false, how: `${by.test} does not load ${unchanged.file}` }
  const { tests } = broken
  if (tests.length === 0) return { caught: false, how: `nothing of ${by.test} was run` }
  const red = tests.filter(({ passed }) => !passed).length
  return { caught: red > 0, how: `${red} of ${tests.length} red in ${by.test}` }
}

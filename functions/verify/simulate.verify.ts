// 100,000 schedules of the change protocol under faults, or as many as SIMULATE_SCHEDULES says; on every core, after all else.
// Other ones each time, unless SIMULATE_SEED says which is the first. SIMULATE_UNTIL, in seconds since 1970: when whoever waits
// for them waits no longer; then they are fewer, and how many is printed.
// A failing seed is seen again by: npm run simulate -- --replay <seed>
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const SCHEDULES = process.env.SIMULATE_SCHEDULES ?? '100000'
const { SIMULATE_SEED: SEED, SIMULATE_UNTIL: UNTIL } = process.env
/** Whatever the time: less says too little. */
const [FEWEST_MINUTES, FEWEST] = [5, 10_000]
const SIMULATE = join(import.meta.dirname, '../cli/simulate.ts')

const minutesUntil = (seconds: number): number =>
  Math.max(FEWEST_MINUTES, Math.floor((seconds - Date.now() / 1_000) / 60))

/** What it printed and how it ended: a run that found something ends with 1, and what it printed is what matters then. */
const simulate = (): Promise<{ printed: string; ended: unknown }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [
        ...['--disable-warning=ExperimentalWarning', SIMULATE, '--schedules', SCHEDULES],
        ...(SEED === undefined ? [] : ['--seed', SEED]),
        ...(UNTIL === undefined ? [] : ['--minutes', String(minutesUntil(Number(UNTIL)))]),
      ],
      { maxBuffer: 64_000_000 },
      (error, stdout, stderr) =>
        resolve({ printed: `${stdout}${stderr}`, ended: error?.signal ?? error?.code ?? 0 }),
    )
  })

it('nothing is lost, doubled, stuck or moved against the table', async () => {
  const { printed, ended } = await simulate()
  console.log(printed)
  expect(printed).toContain('0 lost, 0 doubled, 0 stuck, 0 illegal, 0 gate')
  expect(ended).toBe(0)
  const [, ran] = /^simulated (\d+) schedules/.exec(printed) ?? []
  expect(Number(ran)).toBeGreaterThanOrEqual(Math.min(FEWEST, Number(SCHEDULES)))
}, 14_400_000)

// 100,000 schedules of the change protocol under faults, or as many as SIMULATE_SCHEDULES says; on every core. Other ones each
// time, unless SIMULATE_SEED says which is the first.
// A failing seed is seen again by: npm run simulate -- --replay <seed>
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const SCHEDULES = process.env.SIMULATE_SCHEDULES ?? '100000'
const SEED = process.env.SIMULATE_SEED
const SIMULATE = join(import.meta.dirname, '../cli/simulate.ts')

/** What it printed and how it ended: a run that found something ends with 1, and what it printed is what matters then. */
const simulate = (): Promise<{ printed: string; ended: unknown }> =>
  new Promise((resolve) => {
    execFile(
      process.execPath,
      [
        ...['--disable-warning=ExperimentalWarning', SIMULATE, '--schedules', SCHEDULES],
        ...(SEED === undefined ? [] : ['--seed', SEED]),
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
}, 14_400_000)

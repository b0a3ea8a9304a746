// 100,000 schedules of the change protocol under faults, or as many as SIMULATE_SCHEDULES says; on every core.
// A failing seed is seen again by: npm run simulate -- --replay <seed>
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const SCHEDULES = process.env.SIMULATE_SCHEDULES ?? '100000'
const SIMULATE = join(import.meta.dirname, '../cli/simulate.ts')

it('nothing is lost, doubled, stuck or moved against the table', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', SIMULATE, '--schedules', SCHEDULES],
    { maxBuffer: 64_000_000 },
  )
  console.log(stdout)
  expect(stdout).toContain('0 lost, 0 doubled, 0 stuck, 0 illegal, 0 gate')
}, 14_400_000)

// Every rule of recovery that is taken out of the product (functions/simulator/schedules/planted.ts) has to be noticed: by the
// simulator, each within so many schedules, or by the test that its row names. PLANTED_ONLY: rows whose text matches this.
import { rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { expect, it } from 'vitest'
import { bundleSimulator } from '../simulator/schedules/bundle.ts'
import { PLANTED, withoutRow } from '../simulator/schedules/planted.ts'
import type { Planted } from '../simulator/schedules/planted-bug.ts'
import {
  judgeBySchedules,
  judgeByTest,
  runSound,
  SCHEDULES_AT_MOST,
  type Verdict,
} from './planted/judges.ts'

const { PLANTED_ONLY: only = '', SCHEDULES = String(SCHEDULES_AT_MOST) } = process.env
const rows = PLANTED.filter(({ rule, what }) => new RegExp(only).test(`${rule}: ${what}`))

it('every planted bug is caught', async () => {
  const sound = await bundleSimulator()
  const green = runSound(rows)
  const lines: string[] = []
  const missed: string[] = []
  const judgeOnce = async (row: Planted, results: typeof green): Promise<Verdict> => {
    const judged = row.by
      ? results.then((told) => judgeByTest(row, told))
      : judgeBySchedules(row, sound, Number(SCHEDULES))
    return judged.catch((error: Error) => ({
      ...{ caught: false, how: `not judged: ${error.message.slice(0, 200)}` },
    }))
  }
  const judge = async (row: Planted): Promise<void> => {
    const began = performance.now()
    let { caught, how } = await judgeOnce(row, green)
    // Whoever judged may have been disturbed, and his test not have been green without the bug: he is asked once more, and that
    // is said.
    if (!caught) {
      const again = await judgeOnce(row, row.by ? runSound([row]) : green)
      ;[caught, how] = [again.caught, `${again.how}; at first ${how}`]
    }
    if (!caught) missed.push(`${row.rule}: ${row.what}: ${how}`)
    const seconds = ((performance.now() - began) / 1_000).toFixed(1)
    const from = row.from === undefined ? '' : ` from «${row.from}»`
    const who = row.by ? 'test' : `simulator${from}`
    const line = `  ${caught ? 'caught' : 'MISSED'} ${row.rule}, ${row.what}: ${who}, ${how} (${seconds} s)`
    lines.push(line)
    console.log(line)
  }
  try {
    // Those of the simulator first: meanwhile the tests are run over the product as it is.
    const waiting = rows.toSorted((a, b) => Number(Boolean(a.by)) - Number(Boolean(b.by)))
    const worker = async (): Promise<void> => {
      for (let row = waiting.shift(); row; row = waiting.shift()) await judge(row)
    }
    await Promise.all(Array.from({ length: availableParallelism() }, worker))
  } finally {
    await rm(sound, { force: true })
  }
  const caught = rows.length - missed.length
  console.log([`planted bugs: caught ${caught} of ${rows.length}`, ...lines.sort()].join('\n'))
  // As text: of a list that is not empty only its length would be told.
  expect(missed.join('\n')).toBe('')
  expect(withoutRow()).toEqual([])
}, 3_600_000)

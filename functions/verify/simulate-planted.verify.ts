// The simulator has to catch every rule that is taken out of the product (functions/simulator/schedules/planted.ts), each within
// so many schedules.
import { expect, it } from 'vitest'
import { simulatorWithout } from '../simulator/schedules/bundle.ts'
import { PLANTED } from '../simulator/schedules/planted.ts'

const SCHEDULES_AT_MOST = 4_000
const SEED = 1_000

it('every planted bug is caught', async () => {
  const missed: string[] = []
  const lines: string[] = []
  for (const { rule, what, replace, from } of PLANTED) {
    const { simulate } = await simulatorWithout(replace)
    const { failures, tally } = await simulate({
      ...{ schedules: SCHEDULES_AT_MOST, seed: SEED, first: true },
      ...(from === undefined ? {} : { from }),
    })
    const found = failures[0]?.found[0]
    if (found === undefined) missed.push(`${rule}: ${what}`)
    lines.push(`  ${rule}, ${what}: ${found ?? 'missed'} (${tally.schedules} schedules)`)
  }
  const caught = PLANTED.length - missed.length
  console.log([`planted bugs: caught ${caught} of ${PLANTED.length}`, ...lines].join('\n'))
  expect(missed).toEqual([])
}, 7_200_000)

// Twenty times kill -9 of everything at once, under load: nothing that was acknowledged is lost, nothing is half-written, every
// change comes to its one pull request, and what was approved and merged to the cluster. The knife falls into every kind of command,
// and between merges and the cluster.
import { expect, it } from 'vitest'
import { type Knife, prepareFolder, surviveKills } from '../local/crash.fixture.ts'
import { COMMANDS } from '../local/crash-load.fixture.ts'

const KILLS = 20
const MOST_MILLISECONDS = 300
const AFTER = ['request', 'approvals', 'merge', 'promotion'] as const

prepareFolder()

it(`loses and doubles nothing over ${KILLS} kills`, async () => {
  const knives = Array.from(
    { length: KILLS },
    (_, at): Knife => ({
      after: AFTER[at % AFTER.length] ?? 'request',
      // The shortest of each kind falls into the command itself.
      milliseconds: (Math.floor(at / AFTER.length) * 71) % MOST_MILLISECONDS,
    }),
  )
  const { acknowledged, unanswered, between, applied } = await surviveKills(knives)
  const lost = COMMANDS.map((command) => `${unanswered[command]} ${command}`).join(', ')
  console.log(
    `${KILLS} SIGKILLs: ${acknowledged} changes acknowledged; killed under ${lost} without an answer, and ${between} times between a ` +
      `merge and the cluster; ${applied} merged ones are applied; none lost or half-written: else this run had failed; one pull request each`,
  )
  expect(acknowledged).toBeGreaterThanOrEqual(KILLS)
  for (const command of COMMANDS) expect(unanswered[command], command).toBeGreaterThan(0)
  expect(between).toBeGreaterThan(0)
}, 1_800_000)

// Twenty times kill -9 of everything at once, under load: nothing that was acknowledged is lost, nothing is half-written, every
// change comes to its one pull request.
import { expect, it } from 'vitest'
import { prepareFolder, surviveKills } from '../local/crash.fixture.ts'

const KILLS = 20
const MOST_MILLISECONDS = 400

prepareFolder()

it(`loses and doubles nothing over ${KILLS} kills`, async () => {
  const moments = Array.from(
    { length: KILLS },
    (_, at) => ((KILLS - 1 - at) * 97) % MOST_MILLISECONDS,
  )
  const { acknowledged, unanswered } = await surviveKills(moments)
  console.log(
    `${KILLS} SIGKILLs: ${acknowledged} changes acknowledged, ${unanswered} without an answer and asked again; ` +
      'none of them lost or half-written: else this run had failed; one pull request each',
  )
  expect(acknowledged).toBeGreaterThanOrEqual(KILLS)
}, 900_000)

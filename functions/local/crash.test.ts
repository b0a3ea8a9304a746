// Two times kill -9 of everything at once; twenty of them are in functions/verify/crash.verify.ts.
import { it } from 'vitest'
import { prepareFolder, surviveKills } from './crash.fixture.ts'

prepareFolder()

it('finishes what it had accepted, with one pull request on one branch with one commit', async () => {
  await surviveKills([60, 0])
}, 60_000)

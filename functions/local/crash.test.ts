// Two times kill -9 of everything at once; twenty of them are in functions/verify/crash.verify.ts.
import { expect, it } from 'vitest'
import { prepareFolder, surviveKills } from './crash.fixture.ts'

prepareFolder()

it('finishes what it had accepted, approved and merged, each with one pull request', async () => {
  const { unanswered, applied } = await surviveKills([
    { after: 'request', milliseconds: 30 },
    { after: 'merge', milliseconds: 20 },
  ])
  // Else nothing was interrupted, and the rest proves nothing.
  expect(Object.values(unanswered).some((count) => count > 0)).toBe(true)
  expect(applied).toBeGreaterThan(0)
})

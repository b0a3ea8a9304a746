// Killed before or after whatever a change's life writes outside: it ends as if nothing had happened. Every call, and other
// stories: functions/verify/crash-points.verify.ts.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { life, pointsOf, tell, walk } from './crash.fixture.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const READS = /^(?:snapshot|room|read\w+|list\w+|compare)$/

it('a change converges from every one of its crash points', async () => {
  const told = await tell(life)
  expect(told.truth).toMatchObject({
    changes: [
      {
        ...{ state: 'applied', approvals: 1, held: { held: 1 }, versions: true },
        moves: [
          ...['none accepted', 'accepted proposed', 'proposed approved', 'approved merged'],
          ...['merged promoted', 'promoted applying', 'applying applied'],
        ],
      },
    ],
    pulls: [{ number: 1, state: 'closed', merged: true }],
    ...{ branches: ['live', 'main'], live: true, resources: ['web'] },
  })
  const points = pointsOf(told).filter(
    ({ at, who }) => who === 'asker' && !READS.test(told.seen[at]?.name ?? ''),
  )
  expect(points.length).toBeGreaterThanOrEqual(26)
  await walk(life, points, told, (truth, expected, where) => expect(truth, where).toEqual(expected))
})

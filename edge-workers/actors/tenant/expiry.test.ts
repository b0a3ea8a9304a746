// Thirty days without a step end an open change: its approvals, its pull request and what it holds go with it.
import { beforeEach, expect, it, vi } from 'vitest'
import { ChangeState } from '../../../schemas/change.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { expire } from './expiry.ts'

const DAYS = 86_400_000
let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
/** Whether it had ended after as long; `told`: whether whoever follows was. */
const after = (id: string, milliseconds: number) => {
  const changed = vi.fn()
  const now = () => new Date(Date.parse(NOON) + milliseconds)
  expire(bench.context({ now, changed }), id)
  return { state: bench.read(id).state, told: changed.mock.calls.length > 0 }
}
const touchedAtNoon = { updatedAt: NOON } as const

it('expires thirty days after its last step, and not a moment before', () => {
  const { id } = bench.copy(touchedAtNoon)
  expect(after(id, 30 * DAYS - 1)).toEqual({ state: 'proposed', told: false })
  expect(after(id, 30 * DAYS)).toEqual({ state: 'expired', told: true })
  expect(bench.eventsOf(id)).toMatchObject([
    {
      ...{ from: 'proposed', to: 'expired', actor: 'phoenix', at: '2026-12-21T12:00:00.000Z' },
      reason: 'nobody touched it for 30 days',
    },
  ])
})

it('is proposed or approved: what was merged, or has ended, or is not written yet stays', () => {
  const expired = ChangeState.options.filter((state) => {
    const { id } = bench.copy({ ...touchedAtNoon, state })
    return after(id, 31 * DAYS).told
  })
  expect(expired).toEqual(['proposed', 'approved'])
  expect(() => expire(bench.context(), 'chg_none')).not.toThrow()
})

it('takes its approvals, its pull request and its room with it; a green check is turned red first', () => {
  const red = bench.copy({ ...touchedAtNoon, state: 'approved', gate: 'red' })
  const green = bench.copy({ ...touchedAtNoon, state: 'approved', gate: 'green' })
  bench.approveAs(green)
  for (const { id } of [red, green]) after(id, 30 * DAYS)
  expect(bench.work(red.id)).toEqual([
    ['close-pull', 30 * DAYS],
    ['release', 30 * DAYS],
  ])
  expect(bench.work(green.id).map(([kind]) => kind)).toEqual(['gate', 'close-pull', 'release'])
  expect(bench.approvalsOf(green.id)).toMatchObject([
    { voidedAt: '2026-12-21T12:00:00.000Z', voidReason: 'the change has expired' },
  ])
})

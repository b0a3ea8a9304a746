// What a plan costs each month, now and afterwards, from a dated price book. Pure.
// Without a book everything is unpriced; an unknown price is never 0.
import type { Cost, Finding } from '../schemas/plan.ts'
import { finding } from './finding.ts'

const UNPRICED = { leastMinor: null, reason: 'no price book is installed' } as const

export const judgeCost = (): { cost: Cost; findings: Finding[] } => ({
  cost: { now: UNPRICED, after: UNPRICED, difference: UNPRICED, lines: [] },
  findings: [finding('UNPRICED', 'No price book is installed, so the cost is unknown.')],
})

// Plans as earlier releases stored them, read as plans of this one. Nothing is computed: what was not said then stays unsaid.
import type { Plan } from '../schemas/plan.ts'
import type { Snapshot } from '../schemas/snapshot.ts'
import { USUAL_REVIEWERS } from './reviewers.ts'

const NOT_SAID = { leastMinor: null, reason: 'this was planned before prices were' } as const
const NO_DIGEST = `sha256:${'0'.repeat(64)}`

type Later = 'cost' | 'residency' | 'reviewers' | 'digest'

/** `stored` may lack what plans did not have once. */
export const readStoredPlan = (stored: Plan | (Omit<Plan, Later> & { cost?: unknown })): Plan =>
  'digest' in stored
    ? stored
    : {
        ...stored,
        cost: { now: NOT_SAID, after: NOT_SAID, difference: NOT_SAID, lines: [] },
        residency: [],
        reviewers: USUAL_REVIEWERS,
        digest: NO_DIGEST,
      }

/** Of the text that is stored. */
export const parsePlan = (text: string): Plan => readStoredPlan(JSON.parse(text))
export const parseSnapshot = (text: string): Snapshot => JSON.parse(text)

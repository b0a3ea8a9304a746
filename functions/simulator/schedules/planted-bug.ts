// One planted bug: a rule that is taken out of the product's source where it is bundled or loaded for a test, and who has to
// notice. The product itself has no switch for any of it.
import type { Replacement } from './bundle.ts'
import type { StageName } from './stages.ts'

/** A test of the product that has to go red. */
export interface TestJudge {
  /** From the root. */
  test: string
  /** Part of the names of its tests that are run. */
  named: string
}

export interface Planted {
  /** Of the facts (C1 to C24), or between whom it holds. */
  rule: string
  what: string
  replace: Replacement[]
  /** Where it bites soonest. Absent: schedules begin wherever they begin. */
  from?: StageName
  /** Absent: the simulator. */
  by?: TestJudge
}

const TENANT = 'edge-workers/actors/tenant'
export const at = (file: string, find: string, instead: string): Replacement => ({
  ...{ file, find, instead },
})
export const inTenant = (file: string, find: string, instead: string): Replacement =>
  at(`${TENANT}/${file}`, find, instead)

export const bug = (
  rule: string,
  what: string,
  more: Pick<Planted, 'from' | 'by'>,
  ...replace: Replacement[]
): Planted => ({ rule, what, replace, ...more })

// Where everything of a plan would be, copies and logs and keys included, against where the tenant's things may be. Pure.
import type { Finding, ResidencyLine } from '../schemas/plan.ts'

export const judgeResidency = (): { residency: ResidencyLine[]; findings: Finding[] } => ({
  residency: [],
  findings: [],
})

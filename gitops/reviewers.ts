// How many people must approve a plan, and why. Pure.
import type { Reviewers } from '../schemas/plan.ts'

const ROLES = ['approver', 'owner']

export const reviewersOf = (): Reviewers => ({
  needed: 1,
  roles: ROLES,
  why: ['every change is approved by somebody who did not ask for it'],
})

// The words of a commit and the title of a pull request. The body of the pull request is the plan: plan-body/body.ts.
import type { Plan } from '../schemas/plan.ts'
import type { BranchHead } from '../schemas/ports.ts'
import { TENANT_DELETION } from '../schemas/tenant-deletion.ts'
import { changeDirectory } from './paths.ts'

const VERB = { create: 'Create', update: 'Update', delete: 'Delete', failover: 'Move' } as const
const PHASE = {
  only: '',
  'lift-guards': ' (1 of 2: lift the guards)',
  remove: ' (remove)',
} as const

/** One line whatever comes in: a line break in a subject would start a trailer of the caller's choice. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').trim()

/** GitHub takes no longer title of a pull request. */
const TITLE_CHARACTERS = 256

/** Three names of 63 characters, and the change that is taken back, are more than that: the end is in the plan. */
export const pullTitle = (plan: Plan): string =>
  (plan.template.name === TENANT_DELETION ? deletionTitle(plan) : ordinaryTitle(plan))
    .slice(0, TITLE_CHARACTERS)
    .trimEnd()

const deletionTitle = ({ tenant, phase, parameters }: Plan): string => {
  const resources = Array.isArray(parameters.resources) ? parameters.resources.length : 0
  const what = phase === 'lift-guards' ? 'lift the guards of' : 'remove'
  return oneLine(
    `Delete the tenant ${tenant}: ${what} ${resources} ${resources === 1 ? 'resource' : 'resources'}`,
  )
}

const ordinaryTitle = (plan: Plan): string =>
  oneLine(
    `${VERB[plan.action]} ${plan.template.name} ${plan.name}${plan.action === 'delete' ? PHASE[plan.phase] : ''}${plan.move ? ` from ${plan.move.from} to ${plan.move.to}` : ''}${plan.reverts === undefined ? '' : ` (reverts ${plan.reverts})`}`,
  )

/** Author and committer of what Phoenix commits. */
export const PHOENIX = { name: 'Phoenix', email: 'phoenix@users.noreply.invalid' } as const

export interface Ours {
  id: string
  fingerprint: string
}

const trailersOf = ({ id, fingerprint }: Ours) => ({
  id: `Phoenix-Change-Id: ${id}`,
  fingerprint: `Phoenix-Fingerprint: ${fingerprint}`,
})

/** Whether Phoenix made this commit for this change: whoever amends it, its words and all, is its committer. */
export const isOurs = (
  { message, committer }: Pick<BranchHead, 'message' | 'committer'>,
  change: Ours,
): boolean => {
  const lines = message.split('\n')
  const { id, fingerprint } = trailersOf(change)
  return committer === PHOENIX.email && lines.includes(id) && lines.includes(fingerprint)
}

/** Subject, reason, and the trailers by which the change is found again (git-interpret-trailers). */
export const commitMessage = (
  plan: Plan,
  change: { id: string; revision: number; fingerprint: string },
): string =>
  [
    pullTitle(plan),
    '',
    `Asked for by a member of ${oneLine(plan.tenant)}. The plan is in ${changeDirectory(change.id)}/PLAN.md.`,
    '',
    trailersOf(change).id,
    `Phoenix-Revision: ${change.revision}`,
    trailersOf(change).fingerprint,
    ...(plan.reverts === undefined ? [] : [`Phoenix-Reverts: ${plan.reverts}`]),
    '',
  ].join('\n')

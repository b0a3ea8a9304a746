// What a merge waits for until it may be applied: how its reason says so, and whose turn it is by that.
import type { NextStep } from '../../../schemas/change.ts'
import { whoApproves } from './approvals.ts'

/** What stands on main besides what approved changes wrote: only whoever put it there, or may, takes it away. */
export const NOBODYS = 'a commit that no change of ours made'
export const MORE = 'more than its approved change wrote'
/** `left`: the commit where Phoenix put `live` last. */
export const movedByHand = (left: string): string =>
  `somebody else moved live: put it back to where Phoenix left it (${left})`
const MOVED = /somebody else moved live: .*\((?<left>[0-9a-f]{40,64})\)/

/** It stays on main until its revert is merged, which is a change like any other. */
export const PAST_GATE = 'a merge that went around the gate'
export const NOT_APPLIED = 'a merge that may not be applied:'

const BY_ITSELF: NextStep = {
  who: 'phoenix',
  what: 'check again and advance live',
  how: 'by itself',
}

/** The credential of an approval ended between the merge and the promotion. */
const approveAgain = (at: string): NextStep => ({
  who: whoApproves({ needed: 1, roles: ['approver', 'owner'], credential: false }),
  what: 'approve again with a credential that holds: until then live does not move past it',
  how: `POST ${at}/approval-requests`,
})

const revertLost = (at: string): NextStep => ({
  who: 'the requester',
  what: 'revert it, or wait until room comes back',
  how: `POST ${at}/revert`,
})

const landRevert = (slug: string): NextStep => ({
  who: 'an approver who had no part in it',
  what: 'approve and merge the revert of the merge that stands in the way',
  how: `GET /v1/tenants/${slug}/changes?state=merged_unauthorised names it`,
})

const cleanMain = (slug: string): NextStep => ({
  who: 'whoever may push to main',
  what: 'take away on main what was made there by hand: then live moves on by itself',
  how: `on the forge; GET /v1/tenants/${slug}/drift names the files`,
})

const putBack = (left: string): NextStep => ({
  who: 'whoever may push to live',
  what: 'put live back to where Phoenix left it: then it moves on by itself',
  how: `git push --force <remote> ${left}:live`,
})

/** Of a change that is merged. `at`: its address; `credential`: its approval is a presentation that no longer holds. */
export const stepsOfMerged = (
  reason: string | null,
  { at, slug, credential }: { at: string; slug: string; credential: boolean },
): NextStep[] => {
  const why = reason ?? ''
  const left = MOVED.exec(why)?.groups?.left
  if (left !== undefined) return [putBack(left)]
  if (why.includes(NOBODYS) || why.includes(MORE)) return [cleanMain(slug)]
  return [
    BY_ITSELF,
    ...(why.includes(PAST_GATE) || why.includes(NOT_APPLIED) ? [landRevert(slug)] : []),
    ...(credential ? [approveAgain(at)] : []),
    ...(why.includes('no longer fits') ? [revertLost(at)] : []),
  ]
}

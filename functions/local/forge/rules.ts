// The branch rules of every repository here, as one table of decisions. Pure: it reads no state and changes nothing.
// As on GitHub, an administrator can go past them; that is allowed, and recorded by the caller.
import type { Account } from './accounts.ts'

export const MAIN = 'main'
export const LIVE = 'live'

/** What is held here. Tests plant other ones; the API shows whichever there are (rest/rules.ts). */
export interface ForgeRules {
  main: {
    pullRequest: boolean
    gate: boolean
    /** Only the App's own check counts. */
    gatePinned: boolean
    administratorsBypass: boolean
  }
  live: { onlyApp: boolean; forwardOnly: boolean }
}
export const RULES: ForgeRules = {
  main: { pullRequest: true, gate: true, gatePinned: true, administratorsBypass: true },
  live: { onlyApp: true, forwardOnly: true },
}

export type Move = 'create' | 'forward' | 'force' | 'delete'
export type GateState = 'green' | 'red' | 'absent'

export type Decision =
  | { allowed: true; bypass: boolean }
  /** A sentence in GitHub's words. */
  | { allowed: false; reason: string }

const allow = (bypass = false): Decision => ({ allowed: true, bypass })
const refuse = (reason: string): Decision => ({ allowed: false, reason })
const violation = (rule: string): Decision => refuse(`Repository rule violations found\n\n${rule}`)

/** May this account move this reference outside a pull request? */
export const mayMove = (
  account: Account,
  ref: string,
  move: Move,
  { main, live }: ForgeRules = RULES,
): Decision => {
  if (account.kind === 'read') return refuse('You must have push access to this repository')
  if (!ref.startsWith('refs/heads/') && !ref.startsWith('refs/tags/'))
    return refuse('Only branches and tags can be changed')
  const branch = ref.replace(/^refs\/heads\//, '')
  if (branch === MAIN && move === 'delete') return refuse('The default branch cannot be deleted')
  if (branch !== MAIN && branch !== LIVE) return allow()
  // As a rule without bypass: an administrator would have to edit the rule itself, which this forge does not offer.
  if (branch === LIVE && account.kind !== 'app' && live.onlyApp)
    return violation('Cannot update this protected ref.')
  if (branch === LIVE && !live.forwardOnly) return allow()
  if (branch === MAIN && !main.pullRequest) return allow()
  if (branch === MAIN && account.kind === 'administrator' && main.administratorsBypass)
    return allow(true)
  if (branch === MAIN) return violation('Changes must be made through a pull request.')
  if (move === 'force') return violation('Cannot force-push to this branch')
  return move === 'delete' ? violation('Cannot delete this protected ref.') : allow()
}

/** May this account merge a pull request into this branch while its head's gate is in this state? */
export const mayMerge = (
  account: Account,
  baseBranch: string,
  gate: { context: string; state: GateState },
  rules: ForgeRules = RULES,
): Decision => {
  const { main } = rules
  if (account.kind === 'read') return refuse('You must have push access to this repository')
  if (baseBranch === LIVE) return mayMove(account, `refs/heads/${LIVE}`, 'forward', rules)
  if (baseBranch !== MAIN || gate.state === 'green' || !main.gate) return allow()
  if (account.kind === 'administrator' && main.administratorsBypass) return allow(true)
  return violation(
    gate.state === 'absent'
      ? `Required status check "${gate.context}" is expected.`
      : `Required status check "${gate.context}" is failing.`,
  )
}

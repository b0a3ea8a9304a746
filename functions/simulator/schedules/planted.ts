// Planted bugs: each takes one rule of recovery out of the product's source as it is bundled, and the simulator has to catch it.
// Each row names the rule it takes out: crash points of a change (C2 …), and rules between actors. Not every crash point has a
// row. The product itself has no switch for any of it: a find that is not in its file exactly once is an error, so that no row
// of this table goes stale unseen.
import type { Replacement } from './bundle.ts'
import type { StageName } from './stages.ts'

export interface Planted {
  rule: string
  what: string
  replace: Replacement[]
  /** Where it bites soonest. */
  from?: StageName
}

const TENANT = 'edge-workers/actors/tenant'
const at = (file: string, find: string, instead: string): Replacement => ({ file, find, instead })
const inTenant = (file: string, find: string, instead: string): Replacement =>
  at(`${TENANT}/${file}`, find, instead)
const bug = (rule: string, what: string, ...replace: Replacement[]): Planted => ({
  ...{ rule, what, replace },
})

/** The others from wherever a schedule begins. */
const FROM: Record<string, StageName> = {
  'whoever asks may approve': 'proposed',
  'a report about an older commit counts': 'promoted',
  'a release that overtakes its reservation is forgotten': 'accepted',
  'a claim is made before it is written down': 'approved',
}

const ALL: Planted[] = [
  bug(
    ...(['C2', 'a repeated key is not looked for'] as const),
    inTenant(
      'accept.ts',
      'inArray(tables.changes.idempotencyKey, formsOfKey(context, key)),',
      "inArray(tables.changes.idempotencyKey, ['none', key.slice(99)]),",
    ),
    inTenant(
      'accept.ts',
      'eq(tables.changes.id, changeIdOf(context, key)),',
      "eq(tables.changes.id, 'none'),",
    ),
  ),
  bug(
    ...(['C2', 'a change is accepted without the work that it causes'] as const),
    inTenant('accept.ts', "enqueue(tx, 'reserve', id, Date.parse(at))", 'void tx'),
  ),
  bug(
    ...(['C3', 'the id is not a function of tenant and key'] as const),
    inTenant('accept.ts', '${context.tenant().id}\\u0000${key}', '${key}${Math.random()}'),
  ),
  bug(
    ...(['C6', 'a branch that is there is not adopted'] as const),
    at(
      'gitops/propose.ts',
      "if (!earlier && (await forge.createBranch(branch, sha)) === 'created') return ok(null)",
      "if (!earlier) return (await forge.createBranch(branch, sha)) === 'created' ? ok(null) : refuse('conflict', { detail: 'held' })",
    ),
  ),
  bug(
    ...(['C7', 'a proposal whose answer was lost is not made again'] as const),
    inTenant('outbox.ts', 'postpone(context, row, error)', 'finish(context, row, null)'),
  ),
  bug(
    ...(['C9', 'a pull request that is there is not adopted'] as const),
    at(
      'gitops/propose.ts',
      "if (opened !== 'exists') return ok(opened)",
      "if (opened !== 'exists') return ok(opened)\n  if (opened) return refuse('conflict', { detail: 'exists' })",
    ),
  ),
  bug(
    ...(['C11, C12', 'approvals stand when somebody pushes'] as const),
    inTenant('observe.ts', 'if (touched) voidApprovals', 'if (!at) voidApprovals'),
    inTenant('observe.ts', "touched ? 'proposed' : change.state", 'change.state'),
  ),
  bug(
    ...(['C11', 'the plan’s copy in the pull request may be anything'] as const),
    inTenant(
      'promotion-bars.ts',
      'return normalised(pull.body) === normalised(expected) ? null : expected',
      'return pull ? null : expected',
    ),
  ),
  bug(
    ...(['C12', 'whoever asks may approve'] as const),
    inTenant(
      'decisions.ts',
      "if (who.subject === change.requester) return refuse('separation-of-duties')",
      '',
    ),
    inTenant(
      'approvals.ts',
      'if (member === requester || behind.includes(member)) return []',
      'void [requester, behind]',
    ),
  ),
  bug(
    ...(['C13', 'nobody looks at a pull request unless told'] as const),
    inTenant(
      'work.ts',
      "enqueue(tx, 'observe-reviews', id, Date.parse(at) + POLL_MILLISECONDS)",
      'void POLL_MILLISECONDS',
    ),
  ),
  bug(
    ...(['C14', 'a merge past the gate counts as one by right'] as const),
    inTenant('observe.ts', 'if (lawful) return', 'if (lawful || !lawful) return'),
    inTenant('promotion.ts', "return 'its approval no longer stands'", 'return null'),
    at(
      'schemas/change.ts',
      "proposed: [\n    'proposed',",
      "proposed: [\n    'merged',\n    'proposed',",
    ),
  ),
  bug(
    ...(['C14', 'what was merged after its end is not looked at'] as const),
    inTenant(
      'observe.ts',
      "WATCHED.has(state) || (mergeSha === null && mayMove(state, 'merged_unauthorised'))",
      'WATCHED.has(state) || (mergeSha === null && false)',
    ),
  ),
  bug(
    ...(['C15', 'a pull request that was closed goes on'] as const),
    inTenant(
      'observe.ts',
      "if (pull.state === 'closed') {",
      "if (pull.state === 'closed' && !tx) {",
    ),
  ),
  bug(
    ...(['C16', 'the branch stays after the merge'] as const),
    inTenant('decisions.ts', "work: ['promote', 'delete-branch'],", "work: ['promote'],"),
  ),
  bug(
    ...(['C16', 'the branch of a change that ended stays'] as const),
    inTenant(
      'work.ts',
      'throwIfOutage(await context.repository().deleteBranch(repository, change.branch))',
      'void repository',
    ),
  ),
  bug(
    ...(['C17', 'a report about an older commit counts'] as const),
    inTenant(
      'statuses.ts',
      'if (change.livePlace === null || change.livePlace > live.place) continue',
      '',
    ),
  ),
  bug(
    ...(['outbox', 'one piece of work that fails stops the others'] as const),
    inTenant('outbox.ts', 'postpone(context, row, error)', 'throw error'),
  ),
  bug(
    ...(['outbox', 'the next alarm is not set'] as const),
    at(
      'edge-workers/actors/tenant.ts',
      'if (due !== null) await this.ctx.storage.setAlarm(due)\n  }',
      'void due\n  }',
    ),
  ),
  bug(
    ...(['one step at a time', 'a step does not compare the version'] as const),
    inTenant(
      'context.ts',
      '.where(and(eq(tables.changes.id, change.id), eq(tables.changes.version, change.version)))',
      '.where(and(eq(tables.changes.id, change.id)))',
    ),
  ),
  bug(
    ...(['gate', 'it is green whatever the approvals are'] as const),
    inTenant('gate.ts', "if (change.state !== 'approved') {", "if (change.state === 'accepted') {"),
    inTenant('gate.ts', 'if (given < needed) return', 'if (given < 0) return'),
  ),
  bug(
    ...(['live', 'it is moved without being written down first'] as const),
    inTenant('promotion.ts', 'intend(context, sha)\n  const moved', 'const moved'),
  ),
  bug(
    ...(['live', 'a move whose answer was lost is not known as our own'] as const),
    inTenant(
      'promotion.ts',
      'if (mergeSha !== null && behind?.forward) {',
      'if (mergeSha === null && behind?.forward) {',
    ),
  ),
  bug(
    ...(['live', 'it takes whatever is on main'] as const),
    inTenant(
      'promotion.ts',
      'if (!explains(files, written, byHand(context))) return false',
      'if (explains) return true',
    ),
    inTenant('promotion.ts', ": 'a commit that no change of ours made'", ': null'),
    inTenant(
      'promotion.ts',
      'if (!change || objection !== null) {',
      'if (change && objection !== null) {',
    ),
    inTenant('promotion.ts', 'lawful.push(change)', 'if (change) lawful.push(change)'),
  ),
  bug(
    ...(['Tenant to Inventory', 'a release that overtakes its reservation is forgotten'] as const),
    at(
      'edge-workers/actors/inventory/reservations.ts',
      "if (before?.state === 'released') {",
      "if (before?.state === 'released' && !tx) {",
    ),
  ),
  bug(
    ...(['Tenant to Inventory', 'a reservation that is repeated is added'] as const),
    at(
      'edge-workers/actors/inventory/reservations.ts',
      'tx.delete(machines).where(eq(machines.changeId, changeId)).run()\n    for',
      'for',
    ),
  ),
  bug(
    ...(['Tenant to Inventory', 'what ends gives nothing back'] as const),
    inTenant(
      'decisions.ts',
      "gate === 'green' ? ['gate', 'close-pull', 'release'] : ['close-pull', 'release']",
      "gate === 'green' ? ['gate', 'close-pull'] : ['close-pull']",
    ),
  ),
  bug(
    ...(['Tenant to Inventory', 'a merge that did not happen keeps its room'] as const),
    inTenant('room.ts', 'await context.inventory().unclaim(id)', 'void id'),
  ),
  bug(
    ...(['Tenant to Inventory', 'a claim is made before it is written down'] as const),
    inTenant('room.ts', "enqueue(tx, 'unclaim', ", "if (!tx) enqueue(tx, 'unclaim', "),
  ),
  bug(
    ...(['Tenant to Inventory', 'what is promoted is never settled'] as const),
    inTenant('promotion.ts', "enqueue(tx, 'settle', row.id, Date.parse(at))", ''),
  ),
  bug(
    ...(['Inventory', 'a claim does not look whether there is room'] as const),
    at(
      'edge-workers/actors/inventory/claims.ts',
      "if (findings.length > 0) return { claimed: refuse('plan-blocked', { findings }), losers: [] }",
      'void findings',
    ),
  ),
  bug(
    ...(['Tenant to Repository', 'what was withdrawn meanwhile is proposed all the same'] as const),
    inTenant(
      'work.ts',
      "return step(tx, change, change.state, { actor: 'phoenix', at, patch, work: ['close-pull'] })",
      "return step(tx, change, change.state, { actor: 'phoenix', at, patch })",
    ),
  ),
  bug(
    ...(['Tenant to Repository', 'an outage is taken for an answer'] as const),
    inTenant(
      'work.ts',
      'throwIfOutage(await context.repository().closePull(repository, change.pullNumber))',
      'await context.repository().closePull(repository, change.pullNumber)',
    ),
  ),
]

export const PLANTED: Planted[] = ALL.map((planted) => {
  const from = FROM[planted.what]
  return from === undefined ? planted : { ...planted, from }
})

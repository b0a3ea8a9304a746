// Planted bugs of crash points C14 to C24: merges that went another way, the engines, the log, the clock, what is sent twice.
import { at, bug, inTenant, type Planted } from './planted-bug.ts'

export const AFTER: Planted[] = [
  bug(
    'C14',
    'a merge past the gate counts as one by right',
    { from: 'an unauthorised merge' },
    inTenant('observe.ts', 'if (lawful) return', 'if (lawful || !lawful) return'),
    inTenant('promotion.ts', "return 'its approval no longer stands'", 'return null'),
    at(
      'schemas/change.ts',
      "proposed: [\n    'proposed',",
      "proposed: [\n    'merged',\n    'proposed',",
    ),
  ),
  bug(
    'C14',
    'what was merged after its end is not looked at',
    { from: 'a withdrawal under way' },
    inTenant(
      'observe.ts',
      "WATCHED.has(state) || (mergeSha === null && mayMove(state, 'merged_unauthorised'))",
      'WATCHED.has(state) || (mergeSha === null && false)',
    ),
  ),
  bug(
    'C15',
    'a pull request that was closed goes on',
    {},
    inTenant(
      'observe.ts',
      "if (pull.state === 'closed') {",
      "if (pull.state === 'closed' && !tx) {",
    ),
  ),
  bug(
    'C16',
    'the branch stays after the merge',
    {},
    inTenant('decisions.ts', "work: ['promote', 'delete-branch'],", "work: ['promote'],"),
  ),
  bug(
    'C16',
    'a branch that somebody put back after the end of its change stays',
    {
      by: {
        test: 'edge-workers/actors/tenant/drift/branches.test.ts',
        named: 'of an ended change that came back goes',
      },
    },
    inTenant(
      'drift/branches.ts',
      'return change !== undefined && !USED.has(change.state)',
      'return change !== undefined && USED.has(change.state) && !USED.has(change.state)',
    ),
  ),
  bug(
    'C17',
    'a report about an older commit counts',
    { from: 'promoted' },
    inTenant(
      'statuses.ts',
      'if (change.livePlace === null || change.livePlace > live.place) continue',
      '',
    ),
  ),
  bug(
    'C18',
    'an object of a provider may be named by the provider',
    { by: { test: 'gitops/guard.test.ts', named: 'needs an external name' } },
    at(
      'gitops/guard.ts',
      "if (!isManaged || metadata.annotations?.['crossplane.io/external-name']) return []",
      'if (!isManaged || metadata) return []',
    ),
  ),
  bug(
    'C18',
    'a machine has no name of ours outside',
    { by: { test: 'gitops/guard.test.ts', named: 'are absent, policies are whole' } },
    at(
      'templates/parts/proxmox-vm.ts',
      "{ annotations: { 'crossplane.io/external-name': String(vm.vmId), ...pruneGuards(scope) } }",
      '{ annotations: { ...pruneGuards(scope) } }',
    ),
  ),
  bug(
    'C21',
    'an older copy of the database goes on',
    {
      by: {
        test: 'edge-workers/actors/tenant/log/standing.test.ts',
        named: 'answers nobody and writes nothing',
      },
    },
    inTenant(
      'log/standing.ts',
      'if (!goesOnFrom(context, published)) return noteBehind(context)',
      'void goesOnFrom(context, published)',
    ),
  ),
  bug(
    'C21',
    'a platform’s log older than its published checkpoint goes on',
    {
      by: {
        test: 'edge-workers/actors/log/halt.test.ts',
        named: 'that was not signed here halts it',
      },
    },
    at(
      'edge-workers/actors/log/publish.ts',
      'if (blob === null ? last !== undefined : !(found && stands(db, found))) throw halt(context)',
      'if (blob === null && last !== undefined && stands(db, last)) throw halt(context)',
    ),
  ),
  bug(
    'C22',
    'a late signature of a smaller tree is kept',
    {
      by: {
        test: 'edge-workers/actors/log/crash.test.ts',
        named: 'signs no less than was signed since',
      },
    },
    at(
      'edge-workers/actors/log/sign.ts',
      '    if (head.size <= (newest(tx)?.size ?? 0)) return\n',
      '',
    ),
  ),
  bug(
    'C22',
    'the second party signs a smaller checkpoint',
    { by: { test: 'functions/cosign-checkpoint.test.ts', named: 'a smaller one' } },
    at(
      'functions/cosign-checkpoint.ts',
      'if (head.size < last.size) return { last: { size: last.size, root: last.root } }',
      'if (head.size < last.size) return null',
    ),
  ),
  bug(
    'C22',
    'what the second party signed it forgets in a crash',
    { by: { test: 'functions/cosign-checkpoint.test.ts', named: 'remembers before it signs' } },
    at(
      'functions/cosign-checkpoint.ts',
      'if (!(await memory.replace(last, head))) {',
      'memory.replace(last, head).catch(() => undefined)\n  if (!head) {',
    ),
  ),
  bug(
    'C23',
    'work that a clock ahead put off lies for as long',
    {
      by: {
        test: 'edge-workers/actors/tenant/outbox.test.ts',
        named: 'lets nothing lie for a month',
      },
    },
    inTenant('outbox.ts', '  if (oneTooFar(db).get({ latest }))\n', '  if (!oneTooFar(db))\n'),
  ),
  bug(
    'C23',
    'the platform’s log waits as long as a clock was ahead',
    {
      by: {
        test: 'edge-workers/actors/log/batches.test.ts',
        named: 'a clock that was a day ahead',
      },
    },
    at('edge-workers/actors/log/work.ts', 'if (dueAt > latest)', 'if (dueAt > latest && !db)'),
  ),
  bug(
    'C24',
    'each try of a delivery has another webhook-id',
    {
      by: {
        test: 'edge-workers/actors/tenant/webhooks/delivery.test.ts',
        named: 'is tried again over about a day',
      },
    },
    inTenant(
      'webhooks/deliver.ts',
      'id: row.id, body, ...signed',
      'id: `${row.id}${row.attempts}`, body, ...signed',
    ),
  ),
  bug(
    'C24',
    'a hint that was taken is taken again',
    {
      by: {
        test: 'edge-workers/actors/tenant/hints.test.ts',
        named: 'counts once, and the same bytes later',
      },
    },
    inTenant(
      'hints.ts',
      "if (!takeDelivery(tx, hint.bodyDigest, now.toISOString())) return refuse('webhook-replayed')",
      'takeDelivery(tx, hint.bodyDigest, now.toISOString())',
    ),
  ),
  bug(
    'C24',
    'work that was asked for again while it ran is done',
    { by: { test: 'edge-workers/actors/tenant/asked-again.test.ts', named: 'is run once more' } },
    inTenant(
      'outbox.ts',
      'db.delete(tables.outbox).where(same).prepare()',
      "db.delete(tables.outbox).where(eq(tables.outbox.id, sql.placeholder('id'))).prepare()",
    ),
  ),
]

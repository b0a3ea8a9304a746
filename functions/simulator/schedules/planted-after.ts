// Planted bugs of crash points C14 to C24: merges that went another way, the engines, the log, the clock, what is sent twice.
import { at, bug, inTenant, type Planted } from './planted-bug.ts'

const LOST_ANSWERS = 'functions/simulator/credentials/lost-answers.test.ts'

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
    'C14',
    'a merge that its change had not heard of counts as made by hand',
    {
      by: {
        test: 'edge-workers/actors/tenant/revert.test.ts',
        named: 'is known as one though its change had not heard of its pull request yet',
      },
    },
    inTenant('work.ts', '    if (await claimUnseenMerge(context, before)) return\n', ''),
  ),
  bug(
    'C14',
    'whatever was merged from the branch of a change counts as ours',
    {
      by: {
        test: 'edge-workers/actors/tenant/revert.test.ts',
        named: 'is none where somebody else wrote what was merged',
      },
    },
    inTenant('unseen-merge.ts', '!isOurs || ', ''),
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
      'return change && !USED.has(change.state) ?',
      'return change && USED.has(change.state) && !USED.has(change.state) ?',
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
    'C19',
    'a version in the vault is not looked for by the operation that made it',
    {
      by: {
        test: 'functions/vault/failures.test.ts',
        named: 'a lost answer makes no second version',
      },
    },
    at(
      'functions/vault/once.ts',
      'one.tags?.[TAG] === tags[TAG]',
      'one.tags?.[TAG] === tags[TAG] && !versions',
    ),
  ),
  bug(
    'C19',
    'the Functions ask for a request again under the same operation',
    { by: { test: LOST_ANSWERS, named: 'a contract and an offer are there once' } },
    at('functions/verified-id/records.ts', '    if (kept) {', '    if (kept && !store) {'),
  ),
  bug(
    'C19',
    'an offer asked for again is another operation',
    { by: { test: LOST_ANSWERS, named: 'a contract and an offer are there once' } },
    inTenant(
      'credentials/entra/offer.ts',
      "await ask('issue', offerId, {",
      "await ask('issue', crypto.randomUUID(), {",
    ),
  ),
  bug(
    'C19',
    'what is found there says what was asked for first',
    { by: { test: LOST_ANSWERS, named: 'a contract and an offer are there once' } },
    inTenant(
      'credentials/entra/contract.ts',
      "const said = await ask('revise', `revise-${name}`, { authorityId, contractId, ...text })\n  if (!said.ok) return refusedByEntra(said.fault, 'contract')\n  // Issued",
      '// Issued',
    ),
  ),
  bug(
    'C19',
    'a key asked for again is another key',
    { by: { test: LOST_ANSWERS, named: 'one that was made is the one that is used' } },
    inTenant(
      'credentials/issuer/rotate.ts',
      'keys.make(`sign-${before.version + 1}`)',
      'keys.make(`sign-${crypto.randomUUID()}`)',
    ),
  ),
  bug(
    'C19',
    'a store of backups takes other bytes under the same name',
    { by: { test: 'functions/backup/folder.test.ts', named: 'takes the same again' } },
    at(
      'functions/backup/store.ts',
      'return there && digest(there) === digest(bytes)',
      'return there && digest(there) !== undefined',
    ),
  ),
  bug(
    'C20',
    'a secret that is deleted and can be had back is not known as that',
    { by: { test: 'functions/vault/failures.test.ts', named: '409, deleted' } },
    at('functions/vault/errors.ts', "  ObjectIsDeletedButRecoverable: 'deleted',\n", ''),
  ),
  bug(
    'C20',
    'a new key takes a name that was a key’s before',
    { by: { test: LOST_ANSWERS, named: 'one that was made is the one that is used' } },
    inTenant(
      'credentials/issuer/rotate.ts',
      'keys.make(`sign-${before.version + 1}`)',
      "keys.make('sign-1')",
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
    'what was taken away since the backup opens again: endpoints, and accounts at the forge',
    {
      by: {
        test: 'edge-workers/actors/tenant/backup/aside.test.ts',
        named: 'a webhook endpoint and a forge account that were taken away',
      },
    },
    inTenant('backup/restore.ts', '        shutDoors(tx, at)\n', ''),
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

// Planted bugs of what is between: the outbox, steps, `live`, and each pair of actors that call each other.
import { at, bug, inTenant, type Planted } from './planted-bug.ts'

export const BETWEEN: Planted[] = [
  bug(
    'outbox',
    'one piece of work that fails stops the others',
    {},
    inTenant('outbox.ts', 'postpone(context, row, error)', 'throw error'),
  ),
  bug(
    'outbox',
    'the next alarm is not set',
    {},
    at(
      'edge-workers/actors/tenant.ts',
      'if (due !== null) await this.ctx.storage.setAlarm(due)\n  }',
      'void due\n  }',
    ),
  ),
  bug(
    'outbox',
    'an alarm that the runtime has lost is not set again by the sweep',
    {},
    inTenant('sweep.ts', '  await context.arm()\n', ''),
  ),
  bug(
    'one step at a time',
    'a step does not compare the version',
    {
      by: {
        test: 'edge-workers/actors/tenant/steps-of-a-change.test.ts',
        named: 'and one from an older row neither',
      },
    },
    inTenant(
      'context.ts',
      "          eq(tables.changes.version, sql.placeholder('before')),\n",
      '',
    ),
  ),
  bug(
    'C10',
    'the gate is green whatever the approvals are',
    {},
    inTenant('gate.ts', "if (change.state !== 'approved') {", "if (change.state === 'accepted') {"),
    inTenant('gate.ts', 'if (given < needed) return', 'if (given < 0) return'),
  ),
  bug(
    'C10',
    'a posting whose answer was lost is never made again',
    {
      by: {
        test: 'edge-workers/actors/tenant/gate.test.ts',
        named: 'is posted again, though it is judged as it was recorded',
      },
    },
    inTenant(
      'gate.ts',
      "enqueue(tx, 'gate-again', id, now().getTime() + AGAIN_MILLISECONDS)",
      'void AGAIN_MILLISECONDS',
    ),
  ),
  bug(
    'C10',
    'a check that was heard of is posted again and again',
    {
      by: {
        test: 'edge-workers/actors/tenant/gate.test.ts',
        named: 'is posted once where it was heard of',
      },
    },
    inTenant('gate.ts', '      forget(tx, id, own)\n', ''),
  ),
  bug(
    'C10',
    'whoever posts forgets what another has not heard of',
    {
      by: {
        test: 'edge-workers/actors/tenant/gate.test.ts',
        named: 'is posted again where an earlier posting',
      },
    },
    inTenant(
      'gate.ts',
      '.where(and(unheard(id), eq(outbox.generation, intent)))',
      '.where(unheard(id))',
    ),
    inTenant('gate.ts', '  if (intent === null) return\n', ''),
  ),
  bug(
    'Tenant to Inventory',
    'a reservation that is repeated is added',
    {},
    at(
      'edge-workers/actors/inventory/reservations.ts',
      'tx.delete(machines).where(eq(machines.changeId, changeId)).run()\n    for',
      'for',
    ),
  ),
  bug(
    'Tenant to Inventory',
    'what ends gives nothing back',
    { from: 'a withdrawal under way' },
    inTenant(
      'ending.ts',
      "gate === 'green' ? ['gate', 'close-pull', 'release'] : ['close-pull', 'release']",
      "gate === 'green' ? ['gate', 'close-pull'] : ['close-pull']",
    ),
  ),
  bug(
    'Tenant to Inventory',
    'a merge that did not happen keeps its room',
    { from: 'approved' },
    inTenant('room.ts', 'await context.inventory().unclaim(id)', 'void id'),
  ),
  bug(
    'Tenant to Inventory',
    'a claim is made before it is written down',
    {
      by: {
        test: 'edge-workers/actors/tenant/room-rules.test.ts',
        named: 'is written down before it is made, for two minutes',
      },
    },
    inTenant('room.ts', "enqueue(tx, 'unclaim', ", "if (!tx) enqueue(tx, 'unclaim', "),
  ),
  bug(
    'Tenant to Inventory',
    'what is promoted is never settled',
    { from: 'merged' },
    inTenant('promotion.ts', "enqueue(tx, 'settle', row.id, Date.parse(at))", ''),
  ),
  bug(
    'Inventory',
    'a claim does not look whether there is room',
    { from: 'two for one room' },
    at(
      'edge-workers/actors/inventory/claims.ts',
      "if (findings.length > 0) return { claimed: refuse('plan-blocked', { findings }), losers: [] }",
      'void findings',
    ),
  ),
  bug(
    'Tenant to Inventory',
    'what was given back is held again by a late repeat',
    {
      by: {
        test: 'edge-workers/actors/inventory.test.ts',
        named: 'released once, it stays released',
      },
    },
    at(
      'edge-workers/actors/inventory/reservations.ts',
      "if (before?.state === 'released') {",
      "if (before?.state === 'released' && !tx) {",
    ),
  ),
  bug(
    'Inventory to Tenant',
    'whoever lost his room is not told',
    { by: { test: 'edge-workers/actors/tenant/room.test.ts', named: 'that is merged first is' } },
    at('edge-workers/actors/inventory.ts', 'this.#tell(losers)', 'void losers'),
  ),
  bug(
    'Inventory to Tenant',
    'nobody is asked about old holds',
    {
      by: {
        test: 'edge-workers/actors/tenant/backup/forgotten-hold.test.ts',
        named: 'goes once the tenant is restored without it',
      },
    },
    at('edge-workers/actors/inventory.ts', '=> this.#ask(id, holds)', '=> void [id, holds]'),
  ),
  bug(
    'Inventory to Tenant',
    'a late answer takes away what was wanted anew',
    { by: { test: 'edge-workers/actors/inventory/old-holds.test.ts', named: 'wanted anew while' } },
    at('edge-workers/actors/inventory/old-holds.ts', 'row?.askAt !== askAt || (', '!row || ('),
  ),
  bug(
    'Tenant to Repository',
    'a move of live that was not answered counts',
    { from: 'merged' },
    inTenant(
      'promotion.ts',
      "  throwIfOutage(moved)\n  // A forge that will not move live now may do so later: the work stays.\n  if (!moved.ok) throw new Outage('forge', 'did not move live', 30)\n",
      '  void moved\n',
    ),
  ),
  bug(
    'Tenant to Log',
    'a head that was not answered counts as told',
    { from: 'accepted' },
    inTenant(
      'log/tell.ts',
      "throw new Outage('log', 'does not answer', 5, error)",
      'return { ok: true as const, value: error as null }',
    ),
  ),
  bug(
    'Tenant to Log',
    'a smaller head that comes late takes the place of a larger',
    {
      by: {
        test: 'edge-workers/actors/tenant/log/standing.test.ts',
        named: 'is found out where it runs on already',
      },
    },
    at(
      'edge-workers/actors/log/heads.ts',
      'if (known && (size < known.size || (size === known.size && root !== known.root))) {',
      'if (known && size === known.size && root !== known.root) {',
    ),
  ),
  bug(
    'Tenant to Log',
    'nobody asks the platform before he acts',
    { by: { test: 'edge-workers/actors/tenant/log/standing.test.ts', named: 'sends nothing out' } },
    inTenant(
      'log/standing.ts',
      'if (!goesOnFrom(context, published)) return noteBehind(context)',
      'void published',
    ),
  ),
  bug(
    'Tenant to Directory',
    'that nobody says whether it is frozen counts as no',
    { from: 'merged' },
    inTenant(
      'promotion-bars.ts',
      "throw new Outage('directory', 'does not answer', undefined, error)",
      'return error && null',
    ),
  ),
  bug(
    'Tenant to Directory',
    'that it is frozen is not listened to',
    { from: 'merged' },
    inTenant(
      'promotion-bars.ts',
      'return frozen && `frozen by operators since ${frozen.since}: ${frozen.reason}`',
      'return frozen && null',
    ),
  ),
  bug(
    'Directory to Tenant',
    'a tenant asked for again is another one',
    {
      by: {
        test: 'edge-workers/actors/directory.test.ts',
        named: 'gets the same id from the same key',
      },
    },
    at(
      'edge-workers/actors/directory.ts',
      "const seed = base32(hmacSha256(deriveKey(this.env.PLATFORM_KEY, 'tenant-id'), key), 16)",
      "const seed = base32(hmacSha256(deriveKey(this.env.PLATFORM_KEY, 'tenant-id'), `${key}${Math.random()}`), 16)",
    ),
  ),
  bug(
    'Log to Functions',
    'whatever the second party sends is kept as its signature',
    {
      by: {
        test: 'edge-workers/actors/log/cosigner-answer.test.ts',
        named: 'a line that is no signature of the checkpoint',
      },
    },
    at(
      'edge-workers/actors/log/sign.ts',
      "if (!holds) throw new LogFault('what the co-signer sent is no signature of this checkpoint')",
      'void holds',
    ),
  ),
  bug(
    'Log to Functions',
    'a second party whose answer was lost is never asked from where it is',
    {
      by: {
        test: 'edge-workers/actors/log/checkpoint.test.ts',
        named: 'is signed by both though the log grew',
      },
    },
    at(
      'edge-workers/actors/log/sign.ts',
      "if (answer && 'last' in answer) answer",
      "if (answer && 'last' in answer && !row) answer",
    ),
  ),
  bug(
    'Log to Functions',
    'a checkpoint that is not co-signed yet leaves the house',
    {
      by: {
        test: 'edge-workers/actors/log/checkpoint.test.ts',
        named: 'a second party that answers nothing is published',
      },
    },
    at(
      'edge-workers/actors/log/checkpoints.ts',
      'return waiting?.lastError === NO_COSIGNER ? newest(db) : newestCosigned(db)',
      'return waiting?.lastError === NO_COSIGNER ? newest(db) : (newestCosigned(db) ?? newest(db))',
    ),
  ),
  bug(
    'Log to Functions',
    'what is anchored is anchored again',
    { by: { test: 'edge-workers/actors/log/crash.test.ts', named: 'an error' } },
    at(
      'edge-workers/actors/log/publish.ts',
      'return row && !anchorOf(db, row.size) ? row : null',
      'return row ?? null',
    ),
  ),
  bug(
    'Log to Functions',
    'the anchor takes a smaller checkpoint after a larger one',
    { by: { test: 'functions/anchor/file.test.ts', named: 'sees what another process appended' } },
    at(
      'functions/anchor/file.ts',
      "if (now.last && size < now.last.size) return { refused: 'A larger checkpoint is there.' }",
      '',
    ),
  ),
  bug(
    'Log to Repository',
    'the platform’s branch is pushed over',
    {
      by: {
        test: 'edge-workers/actors/log/halt.test.ts',
        named: 'a push between two commits of ours is not overwritten',
      },
    },
    at(
      'edge-workers/actors/log/publish.ts',
      '    ...{ size, root, note, at, blob },\n    after: standing.compared.blob,',
      '    ...{ size, root, note, at, blob },\n    after: (await context.repository().publishedLog(env.PLATFORM_REPOSITORY).then((r) => (r.ok ? r.value?.blob : null))) ?? null,',
    ),
  ),
]

// The lifecycle modules: where it is decided what becomes of a change, and whether it may. Each with the tests that its
// mutants are held against, in the order in which they are run, so the quick ones first.
//
// Left out, because they decide nothing of that: hints.ts and drift/ (they say when to look, and what was seen), targets.ts,
// resources.ts and availability.ts (they write down what came of it), views and lists, enter.ts (the door: who may call at
// all), lifecycle/, rollouts/, people/, billing/ and webhooks/ (machines of their own, whose changes take the steps of these
// modules), and in gitops/ the planning: what a change is, not what becomes of it.
const tenant = (name: string, ...tests: string[]) => ({
  file: `edge-workers/actors/tenant/${name}.ts`,
  tests: tests.map((test) => `edge-workers/actors/tenant/${test}.test.ts`),
})
const inventory = (name: string, ...tests: string[]) => ({
  file: `edge-workers/actors/inventory/${name}.ts`,
  tests: [
    'edge-workers/actors/inventory.test.ts',
    ...tests.map((test) => `edge-workers/actors/inventory/${test}.test.ts`),
  ],
})

export const MODULES: Record<string, { file: string; tests: string[] }> = {
  change: { file: 'schemas/change.ts', tests: ['schemas/change.test.ts'] },
  promote: { file: 'gitops/promote.ts', tests: ['gitops/promote.test.ts'] },
  propose: {
    file: 'gitops/propose.ts',
    tests: ['gitops/propose-found.test.ts', 'gitops/propose.test.ts'],
  },
  claims: inventory('claims', 'reservation-rules'),
  reservations: inventory('reservations', 'reservation-rules'),
  gate: tenant('gate', 'gate-verdict', 'gate-posting'),
  outbox: tenant('outbox', 'due-work'),
  statuses: tenant('statuses', 'status-rules'),
  observe: tenant('observe', 'observe'),
  approve: tenant('approve', 'approve'),
  approvals: tenant('approvals', 'votes'),
  'promotion-bars': tenant('promotion-bars', 'promotion-bars'),
  decisions: tenant('decisions', 'decision-rules'),
  ending: tenant('ending', 'decision-rules'),
  context: tenant('context', 'steps-of-a-change'),
  accept: tenant('accept', 'acceptance-rules'),
  room: tenant('room', 'room-rules'),
  revert: tenant('revert', 'revert-rules'),
  promotion: tenant('promotion', 'promotion-rules', 'undone-by-hand', 'undone-late'),
  explained: tenant('explained', 'explained', 'promotion-rules', 'undone-by-hand'),
  work: tenant('work', 'work-rules'),
  expiry: tenant('expiry', 'expiry'),
  // What it asks besides: whether the world is as it was read, whether a record holds, who pushed, whether a credential stands.
  strays: tenant('strays', 'strays', 'undone-by-hand', 'undone-late'),
  'unseen-merge': tenant('unseen-merge', 'unseen-merge'),
  reads: tenant('reads', 'reads-rules'),
  records: tenant('records', 'record-rules'),
  pushers: tenant('forge-accounts/pushers', 'forge-accounts/pusher-rules'),
  standing: tenant('credentials/powers/standing', 'credentials/powers/standing'),
}

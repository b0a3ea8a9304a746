// The lifecycle modules: where it is decided what becomes of a change, and whether it may. Each with the tests that its
// mutants are held against: those that tell it apart in seconds, not the worlds of two minutes.
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
    tests: ['gitops/propose.test.ts'],
  },
  claims: inventory('claims', 'reservation-rules'),
  reservations: inventory('reservations', 'reservation-rules'),
  gate: tenant('gate', 'gate-verdict', 'approvals', 'decisions'),
  outbox: tenant('outbox', 'due-work'),
  statuses: tenant('statuses', 'status-order', 'statuses', 'drift/cluster'),
  observe: tenant('observe', 'hints', 'approvals'),
  approvals: tenant('approvals', 'approvals', 'decisions'),
  'promotion-bars': tenant('promotion-bars', 'promotion-checks', 'promotion'),
  decisions: tenant('decisions', 'decisions', 'approvals', 'idempotency', 'revert'),
  context: tenant('context', 'steps-of-a-change'),
  accept: tenant('accept', 'accept', 'idempotency', 'plan-scale', 'exceptions'),
  room: tenant('room', 'room'),
  revert: tenant('revert', 'revert'),
  promotion: tenant('promotion', 'promotion', 'promotion-checks', 'revert'),
  work: tenant('work', 'idempotency', 'outbox', 'decisions', 'behind'),
}

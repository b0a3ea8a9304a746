// Who may approve now, by the rows alone; and what an approval does once it is given, through whichever door.
import { beforeEach, describe, expect, it } from 'vitest'
import { ChangeState } from '../../../schemas/change.ts'
import type { Principal } from '../../../schemas/principal.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { OPERATOR_SUBJECT } from '../../auth/operator.ts'
import { transaction } from '../database.ts'
import { MERGED_BEFORE_LOSS, voidApprovals } from './approvals.ts'
import { approvable, byCredentialOnly, inState, notRequester, takeApproval } from './approve.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { type ChangeRow, StaleChange, step } from './context.ts'
import { nobodyOn } from './forge-accounts/accounts.ts'

let bench: Bench
beforeEach(async () => {
  bench = await openBench()
})
const anton = (more: Partial<Principal> = {}) =>
  ({ subject: bench.world.ids.anton, person: true, behind: [], ...more }) as Principal
const asked = (change: ChangeRow, who = anton()) =>
  approvable(bench.db, who, change).find(({ ok }) => !ok) ?? { ok: true }
const refusal = (problem: string, detail?: string) => ({
  ok: false,
  refusal: { problem, ...(detail ? { detail: expect.stringContaining(detail) } : {}) },
})
const OTHER = 'e'.repeat(40)

describe('an approval is', () => {
  it('by a person with the role, who did not ask for it', () => {
    expect(asked(bench.copy())).toEqual({ ok: true })
    const machine = anton({ person: false })
    expect(asked(bench.copy(), machine)).toMatchObject(refusal('forbidden', 'Only people'))
    const { rita, olga } = bench.world.ids
    expect(asked(bench.copy(), anton({ subject: rita }))).toEqual(refusal('separation-of-duties'))
    expect(asked(bench.copy(), anton({ subject: olga }))).toEqual({ ok: true })
  })

  it('by nobody who stands behind the request', () => {
    const pushed = bench.copy({ behind: ['somebody', bench.world.ids.anton] })
    expect(asked(pushed)).toMatchObject(refusal('separation-of-duties', 'You stand behind this'))
    expect(asked(bench.copy({ behind: ['somebody'] }))).toEqual({ ok: true })
  })

  it('by nobody in whose place the requester could act', () => {
    const change = bench.copy({ behind: ['pusher'] })
    const inPlace = refusal('separation-of-duties', 'could act in your place')
    for (const id of [change.requester, 'pusher'])
      expect(asked(change, anton({ behind: ['somebody', id] }))).toMatchObject(inPlace)
    expect(asked(change, anton({ behind: ['somebody'] }))).toEqual({ ok: true })
    // First tokens come from the installation's own credential, which asks for nothing in a tenant.
    const byOperator = bench.copy({ behind: [OPERATOR_SUBJECT] })
    expect(asked(byOperator, anton({ behind: [OPERATOR_SUBJECT] }))).toEqual({ ok: true })
  })

  it('of a change that is proposed or approved, or merged before its approvals were lost', () => {
    const open = ChangeState.options.filter((state) => asked(bench.copy({ state })).ok)
    expect(open).toEqual(['proposed', 'approved'])
    expect(asked(bench.copy({ state: 'merged' }))).toMatchObject(
      refusal('wrong-state', 'The change is merged.'),
    )
    const restored = transaction(bench.db, (tx) =>
      step(tx, bench.copy({ state: 'approved' }), 'merged', {
        ...{ actor: 'forge', at: NOON, reason: MERGED_BEFORE_LOSS },
        patch: { mergeSha: OTHER },
      }),
    )
    expect(asked(restored)).toEqual({ ok: true })
  })

  it('of exactly the head that was proposed', () => {
    const touched = refusal('wrong-state', 'is not what was planned')
    expect(asked(bench.copy({ headSha: OTHER }))).toMatchObject(touched)
    expect(asked(bench.copy({ commitSha: null, headSha: null }))).toMatchObject(touched)
    const { id, revision } = bench.copy()
    const pushed = { ...bench.read(id), behind: [nobodyOn({ id, revision })] }
    expect(asked(pushed)).toMatchObject(touched)
  })

  it('by people whom the tenant’s rules ask for', () => {
    bench.demand({ approvals: 1, roles: ['owner'] })
    expect(asked(bench.copy())).toMatchObject(refusal('forbidden', 'with the role owner.'))
    expect(asked(bench.copy(), anton({ subject: bench.world.ids.olga }))).toEqual({ ok: true })
    bench.demand({ approvals: 1, roles: ['owner'] }, { approvals: 1, roles: ['approver'] })
    expect(asked(bench.copy())).toMatchObject(refusal('forbidden', 'approver or owner.'))
  })

  it('a presentation where the rules ask for one, and says where to ask for it', () => {
    expect(byCredentialOnly(bench.context(), bench.copy())).toMatchObject({ ok: true })
    bench.demand({ approvals: 1, credential: true })
    const change = bench.copy()
    const refused = byCredentialOnly(bench.context(), change)
    expect(refused).toMatchObject(
      refusal('credential-required', `/v1/tenants/acme/changes/${change.id}/approval-requests`),
    )
    expect(refused).toMatchObject(
      refusal('credential-required', '/v1/tenants/acme/credential-offers'),
    )
  })
})

it('the first refusal counts: a stranger to the change is told who he is, not what it lacks', () => {
  const { rita } = bench.world.ids
  const closed = bench.copy({ state: 'closed', headSha: OTHER })
  expect(asked(closed, anton({ subject: rita }))).toEqual(refusal('separation-of-duties'))
  expect(asked(closed)).toMatchObject(refusal('wrong-state', 'The change is closed.'))
  expect(notRequester(anton(), closed)).toMatchObject({ ok: true })
  expect(inState(closed, 'closed', 'merged')).toMatchObject({ ok: true })
})

describe('once it is given', () => {
  const take = (change: ChangeRow, subject = bench.world.ids.anton) =>
    transaction(bench.db, (tx) => takeApproval(tx, change, { subject, source: 'api', at: NOON }))

  it('the change is approved as soon as it has as many as are asked for', () => {
    expect(take(bench.copy()).state).toBe('approved')
    bench.demand({ approvals: 2 })
    const one = take(bench.copy())
    expect([one.state, one.version]).toEqual(['proposed', bench.first.version + 1])
    const two = take(one, bench.world.ids.olga)
    expect([two.state, bench.approvalsOf(two.id).length]).toEqual(['approved', 2])
    expect(bench.eventsOf(two.id).at(-1)).toMatchObject({
      ...{ actor: bench.world.ids.olga, at: NOON, from: 'proposed', to: 'approved' },
    })
    expect(bench.work(two.id)).toEqual([])
  })

  it('the same person counts once, however often he says it', () => {
    bench.demand({ approvals: 2 })
    const twice = take(take(bench.copy()))
    expect([twice.state, bench.approvalsOf(twice.id).length]).toEqual(['proposed', 1])
  })

  it('takes away the reason that it was not approved for', () => {
    const waiting = bench.copy({ reason: 'approvals are void' })
    expect(take(waiting).reason).toBeNull()
  })

  it('of a change that moved meanwhile nothing is written', () => {
    const change = bench.copy()
    take(change)
    transaction(bench.db, (tx) => voidApprovals(tx, change, NOON, 'withdrawn'))
    expect(() => take(change)).toThrow(StaleChange)
    expect(bench.approvalsOf(change.id)).toHaveLength(1)
  })

  it('a merge whose approvals were lost is promoted with it, and stays merged', () => {
    const merged = transaction(bench.db, (tx) =>
      step(tx, bench.copy({ state: 'approved' }), 'merged', {
        ...{ actor: 'forge', at: NOON, reason: MERGED_BEFORE_LOSS },
        patch: { mergeSha: OTHER },
      }),
    )
    bench.db.delete(tables.outbox).run()
    expect(take(merged).state).toBe('merged')
    expect(bench.work(merged.id)).toEqual([['promote', 0]])
  })
})

// Which approvals count, how many are needed and by whom, and what becomes of them when somebody's roles or the tenant's rules
// change: by the rows alone.
import { beforeEach, describe, expect, it, vi } from 'vitest'
import * as tables from '../../../schemas/tables/tenant.ts'
import { transaction } from '../database.ts'
import {
  approversBeside,
  isApproved,
  isApprovedAgain,
  isApprover,
  isByCredential,
  judgeApprovalsAgain,
  liveApprovals,
  MERGED_BEFORE_LOSS,
  standingApprovals,
  voidApproval,
  voidApprovals,
  votesOn,
  whoApproves,
} from './approvals.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import { type ChangeRow, step } from './context.ts'
import { nobodyOn } from './forge-accounts/accounts.ts'

const OTHER = 'e'.repeat(40)
let bench: Bench
let anton: string
let olga: string
let rita: string
beforeEach(async () => {
  bench = await openBench()
  ;({ anton, olga, rita } = bench.world.ids)
})
const counting = (change: ChangeRow) =>
  standingApprovals(bench.db, change).map(({ subject }) => subject)
const reasons = ({ id }: ChangeRow) => bench.approvalsOf(id).map(({ voidReason }) => voidReason)
/** As of a plan that was made under these rules. */
const plannedUnder = (
  rules: Parameters<Bench['demand']>,
  more: Partial<ChangeRow> = {},
  needed = 1,
) =>
  bench.copy(more, ({ plan, snapshot }) => ({
    plan: { ...plan, reviewers: { ...plan.reviewers, needed } },
    snapshot: { ...snapshot, tenant: { ...snapshot.tenant, approvals: rules } },
  }))

describe('an approval', () => {
  it('binds a person to one revision, one head, one tree and what the plan read', () => {
    const change = bench.copy()
    bench.approveAs(change)
    const { commitSha, treeSha, revision } = change
    expect(bench.approvalsOf(change.id)).toMatchObject([
      {
        ...{ subject: anton, source: 'api', revision, headSha: commitSha, treeSha, at: NOON },
        ...{ reads: bench.plan.plan.reads, presentationId: null, voidedAt: null },
      },
    ])
    const unwritten = bench.copy({ commitSha: null, treeSha: null })
    bench.approveAs(unwritten)
    expect(bench.approvalsOf(unwritten.id)).toMatchObject([{ headSha: '', treeSha: '' }])
  })

  it('has an id of its own for each person, moment, step and presentation', () => {
    const change = bench.copy()
    bench.approveAs(change)
    expect(() => bench.approveAs(change)).toThrow()
    bench.approveAs(change, olga)
    bench.approveAs(change, anton, { at: '2026-11-21T12:00:01.000Z' })
    bench.approveAs(change, anton, { presentationId: 'p1' })
    bench.approveAs({ ...change, version: 9 })
    const ids = bench.approvalsOf(change.id).map(({ id }) => id)
    expect(new Set(ids).size).toBe(5)
    for (const id of ids) expect(id).toMatch(/^apv_[a-z2-7]{26}$/)
  })

  it('counts on its own revision and head, while it is not void', () => {
    const change = bench.copy()
    bench.approveAs(change)
    expect(counting(change)).toEqual([anton])
    expect(counting({ ...change, commitSha: OTHER })).toEqual([])
    expect(liveApprovals(bench.db, { ...change, revision: 2 })).toEqual([])
    expect(liveApprovals(bench.db, { ...change, id: 'chg_other' })).toEqual([])
    expect(counting({ ...change, behind: [nobodyOn(change)] })).toEqual([])
    const [row] = bench.approvalsOf(change.id)
    if (row) transaction(bench.db, (tx) => voidApproval(tx, row, NOON, 'for a reason'))
    expect([counting(change), reasons(change)]).toEqual([[], ['for a reason']])
  })

  it('is void alone, or with all of its change, once', () => {
    const [one, two] = [bench.copy(), bench.copy()]
    for (const subject of [anton, olga]) bench.approveAs(one, subject)
    bench.approveAs(two)
    const [first] = bench.approvalsOf(one.id)
    if (first) transaction(bench.db, (tx) => voidApproval(tx, first, NOON, 'first'))
    expect(reasons(one)).toEqual(['first', null])
    transaction(bench.db, (tx) => voidApprovals(tx, one, NOON, 'then'))
    expect([reasons(one), reasons(two)]).toEqual([['first', 'then'], [null]])
    expect(bench.approvalsOf(one.id)[1]?.voidedAt).toBe(NOON)
  })
})

describe('who may', () => {
  it('is a person with the role who did not ask and does not stand behind it', () => {
    const change = bench.copy()
    const may = (id: string, more: Partial<ChangeRow> = {}) =>
      isApprover(bench.db, id, { ...change, ...more })
    expect([anton, olga, rita, 'stranger'].map((id) => may(id))).toEqual([true, true, false, false])
    expect(may(anton, { requester: anton })).toBe(false)
    expect(may(anton, { behind: ['x', anton] })).toBe(false)
    bench.member(anton, { roles: ['auditor'] })
    expect(may(anton)).toBe(false)
    bench.member(anton, { roles: ['approver'], state: 'removed' })
    expect(may(anton)).toBe(false)
  })

  it('are counted beside whoever asks, by their roles', () => {
    const asker = { requester: rita, behind: [] }
    const roles = () => approversBeside(bench.db, asker).sort()
    expect(roles()).toEqual([['approver'], ['owner']])
    expect(approversBeside(bench.db, { requester: anton, behind: [] })).toEqual([['owner']])
    expect(approversBeside(bench.db, { requester: rita, behind: [olga] })).toEqual([['approver']])
    bench.member(anton, { state: 'removed' })
    expect(roles()).toEqual([['owner']])
    bench.member(olga, { kind: 'service' })
    expect(roles()).toEqual([])
  })

  it('is said in words', () => {
    const said = (needed: number, roles: string[], credential = false) =>
      whoApproves({ needed, roles, credential })
    expect(said(1, ['approver', 'owner'])).toBe('an approver who is not the requester')
    expect(said(1, ['owner'])).toBe('an owner who is not the requester')
    expect(said(1, ['approver'])).toBe('an approver who is not the requester')
    expect(said(3, ['owner'])).toBe('3 owners who are not the requester')
    expect(said(2, ['approver'], true)).toBe(
      '2 approvers who are not the requester, by presenting a credential',
    )
    expect(said(1, ['owner'], true)).toBe(
      'an owner who is not the requester, by presenting a credential',
    )
  })
})

describe('as many are needed', () => {
  it('as the plan asks for, its rules of then and those of now: the strictest counts', () => {
    const needed = (change: ChangeRow) => votesOn(bench.db, change).needed
    expect(needed(bench.copy())).toBe(1)
    expect(needed(plannedUnder([], {}, 3))).toBe(3)
    const then = plannedUnder([{ approvals: 2 }])
    expect(needed(then)).toBe(2)
    bench.demand({ approvals: 4 })
    expect(needed(then)).toBe(4)
    bench.demand({ approvals: 1 })
    expect(needed(then)).toBe(2)
    bench.demand({ approvals: 4, kinds: ['delete'] })
    expect(needed(then)).toBe(2)
  })

  it('by different people, however often one says it', () => {
    bench.demand({ approvals: 2 })
    const change = bench.copy()
    bench.approveAs(change)
    bench.approveAs(change, anton, { at: '2026-11-21T12:00:01.000Z' })
    expect([votesOn(bench.db, change).given, isApproved(bench.db, change)]).toEqual([1, false])
    bench.approveAs(change, olga)
    expect([votesOn(bench.db, change).given, isApproved(bench.db, change)]).toEqual([2, true])
  })

  it('with the roles that every rule asks for', () => {
    const roles = (change: ChangeRow) => votesOn(bench.db, change).roles
    expect(roles(bench.copy())).toEqual(['approver', 'owner'])
    const owners = plannedUnder([{ approvals: 1, roles: ['owner'] }])
    expect(roles(owners)).toEqual(['owner'])
    bench.approveAs(owners)
    expect(counting(owners)).toEqual([])
    bench.approveAs(owners, olga)
    expect(counting(owners)).toEqual([olga])
  })

  it('of a merge by the rules it was merged under: those that came later hold for later', () => {
    bench.demand({ approvals: 2, credential: true })
    const merged = bench.copy({ state: 'merged', mergeSha: OTHER })
    bench.approveAs(merged)
    expect(isApproved(bench.db, merged)).toBe(true)
    expect(isApproved(bench.db, { ...merged, mergeSha: null })).toBe(false)
  })

  it('also where the tenant has lost its settings', () => {
    bench.db.delete(tables.tenant).run()
    const { needed } = votesOn(bench.db, bench.copy())
    bench.db.insert(tables.tenant).values(bench.tenant).run()
    expect(needed).toBe(1)
  })
})

describe('where credentials are asked for', () => {
  const BY = { source: 'credential', presentationId: 'p1' } as const

  it('only presentations count, and only while their credential holds', () => {
    bench.demand({ approvals: 1, credential: true })
    const change = bench.copy()
    expect(isByCredential(bench.db, change)).toBe(true)
    bench.approveAs(change)
    bench.approveAs(change, olga, BY)
    expect(counting(change)).toEqual([])
    bench.present('p1')
    expect(counting(change)).toEqual([olga])
    expect(votesOn(bench.db, change)).toMatchObject({ credential: true, given: 1 })
    bench.db.update(tables.credentials).set({ status: 'invalid' }).run()
    expect(counting(change)).toEqual([])
  })

  it('rules of then count as those of now do, and a merge goes by how it was approved', () => {
    const then = plannedUnder([{ approvals: 1, credential: true }])
    expect(isByCredential(bench.db, then)).toBe(true)
    const merged = bench.copy({ state: 'merged', mergeSha: OTHER })
    expect(isByCredential(bench.db, merged)).toBe(false)
    bench.approveAs(merged, anton, BY)
    expect(isByCredential(bench.db, merged)).toBe(true)
    expect(isByCredential(bench.db, { ...merged, mergeSha: null })).toBe(false)
  })

  it('a merge whose credential ended may be approved again; one without may not', () => {
    const merged = bench.copy({ state: 'merged', mergeSha: OTHER })
    expect(isApprovedAgain(bench.db, merged)).toBe(false)
    bench.approveAs(merged, anton, BY)
    expect(isApprovedAgain(bench.db, merged)).toBe(true)
    expect(isApprovedAgain(bench.db, { ...merged, state: 'promoted' })).toBe(false)
  })
})

it('a merge that was found after the database was lost may be approved again', () => {
  const found = (reason: string) =>
    transaction(bench.db, (tx) =>
      step(tx, bench.copy({ state: 'approved' }), 'merged', {
        ...{ actor: 'forge', at: NOON, reason, patch: { mergeSha: OTHER } },
      }),
    )
  const lost = found(MERGED_BEFORE_LOSS)
  expect(isApprovedAgain(bench.db, lost)).toBe(true)
  expect(isApprovedAgain(bench.db, { ...lost, state: 'approved' })).toBe(false)
  expect(isApprovedAgain(bench.db, found('another reason'))).toBe(false)
  expect(isApprovedAgain(bench.db, bench.copy({ state: 'merged' }))).toBe(false)
  const noted = transaction(bench.db, (tx) =>
    step(tx, bench.copy({ state: 'approved' }), 'approved', {
      ...{ actor: 'phoenix', at: NOON, reason: MERGED_BEFORE_LOSS },
    }),
  )
  expect(isApprovedAgain(bench.db, { ...noted, state: 'merged' })).toBe(false)
})

describe('when somebody’s roles or the tenant’s rules have changed', () => {
  const judge = () => {
    const changed = vi.fn()
    judgeApprovalsAgain(bench.context({ changed }))
    expect(changed).toHaveBeenCalledTimes(1)
  }
  const approved = (...subjects: string[]) => {
    const change = bench.copy({ state: 'approved' })
    for (const subject of subjects) bench.approveAs(change, subject)
    return change
  }

  it('what still counts stays as it is', () => {
    const changes = [approved(anton), bench.copy()]
    judge()
    for (const change of changes) expect(bench.read(change.id)).toEqual(change)
  })

  it('approvals of who may no longer are void for good, and the change goes back', () => {
    const change = approved(anton)
    bench.member(anton, { state: 'removed' })
    judge()
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'proposed', reason: 'the approver may no longer approve', updatedAt: NOON },
    })
    expect(reasons(change)).toEqual(['the approver may no longer approve'])
    expect(bench.work(change.id)).toEqual([['gate', 0]])
    expect(bench.eventsOf(change.id)).toMatchObject([{ actor: 'phoenix' }])
    bench.member(anton, { state: 'active' })
    judge()
    expect(bench.read(change.id).state).toBe('proposed')
  })

  it('also where others are still waited for, and what others said stays', () => {
    const enough = approved(anton, olga)
    bench.demand({ approvals: 2 })
    const waiting = bench.copy()
    bench.approveAs(waiting)
    bench.demand()
    bench.member(anton, { roles: ['auditor'] })
    judge()
    expect([bench.read(enough.id).state, reasons(enough)]).toEqual([
      'approved',
      ['the approver may no longer approve', null],
    ])
    expect([bench.read(waiting.id).state, reasons(waiting)]).toEqual([
      'proposed',
      ['the approver may no longer approve'],
    ])
  })

  it('rules that ask for more take it back to proposed, and say for what', () => {
    const change = approved(anton)
    bench.demand({ approvals: 2 })
    judge()
    expect(bench.read(change.id)).toMatchObject({
      ...{ state: 'proposed', reason: 'the tenant’s rules ask for more approvals now' },
    })
    expect(reasons(change)).toEqual([null])
    const other = approved(anton)
    bench.demand({ approvals: 1, credential: true })
    judge()
    expect(bench.read(other.id).reason).toBe(
      'the tenant’s rules ask for approvals by credential now',
    )
  })

  it('what was merged or has ended is left alone', () => {
    const merged = bench.copy({ state: 'merged', mergeSha: OTHER })
    bench.approveAs(merged)
    bench.member(anton, { state: 'removed' })
    judge()
    expect([bench.read(merged.id), reasons(merged)]).toEqual([merged, [null]])
  })
})

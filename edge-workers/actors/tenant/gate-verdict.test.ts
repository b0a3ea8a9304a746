// What the required check says of a change, by its row alone: green in one case, and red with the first reason otherwise.
import { beforeEach, expect, it } from 'vitest'
import { ChangeState } from '../../../schemas/change.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { type Bench, NOON, openBench } from './bench.fixture.ts'
import type { ChangeRow } from './context.ts'
import { nobodyOn } from './forge-accounts/accounts.ts'
import { judgeGate } from './gate.ts'

let bench: Bench
let change: ChangeRow
const OTHER = 'e'.repeat(40)
beforeEach(async () => {
  bench = await openBench()
  change = bench.copy({ state: 'approved' })
  bench.approveAs(change)
})
const verdict = (more: Partial<ChangeRow> = {}, lost?: string | null) =>
  judgeGate(bench.context(), { ...change, ...more }, lost)
const voided = () => bench.db.update(tables.approvals).set({ voidedAt: NOON }).run()

it('is green for an approved change on the head that was proposed', () => {
  expect(verdict()).toEqual({ green: true, reason: 'approved by 1 person on exactly this head' })
  expect(verdict({}, null).green).toBe(true)
})

it('is green in no other state, and says what it waits for', () => {
  const green = ChangeState.options.filter((each) => verdict({ state: each }).green)
  expect(green).toEqual(['approved'])
  expect(verdict({ state: 'proposed' }).reason).toBe(
    'waiting for an approver who is not the requester',
  )
  for (const each of ['rejected', 'expired', 'closed', 'superseded', 'applied'] as const)
    expect(verdict({ state: each }).reason).toBe(`the change is ${each}`)
  const merged = { state: 'merged_unauthorised', mergeSha: OTHER } as const
  expect(verdict(merged).reason).not.toContain('the change is')
})

it('is red while the tenant is suspended, whatever else', () => {
  bench.db.update(tables.tenant).set({ state: 'suspended' }).run()
  expect(verdict()).toMatchObject({ green: false, reason: expect.stringContaining('suspended') })
})

it('is red while a revision is being written, and on another head than was proposed', () => {
  expect(verdict({ commitSha: null, revision: 3 })).toEqual({
    ...{ green: false, reason: 'revision 3 is being written' },
  })
  for (const headSha of [OTHER, null])
    expect(verdict({ headSha })).toMatchObject({
      ...{ green: false, reason: expect.stringContaining('changed outside Phoenix') },
    })
})

it('is red where an account that is nobody’s pushed', () => {
  expect(verdict({ behind: [nobodyOn(change)] })).toMatchObject({
    ...{ green: false, reason: expect.stringContaining('nobody’s') },
  })
  expect(verdict({ behind: ['somebody'] }).green).toBe(true)
})

it('is red with what was lost since, before the approvals are counted', () => {
  expect(verdict({}, 'no longer fits')).toEqual({ green: false, reason: 'no longer fits' })
  expect(verdict({ state: 'proposed' }, '').reason).toBe('')
})

it('is red when the approvals have gone, and when more are asked for', () => {
  voided()
  expect(verdict()).toEqual({ green: false, reason: 'the approvals are void' })
  expect(verdict({ state: 'proposed' }).green).toBe(false)
})

it('counts as many as the tenant’s rules ask for now, and names of whom', () => {
  bench.demand({ approvals: 2 })
  expect(verdict()).toEqual({ green: false, reason: 'the approvals are void' })
  expect(verdict({ state: 'proposed' }).reason).toBe(
    '1 of 2 approvals: waiting for approvers who are not the requester',
  )
  bench.demand({ approvals: 2, roles: ['owner'] })
  expect(verdict({ state: 'proposed' }).reason).toBe(
    '0 of 2 approvals: waiting for owners who are not the requester',
  )
  bench.demand({ approvals: 1, roles: ['owner'] })
  expect(verdict({ state: 'proposed' }).reason).toBe(
    'waiting for an owner who is not the requester',
  )
  bench.demand({ approvals: 1, roles: ['owner', 'approver'] })
  expect(verdict().green).toBe(true)
})

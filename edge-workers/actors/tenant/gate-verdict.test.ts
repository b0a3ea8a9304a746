// What the required check says of a change, by its row alone: green in one case, and red with the first reason otherwise.
import { eq } from 'drizzle-orm'
import { beforeEach, expect, it, vi } from 'vitest'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'
import { ChangeState } from '../../../schemas/change.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { openDatabase } from '../database.ts'
import { migrations } from '../migrations/tenant.ts'
import { type ChangeRow, type Db, readChangeRow, type TenantContext } from './context.ts'
import { nobodyOn } from './forge-accounts/accounts.ts'
import { judgeGate } from './gate.ts'

let db: Db
let change: ChangeRow
let settings: typeof tables.tenant.$inferSelect.settings
let state: string
const OTHER = 'e'.repeat(40)
/** Made by the first test that runs: what fails in it then fails a test, which a run of mutants can tell. */
let made: Promise<void> | undefined
const make = async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const world = await createTenantWorld()
  const { id } = await world.propose(world.vmRequest('web'))
  await world.approve(id)
  const storage = world.tenants.actors.get(world.tenantId)?.surroundings.state.storage
  if (!storage) throw new Error('the actor sleeps')
  db = openDatabase(storage, tables, migrations)
  const row = readChangeRow(db, id)
  const tenant = db.select().from(tables.tenant).get()
  if (!row || !tenant) throw new Error('no such change')
  change = row
  settings = tenant.settings
}
beforeEach(async () => {
  made ??= make()
  await made
  state = 'active'
  db.update(tables.approvals).set({ voidedAt: null }).run()
  db.update(tables.tenant).set({ settings }).run()
})
const context = () => ({ db, tenant: () => ({ state }) }) as unknown as TenantContext
const verdict = (more: Partial<ChangeRow> = {}, lost?: string | null) =>
  judgeGate(context(), { ...change, ...more }, lost)
const voided = () =>
  db
    .update(tables.approvals)
    .set({ voidedAt: '2026-11-21T12:00:00.000Z' })
    .where(eq(tables.approvals.changeId, change.id))
    .run()
const demanding = (approvals: { approvals: number; roles?: ('owner' | 'approver')[] }[]) =>
  db
    .update(tables.tenant)
    .set({ settings: { ...settings, approvals } })
    .run()

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
  state = 'suspended'
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
  demanding([{ approvals: 2 }])
  expect(verdict()).toEqual({ green: false, reason: 'the approvals are void' })
  expect(verdict({ state: 'proposed' }).reason).toBe(
    '1 of 2 approvals: waiting for approvers who are not the requester',
  )
  demanding([{ approvals: 2, roles: ['owner'] }])
  expect(verdict({ state: 'proposed' }).reason).toBe(
    '0 of 2 approvals: waiting for owners who are not the requester',
  )
  demanding([{ approvals: 1, roles: ['owner'] }])
  expect(verdict({ state: 'proposed' }).reason).toBe(
    'waiting for an owner who is not the requester',
  )
  demanding([{ approvals: 1, roles: ['owner', 'approver'] }])
  expect(verdict().green).toBe(true)
})

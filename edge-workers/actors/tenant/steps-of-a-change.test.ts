// A step: state, event, leaf and work in one transaction or not at all; and work is one row however often it is asked for.
import { asc, eq, ne } from 'drizzle-orm'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { openDatabase, transaction } from '../database.ts'
import { migrations } from '../migrations/tenant.ts'
import { voidApprovals } from './approvals.ts'
import { takeApproval } from './approve.ts'
import {
  type ChangeRow,
  type Db,
  enqueue,
  type OutboxKind,
  readChangeRow,
  readPlanRow,
  StaleChange,
  type Step,
  step,
  typeOfChange,
} from './context.ts'
import { openLog } from './log/append.ts'

const AT = '2030-01-01T00:00:00.000Z'
const NOW = Date.parse(AT)

let db: Db
let first: ChangeRow
let change: ChangeRow
let copies = 0
/** Made by the first test that runs: what fails in it then fails a test, which a run of mutants can tell. */
let made: Promise<void> | undefined
const make = async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const world = await createTenantWorld()
  const { id } = await world.propose(world.vmRequest('web'))
  const storage = world.tenants.actors.get(world.tenantId)?.surroundings.state.storage
  if (!storage) throw new Error('the actor sleeps')
  db = openDatabase(storage, tables, migrations)
  openLog(db, { PLATFORM_KEY: '00'.repeat(32) })
  first = now(id)
}
/** One world for all of these: each test has a change of its own in it, and nothing else to do. */
beforeEach(async () => {
  made ??= make()
  await made
  copies += 1
  const id = `chg_${'c'.repeat(24)}${String(copies).padStart(2, '0')}`
  db.insert(tables.changes)
    .values({ ...first, id, idempotencyKey: id })
    .run()
  const plans = db.select().from(tables.plans).where(eq(tables.plans.changeId, first.id)).all()
  for (const plan of plans)
    db.insert(tables.plans)
      .values({ ...plan, changeId: id })
      .run()
  for (const table of [tables.outbox, tables.rollouts, tables.webhookEndpoints])
    db.delete(table).run()
  change = now(id)
})
const now = (id = change.id): ChangeRow => {
  const row = readChangeRow(db, id)
  if (!row) throw new Error('no such change')
  return row
}
const take = (to: ChangeRow['state'], more: Partial<Step> = {}, from = change) =>
  transaction(db, (tx) => step(tx, from, to, { actor: 'rita', at: AT, ...more }))
const rename = (name: string) =>
  db.update(tables.changes).set({ name }).where(eq(tables.changes.id, change.id)).run()
const events = () => db.select().from(tables.transitions).orderBy(asc(tables.transitions.seq)).all()
const work = () =>
  db
    .select()
    .from(tables.outbox)
    .orderBy(asc(tables.outbox.id))
    .all()
    .map(({ kind, changeId, dueAt }) => [kind, changeId, dueAt - NOW])

describe('a step', () => {
  it('moves the change, counts its version up and writes one event of it', () => {
    const before = events().length
    const row = take('approved', { reason: 'good', patch: { gateReason: 'waiting' } })
    expect(row).toEqual(now())
    expect(row).toMatchObject({
      ...{ state: 'approved', version: change.version + 1, updatedAt: AT, reason: 'good' },
      ...{ gateReason: 'waiting', branch: change.branch },
    })
    expect(events()).toHaveLength(before + 1)
    expect(events().at(-1)).toMatchObject({
      ...{ changeId: change.id, version: row.version, from: 'proposed', to: 'approved' },
      ...{ reason: 'good', actor: 'rita', at: AT },
    })
  })

  it('keeps the reason that is not named, and takes it away where it is null', () => {
    take('proposed', { reason: 'noted' })
    expect(take('approved', {}, now()).reason).toBe('noted')
    expect(events().at(-1)?.reason).toBeNull()
    expect(take('approved', { reason: null }, now()).reason).toBeNull()
  })

  it('is a leaf of the log, of what happened and without its words', () => {
    const row = take('approved', { reason: 'good' })
    const event = events().at(-1)
    const leaves = db.select().from(tables.logLeaves).all()
    const leaf = leaves.find(({ seq }) => seq === event?.seq)
    expect(leaf).toMatchObject({ subject: change.id, index: leaves.length - 1 })
    expect(leaf?.hash).toBe(event?.leafHash)
    expect(JSON.parse(leaf?.leaf ?? '{}')).toMatchObject({
      ...{ version: row.version, from: 'proposed', to: 'approved', actor: 'rita', at: AT },
    })
    expect(leaf?.leaf).not.toContain('good')
  })

  it('takes what earlier releases left without a leaf into the log before it', () => {
    const early = { changeId: 'chg_early', version: 1, from: 'none', to: 'accepted', at: AT }
    db.insert(tables.transitions)
      .values({ ...early, actor: 'rita', leafHash: '' })
      .run()
    openLog(db, { PLATFORM_KEY: '00'.repeat(32) })
    take('approved')
    const [before, own] = db
      .select({ subject: tables.logLeaves.subject })
      .from(tables.logLeaves)
      .orderBy(asc(tables.logLeaves.index))
      .all()
      .slice(-2)
    expect([before?.subject, own?.subject]).toEqual(['chg_early', change.id])
  })

  it('sets only what it names: what is taken away is gone, and the rest is as it was', () => {
    const noted = take('proposed', { reason: 'noted', patch: { baseSha: 'b', headSha: 'h' } })
    const cleared = take('proposed', { patch: { baseSha: null, headSha: 'i' } }, noted)
    expect(cleared).toMatchObject({ reason: 'noted', baseSha: null, headSha: 'i' })
    expect(take('proposed', { patch: { baseSha: 'c', headSha: null } }, cleared)).toMatchObject({
      ...{ reason: 'noted', baseSha: 'c', headSha: null, branch: change.branch },
    })
    const others = db.select().from(tables.changes).where(ne(tables.changes.id, change.id)).all()
    expect(others.filter(({ reason }) => reason === 'noted')).toEqual([])
  })

  it('that is not legal is not taken, and one from an older row neither', () => {
    const before = [now(), events(), work()]
    expect(() => take('applied')).toThrow('illegal move proposed -> applied')
    take('approved')
    const after = [now(), events(), work()]
    expect(() => take('closed')).toThrow(StaleChange)
    expect(new StaleChange().name).toBe('StaleChange')
    expect([now(), events(), work()]).toEqual(after)
    expect(after).not.toEqual(before)
  })

  it('of an approval is not taken from an older row, where that person’s of this moment stands there void', () => {
    const anton = { subject: 'usr_anton', source: 'api', at: AT } as const
    const approveOn = (row: ChangeRow) => transaction(db, (tx) => takeApproval(tx, row, anton))
    const rows = () =>
      db
        .select()
        .from(tables.approvals)
        .where(eq(tables.approvals.changeId, change.id))
        .all()
        .map(({ voidedAt }) => voidedAt === null)
    const approved = approveOn(change)
    transaction(db, (tx) => voidApprovals(tx, approved, AT, 'withdrawn'))
    expect(() => approveOn(change)).toThrow(StaleChange)
    expect(rows()).toEqual([false])
    approveOn(now())
    expect(rows().sort()).toEqual([false, true])
  })

  it('to the same state is a note, also at an end', () => {
    take('closed')
    expect(take('closed', { reason: 'noted' }, now())).toMatchObject({ state: 'closed' })
    expect(events().at(-1)).toMatchObject({ from: 'closed', to: 'closed' })
  })

  it('causes its work in this order, at its own time, and the telling of the head a moment later', () => {
    take('rejected', { work: ['release', 'close-pull'] })
    expect(work()).toEqual([
      ['head', 'log', 5_000],
      ['release', change.id, 0],
      ['close-pull', change.id, 0],
    ])
    expect(now().name).toBe('web')
  })

  it('of a step of the tenant’s deletion goes on with that', () => {
    rename('tenant:deletion')
    take('approved', {}, now())
    expect(work()).toContainEqual(['lifecycle', change.id, 0])
  })

  it('is told to the endpoints that are enabled', () => {
    const endpoint = {
      ...{ url: 'https://a.example', description: '', events: [], generation: 1, fromSeq: 0 },
      ...{ createdAt: AT, createdBy: 'rita', version: 1, fingerprint: '' },
    }
    const { webhookEndpoints } = tables
    db.insert(webhookEndpoints)
      .values({ ...endpoint, id: 'whk_1', state: 'disabled', idempotencyKey: '1' })
      .run()
    take('approved')
    expect(work().map(([kind]) => kind)).toEqual(['head'])
    db.insert(webhookEndpoints)
      .values({ ...endpoint, id: 'whk_2', state: 'enabled', idempotencyKey: '2' })
      .run()
    take('closed', {}, now())
    expect(work()).toContainEqual(['notify', 'webhooks', 0])
  })

  it('wakes the rollouts under way that its resource is a part of', () => {
    const rollout = (id: string, name: string, state: 'running' | 'failed' | 'aborted') =>
      db
        .insert(tables.rollouts)
        .values({
          ...{ id, name, state, idempotencyKey: id, fingerprint: '', system: 's', version: 1 },
          ...{ systemVersion: '1.0.0', parameters: {}, requester: 'rita' },
          ...{ createdAt: AT, updatedAt: AT },
        })
        .run()
    rollout('r1', 'web', 'running')
    rollout('r2', 'web', 'failed')
    rollout('r3', 'web', 'aborted')
    rollout('r4', 'other', 'running')
    take('approved')
    expect(work().filter(([kind]) => kind === 'advance')).toEqual([])
    rename('web-data')
    take('proposed', {}, now())
    expect(work().filter(([kind]) => kind === 'advance')).toEqual([
      ['advance', 'r1', 0],
      ['advance', 'r2', 0],
    ])
  })
})

describe('the leaf of a step', () => {
  it('is of compliance where the change asks for an exception, and of nothing else', () => {
    const request = { ...change.request, template: 'rule-exception' }
    expect(typeOfChange({ request })).toEqual({ type: 'compliance' })
    expect(typeOfChange(change)).toEqual({})
  })
})

describe('work', () => {
  const ask = (kind: OutboxKind, dueAt: number, of = 'chg_x') =>
    transaction(db, (tx) => enqueue(tx, kind, of, dueAt))
  const rows = () => db.select().from(tables.outbox).orderBy(asc(tables.outbox.id)).all()

  it('asked for again is the same row, due at the earlier time, as if it had never failed', () => {
    ask('gate', 2_000)
    db.update(tables.outbox).set({ attempts: 3, lastError: 'Error' }).run()
    ask('gate', 3_000)
    expect(rows()).toMatchObject([{ dueAt: 2_000, attempts: 0, lastError: null, generation: 2 }])
    ask('gate', 1_000)
    expect(rows()).toMatchObject([{ dueAt: 1_000, attempts: 0, generation: 3 }])
  })

  it('of another kind or of another change is a row of its own', () => {
    ask('gate', 1)
    ask('observe', 1)
    ask('gate', 1, 'chg_y')
    expect(rows().map(({ kind, changeId, generation }) => [kind, changeId, generation])).toEqual([
      ['gate', 'chg_x', 1],
      ['observe', 'chg_x', 1],
      ['gate', 'chg_y', 1],
    ])
  })
})

describe('the rows', () => {
  it('are of the change and the revision that are asked for', () => {
    expect(readChangeRow(db, 'chg_none')).toBeUndefined()
    const { plan } = readPlanRow(db, change)
    expect(plan.name).toBe('web')
    const [row] = db.select().from(tables.plans).where(eq(tables.plans.changeId, change.id)).all()
    if (!row) throw new Error('no plan')
    db.insert(tables.plans)
      .values({ ...row, revision: 2, plan: { ...row.plan, name: 'second' } })
      .run()
    expect(readPlanRow(db, { id: change.id, revision: 2 }).plan.name).toBe('second')
    expect(() => readPlanRow(db, { id: change.id, revision: 3 })).toThrow('without its plan')
  })

  it('of a plan hold all that was planned, and what was written of it once something was', () => {
    const [row] = db.select().from(tables.plans).where(eq(tables.plans.changeId, change.id)).all()
    const read = readPlanRow(db, change)
    const { request, snapshot, stands, written } = read
    expect({ request, snapshot, stands, written }).toEqual({
      ...{ request: row?.request, snapshot: row?.snapshot },
      ...{ stands: row?.stands, written: row?.written },
    })
    expect(written?.length).toBeGreaterThan(0)
    expect(stands.length).toBeGreaterThan(0)
    expect([read.changeId, read.revision]).toEqual([change.id, 1])
    db.update(tables.plans).set({ written: null }).where(eq(tables.plans.changeId, change.id)).run()
    expect(readPlanRow(db, change).written).toBeNull()
  })
})

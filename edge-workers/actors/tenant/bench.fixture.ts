// One tenant and one proposed change, made once for all files of tests, and as many copies of the change as it asks for: rules that
// go by the rows are tried on the rows, in milliseconds. Ports that a test names are its own; the others are the world's.
import { asc, eq } from 'drizzle-orm'
import { vi } from 'vitest'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { ApprovalRule } from '../../../schemas/tenant-settings.ts'
import type { InventoryApi } from '../contracts.ts'
import { openDatabase, transaction } from '../database.ts'
import { migrations } from '../migrations/tenant.ts'
import type { RepositoryApi } from '../repository-contracts.ts'
import { addApproval, type NewApproval } from './approvals.ts'
import {
  type ChangeRow,
  type PlanRow,
  type ResourceRow,
  readChangeRow,
  type TenantContext,
} from './context.ts'
import { openLog } from './log/append.ts'

type Status = (typeof tables.credentials.$inferSelect)['status']
export const NOON = '2026-11-21T12:00:00.000Z'

/** What a test lets be asked of the forge; anything else breaks it. */
export const onlyForge = (some: Partial<RepositoryApi>) => () => some as RepositoryApi

const createBench = async () => {
  const world = await createTenantWorld()
  const { id } = await world.propose(world.vmRequest('web'))
  const storage = world.tenants.actors.get(world.tenantId)?.surroundings.state.storage
  if (!storage) throw new Error('the actor sleeps')
  const db = openDatabase(storage, tables, migrations)
  openLog(db, world.env)
  const read = (of: string): ChangeRow => {
    const row = readChangeRow(db, of)
    if (!row) throw new Error(`no change ${of}`)
    return row
  }
  const first = read(id)
  const [plan] = db.select().from(tables.plans).where(eq(tables.plans.changeId, id)).all()
  const tenant = db.select().from(tables.tenant).get()
  if (!plan || !tenant) throw new Error('nothing was proposed')
  const members = db.select().from(tables.members).all()
  // Only copies are looked at, one at a time.
  db.update(tables.changes).set({ state: 'closed' }).where(eq(tables.changes.id, id)).run()
  let copies = 0

  /** Another change that was planned and proposed as the first, and what is other about it. */
  const copy = (
    more: Partial<ChangeRow> = {},
    planned: (plan: PlanRow) => Partial<PlanRow> = () => ({}),
  ): ChangeRow => {
    copies += 1
    const own = { id: `chg_${'c'.repeat(22)}${String(copies).padStart(4, '0')}` }
    const row = { ...first, ...own, pullNumber: 100 + copies, ...more }
    db.insert(tables.changes)
      .values({ ...row, idempotencyKey: row.id })
      .run()
    db.insert(tables.plans)
      .values({ ...plan, ...planned(plan), changeId: row.id, revision: row.revision })
      .run()
    return read(row.id)
  }

  return {
    world,
    db,
    read,
    copy,
    first,
    plan,
    tenant,
    /** Everything that a test may have left behind. */
    clear: () => {
      const { outbox, changes, plans, approvals, credentials, presentationRequests } = tables
      const { resources, machines, footholds, stretches, lives, targets, mainLooks } = tables
      for (const table of [outbox, changes, plans, approvals, credentials, presentationRequests])
        db.delete(table).run()
      for (const table of [resources, machines, footholds, stretches, lives, targets, mainLooks])
        db.delete(table).run()
      for (const table of [tables.commands, tables.deliveries, tables.members])
        db.delete(table).run()
      db.insert(tables.members).values(members).run()
      db.update(tables.tenant).set(tenant).run()
    },
    context: (more: Partial<TenantContext> = {}): TenantContext => ({
      db,
      env: world.env,
      now: () => new Date(NOON),
      tenant: () => db.select().from(tables.tenant).get() ?? tenant,
      tenantChanged: () => undefined,
      inventory: () => world.inventoryStub,
      repository: () => world.repository.namespace.getByName(tenant.repository),
      arm: async () => undefined,
      background: () => undefined,
      changed: () => undefined,
      ...more,
    }),
    /** The world's inventory, but for these. */
    inventory: (other: Partial<InventoryApi>) => (): InventoryApi =>
      Object.assign(Object.create(world.inventoryStub), other),
    /** The tenant's own rules of approval. */
    demand: (...approvals: ApprovalRule[]) =>
      db
        .update(tables.tenant)
        .set({ settings: { ...tenant.settings, approvals } })
        .run(),
    /** The rows only: what the actor does about an approval is not done. */
    approveAs: (change: ChangeRow, subject = world.ids.anton, more: Partial<NewApproval> = {}) =>
      transaction(db, (tx) =>
        addApproval(tx, change, { subject, source: 'api', at: NOON, ...more }),
      ),
    /** Of a credential with this status until then; the id is that of both. */
    present: (id: string, status: Status = 'valid', expiresAt = '2999-01-01T00:00:00.000Z') => {
      const when = { issuedAt: NOON, createdAt: NOON, updatedAt: NOON, expiresAt }
      const rest = { driver: 'openid4vci', version: 1 } as const
      db.insert(tables.credentials)
        .values({ id, status, configuration: 'approver', offerId: 'offer', ...rest, ...when })
        .run()
      db.insert(tables.presentationRequests)
        .values({
          ...{ id, credentialId: id, fingerprint: '', kind: 'approval', purpose: '', nonce: '' },
          ...{ mode: 'cross-device', response: 'direct_post', query: { credentials: [] } },
          ...{ state: 'verified', stateDigest: id, pageDigest: id, createdBy: 'anton' },
          ...{ ...rest, ...when },
        })
        .run()
    },
    /** Something that stands, with the first change's machine unless told otherwise. */
    stands: (name: string, more: Partial<ResourceRow> = {}) => {
      const { template, parameters, placement } = plan.plan
      db.insert(tables.resources)
        .values({
          ...{ name, kind: template.name, template: template.name, cluster: 'lab', parameters },
          ...{ templateVersion: template.version, placement, identities: [], stands: [] },
          ...{ guardsLifted: false, state: 'applied', health: 'healthy', healthMessage: '' },
          ...{ healthSimulated: false, changeId: id, revision: 1, commit: '', version: 1, ...more },
        })
        .run()
    },
    member: (id: string, more: Partial<typeof tables.members.$inferInsert>) =>
      db.update(tables.members).set(more).where(eq(tables.members.id, id)).run(),
    approvalsOf: (of: string) =>
      db.select().from(tables.approvals).where(eq(tables.approvals.changeId, of)).all(),
    eventsOf: (of: string) =>
      db
        .select()
        .from(tables.transitions)
        .where(eq(tables.transitions.changeId, of))
        .orderBy(asc(tables.transitions.seq))
        .all(),
    /** Work that is due because of a change, in the order in which it was asked for; without the telling of the log's head. */
    work: (of: string) =>
      db
        .select()
        .from(tables.outbox)
        .where(eq(tables.outbox.changeId, of))
        .orderBy(asc(tables.outbox.id))
        .all()
        .map(({ kind, dueAt }): [string, number] => [kind, dueAt - Date.parse(NOON)]),
  }
}
export type Bench = Awaited<ReturnType<typeof createBench>>

const kept = new Map<string, Promise<Bench>>()

/** The same one for all files that a process tests, with nothing in it that another test left. */
export const openBench = async (): Promise<Bench> => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  const made = kept.get('bench') ?? createBench()
  kept.clear()
  kept.set('bench', made)
  const bench = await made
  bench.clear()
  return bench
}

// What every part of the Tenant actor works with, and the one way in which a change takes a step.
import { and, eq, inArray, max, type SQLWrapper, sql } from 'drizzle-orm'
import { parsePlan, parseSnapshot } from '../../../gitops/stored-plan.ts'
import { type ChangeState, isOpen, mayMove } from '../../../schemas/change.ts'
import { EXCEPTION_TEMPLATE } from '../../../schemas/exception.ts'
import type { LeafType } from '../../../schemas/log.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { DELETION_NAME } from '../../../schemas/tenant-deletion.ts'
import type { Env } from '../../env.ts'
import { isolateCounters } from '../../http/counters.ts'
import type { InventoryApi } from '../contracts.ts'
import { type Database, statement, type Transaction } from '../database.ts'
import type { RepositoryApi } from '../repository-contracts.ts'
import { type Happened, keepLeaf, leafOf } from './log/append.ts'
import { takeInNow } from './log/take-in.ts'
import { watchSoon } from './watch-times.ts'

export type Db = Database<typeof tables>
export type Tx = Transaction<typeof tables>
export type TenantRow = typeof tables.tenant.$inferSelect
export type ChangeRow = typeof tables.changes.$inferSelect
export type PlanRow = typeof tables.plans.$inferSelect
export type ResourceRow = typeof tables.resources.$inferSelect
export type ApprovalRow = typeof tables.approvals.$inferSelect

export interface TenantContext {
  db: Db
  env: Env
  now: () => Date
  /** Throws when the tenant was never initialised: the Directory lets nobody reach such an object. */
  tenant: () => TenantRow
  /** Forgets the cached row after it was written. */
  tenantChanged: () => void
  inventory: () => InventoryApi
  repository: () => RepositoryApi
  /** Arms the alarm for the next piece of due work. Call it after the transaction. */
  arm: () => Promise<void>
  /** Work that goes on after the call that began it has been answered. It must not reject. */
  background: (work: Promise<void>) => void
  /** Wakes the followers of event streams. */
  changed: () => void
}

export const OUTBOX_KINDS = [
  'reserve',
  'propose',
  'gate',
  // A check whose posting was not heard of: it is posted again, whatever is known of it.
  'gate-again',
  'observe',
  'observe-reviews',
  // The pull request of an open change, in case nobody tells of it.
  'watch',
  'promote',
  // A claim whose merge was not heard of.
  'unclaim',
  'settle',
  // What a promoted record says is taken up: no engine applies it.
  'keep',
  'release',
  'close-pull',
  'delete-branch',
  'prune',
  'follow-up',
  // Of a rollout: its id stands in the place of the change's.
  'advance',
  // Of the tenant itself: its deletion goes on, or its grace is over.
  'lifecycle',
  // Of the tenant's webhooks, all together: WEBHOOKS stands in the place of the change's id.
  'notify',
  'deliver',
  // A merge that went around the gate is undone by a change of the system's own.
  'undo-stray',
  // Of the repository: FORGE stands in the place of the change's id.
  'look',
  // Of the tenant's database: BACKUP stands in the place of the change's id.
  'backup',
  // Of the tenant's log: LOG stands in the place of the change's id.
  'head',
  // Of an offer of credentials: its id stands in the place of the change's.
  'offer',
  // Of a presentation request, in the same way.
  'presentation',
  // Of a credential, in the same way: what was approved with it when it expires, and its revocation by its other issuer.
  'credential-end',
  'credential-revoke',
  // Of a secret whose value is due for its next, and of a key that waits for its turn at the vault: its id stands there.
  'rotate',
  'make-key',
  // Of a request to the vault, in the same way: what nobody has heard the end of.
  'finish-vault',
  // Of a machine, a cluster or a configuration in Arc: what Azure says of it is read again.
  'read-arc',
] as const
export type OutboxKind = (typeof OUTBOX_KINDS)[number]
export const WEBHOOKS = 'webhooks'
export const FORGE = 'forge'
export const LOG = 'log'
/** Steps of one moment are told as one head. */
export const HEAD_MILLISECONDS = 5_000

export class StaleChange extends Error {
  override name = 'StaleChange'
}

const changeById = statement((db: Db | Tx) =>
  db
    .select()
    .from(tables.changes)
    .where(eq(tables.changes.id, sql.placeholder('id')))
    .prepare(),
)
export const readChangeRow = (db: Db | Tx, id: string): ChangeRow | undefined =>
  changeById(db).get({ id })

/** A plan is long, and who reads it wants one part of the row: each is taken apart when it is asked for. */
const asText = (column: SQLWrapper) => sql<string>`${column}`

const planOf = statement((db: Db | Tx) =>
  db
    .select({
      request: asText(tables.plans.request),
      plan: asText(tables.plans.plan),
      snapshot: asText(tables.plans.snapshot),
      stands: asText(tables.plans.stands),
      written: sql<string | null>`${tables.plans.written}`,
    })
    .from(tables.plans)
    .where(
      and(
        eq(tables.plans.changeId, sql.placeholder('id')),
        eq(tables.plans.revision, sql.placeholder('revision')),
      ),
    )
    .prepare(),
)

export const readPlanRow = (
  db: Db | Tx,
  { id, revision }: Pick<ChangeRow, 'id' | 'revision'>,
): PlanRow => {
  const row = planOf(db).get({ id, revision })
  if (!row) throw new Error('a change without its plan')
  const { written } = row
  return {
    ...{ changeId: id, revision },
    get request() {
      return JSON.parse(row.request)
    },
    get plan() {
      return parsePlan(row.plan)
    },
    get snapshot() {
      return parseSnapshot(row.snapshot)
    },
    get stands() {
      return JSON.parse(row.stands)
    },
    get written() {
      return written === null ? null : JSON.parse(written)
    },
  }
}

export interface Step {
  /** Pseudonym of who causes it; `phoenix` for the system. */
  actor: string
  at: string
  reason?: string | null
  patch?: Partial<Omit<ChangeRow, 'id' | 'state' | 'version'>>
  /** Work to do outside, in this order. */
  work?: OutboxKind[]
}

type Patch = Partial<Omit<ChangeRow, 'id'>>
const changeSetting = (columns: [string, unknown][]) =>
  statement((tx: Tx) =>
    tx
      .update(tables.changes)
      // Null is no value of a column's own kind: it stands in the statement.
      .set(
        Object.fromEntries(
          columns.map(([name, value]) => [name, value === null ? null : sql.placeholder(name)]),
        ),
      )
      .where(
        and(
          eq(tables.changes.id, sql.placeholder('id')),
          eq(tables.changes.version, sql.placeholder('before')),
        ),
      )
      .returning()
      .prepare(),
  )
const changing = new Map<string, ReturnType<typeof changeSetting>>()
/** Steps set few sets of columns, over and over. */
const changeOf = (values: Patch) => {
  const columns = Object.entries(values).filter(([, value]) => value !== undefined)
  const key = columns.map(([name, value]) => (value === null ? `-${name}` : name)).join()
  const known = changing.get(key) ?? changeSetting(columns)
  changing.set(key, known)
  return known
}

/**
 * One step of a change, in the caller's transaction: state, event, log leaf and outbox together or not at all.
 * The same state is a note. Throws StaleChange when the row moved since it was read: the caller reads again.
 */
export const step = (
  tx: Tx,
  change: ChangeRow,
  to: ChangeState,
  { actor, at, reason, patch, work = [] }: Step,
): ChangeRow => {
  if (to !== change.state && !mayMove(change.state, to)) {
    throw new Error(`illegal move ${change.state} -> ${to}`)
  }
  const version = change.version + 1
  const values = {
    ...patch,
    ...(reason === undefined ? {} : { reason }),
    ...{ state: to, version, updatedAt: at },
  }
  const [row] = changeOf(values)(tx).all({ ...values, id: change.id, before: change.version })
  if (!row) throw new StaleChange()
  isolateCounters.add('phoenix_changes_total', { state: to })
  record(tx, {
    ...typeOfChange(change),
    changeId: change.id,
    version,
    from: change.state,
    to,
    reason: reason ?? null,
    actor,
    at,
  })
  for (const kind of work) enqueue(tx, kind, change.id, Date.parse(at))
  if (isOpen(change.state)) watchSoon(tx, change.id, Date.parse(at))
  wakeRollouts(tx, row.name, Date.parse(at))
  if (row.name === DELETION_NAME) enqueue(tx, 'lifecycle', row.id, Date.parse(at))
  return row
}

const openRollouts = statement((tx: Tx) =>
  tx
    .select({ id: tables.rollouts.id, name: tables.rollouts.name })
    .from(tables.rollouts)
    .where(inArray(tables.rollouts.state, ['running', 'failed']))
    .prepare(),
)

/** Whatever happens to a phase's resource, by whichever change, may be what its rollout waits for. */
export const wakeRollouts = (tx: Tx, resource: string, at: number): void => {
  for (const { id, name } of openRollouts(tx).all())
    if (resource.startsWith(`${name}-`)) enqueue(tx, 'advance', id, at)
}

/** An exception from a rule is asked for and approved as a change, and is what an auditor looks for first. */
export const typeOfChange = ({ request }: Pick<ChangeRow, 'request'>): { type?: LeafType } =>
  request.template === EXCEPTION_TEMPLATE ? { type: 'compliance' } : {}

const insertTransition = statement((tx: Tx) =>
  tx
    .insert(tables.transitions)
    .values({
      changeId: sql.placeholder('changeId'),
      version: sql.placeholder('version'),
      from: sql.placeholder('from'),
      to: sql.placeholder('to'),
      reason: sql.placeholder('reason'),
      actor: sql.placeholder('actor'),
      at: sql.placeholder('at'),
      leafHash: sql.placeholder('leafHash'),
    })
    .returning({ seq: tables.transitions.seq })
    .prepare(),
)

const lastStep = statement((tx: Tx) =>
  tx
    .select({ version: max(tables.transitions.version) })
    .from(tables.transitions)
    .where(eq(tables.transitions.changeId, sql.placeholder('subject')))
    .prepare(),
)
/** Of the last step of a subject that has no row of its own to count them; 0: there was none. */
export const lastVersion = (tx: Tx, subject: string): number =>
  lastStep(tx).get({ subject })?.version ?? 0

/**
 * The event and the leaf of one step; `version` counts up from 1 without a gap for each subject. Its words stay out of the
 * leaf. `type`: what the leaf is about, where its subject does not say.
 */
export const record = (tx: Tx, { type, ...event }: Happened & { type?: LeafType }): void => {
  takeInNow(tx)
  const made = leafOf(tx, event, type)
  const [row] = insertTransition(tx).all({
    ...event,
    reason: event.reason ?? null,
    leafHash: made.hash,
  })
  if (!row) throw new Error('a step that was not written')
  keepLeaf(tx, row.seq, made)
  const at = Date.parse(event.at)
  enqueue(tx, 'head', LOG, at + HEAD_MILLISECONDS)
  notify(tx, at)
}

const oneEndpoint = statement((tx: Tx) =>
  tx
    .select({ id: tables.webhookEndpoints.id })
    .from(tables.webhookEndpoints)
    .where(eq(tables.webhookEndpoints.state, 'enabled'))
    .limit(1)
    .prepare(),
)

/** Endpoints are told of every step; where there are none, that costs this look. */
const notify = (tx: Tx, at: number): void => {
  if (oneEndpoint(tx).get()) enqueue(tx, 'notify', WEBHOOKS, at)
}

const enqueued = statement((tx: Tx) =>
  tx
    .insert(tables.outbox)
    .values({
      kind: sql.placeholder('kind'),
      changeId: sql.placeholder('changeId'),
      dueAt: sql.placeholder('dueAt'),
      ...{ attempts: 0, generation: 1 },
    })
    .onConflictDoUpdate({
      target: [tables.outbox.kind, tables.outbox.changeId],
      set: {
        dueAt: sql`min(${tables.outbox.dueAt}, excluded.${sql.identifier('dueAt')})`,
        attempts: 0,
        lastError: null,
        generation: sql`${tables.outbox.generation} + 1`,
      },
    })
    .prepare(),
)

/** Puts work into the outbox; the same work twice is the same row, due at the earlier time. */
export const enqueue = (tx: Tx, kind: OutboxKind, changeId: string, dueAt: number): void => {
  enqueued(tx).run({ kind, changeId, dueAt })
}

// The Tenant actor's tables. One database per tenant: nobody else's rows can be in it. Those of people, credentials and whom
// the tenant tells what are in tenant/identity.ts.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { ChangeRequest, ChangeState } from '../change.ts'
import type { Drift } from '../drift.ts'
import type { Tier } from '../place.ts'
import type { Plan, VmPlacement } from '../plan.ts'
import type { Price } from '../quantity.ts'
import type { RolloutState } from '../rollout.ts'
import type { Snapshot } from '../snapshot.ts'
import type { NodeIdentity } from '../template.ts'
import type { Foundation, TenantLimits } from '../tenant.ts'
import type { TenantSettings, TenantState } from '../tenant-settings.ts'

export * from './tenant/azure.ts'
export * from './tenant/credentials.ts'
export * from './tenant/identity.ts'
export * from './tenant/log.ts'

/** One row: the tenant itself. */
export const tenant = sqliteTable('tenant', {
  id: text().primaryKey(),
  slug: text().notNull(),
  name: text().notNull(),
  jurisdiction: text().notNull(),
  jurisdictionSimulated: integer({ mode: 'boolean' }).notNull(),
  repository: text().notNull(),
  repositoryUrl: text().notNull(),
  /** All that operators set in numbers or places. */
  quota: text({ mode: 'json' }).$type<TenantLimits>().notNull(),
  basesOn: text({ mode: 'json' }).$type<string[]>().notNull(),
  /** Systems of other tenants that this one stands on. */
  foundations: text({ mode: 'json' }).$type<Foundation[]>().notNull().default([]),
  createdAt: text().notNull(),
  version: integer().notNull(),
  state: text().$type<TenantState>().notNull().default('active'),
  stateSince: text(),
  /** What its owners set. */
  settings: text({ mode: 'json' }).$type<TenantSettings>().notNull().default({}),
  /** Of a deleted tenant: when everything of it is erased. */
  eraseAt: text(),
})

export const changes = sqliteTable(
  'changes',
  {
    id: text().primaryKey(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
    request: text({ mode: 'json' }).$type<ChangeRequest>().notNull(),
    name: text().notNull(),
    state: text().$type<ChangeState>().notNull(),
    version: integer().notNull(),
    revision: integer().notNull(),
    reason: text(),
    requester: text().notNull(),
    /** People who could act by the credential that asked for it. */
    behind: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
    acceptedAt: text().notNull(),
    updatedAt: text().notNull(),
    branch: text().notNull(),
    /** The canonical pull request, claimed once: only the pair of number and commit can turn green. */
    pullNumber: integer(),
    pullUrl: text(),
    baseSha: text(),
    commitSha: text(),
    treeSha: text(),
    /** What the forge last showed as the head; differs from commitSha when somebody pushed. */
    headSha: text(),
    gate: text().$type<'absent' | 'red' | 'green'>().notNull(),
    gateReason: text().notNull(),
    mergeSha: text(),
    mergedAt: text(),
    liveSha: text(),
    livePlace: integer(),
    /** Of a merge that was never applied: the commit of main that holds nothing of it any more, and to which `live` went past it. */
    undoneSha: text(),
    /** The change this one continues: the second half of a decommission, or what it reverts. */
    follows: text(),
    /** The rollout that asked for it, as one of its phases. */
    rollout: text(),
  },
  (table) => [
    uniqueIndex('changes_key').on(table.idempotencyKey),
    index('changes_accepted').on(table.acceptedAt, table.id),
    index('changes_state').on(table.state),
    index('changes_name').on(table.name),
    index('changes_pull').on(table.pullNumber),
    index('changes_merge').on(table.mergeSha),
  ],
)

/** What was planned, per revision, with the world as it was read: enough to render the same files again. */
export const plans = sqliteTable(
  'plans',
  {
    changeId: text().notNull(),
    revision: integer().notNull(),
    request: text({ mode: 'json' }).$type<ChangeRequest>().notNull(),
    plan: text({ mode: 'json' }).$type<Plan>().notNull(),
    snapshot: text({ mode: 'json' }).$type<Snapshot>().notNull(),
    stands: text({ mode: 'json' }).$type<{ path: string; digest: string }[]>().notNull(),
    /** Git's id of each file of the commit, as it was proposed; null where one is taken away. Nothing before it is. */
    written: text({ mode: 'json' }).$type<{ path: string; blob: string | null }[]>(),
  },
  (table) => [primaryKey({ columns: [table.changeId, table.revision] })],
)

export const approvals = sqliteTable(
  'approvals',
  {
    id: text().primaryKey(),
    changeId: text().notNull(),
    revision: integer().notNull(),
    subject: text().notNull(),
    source: text().$type<'api' | 'forge' | 'credential'>().notNull(),
    headSha: text().notNull(),
    treeSha: text().notNull(),
    reads: text().notNull(),
    /** The presentation that it is, where it is one. */
    presentationId: text(),
    at: text().notNull(),
    voidedAt: text(),
    voidReason: text(),
  },
  (table) => [index('approvals_change').on(table.changeId)],
)

/** Every step of every change, in order: the event stream and the leaves of the tenant's log. */
export const transitions = sqliteTable(
  'transitions',
  {
    seq: integer().primaryKey({ autoIncrement: true }),
    changeId: text().notNull(),
    version: integer().notNull(),
    from: text().notNull(),
    to: text().notNull(),
    reason: text(),
    /** Pseudonym of who caused it; `phoenix` for the system itself. */
    actor: text().notNull(),
    at: text().notNull(),
    /** RFC 6962 leaf hash over the canonical form of this row. */
    leafHash: text().notNull(),
  },
  (table) => [uniqueIndex('transitions_once').on(table.changeId, table.version)],
)

/** Work that leaves the object, done at least once, every piece named by its change. */
export const outbox = sqliteTable(
  'outbox',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    kind: text().notNull(),
    changeId: text().notNull(),
    dueAt: integer().notNull(),
    attempts: integer().notNull(),
    /** Grows each time the same work is asked for again: what was asked meanwhile is not lost when a run ends. */
    generation: integer().notNull(),
    lastError: text(),
  },
  (table) => [
    uniqueIndex('outbox_once').on(table.kind, table.changeId),
    index('outbox_due').on(table.dueAt),
  ],
)

export const resources = sqliteTable(
  'resources',
  {
    name: text().primaryKey(),
    kind: text().notNull(),
    template: text().notNull(),
    templateVersion: text().notNull(),
    cluster: text().notNull(),
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    placement: text({ mode: 'json' }).$type<VmPlacement[]>().notNull(),
    identities: text({ mode: 'json' }).$type<NodeIdentity[]>().notNull(),
    stands: text({ mode: 'json' }).$type<{ path: string; digest: string }[]>().notNull(),
    guardsLifted: integer({ mode: 'boolean' }).notNull(),
    state: text().$type<'applied' | 'decommissioning' | 'removed'>().notNull(),
    health: text().$type<'unknown' | 'progressing' | 'healthy' | 'degraded'>().notNull(),
    healthMessage: text().notNull(),
    healthSimulated: integer({ mode: 'boolean' }).notNull(),
    changeId: text().notNull(),
    revision: integer().notNull(),
    commit: text().notNull(),
    version: integer().notNull(),
    /** A month of it, as it was approved; nothing for what was made before prices were kept. */
    cost: text({ mode: 'json' }).$type<Price>(),
    /** Of its place; nothing where nobody described that. */
    tier: text().$type<Tier>(),
    /** What differs from what was approved, in Git or on the clusters; nothing while they agree. */
    drift: text({ mode: 'json' }).$type<Drift>(),
  },
  (table) => [index('resources_template').on(table.template)],
)

// The two tables below say again what resources and open changes say, so that a plan finds what concerns it without
// reading them all. Nobody writes them: triggers of migration 0005 do, in the transaction of whoever writes a resource, a
// plan or a change. A migration that makes one of those tables anew has to make its triggers anew.

/** Machines that stand, and those that open changes would make. */
export const machines = sqliteTable(
  'machines',
  {
    resource: text().notNull(),
    /** Empty: it stands. */
    changeId: text().notNull(),
    name: text().notNull(),
    cores: integer().notNull(),
    memoryMiB: integer().notNull(),
    diskGiB: integer().notNull(),
    vmId: integer().notNull(),
    address: text().notNull(),
  },
  (table) => [
    index('machines_name').on(table.name),
    index('machines_owner').on(table.changeId, table.resource),
  ],
)

/** Where a resource stands, or an open change would leave something: a cluster, or the path of a record. */
export const footholds = sqliteTable(
  'footholds',
  {
    place: text().notNull(),
    resource: text().notNull(),
    /** Empty: it stands. */
    changeId: text().notNull(),
  },
  (table) => [
    index('footholds_place').on(table.place),
    index('footholds_owner').on(table.changeId, table.resource),
  ],
)

/** How what stands has fared: a row for each stretch of time in which it was up or down, from when it was first up. */
export const stretches = sqliteTable(
  'stretches',
  {
    id: integer().primaryKey({ autoIncrement: true }),
    resource: text().notNull(),
    state: text().$type<'up' | 'down'>().notNull(),
    since: text().notNull(),
    /** Null: it lasts. */
    until: text(),
    /** What the engine said when it began. */
    message: text().notNull(),
    simulated: integer({ mode: 'boolean' }).notNull(),
  },
  (table) => [index('stretches_resource').on(table.resource, table.since)],
)

/** What each target cluster says of each component of a change. */
export const targets = sqliteTable(
  'targets',
  {
    changeId: text().notNull(),
    cluster: text().notNull(),
    component: text().notNull(),
    state: text().notNull(),
    revision: text(),
    message: text().notNull(),
    simulated: integer({ mode: 'boolean' }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.changeId, table.cluster, table.component] })],
)

/** The commits that `live` has had, in order. */
export const lives = sqliteTable(
  'lives',
  {
    place: integer().primaryKey({ autoIncrement: true }),
    sha: text().notNull(),
    at: text().notNull(),
  },
  (table) => [uniqueIndex('lives_sha').on(table.sha)],
)

/** One row: what the last look at main found there that no change of ours wrote. */
export const mainLooks = sqliteTable('main_looks', {
  id: integer().primaryKey(),
  /** Milliseconds since the epoch. */
  at: integer().notNull(),
  mainSha: text().notNull(),
  /** Commits between `live` and main that no change of ours made. */
  commits: text({ mode: 'json' }).$type<{ sha: string; title: string }[]>().notNull(),
  /** Paths where main holds something else than what approved changes wrote. */
  files: text({ mode: 'json' })
    .$type<{ path: string; blob: string | null; where: 'git' | 'live' }[]>()
    .notNull(),
  /** False when the forge did not list all files. */
  complete: integer({ mode: 'boolean' }).notNull(),
  /** Where `live` was, moved there by somebody else; null: where Phoenix left it. */
  liveMoved: text(),
})

/** When the pull request of an open change was last read with its reviews. */
export const pullLooks = sqliteTable('pull_looks', {
  changeId: text().primaryKey(),
  /** Milliseconds since the epoch. */
  at: integer().notNull(),
})

/** One row: whether the forge tells of itself. Milliseconds since the epoch; 0: never. */
export const forgeWord = sqliteTable('forge_word', {
  id: integer().primaryKey(),
  /** The last pull request that was opened, or moved on to a revision: of that the forge tells. */
  openedAt: integer().notNull(),
  /** The last authentic webhook about a pull request. */
  toldAt: integer().notNull(),
})

/** Digests of webhook bodies that were taken, so that a replay is refused. */
export const deliveries = sqliteTable('deliveries', {
  digest: text().primaryKey(),
  at: text().notNull(),
})

/** Idempotency keys of commands that are not themselves a new change. */
export const commands = sqliteTable('commands', {
  /** The member and the key he sent: keys of two people are two keys. */
  key: text().primaryKey(),
  fingerprint: text().notNull(),
  changeId: text().notNull(),
  at: text().notNull(),
})

/** A system that is being rolled out, or was. */
export const rollouts = sqliteTable(
  'rollouts',
  {
    id: text().primaryKey(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
    system: text().notNull(),
    systemVersion: text().notNull(),
    name: text().notNull(),
    parameters: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    /** Digests of the destroy lists of its phases that the requester has confirmed. */
    confirmed: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
    state: text().$type<RolloutState>().notNull(),
    reason: text(),
    requester: text().notNull(),
    /** People who could act by the credential that asked for it. */
    behind: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('rollouts_key').on(table.idempotencyKey),
    index('rollouts_created').on(table.createdAt, table.id),
    index('rollouts_name').on(table.name),
  ],
)

/** The change of each phase, once it was asked for. */
export const rolloutPhases = sqliteTable(
  'rollout_phases',
  {
    rolloutId: text().notNull(),
    phase: text().notNull(),
    /** Counts the changes asked for; each has a key of its own. */
    attempt: integer().notNull(),
    changeId: text(),
    /** Why the planner refused it. */
    refused: text(),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.phase] })],
)

/** What people reported: tasks done (named `<phase>/<task>`) and prerequisites met. */
export const rolloutReports = sqliteTable(
  'rollout_reports',
  {
    rolloutId: text().notNull(),
    kind: text().$type<'task' | 'prerequisite'>().notNull(),
    id: text().notNull(),
    state: text().$type<'done' | 'met' | 'missing'>().notNull(),
    inputs: text({ mode: 'json' }).$type<Record<string, unknown>>().notNull(),
    by: text().notNull(),
    at: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.rolloutId, table.kind, table.id] })],
)

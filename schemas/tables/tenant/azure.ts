// What of the tenant is in Azure: its place there, its secrets and keys (never their values), its machines and clusters in Arc.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type {
  ArcClusterRemote,
  ArcClusterState,
  ArcKind,
  FluxState,
  FluxStatus,
} from '../../arc.ts'
import type { ArcMachineRemote, ArcMachineState } from '../../arc-machine.ts'
import type { ArmPending } from '../../arm.ts'
import type { FluxProperties, FluxSpec } from '../../flux.ts'
import type { KeyKind, KeyState, SecretGenerator, SecretState } from '../../secret.ts'
import type { UnfinishedRequest } from '../../vault-request.ts'

/** One row, set by operators: the Functions' identity has rights there, and nowhere else for this tenant. */
export const azureScope = sqliteTable('azure_scope', {
  id: text().primaryKey(),
  subscriptionId: text().notNull(),
  resourceGroup: text().notNull(),
  location: text().notNull(),
  entraTenantId: text().notNull(),
  updatedBy: text().notNull(),
  updatedAt: text().notNull(),
  version: integer().notNull(),
})

/** Values are in the vault alone. */
export const secrets = sqliteTable(
  'secrets',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    state: text().$type<SecretState>().notNull(),
    contentType: text(),
    expiresAt: text(),
    /** How the vault's side makes the next value; null: somebody brings it. */
    generator: text({ mode: 'json' }).$type<SecretGenerator>(),
    rotateDays: integer(),
    rotationDueAt: text(),
    /** The vault's name of the current version. */
    vaultVersion: text(),
    purgeAt: text(),
    createdBy: text().notNull(),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [uniqueIndex('secrets_name').on(table.name)],
)

/** Keys whose private halves never leave the vault. */
export const vaultKeys = sqliteTable(
  'vault_keys',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    kind: text().$type<KeyKind>().notNull(),
    state: text().$type<KeyState>().notNull(),
    publicJwk: text({ mode: 'json' }).$type<Record<string, string>>(),
    rotateDays: integer(),
    expireDays: integer(),
    vaultVersion: text(),
    purgeAt: text(),
    createdBy: text().notNull(),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [uniqueIndex('vault_keys_name').on(table.name)],
)

/** Requests to the vault, most under Idempotency-Keys. Fingerprints are keyed: a value could be guessed from a plain one. */
export const vaultRequests = sqliteTable(
  'vault_requests',
  {
    /** Keyed digest. */
    requestKey: text().primaryKey(),
    fingerprint: text().notNull(),
    /** Of the secret or key. */
    subject: text().notNull(),
    /** When it was made, in milliseconds since 1970: no two about one name are of the same. 0: before there was an order. */
    asked: integer().notNull().default(0),
    /** The vault's version that it made; null while unknown. */
    vaultVersion: text(),
    /** What is asked, without a value, until the vault has answered. */
    unfinished: text({ mode: 'json' }).$type<UnfinishedRequest>(),
    at: text().notNull(),
  },
  (table) => [index('vault_requests_subject').on(table.subject, table.asked)],
)

export const arcMachines = sqliteTable(
  'arc_machines',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    state: text().$type<ArcMachineState>().notNull(),
    kind: text().$type<'host' | 'vm'>().notNull(),
    /** The Phoenix resource or host that it is, where it is said. */
    about: text(),
    tags: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
    /** Keyed digest of the secret in the link to the script; null: used, or over. */
    linkDigest: text(),
    linkExpiresAt: text(),
    downloadedAt: text(),
    /** As Azure Resource Manager told last; null: it never has. */
    remote: text({ mode: 'json' }).$type<ArcMachineRemote>(),
    readAt: text(),
    /** Its deletion, while that goes on in Azure. */
    removal: text({ mode: 'json' }).$type<ArmPending>(),
    /** Code or field that Azure names where it does not remove it. */
    fault: text(),
    requestKey: text().notNull().unique(),
    fingerprint: text().notNull(),
    createdBy: text().notNull(),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [index('arc_machines_name').on(table.name)],
)

/** Links that were made anew, under their Idempotency-Keys: a repeat makes none, and shows none. */
export const arcLinks = sqliteTable('arc_links', {
  requestKey: text().primaryKey(),
  fingerprint: text().notNull(),
  /** Of the machine or cluster. */
  subject: text().notNull(),
  at: text().notNull(),
})

export const arcClusters = sqliteTable(
  'arc_clusters',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    /** Name of the cluster here. */
    cluster: text().notNull(),
    kind: text().$type<ArcKind>().notNull(),
    state: text().$type<ArcClusterState>().notNull(),
    distribution: text(),
    /** Base64 of the PKCS#1 DER of the agents' public key. Its private half is given out once and kept nowhere. */
    agentPublicKey: text(),
    /** As Azure Resource Manager told last; null: it never has. */
    remote: text({ mode: 'json' }).$type<ArcClusterRemote>(),
    readAt: text(),
    /** Code or field that Azure names where it refuses. */
    fault: text(),
    /** What goes on in Azure. */
    pending: text({ mode: 'json' }).$type<ArmPending>(),
    requestKey: text().notNull().unique(),
    fingerprint: text().notNull(),
    createdBy: text().notNull(),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [index('arc_clusters_name').on(table.name)],
)

export const fluxConfigurations = sqliteTable(
  'flux_configurations',
  {
    id: text().primaryKey(),
    arcClusterId: text().notNull(),
    name: text().notNull(),
    state: text().$type<FluxState>().notNull(),
    /** As it was asked for. */
    spec: text({ mode: 'json' }).$type<FluxSpec>().notNull(),
    /** Out of its file in Git, and put. Null: an earlier release put the spec, and there is no file. */
    properties: text({ mode: 'json' }).$type<FluxProperties>(),
    /** Where in `live` that was read, and the change that brought it there, or last took it away. */
    commit: text(),
    changeId: text(),
    /** As Azure told last; null: it never has. */
    status: text({ mode: 'json' }).$type<FluxStatus>(),
    readAt: text(),
    fault: text(),
    /** What goes on in Azure. */
    pending: text({ mode: 'json' }).$type<ArmPending>(),
    /** Azure has taken these properties. */
    put: integer({ mode: 'boolean' }).notNull().default(false),
    requestKey: text().notNull().unique(),
    fingerprint: text().notNull(),
    createdBy: text().notNull(),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [index('flux_configurations_cluster').on(table.arcClusterId, table.name)],
)

// More tables of the Tenant actor: people and machines, their credentials, webhooks, and what is attested.
import { index, integer, primaryKey, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type { Invoice } from '../../invoice.ts'
import type { Scope, TenantRole } from '../../principal.ts'

/** People and machines, as pseudonyms. What is personal is in `profiles`, and the handle goes with it. */
export const members = sqliteTable(
  'members',
  {
    /** `usr_…` or `svc_…`; a plain word for those who were there before members had ids. */
    id: text().primaryKey(),
    /** Null once erased. */
    handle: text(),
    kind: text().$type<'person' | 'service'>().notNull(),
    roles: text({ mode: 'json' }).$type<(TenantRole | 'operator')[]>().notNull(),
    state: text().$type<'active' | 'removed' | 'erased'>().notNull(),
    /** Keyed digest of issuer and subject at the identity provider: who signs in with it is this member. */
    identity: text(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    endedAt: text(),
    version: integer().notNull(),
    idempotencyKey: text(),
    fingerprint: text(),
  },
  (table) => [
    uniqueIndex('members_handle').on(table.handle),
    uniqueIndex('members_identity').on(table.identity),
    uniqueIndex('members_key').on(table.idempotencyKey),
  ],
)

/** Personal data, sealed under a key of its own: erased by losing the key with the row. */
export const profiles = sqliteTable('profiles', {
  memberId: text().primaryKey(),
  /** The row's key, sealed under the platform's. */
  wrappedKey: text().notNull(),
  sealed: text().notNull(),
  updatedAt: text().notNull(),
})

/** Members whose data was erased here; the Directory keeps the same list, so that a restored database is told again. */
export const erasures = sqliteTable('erasures', {
  memberId: text().primaryKey(),
  at: text().notNull(),
})

/** Places offered to people: one link each, used once. */
export const invitations = sqliteTable(
  'invitations',
  {
    id: text().primaryKey(),
    roles: text({ mode: 'json' }).$type<(TenantRole | 'operator')[]>().notNull(),
    secretDigest: text().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    expiresAt: text().notNull(),
    acceptedAt: text(),
    acceptedBy: text(),
    revokedAt: text(),
    version: integer().notNull(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
  },
  (table) => [uniqueIndex('invitations_key').on(table.idempotencyKey)],
)

/** Sign-ins that have come to this tenant. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text().primaryKey(),
    memberId: text().notNull(),
    /** Name of the identity provider, as the operators call it. */
    issuer: text().notNull(),
    createdAt: text().notNull(),
    lastSeenAt: text().notNull(),
    expiresAt: text().notNull(),
    endedAt: text(),
  },
  (table) => [index('sessions_member').on(table.memberId)],
)

/** Foreign OIDC tokens that are exchanged for short tokens of a service account (RFC 8693). */
export const workloads = sqliteTable(
  'workloads',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    memberId: text().notNull(),
    issuer: text().notNull(),
    audience: text().notNull(),
    claims: text({ mode: 'json' }).$type<Record<string, string>>().notNull(),
    scopes: text({ mode: 'json' }).$type<Scope[]>().notNull(),
    lifetimeSeconds: integer().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    deletedAt: text(),
    version: integer().notNull(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
  },
  (table) => [uniqueIndex('workloads_key').on(table.idempotencyKey)],
)

/** Whose an account on the forge is, by a proof. */
export const forgeAccounts = sqliteTable(
  'forge_accounts',
  {
    memberId: text().primaryKey(),
    /** In lower case: forges do not tell the cases of a login apart. */
    login: text().notNull(),
    /** The forge's own number of it: a login can be given up and taken by somebody else. Null: not known. */
    account: integer(),
    method: text().$type<'oauth' | 'signature'>().notNull(),
    provedAt: text().notNull(),
  },
  (table) => [uniqueIndex('forge_accounts_login').on(table.login)],
)

/** What somebody is asked to sign, or to come back with from the forge. */
export const forgeChallenges = sqliteTable('forge_challenges', {
  id: text().primaryKey(),
  memberId: text().notNull(),
  login: text(),
  method: text().$type<'oauth' | 'signature'>().notNull(),
  expiresAt: text().notNull(),
  usedAt: text(),
})

/** Where a tenant wants to be told. */
export const webhookEndpoints = sqliteTable(
  'webhook_endpoints',
  {
    id: text().primaryKey(),
    url: text().notNull(),
    description: text().notNull(),
    /** Event types; empty: all. */
    events: text({ mode: 'json' }).$type<string[]>().notNull(),
    state: text().$type<'enabled' | 'disabled'>().notNull(),
    /** Counts the secrets: the one before holds until `previousUntil`. They are derived, not stored. */
    generation: integer().notNull(),
    previousUntil: text(),
    /** Position in the events from which it is told. */
    fromSeq: integer().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    deletedAt: text(),
    version: integer().notNull(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
  },
  (table) => [uniqueIndex('webhook_endpoints_key').on(table.idempotencyKey)],
)

/** One event for one endpoint. The id is the receiver's to tell repeats by: the same over all attempts. */
export const webhookDeliveries = sqliteTable(
  'webhook_deliveries',
  {
    id: text().primaryKey(),
    endpointId: text().notNull(),
    /** Of the event: its place in `transitions`. */
    seq: integer().notNull(),
    state: text().$type<'waiting' | 'delivered' | 'dead'>().notNull(),
    attempts: integer().notNull(),
    dueAt: integer().notNull(),
    /** HTTP status of the last answer; null where none came. */
    lastStatus: integer(),
    lastError: text(),
    createdAt: text().notNull(),
    updatedAt: text().notNull(),
  },
  (table) => [
    uniqueIndex('webhook_deliveries_once').on(table.endpointId, table.seq),
    index('webhook_deliveries_due').on(table.state, table.dueAt),
  ],
)

/** How far the events have been turned into deliveries. */
export const webhookCursor = sqliteTable('webhook_cursor', {
  id: integer().primaryKey(),
  seq: integer().notNull(),
})

/** Invoices of whole months as they were issued: what is attested does not change. */
export const invoices = sqliteTable('invoices', {
  month: text().primaryKey(),
  document: text({ mode: 'json' }).$type<Invoice>().notNull(),
  digest: text().notNull(),
  issuedAt: text().notNull(),
  settledAt: text(),
  version: integer().notNull(),
})

/** Who stands behind an invoice's digest. One of each party. */
export const attestations = sqliteTable(
  'attestations',
  {
    month: text().notNull(),
    party: text().notNull(),
    digest: text().notNull(),
    memberId: text().notNull(),
    at: text().notNull(),
    /** Who else could have given it. */
    behind: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.month, table.party] })],
)

/** API tokens: only a digest of the secret is kept. */
export const tokens = sqliteTable(
  'tokens',
  {
    id: text().primaryKey(),
    name: text().notNull(),
    /** Id of the member it belongs to. */
    member: text().notNull(),
    /** This and `role`, `forgeLogin`: read by the release before this one only. The member's own row says it now. */
    person: integer({ mode: 'boolean' }).notNull(),
    role: text().$type<TenantRole>().notNull(),
    scopes: text({ mode: 'json' }).$type<Scope[]>().notNull(),
    forgeLogin: text(),
    /** Of a machine's token: who made or rotated it, and so can act by it. */
    lineage: text({ mode: 'json' }).$type<string[]>().notNull(),
    /** The token that takes its place; this one works until `expiresAt`. */
    rotatedTo: text(),
    /** The workload it was exchanged for, instead of being made by somebody. */
    workload: text(),
    secretDigest: text().notNull(),
    createdAt: text().notNull(),
    expiresAt: text(),
    revokedAt: text(),
    lastUsedAt: text(),
    version: integer().notNull(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
  },
  (table) => [uniqueIndex('tokens_key').on(table.idempotencyKey)],
)

// Tables of the Directory: which tenants there are and which jurisdiction keeps a place. Pseudonyms and names of places only.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { Jurisdiction } from '../ids.ts'

export const tenants = sqliteTable(
  'tenants',
  {
    id: text('id').primaryKey(),
    slug: text('slug').notNull().unique(),
    jurisdiction: text('jurisdiction').$type<Jurisdiction>().notNull(),
    repository: text('repository').notNull(),
    /** `owner/name` in lower case: forges do not tell the cases apart. */
    repositoryKey: text('repository_key').notNull().unique(),
    /** Idempotency key of the request that created it; keys never expire, so the row is the record. */
    requestKey: text('request_key').notNull().unique(),
    fingerprint: text('fingerprint').notNull(),
    createdAt: text('created_at').notNull(),
    /** `erased`: its slug and repository stay taken, and nobody is in it. */
    state: text('state').$type<'active' | 'erased'>().notNull().default('active'),
  },
  (table) => [index('tenants_jurisdiction').on(table.jurisdiction)],
)

export const places = sqliteTable(
  'places',
  {
    kind: text('kind').$type<'region' | 'site' | 'cluster'>().notNull(),
    name: text('name').notNull(),
    jurisdiction: text('jurisdiction').$type<Jurisdiction>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.kind, table.name] })],
)

/** Who is a member of which tenant: a keyed digest of issuer and subject, and nothing else of him. */
export const identities = sqliteTable(
  'identities',
  {
    identity: text('identity').notNull(),
    tenantId: text('tenant_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.identity, table.tenantId] })],
)

/** Sign-ins. Ended ones are kept until they would have expired. */
export const sessions = sqliteTable(
  'sessions',
  {
    id: text('id').primaryKey(),
    identity: text('identity').notNull(),
    issuer: text('issuer').notNull(),
    createdAt: text('created_at').notNull(),
    expiresAt: text('expires_at').notNull(),
    endedAt: text('ended_at'),
  },
  (table) => [
    index('sessions_identity').on(table.identity),
    index('sessions_expires_at').on(table.expiresAt),
  ],
)

/** Tenants that a session was let into: they are told when it ends. */
export const sessionTenants = sqliteTable(
  'session_tenants',
  {
    sessionId: text('session_id').notNull(),
    tenantId: text('tenant_id').notNull(),
  },
  (table) => [primaryKey({ columns: [table.sessionId, table.tenantId] })],
)

/** Members whose personal data was erased: a tenant restored from before is told again. */
export const erasures = sqliteTable(
  'erasures',
  {
    tenantId: text('tenant_id').notNull(),
    memberId: text('member_id').notNull(),
    at: text('at').notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenantId, table.memberId] })],
)

/** When each vault may be asked to make its next key: all tenants of a vault share its limit. */
export const vaultTurns = sqliteTable('vault_turns', {
  /** Which vault, as the Functions name it. */
  vault: text('vault').primaryKey(),
  /** Milliseconds since 1970. */
  next: integer('next').notNull(),
})

/** Whose resource group in Azure each is: what may act in one could touch everything in it, so no two tenants share one. */
export const azureScopes = sqliteTable('azure_scopes', {
  /** `subscription/resourceGroup` in lower case, which is how Azure compares them. */
  place: text('place').primaryKey(),
  tenantId: text('tenant_id').notNull(),
})

/** Issuers of credentials by their public id, which says nothing about the tenant. */
export const issuers = sqliteTable(
  'issuers',
  {
    issuer: text('issuer').primaryKey(),
    tenantId: text('tenant_id').notNull().unique(),
    /** Proof (JWT) that this host is linked to the tenant's authority at Entra Verified ID. Null: there is none. */
    linkedDid: text('linked_did'),
    /** When that changed, milliseconds since 1970: no two changes of any tenant have the same. */
    linkedAt: integer('linked_at'),
  },
  (table) => [index('issuers_linked_at').on(table.linkedAt)],
)

/** Freezes of every promotion. One without `liftedAt` is on. */
export const freezes = sqliteTable('freezes', {
  id: text('id').primaryKey(),
  requestKey: text('request_key').notNull().unique(),
  fingerprint: text('fingerprint').notNull(),
  reason: text('reason').notNull(),
  by: text('by').notNull(),
  at: text('at').notNull(),
  liftedAt: text('lifted_at'),
  /** Said when it begins, for good. Null: nobody could say then who the operators were. */
  liftsNeeded: integer('lifts_needed'),
})

export const freezeLifts = sqliteTable(
  'freeze_lifts',
  {
    freezeId: text('freeze_id').notNull(),
    by: text('by').notNull(),
    at: text('at').notNull(),
    /** Who else could have given it, by each of the credentials that it was given with. */
    behind: text('behind', { mode: 'json' }).$type<string[]>().notNull().default([]),
  },
  (table) => [primaryKey({ columns: [table.freezeId, table.by] })],
)

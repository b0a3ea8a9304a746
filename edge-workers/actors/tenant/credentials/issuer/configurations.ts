// What this tenant's issuer issues: credential configurations, the platform's own among them.
import { eq, sql } from 'drizzle-orm'
import type { CredentialDefinition } from '../../../../../schemas/credential.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { statement, untilWritten } from '../../../database.ts'
import type { Db, Tx } from '../../context.ts'

export type ConfigurationRow = typeof tables.credentialConfigurations.$inferSelect

/** Who holds it is a member here: he signs in by it. */
export const MEMBER_CONFIGURATION = 'phoenix-member'
/** Who holds it approves here, where the tenant's policy asks for it. */
export const APPROVER_CONFIGURATION = 'phoenix-approver'

const claimsOf = (): CredentialDefinition['claims'] => [
  { path: ['member'], mandatory: true, display: [{ name: 'Member', locale: 'en' }] },
  { path: ['tenant'], mandatory: true, display: [{ name: 'Tenant', locale: 'en' }] },
  { path: ['tenant_name'], mandatory: true, display: [{ name: 'Organisation', locale: 'en' }] },
  { path: ['roles'], mandatory: true, display: [{ name: 'Roles', locale: 'en' }] },
]

const definitionOf = (name: string, description: string): CredentialDefinition => ({
  display: [
    { name, locale: 'en', description, background_color: '#1f2937', text_color: '#ffffff' },
  ],
  claims: claimsOf(),
  validitySeconds: 31_536_000,
  batchSize: 1,
})

/** By name. Claims: `member` (pseudonym), `tenant` (slug), `tenant_name`, `roles`. */
export const builtIns: Record<string, CredentialDefinition> = {
  [MEMBER_CONFIGURATION]: definitionOf('Phoenix member', 'Signs its holder in.'),
  [APPROVER_CONFIGURATION]: definitionOf('Phoenix approver', 'Lets its holder approve changes.'),
}

const byName = statement((db: Db | Tx) =>
  db
    .select()
    .from(tables.credentialConfigurations)
    .where(eq(tables.credentialConfigurations.name, sql.placeholder('name')))
    .prepare(),
)

const known = untilWritten(
  'credential_configurations',
  (_: Db | Tx) => new Map<string, ConfigurationRow>(),
)

/** Withdrawn ones too: look at `state`. The built-in ones are there as soon as the issuer is (`issuerOf`). */
export const configurationOf = (db: Db | Tx, name: string): ConfigurationRow | undefined => {
  const rows = known(db)
  const before = rows.get(name)
  if (before) return before
  const row = byName(db).get({ name })
  // Of names that nobody has there is no end.
  if (row) rows.set(name, row)
  return row
}

/** In the transaction that makes the issuer. */
export const addBuiltIns = (tx: Tx, url: string, at: string): void => {
  for (const [name, definition] of Object.entries(builtIns)) {
    tx.insert(tables.credentialConfigurations)
      .values({
        ...{ name, idempotencyKey: null, fingerprint: '', driver: 'openid4vci', type: null },
        ...{ vct: `${url}/types/${name}`, definition, builtIn: true, remote: null },
        ...{ state: 'active', createdAt: at, createdBy: 'phoenix', updatedAt: at, version: 1 },
      })
      .onConflictDoNothing()
      .run()
  }
}

// What of the Directory outlives a restore to an older copy, and what tenants tell it again afterwards.
import { and, eq, ne } from 'drizzle-orm'
import { Jurisdiction } from '../../../schemas/ids.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/directory.ts'
import type { CreateTenant } from '../../../schemas/tenant.ts'
import { among, type Database, type Transaction, transaction } from '../database.ts'
import type { TenantTold } from './again-contracts.ts'
import { claimAzurePlace, releaseOtherAzurePlaces } from './azure-places.ts'
import { eraseTenantRows, noteErasure } from './erasures.ts'
import { keepIssuer } from './issuers.ts'

const { erasures, identities, sessions, sessionTenants, tenants } = tables
type Db = Database<typeof tables>
type Tx = Transaction<typeof tables>

/** In the place of the request that made a tenant, which only the Directory knew: a digest is never empty. */
const UNKNOWN = ''

/** What was erased stays erased, whatever an older copy says. */
export const readOutliving = (db: Db) => ({
  erasures: db.select().from(erasures).all(),
  erased: db.select().from(tenants).where(eq(tenants.state, 'erased')).all(),
})

/**
 * In the transaction that has put an older copy in place. Every sign-in is over: one that has ended since would stand again. Their
 * tenants end them when they tell what they are.
 */
export const putOutliving = (db: Db, before: ReturnType<typeof readOutliving>): void => {
  db.delete(sessionTenants).run()
  db.delete(sessions).run()
  for (const { tenantId, memberId, at } of before.erasures) noteErasure(db, tenantId, memberId, at)
  for (const row of before.erased) {
    db.insert(tenants).values(row).onConflictDoNothing().run()
    eraseTenantRows(db, row.id)
  }
}

const takenByAnother = (tx: Tx, { entry }: TenantTold): string | null => {
  const repositoryKey = entry.repository.toLowerCase()
  const others = ne(tenants.id, entry.id)
  const has = (what: ReturnType<typeof eq>) =>
    tx.select({ id: tenants.id }).from(tenants).where(and(others, what)).get() !== undefined
  if (has(eq(tenants.slug, entry.slug))) return 'slug'
  return has(eq(tenants.repositoryKey, repositoryKey)) ? 'repository' : null
}

export const takeAgain = (db: Db, told: TenantTold): Result<null> =>
  transaction(db, (tx): Result<null> => {
    const { entry, members, left, azurePlace, issuer } = told
    const tenantId = entry.id
    const taken = takenByAnother(tx, told)
    if (taken !== null) return refuse('conflict', { detail: `Another tenant has its ${taken}.` })
    tx.insert(tenants)
      .values({
        ...entry,
        repositoryKey: entry.repository.toLowerCase(),
        // As no key is: they have no blanks.
        requestKey: `told by ${tenantId}`,
        fingerprint: UNKNOWN,
      })
      .onConflictDoNothing()
      .run()
    if (told.erased) {
      eraseTenantRows(tx, tenantId)
      return ok(null)
    }
    const own = eq(identities.tenantId, tenantId)
    tx.delete(identities)
      .where(and(own, among(identities.identity, left)))
      .run()
    for (const identity of members)
      tx.insert(identities).values({ identity, tenantId }).onConflictDoNothing().run()
    if (issuer !== null) keepIssuer(tx, issuer, tenantId)
    releaseOtherAzurePlaces(tx, tenantId, azurePlace ?? '')
    return azurePlace === null || claimAzurePlace(tx, azurePlace, tenantId)
      ? ok(null)
      : refuse('conflict', { detail: 'Another tenant has its resource group.' })
  })

export const idOfSeed = (seed: string, jurisdiction: Jurisdiction): string =>
  `ten_${jurisdiction}_${seed}`

/** One key makes one tenant, in whichever jurisdiction: of one that was told the key is not known, and its id is. */
export const idsOfSeed = (seed: string): string[] =>
  Jurisdiction.options.map((jurisdiction) => idOfSeed(seed, jurisdiction))

/**
 * Fingerprint of the request that made this tenant. A Directory that has it from the tenant alone takes the first request under its
 * key that asks for the same tenant for that one.
 */
export const fingerprintOf = (
  tx: Tx,
  row: Omit<typeof tenants.$inferSelect, 'repositoryKey' | 'requestKey'>,
  { key, fingerprint, input }: { key: string; fingerprint: string; input: CreateTenant },
): string => {
  const isSame =
    row.slug === input.slug &&
    row.jurisdiction === input.jurisdiction &&
    row.repository.toLowerCase() === input.repository.toLowerCase()
  if (row.fingerprint !== UNKNOWN || !isSame) return row.fingerprint
  tx.update(tenants).set({ requestKey: key, fingerprint }).where(eq(tenants.id, row.id)).run()
  return fingerprint
}

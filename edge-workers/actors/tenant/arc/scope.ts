// The tenant's place in Azure. What acts in a resource group could touch everything in it, so each belongs to one tenant of this
// installation: the Directory keeps whose it is, before it counts here.
import { and, count, eq, isNotNull, ne, notInArray, or } from 'drizzle-orm'
import { type AzurePlace, placeKey } from '../../../../schemas/arm.ts'
import type { AzureScope, AzureScopeView } from '../../../../schemas/azure-scope.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { Outage, ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { fromBase64url } from '../../../base64.ts'
import { base32 } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import { directoryStub } from '../../stubs.ts'
import { type Db, lastVersion, record, type TenantContext, type Tx } from '../context.ts'
import { digestOfSecret } from '../credentials/issuer/secrets.ts'
import type { OperationRows } from '../operation.ts'
import { inTurn } from '../secrets/vault.ts'
import { mayStillCome } from './machines/late.ts'
import type { AzureScopeOperations } from './scope-contracts.ts'

const { arcClusters, arcMachines, azureScope } = tables
type ScopeRow = typeof azureScope.$inferSelect

export const findScope = (on: Db | Tx): ScopeRow | undefined => on.select().from(azureScope).get()

export const placeOf = ({ subscriptionId, resourceGroup }: AzurePlace): AzurePlace => ({
  ...{ subscriptionId, resourceGroup },
})

/** Refuses where operators have set none. */
export const scopeOf = (on: Db | Tx): Result<ScopeRow> => {
  const row = findScope(on)
  if (row) return ok(row)
  return refuse('conflict', {
    detail:
      'This tenant has no place in Azure yet: an operator sets it (PUT /v1/tenants/{tenant}/azure-scope).',
  })
}

const viewOf = ({ updatedBy: _, version: __, ...row }: ScopeRow): AzureScopeView => row

/** Something of the tenant that is, or may be, in its place. */
const stands = (on: Db | Tx, now: Date): boolean => {
  const out = and(ne(arcMachines.state, 'removed'), isNotNull(arcMachines.downloadedAt))
  const machine = on
    .select({ n: count() })
    .from(arcMachines)
    .where(or(out, mayStillCome(now)))
    .get()
  // One that waits for its first answer may not be there; one that waits with another key is.
  const there = or(
    notInArray(arcClusters.state, ['removed', 'waiting']),
    and(
      eq(arcClusters.state, 'waiting'),
      or(isNotNull(arcClusters.remote), isNotNull(arcClusters.pending)),
    ),
  )
  const cluster = on.select({ n: count() }).from(arcClusters).where(there).get()
  return (machine?.n ?? 0) + (cluster?.n ?? 0) > 0
}

const FIELDS = ['subscriptionId', 'resourceGroup', 'location', 'entraTenantId'] as const
const isSame = (row: ScopeRow, asked: AzureScope): boolean =>
  FIELDS.every((field) => row[field].toLowerCase() === asked[field].toLowerCase())

const idOf = (context: TenantContext): string =>
  `azs_${base32(fromBase64url(digestOfSecret(context, 'azure-scope-id', 'the one')), 26)}`

/** Refuses a place that another tenant has, and another place while something stands in this one. One at a time. */
const putScope = async (
  context: TenantContext,
  who: Principal,
  asked: AzureScope,
): Promise<Result<AzureScopeView>> => {
  const before = findScope(context.db)
  const place = placeKey(asked)
  if (before && isSame(before, asked)) {
    await giveOthersBack(context, place)
    return ok(viewOf(before))
  }
  const leaves = (row: ScopeRow | undefined) =>
    row !== undefined && placeKey(row) !== place && stands(context.db, context.now())
  const inUse = refuse('conflict', {
    detail:
      'Machines or clusters of this tenant are in its place in Azure, or a script that was downloaded within a day may still connect one; remove them before it moves.',
  })
  if (leaves(before)) return inUse
  const claimed = await directoryStub(context.env).claimAzurePlace(place, context.tenant().id)
  if (!claimed.ok) {
    if (claimed.refusal.problem === 'outage') return claimed
    const detail = 'Another tenant has this resource group; each has its own.'
    return refuse('conflict', { detail, errors: [{ pointer: '/resourceGroup', detail }] })
  }
  const written = transaction(context.db, (tx): Result<AzureScopeView> => {
    const now = findScope(tx)
    if (leaves(now)) return inUse
    const at = context.now().toISOString()
    const id = idOf(context)
    const values = {
      ...{ id, ...asked, updatedBy: who.subject, updatedAt: at },
      // One that was lost in a restore has steps in the log already.
      version: lastVersion(tx, id) + 1,
    }
    const set = { target: azureScope.id, set: values }
    const [row] = tx.insert(azureScope).values(values).onConflictDoUpdate(set).returning().all()
    if (!row) throw new Error('the place was not written')
    record(tx, {
      ...{ changeId: row.id, version: row.version, from: now ? 'set' : 'none', to: 'set' },
      ...{ reason: null, actor: who.subject, at },
    })
    return ok(viewOf(row))
  })
  const here = findScope(context.db)
  if (here) await giveOthersBack(context, placeKey(here))
  return written
}

/**
 * After a restore: the older copy names the resource group that the tenant had then, and another may have it by now. Then this one
 * has none until an operator sets one. Answers the one that it lost. Rejects with Outage.
 */
export const claimAgain = async (context: TenantContext): Promise<string | null> => {
  const row = findScope(context.db)
  if (!row) return null
  const claimed = await directoryStub(context.env)
    .claimAzurePlace(placeKey(row), context.tenant().id)
    .catch((error: unknown) => {
      throw new Outage('directory', 'does not answer', 2, error)
    })
  if (claimed.ok) return null
  if (claimed.refusal.problem === 'outage')
    throw new Outage('directory', 'does not know yet whose resource group it is', 5)
  transaction(context.db, (tx) => {
    tx.delete(azureScope).run()
    record(tx, {
      ...{ changeId: row.id, version: lastVersion(tx, row.id) + 1, from: 'set', to: 'none' },
      ...{ reason: 'another tenant has its resource group since', actor: 'phoenix' },
      at: context.now().toISOString(),
    })
  })
  return row.resourceGroup
}

/** What it has left, and what it claimed and did not move to: nobody could take it. Whoever hears of an outage sends it again. */
const giveOthersBack = async (context: TenantContext, kept: string): Promise<void> => {
  try {
    await directoryStub(context.env).releaseOtherAzurePlaces(context.tenant().id, kept)
  } catch (error) {
    throw new Outage('directory', 'has not taken back the place that was left', 5, error)
  }
}

export const azureScopeOperations: OperationRows<AzureScopeOperations> = {
  'azure-scope.read': {
    action: 'arc.read',
    run: ({ db }) => {
      const row = findScope(db)
      return row ? ok(viewOf(row)) : refuse('not-found')
    },
  },
  'azure-scope.put': {
    action: 'arc.scope',
    run: (context, who, asked) =>
      inTurn(context, 'azure-scope', () => putScope(context, who, asked)),
  },
}

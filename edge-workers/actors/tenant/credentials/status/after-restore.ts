// What a restore does to credentials, in its transaction: what the older copy says of them may be untrue by now.
import { and, eq, inArray } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { endOffersOfBackup } from '../issuance/expiry.ts'
import { builtIns } from '../issuer/configurations.ts'
import { changeStatus } from './change.ts'
import { openListAnew } from './positions.ts'

const { credentials } = tables
const REASON = 'the database was restored from before it may have been revoked'

/**
 * What signs in and approves counts again when somebody has looked at it and reinstates it, as with tokens. Of what the tenant
 * issues to others it stays as it was: whoever revoked one since the backup revokes it again.
 */
const suspendOwn = (context: TenantContext, tx: Tx): void => {
  const his = tx
    .select({ id: credentials.id })
    .from(credentials)
    .where(
      and(
        inArray(credentials.configuration, Object.keys(builtIns)),
        eq(credentials.status, 'valid'),
      ),
    )
  for (const { id } of his.all())
    changeStatus(context, tx, id, 'suspended', { actor: 'phoenix', reason: REASON })
}

/** `lost`: leaves may be lost, and so may be what they said of a credential. */
export const settleCredentialsOfBackup = (
  context: TenantContext,
  tx: Tx,
  { at, lost }: { at: string; lost: boolean },
): void => {
  endOffersOfBackup(tx, at)
  openListAnew(tx, at)
  if (lost) suspendOwn(context, tx)
}

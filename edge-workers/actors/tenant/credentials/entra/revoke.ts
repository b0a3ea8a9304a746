// Revocation of what Microsoft Entra Verified ID has issued: searched by our own credential id, and revoked there first.
import { eq } from 'drizzle-orm'
import { ok, type Result } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext } from '../../context.ts'
import { configurationOf } from '../issuer/configurations.ts'
import type { CredentialRow } from '../status/positions.ts'
import { notConnected, refusedByEntra, verifiedIdOf } from './connect.ts'

/** Idempotent: what is revoked there already stays so. `conflict`: Entra knows no such credential. Throws Outage. */
export const revokeAtEntra = async (
  context: TenantContext,
  { id, configuration }: CredentialRow,
): Promise<Result<null>> => {
  const ask = verifiedIdOf(context)
  const remote = configurationOf(context.db, configuration)?.remote
  if (!ask || !remote) return notConnected(context)
  const { authorityId, contractId } = remote
  const revoked = await ask('revoke', `revoke-${id}`, { authorityId, contractId, value: id })
  if (!revoked.ok) return refusedByEntra(revoked.fault, 'revocation')
  // What Entra calls it: a note for people who look there, and no step of the credential.
  const { credentials } = tables
  const { remoteId } = revoked.value
  context.db.update(credentials).set({ remoteId }).where(eq(credentials.id, id)).run()
  return ok(null)
}

// Requests under their Idempotency-Keys: what is kept of one is keyed digests, since a value could be guessed from a plain one.
import { eq } from 'drizzle-orm'
import { type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { hex, hmacSha256 } from '../../../digest.ts'
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import { digestOfSecret } from '../credentials/issuer/secrets.ts'
import type { Keyed } from '../operation-inputs.ts'

const { vaultRequests } = tables

export interface Request {
  /** Of this request, and of no other: the vault's side knows it again by it. */
  operation: string
  /** It was answered before. */
  done: boolean
}

/** Refuses another request under the same key. `subject`: what it is about. */
export const beginRequest = (
  context: TenantContext,
  what: string,
  subject: string,
  { key, fingerprint }: Pick<Keyed<unknown>, 'key' | 'fingerprint'>,
): Result<Request> => {
  const requestKey = digestOfSecret(context, 'vault-request', `${what}\u0000${key}`)
  const print = digestOfSecret(context, 'vault-fingerprint', `${subject}\u0000${fingerprint}`)
  const operation = `${what}-${hex(hmacSha256(new TextEncoder().encode(what), requestKey)).slice(0, 32)}`
  return transaction(context.db, (tx): Result<Request> => {
    const before = tx
      .select()
      .from(vaultRequests)
      .where(eq(vaultRequests.requestKey, requestKey))
      .get()
    if (before && before.fingerprint !== print) return refuse('idempotency-key-reused')
    if (!before)
      tx.insert(vaultRequests)
        .values({
          ...{ requestKey, fingerprint: print, subject, vaultVersion: null },
          at: context.now().toISOString(),
        })
        .run()
    return { ok: true, value: { operation, done: before?.vaultVersion != null } }
  })
}

/** In the transaction that writes what it did. */
export const endRequest = (
  context: TenantContext,
  tx: Tx,
  what: string,
  key: string,
  vaultVersion: string,
): void => {
  tx.update(vaultRequests)
    .set({ vaultVersion })
    .where(
      eq(vaultRequests.requestKey, digestOfSecret(context, 'vault-request', `${what}\u0000${key}`)),
    )
    .run()
}

// Idempotency-Keys of what was forgotten stay used: as keyed digests, which say nothing of what it was or who sent them.
import { eq } from 'drizzle-orm'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { deriveKey, hex, hmacSha256 } from '../../../digest.ts'
import type { Db, TenantContext, Tx } from '../context.ts'

type Kind = 'token' | 'invitation' | 'trusted-issuer' | 'presentation'

const nameOf = ({ env }: TenantContext, kind: Kind, key: string): string =>
  `spent ${hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'spent-key'), `${kind}\u0000${key}`))}`

export const spendKey = (
  context: TenantContext,
  db: Db | Tx,
  { kind, key }: { kind: Kind; key: string },
): void => {
  const at = context.now().toISOString()
  db.insert(tables.commands)
    .values({ key: nameOf(context, kind, key), fingerprint: '', changeId: '', at })
    .onConflictDoNothing()
    .run()
}

export const isSpent = (context: TenantContext, kind: Kind, key: string): boolean =>
  context.db
    .select({ key: tables.commands.key })
    .from(tables.commands)
    .where(eq(tables.commands.key, nameOf(context, kind, key)))
    .get() !== undefined

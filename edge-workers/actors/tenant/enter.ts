// The door of a tenant: who the caller is, and whether the action is allowed to it. Synchronous, in the object, in the same hop.
import { eq } from 'drizzle-orm'
import { type Action, mayDo, type Principal } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import { equalInConstantTime } from '../../digest.ts'
import type { Caller } from '../contracts.ts'
import type { TenantContext } from './context.ts'

type TokenRow = typeof tables.tokens.$inferSelect
/** `lastUsedAt` is exact to this many milliseconds, so that a read costs no write. */
const LAST_USED_RESOLUTION_MILLISECONDS = 3_600_000

export interface Doorkeeper {
  enter: (caller: Caller, action: Action) => Result<Principal>
  /** Forgets what it knows of a token: after a revocation the next request is refused. */
  forget: (tokenId: string) => void
}

export const createDoorkeeper = (context: TenantContext): Doorkeeper => {
  const known = new Map<string, TokenRow>()
  const lookUp = (id: string): TokenRow | undefined => {
    const cached = known.get(id)
    if (cached) return cached
    const row = context.db.select().from(tables.tokens).where(eq(tables.tokens.id, id)).get()
    if (row) known.set(id, row)
    return row
  }
  const touch = (row: TokenRow, now: Date): void => {
    if (
      row.lastUsedAt &&
      now.getTime() - Date.parse(row.lastUsedAt) < LAST_USED_RESOLUTION_MILLISECONDS
    )
      return
    row.lastUsedAt = now.toISOString()
    context.db
      .update(tables.tokens)
      .set({ lastUsedAt: row.lastUsedAt })
      .where(eq(tables.tokens.id, row.id))
      .run()
  }
  const identify = (caller: Caller): Result<Principal> => {
    if (caller.kind === 'principal') return ok(caller.principal)
    const row = lookUp(caller.tokenId)
    const now = context.now()
    const valid =
      row !== undefined &&
      equalInConstantTime(row.secretDigest, caller.secretDigest) &&
      row.revokedAt === null &&
      (row.expiresAt === null || Date.parse(row.expiresAt) > now.getTime())
    if (!valid) return refuse('unauthenticated')
    touch(row, now)
    return ok({
      tenantId: context.tenant().id,
      tokenId: row.id,
      subject: row.member,
      person: row.person,
      role: row.role,
      scopes: row.scopes,
    })
  }
  return {
    enter: (caller, action) => {
      const principal = identify(caller)
      if (!principal.ok) return principal
      return mayDo(principal.value, action) ? principal : refuse('forbidden')
    },
    forget: (tokenId) => known.delete(tokenId),
  }
}

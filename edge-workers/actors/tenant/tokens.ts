// API tokens of a tenant's members. The secret is a function of the platform key and the Idempotency-Key,
// so a repeated request shows the same token and no secret is ever stored.
import { asc, eq, gt } from 'drizzle-orm'
import { mayDo, type Principal, scopesOf } from '../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../schemas/result.ts'
import * as tables from '../../../schemas/tables/tenant.ts'
import type { CreateToken, TokenView } from '../../../schemas/tenant.ts'
import { mintToken, secretFrom } from '../../auth/token.ts'
import { base32, deriveKey, hmacSha256, sha256Hex } from '../../digest.ts'
import type { Page, PageRequest, Versioned } from '../contracts.ts'
import type { TenantContext } from './context.ts'

type TokenRow = typeof tables.tokens.$inferSelect

const viewOf = ({
  id,
  name,
  member,
  person,
  role,
  scopes,
  createdAt,
  expiresAt,
  revokedAt,
  lastUsedAt,
}: TokenRow): TokenView => ({
  id,
  name,
  member,
  person,
  role,
  scopes,
  createdAt,
  expiresAt,
  revokedAt,
  lastUsedAt,
})

export const createToken = (
  context: TenantContext,
  who: Principal,
  key: string,
  fingerprint: string,
  input: CreateToken,
): Result<TokenView & { token: string }> => {
  const { id: tenantId } = context.tenant()
  const allowed = scopesOf(input.role)
  const scopes = input.scopes ?? allowed
  const tooMuch = scopes.findIndex((scope) => !allowed.includes(scope))
  if (tooMuch >= 0) {
    return refuse('invalid-parameters', {
      errors: [{ pointer: `/scopes/${tooMuch}`, detail: 'The role does not have this scope.' }],
    })
  }
  if (who.role === 'admin' && mayDo({ role: input.role, scopes }, 'changes.approve'))
    return refuse('forbidden', { detail: 'Only an owner makes owners and approvers.' })
  const seed = hmacSha256(deriveKey(context.env.PLATFORM_KEY, 'token'), `${tenantId}\u0000${key}`)
  const tokenId = `tok${base32(hmacSha256(seed, 'id'), 16)}`
  const secret = secretFrom(hmacSha256(seed, 'secret'))
  const token = mintToken({ tenantId, tokenId, secret })
  const earlier = context.db
    .select()
    .from(tables.tokens)
    .where(eq(tables.tokens.idempotencyKey, key))
    .get()
  if (earlier?.revokedAt) return refuse('conflict', { detail: 'This token was revoked.' })
  if (earlier) {
    // Shown again to whom it was shown before, and to nobody else.
    return earlier.fingerprint === fingerprint && earlier.lineage.at(-1) === who.subject
      ? ok({ ...viewOf(earlier), token })
      : refuse('idempotency-key-reused')
  }
  if (input.forgeLogin && isOthers(context, input.forgeLogin, input.member)) {
    return refuse('conflict', { detail: 'Another member has this account on the forge.' })
  }
  const [row] = context.db
    .insert(tables.tokens)
    .values({
      id: tokenId,
      name: input.name,
      member: input.member,
      person: input.person,
      role: input.role,
      scopes,
      forgeLogin: input.forgeLogin?.toLowerCase() ?? null,
      lineage: [...lineageOf(context, who), who.subject],
      secretDigest: sha256Hex(secret),
      createdAt: context.now().toISOString(),
      expiresAt: input.expiresAt ?? null,
      version: 1,
      idempotencyKey: key,
      fingerprint,
    })
    .returning()
    .all()
  if (!row) throw new Error('the token was not written')
  return ok({ ...viewOf(row), token })
}

/** Who made the caller's own token, and so on back. An operator's begins with him. */
const lineageOf = ({ db }: TenantContext, { tokenId }: Principal): string[] =>
  db
    .select({ lineage: tables.tokens.lineage })
    .from(tables.tokens)
    .where(eq(tables.tokens.id, tokenId))
    .get()?.lineage ?? []

/** An account on the forge is one member's. */
const isOthers = ({ db }: TenantContext, login: string, member: string): boolean =>
  db
    .select({ member: tables.tokens.member })
    .from(tables.tokens)
    .where(eq(tables.tokens.forgeLogin, login.toLowerCase()))
    .all()
    .some((token) => token.member !== member)

export const listTokens = (
  { db }: TenantContext,
  { limit, after }: PageRequest,
): Page<TokenView> => {
  const rows = db
    .select()
    .from(tables.tokens)
    .where(gt(tables.tokens.id, after ?? ''))
    .orderBy(asc(tables.tokens.id))
    .limit(limit + 1)
    .all()
  const items = rows.slice(0, limit).map(viewOf)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

export const readToken = ({ db }: TenantContext, id: string): Versioned<TokenView> | null => {
  const row = db.select().from(tables.tokens).where(eq(tables.tokens.id, id)).get()
  return row ? { value: viewOf(row), version: row.version } : null
}

/** Takes effect at once: the door forgets the token before this answers. */
export const revokeToken = (
  context: TenantContext,
  id: string,
  ifVersion: number | '*',
): Result<Versioned<TokenView>> => {
  const row = context.db.select().from(tables.tokens).where(eq(tables.tokens.id, id)).get()
  if (!row) return refuse('not-found')
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  if (row.revokedAt !== null) return ok({ value: viewOf(row), version: row.version })
  const [revoked] = context.db
    .update(tables.tokens)
    .set({ revokedAt: context.now().toISOString(), version: row.version + 1 })
    .where(eq(tables.tokens.id, id))
    .returning()
    .all()
  if (!revoked) throw new Error('the token was not revoked')
  return ok({ value: viewOf(revoked), version: revoked.version })
}

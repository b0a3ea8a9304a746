// API tokens. A person makes his own, owners and admins make those of machines, the installation's own token anybody's: who could
// make one for another person could approve in his name. No credential makes a stronger one. The secret is a function of
// the platform key and the Idempotency-Key: a repeated request shows the same token and no secret is ever stored.
import { and, asc, eq, gt } from 'drizzle-orm'
import {
  isRoot,
  type Principal,
  type Role,
  type Scope,
  scopesOf,
} from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { TokenView } from '../../../../schemas/token.ts'
import { mintToken } from '../../../auth/token.ts'
import { sha256Hex } from '../../../digest.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import type { PeopleOperations } from './contracts.ts'
import { deriveSecret, type Request } from './derived.ts'
import { endToken, type TokenRow } from './end-token.ts'
import { leaf } from './leaves.ts'
import { findMember, mayManage } from './members.ts'

type Input<Name extends keyof PeopleOperations> = PeopleOperations[Name]['input']

export const tokenView = ({
  id,
  name,
  member,
  scopes,
  createdAt,
  expiresAt,
  revokedAt,
  lastUsedAt,
  rotatedTo,
  workload,
}: TokenRow): TokenView => ({
  ...{ id, name, member, scopes, createdAt, expiresAt, revokedAt, lastUsedAt },
  ...{ rotatedTo, workload },
})

type Minted = TokenView & { token: string }

type Purpose = 'token' | 'token-rotation'

const derive = (context: TenantContext, purpose: Purpose, request: Request) => {
  const { id, secret } = deriveSecret(context, purpose, request)
  const tokenId = `tok${id}`
  return { tokenId, secret, token: mintToken({ tenantId: context.tenant().id, tokenId, secret }) }
}

/** Shown again to whom it was shown before, and to nobody else. Null: this key made none yet. */
const replay = (
  context: TenantContext,
  who: Principal,
  purpose: Purpose,
  { stored, key, fingerprint }: { stored: string; key: string; fingerprint: string },
): Result<Minted> | null => {
  const earlier = context.db
    .select()
    .from(tables.tokens)
    .where(eq(tables.tokens.idempotencyKey, stored))
    .get()
  if (!earlier) return null
  if (earlier.revokedAt) return refuse('conflict', { detail: 'This token was revoked.' })
  if (earlier.fingerprint !== fingerprint || earlier.lineage.at(-1) !== who.subject)
    return refuse('idempotency-key-reused')
  const shown = [earlier.createdAt, null]
    .map((at) => derive(context, purpose, { subject: who.subject, key, at }))
    .find(({ secret }) => sha256Hex(secret) === earlier.secretDigest)
  if (!shown) throw new Error('a token whose secret is not derived')
  return ok({ ...tokenView(earlier), token: shown.token })
}

/** The release before this one reads them. */
const forOlderCode = (kind: 'person' | 'service', roles: readonly Role[]) => ({
  person: kind === 'person',
  role: roles.find((role) => role !== 'operator') ?? ('auditor' as const),
})

/** Everybody who could have made it: of the token before it, of the credential that asked; whoever asked comes last. */
const lineageOf = (who: Principal, before: readonly string[] = []): string[] => [
  ...new Set([...before, ...who.behind].filter((id) => id !== who.subject)),
  who.subject,
]

/** A credential makes nothing stronger than itself. */
const covers = (who: Principal, scopes: readonly Scope[]): boolean =>
  isRoot(who) || scopes.every((scope) => who.scopes.includes(scope))

const isPast = (context: TenantContext, at: string | undefined): boolean =>
  at !== undefined && Date.parse(at) <= context.now().getTime()

export const createToken = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Input<'tokens.create'>,
): Result<Minted> => {
  const owner =
    body.member === undefined
      ? findMember(context.db, who.subject)
      : findMember(context.db, body.member)
  const own = owner?.id === who.subject
  const allowed = own || isRoot(who) || (owner?.kind === 'service' && mayManage(who, owner))
  if (!allowed) {
    return refuse('forbidden', {
      detail: 'People make their own tokens. Owners and admins make those of service accounts.',
    })
  }
  if (owner === undefined)
    return refuse('invalid-parameters', {
      errors: [{ pointer: '/member', detail: 'Must name a member of this tenant.' }],
    })
  if (owner.state !== 'active')
    return refuse('conflict', { detail: 'There is no such member any more.' })
  const most = scopesOf(...(owner.roles as Role[]))
  const scopes = body.scopes ?? most.filter((scope) => covers(who, [scope]))
  const tooMuch = scopes.findIndex((scope) => !most.includes(scope))
  if (tooMuch >= 0) {
    return refuse('invalid-parameters', {
      errors: [{ pointer: `/scopes/${tooMuch}`, detail: 'The member does not have this scope.' }],
    })
  }
  if (!covers(who, scopes))
    return refuse('forbidden', { detail: 'This credential does not have all of these scopes.' })
  const earlier = replay(context, who, 'token', { stored: key, key, fingerprint })
  if (earlier) return earlier
  if (isPast(context, body.expiresAt)) {
    return refuse('invalid-parameters', {
      errors: [{ pointer: '/expiresAt', detail: 'Must be in the future.' }],
    })
  }
  const at = context.now().toISOString()
  const { tokenId, secret, token } = derive(context, 'token', { subject: who.subject, key, at })
  const row = transaction(context.db, (tx) =>
    insertToken(tx, who, {
      id: tokenId,
      name: body.name,
      member: owner.id,
      ...forOlderCode(owner.kind, owner.roles as Role[]),
      scopes,
      lineage: lineageOf(who),
      secretDigest: sha256Hex(secret),
      createdAt: at,
      expiresAt: body.expiresAt ?? null,
      version: 1,
      idempotencyKey: key,
      fingerprint,
    }),
  )
  return ok({ ...tokenView(row), token })
}

const insertToken = (
  tx: Tx,
  { subject }: Principal,
  values: typeof tables.tokens.$inferInsert,
): TokenRow => {
  const [row] = tx.insert(tables.tokens).values(values).returning().all()
  if (!row) throw new Error('the token was not written')
  const { id, version, member, createdAt: at } = row
  leaf(tx, { id, version, from: 'none', to: 'issued', by: subject, at, about: [member] })
  return row
}

/** A token with the same scopes takes the place of this one, which goes on for the overlap and not beyond its own end. */
export const rotateToken = (
  context: TenantContext,
  who: Principal,
  { id, key, fingerprint, body }: Input<'tokens.rotate'>,
): Result<Minted> => {
  const rotationKey = `rotate ${id} ${key}`
  const rotation = { stored: rotationKey, key: `${id}\u0000${key}`, fingerprint }
  const earlier = replay(context, who, 'token-rotation', rotation)
  if (earlier) return earlier
  const before = visible(context, who, id)
  if (!before) return refuse('not-found')
  const owner = findMember(context.db, before.member)
  const own = before.member === who.subject
  if (!own && !isRoot(who) && owner?.kind !== 'service')
    return refuse('forbidden', { detail: 'People rotate their own tokens.' })
  const now = context.now()
  const ended = before.expiresAt !== null && Date.parse(before.expiresAt) <= now.getTime()
  if (before.revokedAt !== null || ended || before.rotatedTo !== null || before.workload !== null)
    return refuse('conflict', {
      detail: 'This token cannot be rotated: it has ended or has a successor.',
    })
  if (!covers(who, before.scopes))
    return refuse('forbidden', { detail: 'This credential does not have all of its scopes.' })
  if (isPast(context, body.expiresAt)) {
    return refuse('invalid-parameters', {
      errors: [{ pointer: '/expiresAt', detail: 'Must be in the future.' }],
    })
  }
  const at = now.toISOString()
  const asked = { subject: who.subject, key: rotation.key, at }
  const { tokenId, secret, token } = derive(context, 'token-rotation', asked)
  const overlapEnds = new Date(now.getTime() + body.overlapSeconds * 1000).toISOString()
  const row = transaction(context.db, (tx) => {
    tx.update(tables.tokens)
      .set({
        rotatedTo: tokenId,
        expiresAt:
          before.expiresAt !== null && before.expiresAt < overlapEnds
            ? before.expiresAt
            : overlapEnds,
        version: before.version + 1,
      })
      .where(eq(tables.tokens.id, id))
      .run()
    leaf(tx, {
      ...{ id, version: before.version + 1, from: 'issued', to: 'rotated', by: who.subject, at },
      about: [tokenId],
    })
    return insertToken(tx, who, {
      id: tokenId,
      name: before.name,
      member: before.member,
      ...{ person: before.person, role: before.role, scopes: before.scopes },
      lineage: lineageOf(who, before.lineage),
      secretDigest: sha256Hex(secret),
      createdAt: at,
      expiresAt: body.expiresAt ?? null,
      version: 1,
      idempotencyKey: rotationKey,
      fingerprint,
    })
  })
  return ok({ ...tokenView(row), token })
}

const seesAll = (who: Principal): boolean =>
  who.roles.some((role) => role === 'owner' || role === 'admin' || role === 'operator')

const visible = ({ db }: TenantContext, who: Principal, id: string): TokenRow | undefined => {
  const row = db.select().from(tables.tokens).where(eq(tables.tokens.id, id)).get()
  return row && (row.member === who.subject || seesAll(who)) ? row : undefined
}

/** One's own; everybody's for owners and admins. */
export const listTokens = (
  { db }: TenantContext,
  who: Principal,
  { limit, after }: PageRequest,
): Page<TokenView> => {
  const rows = db
    .select()
    .from(tables.tokens)
    .where(
      and(
        gt(tables.tokens.id, after ?? ''),
        seesAll(who) ? undefined : eq(tables.tokens.member, who.subject),
      ),
    )
    .orderBy(asc(tables.tokens.id))
    .limit(limit + 1)
    .all()
  const items = rows.slice(0, limit).map(tokenView)
  return { items, next: rows.length > limit ? (items.at(-1)?.id ?? null) : null }
}

export const readToken = (
  context: TenantContext,
  who: Principal,
  id: string,
): Versioned<TokenView> | null => {
  const row = visible(context, who, id)
  return row ? { value: tokenView(row), version: row.version } : null
}

/** Takes effect at once: the door forgets what it knows with this write. */
export const revokeToken = (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Input<'tokens.revoke'>,
): Result<Versioned<TokenView>> => {
  const row = visible(context, who, id)
  if (!row) return refuse('not-found')
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  if (row.revokedAt !== null) return ok({ value: tokenView(row), version: row.version })
  const at = context.now().toISOString()
  const revoked = transaction(context.db, (tx) => endToken(tx, row, { by: who.subject, at }))
  return ok({ value: tokenView(revoked), version: revoked.version })
}

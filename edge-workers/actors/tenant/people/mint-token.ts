// How API tokens are made and rotated. A person makes his own, owners and admins make those of machines, the installation's own
// token anybody's: who could make one for another person could approve in his name. No credential makes a stronger one, nor
// one that lasts longer than itself. The secret is a function of the platform key and the Idempotency-Key: a repeated request
// shows the same token and no secret is ever stored.
import { eq } from 'drizzle-orm'
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
import { transaction } from '../../database.ts'
import type { TenantContext, Tx } from '../context.ts'
import type { MemberRow } from '../enter.ts'
import type { PeopleOperations } from './contracts.ts'
import { deriveSecret, type Request } from './derived.ts'
import type { TokenRow } from './end-token.ts'
import { leaf } from './leaves.ts'
import { lineageOf, standsWithin, tokenOf } from './lineage.ts'
import { findMember, mayManage } from './members.ts'
import { isSpent } from './spent-keys.ts'
import { tokenView, visible } from './tokens.ts'

type Input<Name extends keyof PeopleOperations> = PeopleOperations[Name]['input']
type Minted = TokenView & { token: string }
type Purpose = 'token' | 'token-rotation'

/** Whoever asks, and the token that he came with. */
interface Maker {
  who: Principal
  own: TokenRow | null
}

/** What was exchanged for a few minutes leaves nothing behind. */
const makerOf = ({ db }: TenantContext, who: Principal): Result<Maker> => {
  const own = tokenOf(db, who)
  return own !== null && own.workload !== null
    ? refuse('forbidden', {
        detail: 'A token that was exchanged for a workload’s makes and rotates none.',
      })
    : ok({ who, own })
}

const derive = (context: TenantContext, purpose: Purpose, request: Request) => {
  const { id, secret } = deriveSecret(context, purpose, request)
  const tokenId = `tok${id}`
  return { tokenId, secret, token: mintToken({ tenantId: context.tenant().id, tokenId, secret }) }
}

/**
 * Shown again to whom it was shown before, and to nobody else: a credential that could not have made this very token gets it
 * no more than a stranger. Null: this key made none yet.
 */
const replay = (
  context: TenantContext,
  { who, own }: Maker,
  purpose: Purpose,
  { stored, key, fingerprint }: { stored: string; key: string; fingerprint: string },
): Result<Minted> | null => {
  const earlier = context.db
    .select()
    .from(tables.tokens)
    .where(eq(tables.tokens.idempotencyKey, stored))
    .get()
  if (!earlier) {
    return isSpent(context, 'token', stored)
      ? refuse('conflict', {
          detail: 'What this key made has ended and is forgotten: use a new key.',
        })
      : null
  }
  const same =
    earlier.fingerprint === fingerprint &&
    earlier.lineage.at(-1) === who.subject &&
    standsWithin(who, own, earlier.lineage) &&
    covers(who, earlier.scopes)
  if (!same) return refuse('idempotency-key-reused')
  if (earlier.revokedAt) return refuse('conflict', { detail: 'This token was revoked.' })
  const shown = [earlier.createdAt, null]
    .map((at) => derive(context, purpose, { subject: who.subject, key, at }))
    .find(({ secret }) => sha256Hex(secret) === earlier.secretDigest)
  if (!shown) throw new Error('a token whose secret is not derived')
  return ok({ ...tokenView(context.db, earlier), token: shown.token })
}

/** The release before this one reads them. */
const forOlderCode = (kind: 'person' | 'service', roles: readonly Role[]) => ({
  person: kind === 'person',
  role: roles.find((role) => role !== 'operator') ?? ('auditor' as const),
})

/** A credential makes nothing stronger than itself. */
const covers = (who: Principal, scopes: readonly Scope[]): boolean =>
  isRoot(who) || scopes.every((scope) => who.scopes.includes(scope))

const wrongEnd = (detail: string) =>
  refuse('invalid-parameters', { errors: [{ pointer: '/expiresAt', detail }] })

/** The last moment that is written with four digits of the year. */
const LAST = Date.parse('9999-12-31T23:59:59.999Z')

/** When a new token ends: as was asked, else after so many milliseconds (null: never). Never later than what makes it. */
const endOf = (
  context: TenantContext,
  { own }: Maker,
  wanted: string | undefined,
  life: number | null,
): Result<string | null> => {
  const now = context.now().getTime()
  const most = own?.expiresAt ? Date.parse(own.expiresAt) : Number.POSITIVE_INFINITY
  if (wanted === undefined) {
    const end = Math.min(most, life === null ? Number.POSITIVE_INFINITY : now + life)
    return ok(Number.isFinite(end) ? new Date(Math.min(end, LAST)).toISOString() : null)
  }
  const end = Date.parse(wanted)
  if (end <= now) return wrongEnd('Must be in the future.')
  if (end > most) return wrongEnd('Must not be later than the end of the token that asks for it.')
  return ok(wanted)
}

/** Whose token it is to be, and whether this caller may make one for him. */
const ownerOf = (
  { db }: TenantContext,
  who: Principal,
  member: string | undefined,
): Result<MemberRow> => {
  const owner = findMember(db, member ?? who.subject)
  const own = owner?.id === who.subject
  if (!own && !isRoot(who) && !(owner?.kind === 'service' && mayManage(who, owner))) {
    return refuse('forbidden', {
      detail: 'People make their own tokens. Owners and admins make those of service accounts.',
    })
  }
  if (owner === undefined)
    return refuse('invalid-parameters', {
      errors: [{ pointer: '/member', detail: 'Must name a member of this tenant.' }],
    })
  return owner.state === 'active'
    ? ok(owner)
    : refuse('conflict', { detail: 'There is no such member any more.' })
}

/** Those that were asked for, else all that both the member and the credential have. */
const scopesFor = (
  who: Principal,
  { roles }: MemberRow,
  wanted: readonly Scope[] | undefined,
): Result<Scope[]> => {
  const most = scopesOf(...(roles as Role[]))
  const scopes = wanted ?? most.filter((scope) => covers(who, [scope]))
  const tooMuch = scopes.findIndex((scope) => !most.includes(scope))
  if (tooMuch >= 0) {
    return refuse('invalid-parameters', {
      errors: [{ pointer: `/scopes/${tooMuch}`, detail: 'The member does not have this scope.' }],
    })
  }
  return covers(who, scopes)
    ? ok([...scopes])
    : refuse('forbidden', { detail: 'This credential does not have all of these scopes.' })
}

const insertToken = (
  tx: Tx,
  { subject }: Principal,
  values: Omit<typeof tables.tokens.$inferInsert, 'version'>,
): TokenRow => {
  const [row] = tx
    .insert(tables.tokens)
    .values({ ...values, version: 1 })
    .returning()
    .all()
  if (!row) throw new Error('the token was not written')
  const { id, version, member, createdAt: at } = row
  leaf(tx, { id, version, from: 'none', to: 'issued', by: subject, at, about: [member] })
  return row
}

export const createToken = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Input<'tokens.create'>,
): Result<Minted> => {
  const maker = makerOf(context, who)
  if (!maker.ok) return maker
  const owner = ownerOf(context, who, body.member)
  if (!owner.ok) return owner
  const { id: member, kind, roles } = owner.value
  const scopes = scopesFor(who, owner.value, body.scopes)
  if (!scopes.ok) return scopes
  const earlier = replay(context, maker.value, 'token', { stored: key, key, fingerprint })
  if (earlier) return earlier
  const end = endOf(context, maker.value, body.expiresAt, null)
  if (!end.ok) return end
  const at = context.now().toISOString()
  const { tokenId, secret, token } = derive(context, 'token', { subject: who.subject, key, at })
  const row = transaction(context.db, (tx) =>
    insertToken(tx, who, {
      ...{ id: tokenId, name: body.name, member, scopes: scopes.value },
      ...forOlderCode(kind, roles as Role[]),
      ...{ lineage: lineageOf(who, maker.value.own), secretDigest: sha256Hex(secret) },
      ...{ createdAt: at, expiresAt: end.value, idempotencyKey: key, fingerprint },
    }),
  )
  return ok({ ...tokenView(context.db, row), token })
}

/** Whether this caller may rotate this token at all; that it has not ended is asked after a repeat was answered. */
const rotatable = (context: TenantContext, who: Principal, id: string): Result<TokenRow> => {
  const before = visible(context, who, id)
  if (!before) return refuse('not-found')
  const owner = findMember(context.db, before.member)
  const own = before.member === who.subject
  if (!own && !isRoot(who) && owner?.kind !== 'service')
    return refuse('forbidden', { detail: 'People rotate their own tokens.' })
  return covers(who, before.scopes)
    ? ok(before)
    : refuse('forbidden', { detail: 'This credential does not have all of its scopes.' })
}

const hasEnded = (context: TenantContext, row: TokenRow): boolean =>
  row.revokedAt !== null ||
  row.rotatedTo !== null ||
  row.workload !== null ||
  (row.expiresAt !== null && Date.parse(row.expiresAt) <= context.now().getTime())

const lifeOf = ({ createdAt, expiresAt }: TokenRow): number | null =>
  expiresAt === null ? null : Date.parse(expiresAt) - Date.parse(createdAt)

/** It goes on for the overlap, and not beyond its own end. */
const retire = (
  tx: Tx,
  { id, expiresAt, version: before }: TokenRow,
  { to, by, at, overlapSeconds }: { to: string; by: string; at: string; overlapSeconds: number },
): void => {
  const end = Date.parse(at) + overlapSeconds * 1000
  const endsBefore = expiresAt !== null && Date.parse(expiresAt) < end
  const version = before + 1
  tx.update(tables.tokens)
    .set({
      ...{ rotatedTo: to, version },
      expiresAt: endsBefore ? expiresAt : new Date(end).toISOString(),
    })
    .where(eq(tables.tokens.id, id))
    .run()
  leaf(tx, { id, version, from: 'issued', to: 'rotated', by, at, about: [to] })
}

/** A token with the same scopes and as long a life takes the place of this one. */
export const rotateToken = (
  context: TenantContext,
  who: Principal,
  { id, key, fingerprint, body }: Input<'tokens.rotate'>,
): Result<Minted> => {
  const maker = makerOf(context, who)
  if (!maker.ok) return maker
  const found = rotatable(context, who, id)
  if (!found.ok) return found
  const before = found.value
  const rotation = { stored: `rotate ${id} ${key}`, key: `${id}\u0000${key}`, fingerprint }
  const earlier = replay(context, maker.value, 'token-rotation', rotation)
  if (earlier) return earlier
  if (hasEnded(context, before))
    return refuse('conflict', {
      detail: 'This token cannot be rotated: it has ended or has a successor.',
    })
  const end = endOf(context, maker.value, body.expiresAt, lifeOf(before))
  if (!end.ok) return end
  const at = context.now().toISOString()
  const asked = { subject: who.subject, key: rotation.key, at }
  const { tokenId, secret, token } = derive(context, 'token-rotation', asked)
  const { overlapSeconds } = body
  const row = transaction(context.db, (tx) => {
    retire(tx, before, { to: tokenId, by: who.subject, at, overlapSeconds })
    const { name, member, person, role, scopes } = before
    return insertToken(tx, who, {
      ...{ id: tokenId, name, member, person, role, scopes },
      lineage: lineageOf(who, maker.value.own, before.lineage),
      ...{ secretDigest: sha256Hex(secret), createdAt: at, expiresAt: end.value },
      ...{ idempotencyKey: rotation.stored, fingerprint },
    })
  })
  return ok({ ...tokenView(context.db, row), token })
}

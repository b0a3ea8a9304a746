// Members: who belongs to the tenant and with which roles. Nobody makes anybody more than he is himself, nobody but an owner
// touches owners and approvers, and the last owner stays.
import { and, asc, eq, gt, inArray, isNotNull, or } from 'drizzle-orm'
import { PLATFORM_SLUG } from '../../../../schemas/ids.ts'
import type {
  Me,
  MemberDetail,
  MemberRole,
  MemberView,
  Profile,
} from '../../../../schemas/member.ts'
import { isOperator, type Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { base32, deriveKey, hmacSha256 } from '../../../digest.ts'
import type { Page, PageRequest, Versioned } from '../../contracts.ts'
import { among, transaction } from '../../database.ts'
import { byId, pageOf } from '../../page.ts'
import { directoryStub } from '../../stubs.ts'
import { judgeApprovalsAgain } from '../approvals.ts'
import type { Db, TenantContext, Tx } from '../context.ts'
import { endWhatHeOffered, endWithMembership, endWithRole } from '../credentials/powers/members.ts'
import { identitiesOf } from '../credentials/powers/sign-in-identity.ts'
import type { MemberRow } from '../enter.ts'
import type { PeopleOperations } from './contracts.ts'
import { endToken } from './end-token.ts'
import { agreeOnErasures, formsOfKey } from './erasures.ts'
import { bindLater, identityFor } from './identity.ts'
import { leaf } from './leaves.ts'
import { hasProfile, readProfile, writeProfile } from './profiles.ts'
import { bringBack, keepKeyOfReturn, memberWith, replayOfReturn } from './returning.ts'
import { seesAll } from './roles.ts'

type Input<Name extends keyof PeopleOperations> = PeopleOperations[Name]['input']

/** By id or handle. */
export const findMember = (db: Db | Tx, name: string): MemberRow | undefined =>
  db
    .select()
    .from(tables.members)
    .where(or(eq(tables.members.id, name), eq(tables.members.handle, name)))
    .all()
    // An id is nobody else's handle: where both fit, the id counts.
    .sort((a, b) => Number(b.id === name) - Number(a.id === name))[0]

const forgeLoginOf = (db: Db | Tx, memberId: string): string | null =>
  db
    .select({ login: tables.forgeAccounts.login })
    .from(tables.forgeAccounts)
    .where(eq(tables.forgeAccounts.memberId, memberId))
    .get()?.login ?? null

export const memberView = (db: Db | Tx, row: MemberRow): MemberView => ({
  ...{ id: row.id, handle: row.handle, kind: row.kind, roles: row.roles, state: row.state },
  signsIn: row.state === 'active' && row.identity !== null,
  forgeLogin: forgeLoginOf(db, row.id),
  ...{ createdAt: row.createdAt, createdBy: row.createdBy, endedAt: row.endedAt },
})

const STRONG: readonly MemberRole[] = ['owner', 'approver', 'operator']

/** Owners manage everybody, admins whoever is neither owner nor approver. */
export const mayManage = (who: Principal, { roles }: Pick<MemberRow, 'roles'>): boolean =>
  isOperator(who) ||
  who.roles.includes('owner') ||
  (who.roles.includes('admin') && !roles.some((role) => STRONG.includes(role)))

/** Whether these roles can be given by this caller in this tenant. */
export const mayGive = (
  context: TenantContext,
  who: Principal,
  roles: readonly MemberRole[],
): Result<null> => {
  if (roles.includes('operator') && context.tenant().slug !== PLATFORM_SLUG) {
    return refuse('invalid-parameters', {
      errors: [
        { pointer: '/roles', detail: 'Only the operators’ own tenant has the role operator.' },
      ],
    })
  }
  if (roles.includes('operator') && !isOperator(who))
    return refuse('forbidden', { detail: 'Only operators make operators.' })
  return mayManage(who, { roles: [...roles] })
    ? ok(null)
    : refuse('forbidden', { detail: 'Only an owner makes owners and approvers.' })
}

export const memberIdOf = (
  context: TenantContext,
  kind: 'person' | 'service',
  key: string,
): string => {
  const secret = deriveKey(context.env.PLATFORM_KEY, 'member-id')
  const id = base32(hmacSha256(secret, `${context.tenant().id}\u0000${key}`), 20)
  return `${kind === 'person' ? 'usr' : 'svc'}_${id}`
}

export const detail = async (
  context: TenantContext,
  row: MemberRow,
): Promise<Versioned<MemberDetail>> => {
  const { name = null, email = null } = await readProfile(context, row.id)
  return { value: { ...memberView(context.db, row), name, email }, version: row.version }
}

interface NewMember {
  kind: 'person' | 'service'
  key: string
  fingerprint: string
  handle: string
  roles: MemberRole[]
  /** Whom an identity provider has to vouch for when he signs in. */
  identity?: string | null
}

/** The row; a repeat answers with the row that the key made. Who was here before gets his own again. */
const insertMember = (
  context: TenantContext,
  who: Principal,
  { kind, key, fingerprint, handle, roles, identity = null }: NewMember,
): Result<MemberRow> => {
  const given = mayGive(context, who, roles)
  if (!given.ok) return given
  return transaction(context.db, (tx): Result<MemberRow> => {
    const earlier = tx
      .select()
      .from(tables.members)
      .where(inArray(tables.members.idempotencyKey, formsOfKey(context, key)))
      .get()
    if (earlier)
      return earlier.fingerprint === fingerprint ? ok(earlier) : refuse('idempotency-key-reused')
    const repeated = replayOfReturn(context, tx, { key, fingerprint })
    if (repeated) return repeated
    const before = identity === null ? undefined : memberWith(tx, identity)
    const other = findMember(tx, handle)
    if (other && other.id !== before?.id)
      return refuse('conflict', { detail: 'Another member has this handle.' })
    if (before?.state === 'active')
      return refuse('conflict', { detail: 'Another member signs in as this person.' })
    const at = context.now().toISOString()
    const step = { by: who.subject, at, about: roles }
    if (before) {
      const row = bringBack(tx, before, { handle, roles, createdBy: who.subject, ...step })
      keepKeyOfReturn(context, tx, { key, fingerprint }, row)
      return ok(row)
    }
    const [row] = tx
      .insert(tables.members)
      .values({
        ...{ id: memberIdOf(context, kind, key), handle, kind, roles, state: 'active', identity },
        ...{ createdAt: at, createdBy: who.subject, version: 1, idempotencyKey: key, fingerprint },
      })
      .returning()
      .all()
    if (!row) throw new Error('the member was not written')
    leaf(tx, { id: row.id, version: 1, from: 'none', to: 'joined', ...step })
    return ok(row)
  })
}

export const createMember = async (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Input<'members.create'>,
): Promise<Result<Versioned<MemberDetail>>> => {
  const { handle, roles, signIn, ...profile } = body
  const bound = signIn ? identityFor(context.env, signIn) : ok(null)
  if (!bound.ok) return bound
  const { value: identity } = bound
  const person = { kind: 'person' as const, key, fingerprint, handle, roles, identity }
  // An erasure that broke off is done first: nothing of before may come back with him.
  if (identity !== null && memberWith(context.db, identity)) await agreeOnErasures(context)
  const made = insertMember(context, who, person)
  if (!made.ok) return made
  const { value: row } = made
  // A repeat brings back nobody who has left since.
  if (row.state !== 'active') return ok(await detail(context, row))
  // After the row: whoever is let in before is let in nowhere. A repeat of the request says it again.
  if (identity !== null && row.identity === identity)
    await directoryStub(context.env).joinTenant(identity, context.tenant().id)
  if (Object.keys(profile).length > 0 && !hasProfile(context, row.id))
    await writeProfile(context, row.id, profile as Profile)
  return ok(await detail(context, row))
}

export const createServiceAccount = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Input<'service-accounts.create'>,
): Result<Versioned<MemberView>> => {
  const { handle, roles } = body
  const made = insertMember(context, who, { kind: 'service', key, fingerprint, handle, roles })
  return made.ok
    ? ok({ value: memberView(context.db, made.value), version: made.value.version })
    : made
}

export const listMembers = (
  { db }: TenantContext,
  { limit, after }: PageRequest,
): Page<MemberView> => {
  const rows = db
    .select()
    .from(tables.members)
    .where(gt(tables.members.id, after ?? ''))
    .orderBy(asc(tables.members.id))
    .limit(limit + 1)
    .all()
  return pageOf(rows, limit, byId, (row) => memberView(db, row))
}

export const seesPersonal = (who: Principal, id: string): boolean =>
  who.subject === id || seesAll(who)

export const readMember = async (
  context: TenantContext,
  who: Principal,
  name: string,
): Promise<Result<Versioned<MemberDetail>>> => {
  const row = findMember(context.db, name)
  if (!row) return refuse('not-found')
  if (seesPersonal(who, row.id)) return ok(await detail(context, row))
  const value = { ...memberView(context.db, row), name: null, email: null }
  return ok({ value, version: row.version })
}

const otherOwners = (db: Db | Tx, id: string): number =>
  db
    .select()
    .from(tables.members)
    .where(eq(tables.members.state, 'active'))
    .all()
    .filter((row) => row.id !== id && row.kind === 'person' && row.roles.includes('owner')).length

/** An owner that leaves or steps down leaves another one behind. Operators may take the last one out. */
export const keepsAnOwner = (
  db: Db | Tx,
  who: Principal,
  before: MemberRow,
  after: readonly MemberRole[],
): Result<null> =>
  isOperator(who) ||
  !before.roles.includes('owner') ||
  after.includes('owner') ||
  otherOwners(db, before.id) > 0
    ? ok(null)
    : refuse('conflict', { detail: 'The last owner stays: make another one first.' })

export const manageable = (
  context: TenantContext,
  who: Principal,
  id: string,
  ifVersion: number | '*',
): Result<MemberRow> => {
  const row = findMember(context.db, id)
  if (!row) return refuse('not-found')
  if (!mayManage(who, row))
    return refuse('forbidden', { detail: 'Only an owner decides about owners and approvers.' })
  if (row.roles.includes('operator') && !isOperator(who))
    return refuse('forbidden', { detail: 'Only operators decide about operators.' })
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  return ok(row)
}

export const updateMember = async (
  context: TenantContext,
  who: Principal,
  { id, ifVersion, body }: Input<'members.update'>,
): Promise<Result<Versioned<MemberDetail>>> => {
  const found = manageable(context, who, id, ifVersion)
  if (!found.ok) return found
  const before = found.value
  if (before.state !== 'active')
    return refuse('conflict', { detail: 'There is no such member any more.' })
  const roles = body.roles ?? before.roles
  const given = body.roles ? mayGive(context, who, roles) : ok(null)
  if (!given.ok) return given
  if (
    before.kind === 'service' &&
    roles.some((role) => role !== 'requester' && role !== 'auditor')
  ) {
    return refuse('invalid-parameters', {
      errors: [{ pointer: '/roles', detail: 'A machine is a requester or an auditor.' }],
    })
  }
  const kept = keepsAnOwner(context.db, who, before, roles)
  if (!kept.ok) return kept
  const bound = bindLater(context, who, before, body.signIn)
  if (!bound.ok) return bound
  const { value: identity } = bound
  const handle = body.handle ?? before.handle
  const other = body.handle === undefined ? undefined : findMember(context.db, body.handle)
  if (other && other.id !== before.id)
    return refuse('conflict', { detail: 'Another member has this handle.' })
  const row = transaction(context.db, (tx) => {
    const version = before.version + 1
    const [next] = tx
      .update(tables.members)
      .set({ roles, handle, identity, version })
      .where(and(eq(tables.members.id, before.id), eq(tables.members.version, before.version)))
      .returning()
      .all()
    const at = context.now().toISOString()
    const step = { id: before.id, version, from: 'joined', to: 'changed', by: who.subject, at }
    if (next) leaf(tx, { ...step, about: roles })
    if (next) endWithRole(context, tx, next, { by: who.subject, before: before.roles })
    return next
  })
  if (!row) return refuse('precondition-failed')
  if (body.signIn && identity !== null)
    await directoryStub(context.env).joinTenant(identity, context.tenant().id)
  if (body.name !== undefined || body.email !== undefined) {
    const { name = null, email = null } = await readProfile(context, row.id)
    const next = {
      name: body.name === undefined ? name : body.name,
      email: body.email === undefined ? email : body.email,
    }
    await writeProfile(context, row.id, {
      ...(next.name === null ? {} : { name: next.name }),
      ...(next.email === null ? {} : { email: next.email }),
    })
  }
  judgeApprovalsAgain(context)
  await context.arm()
  return ok(await detail(context, row))
}

export const removeMember = async (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Input<'members.remove'>,
): Promise<Result<Versioned<MemberView>>> => {
  const found = manageable(context, who, id, ifVersion)
  if (!found.ok) return found
  const before = found.value
  const kept = keepsAnOwner(context.db, who, before, [])
  if (!kept.ok) return kept
  const row = await endMember(context, who, before)
  judgeApprovalsAgain(context)
  await context.arm()
  return ok({ value: memberView(context.db, row), version: row.version })
}

/**
 * Out at once: tokens and sessions end with the row, in one transaction. The Directory forgets him first, for what comes after
 * the row could not be repeated.
 */
export const endMember = async (
  context: TenantContext,
  who: Principal,
  { id, identity }: MemberRow,
): Promise<MemberRow> => {
  for (const each of identitiesOf(context.tenant().id, { id, identity }))
    await directoryStub(context.env).leaveTenant(each, context.tenant().id)
  return transaction(context.db, (tx) => {
    const by = who.subject
    const at = context.now().toISOString()
    const before = tx.select().from(tables.members).where(eq(tables.members.id, id)).get()
    if (before?.state !== 'active') return before ?? raise()
    for (const token of tx.select().from(tables.tokens).where(eq(tables.tokens.member, id)).all())
      if (token.revokedAt === null) endToken(tx, token, { by, at })
    tx.update(tables.sessions).set({ endedAt: at }).where(eq(tables.sessions.memberId, id)).run()
    tx.delete(tables.forgeAccounts).where(eq(tables.forgeAccounts.memberId, id)).run()
    endWithMembership(context, tx, id, { by, at })
    const version = before.version + 1
    const [row] = tx
      .update(tables.members)
      // His identity stays: see returning.ts.
      .set({ state: 'removed', endedAt: at, version })
      .where(eq(tables.members.id, id))
      .returning()
      .all()
    leaf(tx, { id, version, from: 'joined', to: 'removed', by, at })
    endWhatHeOffered(context, tx, id, by)
    return row ?? raise()
  })
}

const raise = (): never => {
  throw new Error('the member was not removed')
}

/** Who the caller is; an operator who is no member here has no handle. */
export const meOf = (context: TenantContext, who: Principal): Me => ({
  tenant: context.tenant().slug,
  member: who.subject,
  handle: findMember(context.db, who.subject)?.handle ?? null,
  ...{ person: who.person, roles: who.roles, scopes: who.scopes, credential: who.credential },
})

export const namesOf = ({ db }: TenantContext, ids: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    db
      .select({ id: tables.members.id, handle: tables.members.handle })
      .from(tables.members)
      .where(and(among(tables.members.id, ids), isNotNull(tables.members.handle)))
      .all()
      .map(({ id, handle }) => [id, handle ?? id]),
  )

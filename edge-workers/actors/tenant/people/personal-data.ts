// What is personal of a member: given out to himself, owners and admins, and erased. His pseudonym stays behind.
import { asc, eq, inArray, or } from 'drizzle-orm'
import type { MemberView } from '../../../../schemas/member.ts'
import type { PersonalExport } from '../../../../schemas/personal-export.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import type { Versioned } from '../../contracts.ts'
import { judgeApprovalsAgain } from '../approvals.ts'
import type { TenantContext } from '../context.ts'
import { issuanceView } from '../credentials/issuance/rows.ts'
import { bareView } from '../credentials/presentations/rows.ts'
import { credentialView } from '../credentials/status/operate.ts'
import type { MemberRow } from '../enter.ts'
import type { PeopleOperations } from './contracts.ts'
import { eraseHere, tellDirectory } from './erasures.ts'
import {
  detail,
  endMember,
  findMember,
  keepsAnOwner,
  manageable,
  memberView,
  seesPersonal,
} from './members.ts'
import { sessionView } from './sessions.ts'
import { tokenView } from './tokens.ts'

type Input<Name extends keyof PeopleOperations> = PeopleOperations[Name]['input']

/** Everything that is kept of him under his pseudonym. What he wrote into requests is the tenant's, and in its Git. */
export const exportMember = async (
  context: TenantContext,
  who: Principal,
  name: Input<'members.export'>,
): Promise<Result<PersonalExport>> => {
  const row = findMember(context.db, name)
  if (!row) return refuse('not-found')
  if (!seesPersonal(who, row.id))
    return refuse('forbidden', { detail: 'Himself, owners and admins may have it.' })
  const { db } = context
  const { tokens, sessions, credentials, transitions } = tables
  const { value: member } = await detail(context, row)
  return ok({
    schema: 'phoenix.personal-export/v1',
    tenant: context.tenant().slug,
    at: context.now().toISOString(),
    member,
    tokens: db
      .select()
      .from(tokens)
      .where(eq(tokens.member, row.id))
      .orderBy(asc(tokens.id))
      .all()
      .map((row) => tokenView(context.db, row)),
    sessions: db
      .select()
      .from(sessions)
      .where(eq(sessions.memberId, row.id))
      .orderBy(asc(sessions.id))
      .all()
      .map((session) => sessionView(who, session)),
    credentials: db
      .select()
      .from(credentials)
      .where(eq(credentials.member, row.id))
      .orderBy(asc(credentials.issuedAt), asc(credentials.id))
      .all()
      .map((credential) => credentialView(context, credential)),
    issuances: issuancesOf(context, row.id),
    presentations: presentationsOf(context, row.id),
    steps: db
      .select({ subject: transitions.changeId, to: transitions.to, at: transitions.at })
      .from(transitions)
      .where(or(eq(transitions.actor, row.id), eq(transitions.changeId, row.id)))
      .orderBy(asc(transitions.seq))
      .all(),
  })
}

/** Claims are kept sealed until they are issued, and shown to nobody meanwhile. */
const issuancesOf = ({ db }: TenantContext, memberId: string): PersonalExport['issuances'] => {
  const { credentialOffers: offers } = tables
  const his = db.select().from(offers).where(eq(offers.member, memberId)).orderBy(asc(offers.id))
  return his.all().map((offer) => issuanceView(db, offer))
}

/** By one of his credentials, or by his word. */
const presentationsOf = (
  { db, now }: TenantContext,
  memberId: string,
): PersonalExport['presentations'] => {
  const { presentationRequests: requests, credentials } = tables
  const his = db.select({ id: credentials.id }).from(credentials)
  const ids = his.where(eq(credentials.member, memberId))
  return db
    .select()
    .from(requests)
    .where(or(eq(requests.createdBy, memberId), inArray(requests.credentialId, ids)))
    .orderBy(asc(requests.id))
    .all()
    .map((request) => bareView(request, now()))
}

/** Whether this caller may erase this member now: himself, or one who was removed. */
const erasable = (
  context: TenantContext,
  who: Principal,
  { id, ifVersion }: Input<'members.erase'>,
): Result<MemberRow> => {
  const row = findMember(context.db, id)
  if (!row) return refuse('not-found')
  if (row.id !== who.subject) {
    const found = manageable(context, who, row.id, row.state === 'erased' ? '*' : ifVersion)
    if (!found.ok) return found
    return row.state === 'active'
      ? refuse('conflict', { detail: 'Remove the member first, or let him erase himself.' })
      : found
  }
  if (ifVersion !== '*' && ifVersion !== row.version) return refuse('precondition-failed')
  const kept = keepsAnOwner(context.db, who, row, [])
  return kept.ok ? ok(row) : kept
}

/** The Directory first: from then on no older copy of this database shows him again. The same however often. */
export const eraseMember = async (
  context: TenantContext,
  who: Principal,
  input: Input<'members.erase'>,
): Promise<Result<Versioned<MemberView>>> => {
  const found = erasable(context, who, input)
  if (!found.ok) return found
  const { id } = found.value
  const at = context.now().toISOString()
  await tellDirectory(context, id, at)
  const ended = await endMember(context, who, found.value)
  const row = ended.state === 'erased' ? ended : eraseHere(context, ended, { by: who.subject, at })
  judgeApprovalsAgain(context)
  await context.arm()
  return ok({ value: memberView(context.db, row), version: row.version })
}

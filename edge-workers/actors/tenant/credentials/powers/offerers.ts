// Who could act by a member's credential besides himself: whoever offered it saw its link and its code, and so did whoever could
// have acted in the place of him. They are kept from approving what is asked for by it, and it from approving what they asked for,
// as with the makers of a machine's token.
import { and, eq, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { OPERATOR_SUBJECT } from '../../../../auth/operator.ts'
import { statement } from '../../../database.ts'
import type { Db, Tx } from '../../context.ts'
import type { MemberRow } from '../../enter.ts'
import { memberById } from '../../people/roles.ts'

const { credentials, credentialOffers: offers } = tables
type Made = Pick<typeof offers.$inferSelect, 'createdBy' | 'behind'>

const ofMember = statement((db: Db | Tx) =>
  db
    .selectDistinct({ createdBy: offers.createdBy, behind: offers.behind })
    .from(credentials)
    .innerJoin(offers, eq(offers.id, credentials.offerId))
    .where(
      and(
        eq(credentials.member, sql.placeholder('member')),
        eq(credentials.configuration, sql.placeholder('configuration')),
      ),
    )
    .prepare(),
)

/**
 * Pseudonyms, each once; the holder himself is none of them, nor the installation's own credential, which makes everybody's first
 * token and asks for nothing in a tenant.
 */
export const besides = (member: string | null, made: readonly Made[]): string[] => {
  const all = made.flatMap(({ createdBy, behind }) => [createdBy, ...behind])
  return [...new Set(all)].filter((id) => id !== member && id !== OPERATOR_SUBJECT)
}

/** Of all that this member ever held of a kind: of a session it is not kept which of them began it. */
export const offerersOf = (db: Db | Tx, member: string, configuration: string): string[] =>
  besides(member, ofMember(db).all({ member, configuration }))

/** Of this one; none where the member offered it to himself, with a credential that was his alone. */
export const offererOf = (
  db: Db | Tx,
  { offerId, member }: { offerId: string; member: string | null },
): string[] =>
  besides(
    member,
    db
      .select({ createdBy: offers.createdBy, behind: offers.behind })
      .from(offers)
      .where(eq(offers.id, offerId))
      .all(),
  )

/** Of the roles that a member may have: those that only owners give. */
export const isStrong = (role: string): boolean => STRONG.has(role)
const STRONG = new Set(['owner', 'approver', 'operator'])

/** Whether all of them may offer this member, as he is now, what he acts by: owners anybody, admins who is none of these. */
export const mayHaveOffered = (
  db: Db | Tx,
  offerers: readonly string[],
  { roles }: Pick<MemberRow, 'roles'>,
): boolean =>
  !roles.some(isStrong) ||
  offerers.every((id) => {
    const offerer = memberById(db).get({ id })
    return offerer?.state === 'active' && offerer.roles.includes('owner')
  })

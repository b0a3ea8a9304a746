// Who could act by a member's credential besides himself: whoever offered it saw its link and its code. He is kept from approving
// what is asked for by it, and it from approving what he asked for, as with the makers of a machine's token.
import { and, eq, ne, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { statement } from '../../../database.ts'
import type { Db, Tx } from '../../context.ts'

const { credentials, credentialOffers: offers } = tables

const ofMember = statement((db: Db | Tx) =>
  db
    .selectDistinct({ by: offers.createdBy })
    .from(credentials)
    .innerJoin(offers, eq(offers.id, credentials.offerId))
    .where(
      and(
        eq(credentials.member, sql.placeholder('member')),
        eq(credentials.configuration, sql.placeholder('configuration')),
        ne(offers.createdBy, sql.placeholder('member')),
      ),
    )
    .prepare(),
)

/** Of all that this member ever held of a kind: of a session it is not kept which of them began it. */
export const offerersOf = (db: Db | Tx, member: string, configuration: string): string[] =>
  ofMember(db)
    .all({ member, configuration })
    .map(({ by }) => by)

/** Of this one; none where the member offered it to himself. */
export const offererOf = (
  db: Db | Tx,
  { offerId, member }: { offerId: string; member: string | null },
): string[] =>
  db
    .select({ by: offers.createdBy })
    .from(offers)
    .where(eq(offers.id, offerId))
    .all()
    .map(({ by }) => by)
    .filter((by) => by !== member)

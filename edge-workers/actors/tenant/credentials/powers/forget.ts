// What of a member stands in the tables of credentials and is personal: it goes with him, and what is left says nothing of whose it
// was. What he asked for and approved stays under his pseudonym, with the evidence, which names him by nothing else.
import { and, eq, inArray, isNotNull, notInArray, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import type { TenantContext, Tx } from '../../context.ts'
import { ENDED, endCredentialsOf, GREATER, NO_APPROVER, OFFERER_ENDED } from './members.ts'

const { credentials, credentialOffers: offers, presentationRequests: requests } = tables
const { transitions, trustedIssuers } = tables

/** Why a status changed is what somebody wrote about him, but for these. */
const OUR_WORDS = [ENDED, GREATER, NO_APPROVER, OFFERER_ENDED]

const forgetHeld = (tx: Tx, member: string): void => {
  const his = tx.select({ id: credentials.id }).from(credentials)
  const ids = his.where(eq(credentials.member, member))
  tx.update(transitions)
    .set({ reason: null })
    .where(and(inArray(transitions.changeId, ids), notInArray(transitions.reason, OUR_WORDS)))
    .run()
  // Of an approval it stays which credential it was: the change keeps it.
  tx.delete(requests)
    .where(and(eq(requests.kind, 'sign-in'), inArray(requests.credentialId, ids)))
    .run()
  tx.update(credentials)
    .set({ reason: null })
    .where(and(eq(credentials.member, member), notInArray(credentials.reason, OUR_WORDS)))
    .run()
  // The key of his wallet is one that he may use elsewhere.
  tx.update(credentials)
    .set({ member: null, holder: null })
    .where(eq(credentials.member, member))
    .run()
}

/** The length and the kind of the code stay: an offer in its place asks for the same. */
const forgetOffered = (tx: Tx, member: string): void => {
  tx.update(offers)
    .set({
      ...{ member: null, claims: null, holderKeys: null },
      txCode: sql`json_remove(${offers.txCode}, '$.description')`,
    })
    .where(eq(offers.member, member))
    .run()
}

/** Keys that he chose may name him: what stands for one tells that it was used. `forgotten`: gives it. */
const forgetKeys = (tx: Tx, member: string, forgotten: (key: string) => string): void => {
  for (const table of [trustedIssuers, requests] as const)
    for (const { id, key } of tx
      .select({ id: table.id, key: table.idempotencyKey })
      .from(table)
      .where(and(eq(table.createdBy, member), isNotNull(table.idempotencyKey)))
      .all())
      if (key?.startsWith(`${member} `))
        tx.update(table)
          .set({ idempotencyKey: forgotten(key) })
          .where(eq(table.id, id))
          .run()
}

/** Erased: credentials end, and nothing says whose they were. In the transaction of the erasure. */
export const forgetCredentialsOf = (
  context: Pick<TenantContext, 'now'>,
  tx: Tx,
  member: string,
  { by, forgotten }: { by: string; forgotten: (key: string) => string },
): void => {
  endCredentialsOf(context, tx, member, { by, reason: ENDED })
  forgetHeld(tx, member)
  forgetOffered(tx, member)
  forgetKeys(tx, member, forgotten)
}

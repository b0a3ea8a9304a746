// The end of an offer by time, at its alarm or at the next look, whichever comes first: nothing is read or used that is over.
// Claims go with it; those of an issued credential when its access token can ask for it no more.
import { and, asc, eq, inArray, isNotNull, lte, type SQL } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { transaction } from '../../../database.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { findOffer, isOpen, move, type OfferRow, OPEN } from './rows.ts'

const { credentialOffers: offers, spentNonces } = tables
/** One look ends at most so many; the alarm the others. */
const ENDED_AT_ONCE = 200

/** When something is to be done about it, in milliseconds since the epoch; null: never again. */
export const deadlineOf = (row: OfferRow): number | null => {
  if (isOpen(row)) return Date.parse(row.expiresAt)
  const keepsClaims = row.claims !== null && row.accessTokenUntil !== null
  return keepsClaims ? Date.parse(row.accessTokenUntil ?? '') : null
}

/** The row as it is at this moment. */
export const settleOffer = (tx: Tx, row: OfferRow, now: Date): OfferRow => {
  const due = deadlineOf(row)
  if (due === null || due > now.getTime()) return row
  const at = now.toISOString()
  if (isOpen(row))
    return move(tx, row, 'expired', { actor: 'phoenix', at, reason: 'its time was over' })
  const erased = { claims: null, holderKeys: null }
  tx.update(offers).set(erased).where(eq(offers.id, row.id)).run()
  return { ...row, ...erased }
}

/** The same for a look from outside; undefined where there is none. */
export const currentOffer = (
  { db, now }: TenantContext,
  find: (on: Db | Tx) => OfferRow | undefined,
): OfferRow | undefined => {
  const row = find(db)
  if (!row) return undefined
  const due = deadlineOf(row)
  if (due === null || due > now().getTime()) return row
  return transaction(db, (tx) => {
    const again = findOffer(tx, row.id)
    return again && settleOffer(tx, again, now())
  })
}

/** Before offers are listed. */
export const expireDue = ({ db, now }: TenantContext): void => {
  const isDue = and(inArray(offers.state, [...OPEN]), lte(offers.expiresAt, now().toISOString()))
  if (!db.select({ id: offers.id }).from(offers).where(isDue).limit(1).get()) return
  transaction(db, (tx) => {
    const due = tx.select().from(offers).where(isDue).orderBy(asc(offers.expiresAt))
    for (const row of due.limit(ENDED_AT_ONCE).all()) settleOffer(tx, row, now())
    return null
  })
}

/** Handler of the outbox. Milliseconds until it is to be looked at again. */
export const expireOffer = (context: TenantContext, id: string): number | undefined => {
  const now = context.now()
  const row = currentOffer(context, (on) => findOffer(on, id))
  forgetNonces(context)
  const due = row ? deadlineOf(row) : null
  return due === null ? undefined : Math.max(1, due - now.getTime())
}

const forgetNonces = ({ db, now }: TenantContext): void => {
  const seconds = Math.floor(now().getTime() / 1000)
  db.delete(spentNonces).where(lte(spentNonces.until, seconds)).run()
}

interface End {
  by: string
  at: string
  error: { code: string; detail: string }
}

/** In the caller's transaction: they fail, and what was kept for them goes, also for what is issued already. */
const endAll = (tx: Tx, which: SQL | undefined, { by, at, error }: End): void => {
  const open = tx
    .select()
    .from(offers)
    .where(and(which, inArray(offers.state, [...OPEN])))
  for (const row of open.all())
    move(tx, row, 'failed', { ...{ actor: by, at, reason: error.code }, patch: { error } })
  tx.update(offers)
    .set({ claims: null, holderKeys: null })
    .where(and(which, isNotNull(offers.claims)))
    .run()
}

export const MEMBER_ENDED = 'member-ended'
/** He is no member any more. */
export const endOffersOf = (
  tx: Tx,
  member: string,
  { by, at }: { by: string; at: string },
): void => {
  const error = { code: MEMBER_ENDED, detail: 'The membership has ended.' }
  endAll(tx, eq(offers.member, member), { by, at, error })
}

/** The database is an older one: what it calls open may have been issued meanwhile, and its codes and nonces used. */
export const endOffersOfBackup = (tx: Tx, at: string): void => {
  const error = { code: 'restored', detail: 'The issuer was restored from a backup.' }
  endAll(tx, undefined, { by: 'phoenix', at, error })
}

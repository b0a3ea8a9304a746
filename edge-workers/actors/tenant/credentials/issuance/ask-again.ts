// The way on of a holder whose offer came to nothing: whoever has its page asks the tenant for another, once. What comes of it
// operators decide: the issuance says that it was asked, the log and webhooks tell it, and the page leads to the offer that they make.
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { currentOffer } from './expiry.ts'
import { findOffer, move, type OfferRow } from './rows.ts'

/** It has ended without a credential, nothing stands in its place, and nobody has asked yet. */
export const mayAskAgain = ({ state, replacedBy, askedAgainAt }: OfferRow): boolean =>
  (state === 'failed' || state === 'denied' || state === 'expired') &&
  replacedBy === null &&
  askedAgainAt === null

/** Refuses `not-found` without the secret of its page. Asked twice, or where there is no need to, it is nothing. */
export const askAgain = (
  context: TenantContext,
  { id, pageDigest }: { id: string; pageDigest: string },
): Result<null> => {
  const row = currentOffer(context, (on) => findOffer(on, id))
  if (!row || !equalInConstantTime(pageDigest, row.pageDigest)) return refuse('not-found')
  if (!mayAskAgain(row)) return ok(null)
  const at = context.now().toISOString()
  const step = { actor: 'holder', at, word: 'asked_again', patch: { askedAgainAt: at } } as const
  transaction(context.db, (tx) => move(tx, row, row.state, step))
  context.changed()
  return ok(null)
}

// Rows of offers: how they are found and shown, and the one way in which an issuance takes a step.
import {
  type CredentialOfferView,
  type IssuanceState,
  type IssuanceView,
  issuanceMoves,
} from '../../../../../schemas/credential.ts'
import { type Db, enqueue, record, type TenantContext, type Tx } from '../../context.ts'
import { referenceOf, secretOf } from './offer-secrets.ts'
import { credentialsOf, type OfferRow, updateRow } from './statements.ts'

export { credentialsOf, findIssuance, findOffer, type OfferRow } from './statements.ts'

/** An offer that a wallet may still come for. */
export const OPEN: readonly IssuanceState[] = ['created', 'retrieved', 'authorized', 'deferred']
/** Its link and its code still count. */
const UNUSED: readonly IssuanceState[] = ['created', 'retrieved']

export const isOpen = ({ state }: Pick<OfferRow, 'state'>): boolean => OPEN.includes(state)
export const isUnused = ({ state }: Pick<OfferRow, 'state'>): boolean => UNUSED.includes(state)

export const issuanceView = (db: Db | Tx, row: OfferRow): IssuanceView => ({
  ...{ id: row.issuanceId, offer: row.id, driver: row.driver, configurations: row.configurations },
  ...{ member: row.member, state: row.state, error: row.error },
  credentials: credentialsOf(db, row.id).map(({ id }) => id),
  ...{ triesLeft: row.triesLeft, createdAt: row.createdAt, expiresAt: row.expiresAt },
  askedAgainAt: row.replacedBy === null ? row.askedAgainAt : null,
  updatedAt: row.updatedAt,
})

/** The address that a wallet fetches the offer from. */
export const referenceUrl = (context: TenantContext, url: string, offerId: string): string =>
  `${url}/oid4vci/offers/${referenceOf(context, offerId)}`

/** Whoever has it sees the state of this offer. */
export const pageUrl = (context: TenantContext, issuerId: string, offerId: string): string =>
  `${context.env.PUBLIC_URL}/offers/${issuerId}/${offerId}/${secretOf(context, 'page', offerId)}`

/** `scheme`: of the issuer's links; one with a query of its own has none. */
export const linkTo = (scheme: string, parameter: string, value: string): string =>
  `${scheme}?${parameter}=${encodeURIComponent(value)}`

/** `uri`: null for whoever may not hand it on. */
export const offerView = (db: Db | Tx, row: OfferRow, uri: string | null): CredentialOfferView => ({
  ...{ id: row.id, issuance: issuanceView(db, row), uri: isUnused(row) ? uri : null },
})

/** What a step can change beside the state. */
type Changing = Pick<
  OfferRow,
  | ('claims' | 'triesLeft' | 'accessTokenDigest' | 'accessTokenUntil' | 'expiresAt')
  | ('releasedAt' | 'granted' | 'holderKeys' | 'error' | 'replacedBy' | 'askedAgainAt')
>

export interface OfferStep {
  /** Pseudonym of who causes it; `wallet` for whoever holds the offer, `phoenix` for the system. */
  actor: string
  at: string
  /** Words of ours. */
  reason?: string | null
  /** What the log and events call it, where that is not the state. */
  word?: 'asked_again'
  patch?: Partial<Changing>
}

/** What must not outlive an issuance that will not happen. */
const ENDED = { claims: null, holderKeys: null } as const

/**
 * One step in the caller's transaction: the row, the event and the leaf together. The same state is a note. Throws at a move that
 * the table does not have, and where the row has moved since it was read.
 */
export const move = (
  tx: Tx,
  row: OfferRow,
  to: IssuanceState,
  { actor, at, reason = null, word, patch = {} }: OfferStep,
): OfferRow => {
  if (to !== row.state && !issuanceMoves[row.state].includes(to))
    throw new Error(`illegal move ${row.state} -> ${to}`)
  const version = row.version + 1
  const over = to === 'failed' || to === 'denied' || to === 'expired'
  const stands = { state: to, version, updatedAt: at }
  const moved: OfferRow = { ...row, ...patch, ...(over ? ENDED : {}), ...stands }
  if (!updateRow(tx, moved, row.version)) throw new Error('the offer has moved since it was read')
  const step = { from: row.state, to: word ?? to, reason, actor, at }
  record(tx, { changeId: row.issuanceId, version, ...step })
  return moved
}

/** Wakes the object when the offer's time, or its token's, is over. */
export const watch = (tx: Tx, row: OfferRow): void => {
  const ends = [row.expiresAt, ...(row.accessTokenUntil === null ? [] : [row.accessTokenUntil])]
  for (const end of ends) enqueue(tx, 'offer', row.id, Date.parse(end))
}

// The statements that every issuance runs, built once for each database: building them anew costs more than all the rest of it
// (`npm run bench`). What JSON may be missing goes in as text, because a null of a kept statement would be written as JSON's.
import { and, asc, eq, sql } from 'drizzle-orm'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { statement } from '../../../database.ts'
import type { Db, Tx } from '../../context.ts'

const { credentialOffers: offers, credentials, spentNonces } = tables
export type OfferRow = typeof offers.$inferSelect
export type CredentialRow = typeof credentials.$inferSelect

const given = (name: string) => sql`${sql.placeholder(name)}`

const offerBy = (
  column: 'id' | 'issuanceId' | 'codeDigest' | 'accessTokenDigest' | 'idempotencyKey',
) => {
  const find = statement((on: Db | Tx) =>
    on
      .select()
      .from(offers)
      .where(eq(offers[column], sql.placeholder('value')))
      .prepare(),
  )
  return (on: Db | Tx, value: string): OfferRow | undefined => find(on).get({ value })
}
export const findOffer = offerBy('id')
export const findIssuance = offerBy('issuanceId')
export const offerOfCode = offerBy('codeDigest')
export const offerOfToken = offerBy('accessTokenDigest')
export const offerOfKey = offerBy('idempotencyKey')

const ofOffer = statement((on: Db | Tx) =>
  on
    .select()
    .from(credentials)
    .where(eq(credentials.offerId, sql.placeholder('offerId')))
    .orderBy(asc(credentials.issuedAt), asc(credentials.id))
    .prepare(),
)
/** In the order in which they were issued. */
export const credentialsOf = (on: Db | Tx, offerId: string): CredentialRow[] =>
  ofOffer(on).all({ offerId })

const atPosition = statement((on: Db | Tx) =>
  on
    .select({ id: credentials.id })
    .from(credentials)
    .where(
      and(
        eq(credentials.list, sql.placeholder('list')),
        eq(credentials.position, sql.placeholder('position')),
      ),
    )
    .prepare(),
)
export const isFree = (tx: Tx, { list, position }: { list: number; position: number }): boolean =>
  atPosition(tx).get({ list, position }) === undefined

const signAgain = statement((tx: Tx) =>
  tx
    .update(credentials)
    .set({ kid: given('kid') })
    .where(eq(credentials.id, given('id')))
    .prepare(),
)
/** The same credential, by the key that signs now. */
export const signedBy = (tx: Tx, id: string, { kid }: { kid: string }): void => {
  signAgain(tx).run({ id, kid })
}

const spentOne = statement((on: Db | Tx) =>
  on
    .select({ digest: spentNonces.digest })
    .from(spentNonces)
    .where(eq(spentNonces.digest, sql.placeholder('digest')))
    .prepare(),
)
export const isSpentNonce = (on: Db | Tx, digest: string): boolean =>
  spentOne(on).get({ digest }) !== undefined

const spendOne = statement((tx: Tx) =>
  tx
    .insert(spentNonces)
    .values({ digest: sql.placeholder('digest'), until: sql.placeholder('until') })
    .prepare(),
)
/** Throws where it was spent before. */
export const spendNonce = (tx: Tx, nonce: { digest: string; until: number }): void => {
  const { digest, until } = nonce
  spendOne(tx).run({ digest, until })
}

const jsonOrNull = (value: unknown): string | null => (value == null ? null : JSON.stringify(value))

const insertOne = statement((tx: Tx) =>
  tx
    .insert(offers)
    .values({
      ...{ id: given('id'), issuanceId: given('issuanceId'), driver: given('driver') },
      ...{ idempotencyKey: given('idempotencyKey'), fingerprint: given('fingerprint') },
      ...{
        configurations: given('configurations'),
        state: given('state'),
        claims: given('claims'),
      },
      ...{ member: given('member'), codeDigest: given('codeDigest'), txCode: given('txCode') },
      ...{ txCodeDigest: given('txCodeDigest'), triesLeft: given('triesLeft') },
      ...{ accessTokenDigest: null, accessTokenUntil: null, deferred: given('deferred') },
      ...{ releasedAt: null, granted: null, holderKeys: null, replacedBy: null, error: null },
      askedAgainAt: null,
      ...{ pageDigest: given('pageDigest'), remote: given('remote') },
      ...{ callbackDigest: given('callbackDigest'), expiresAt: given('expiresAt') },
      ...{ createdAt: given('createdAt'), createdBy: given('createdBy') },
      behind: given('behind'),
      ...{ updatedAt: given('createdAt'), version: 1 },
    })
    .prepare(),
)
/** What an offer does not have when it is made. */
const NOTHING_YET = {
  ...{ accessTokenDigest: null, accessTokenUntil: null, releasedAt: null, granted: null },
  ...{ holderKeys: null, replacedBy: null, askedAgainAt: null, error: null, version: 1 },
} as const
export type NewOffer = Omit<OfferRow, keyof typeof NOTHING_YET | 'updatedAt'>

/** Throws where its id or its key is taken. */
export const insertRow = (tx: Tx, offer: NewOffer): OfferRow => {
  const { configurations, txCode, remote, deferred, behind } = offer
  insertOne(tx).run({
    ...offer,
    ...{ configurations: JSON.stringify(configurations), txCode: jsonOrNull(txCode) },
    behind: JSON.stringify(behind),
    ...{ remote: jsonOrNull(remote), deferred: deferred ? 1 : 0 },
  })
  return { ...offer, ...NOTHING_YET, updatedAt: offer.createdAt }
}

const updateOne = statement((tx: Tx) =>
  tx
    .update(offers)
    .set({
      ...{ state: given('state'), claims: given('claims'), triesLeft: given('triesLeft') },
      ...{ accessTokenDigest: given('accessTokenDigest') },
      ...{ accessTokenUntil: given('accessTokenUntil'), releasedAt: given('releasedAt') },
      ...{ granted: given('granted'), holderKeys: given('holderKeys'), error: given('error') },
      ...{ replacedBy: given('replacedBy'), askedAgainAt: given('askedAgainAt') },
      expiresAt: given('expiresAt'),
      ...{ updatedAt: given('updatedAt'), version: given('version') },
    })
    .where(and(eq(offers.id, given('id')), eq(offers.version, given('before'))))
    .returning({ id: offers.id })
    .prepare(),
)
/** Everything of it that can change. False: another version of it stands there. */
export const updateRow = (tx: Tx, row: OfferRow, before: number): boolean => {
  const { granted, holderKeys, error } = row
  const values = {
    ...{ granted: jsonOrNull(granted), holderKeys: jsonOrNull(holderKeys) },
    ...{ error: jsonOrNull(error), before },
  }
  return updateOne(tx).all({ ...row, ...values }).length === 1
}

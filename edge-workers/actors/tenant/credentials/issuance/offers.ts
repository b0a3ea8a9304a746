// Offers are made here, once per Idempotency-Key, and again in the place of one that came to nothing. The answer alone has the
// transaction code and the links; everything secret in it is a function of the offer (offer-secrets.ts).
import { type NewCredentialOffer, OFFER_SECONDS } from '../../../../../schemas/credential.ts'
import type { Principal } from '../../../../../schemas/principal.ts'
import { ok, type Refused, type Result, refuse } from '../../../../../schemas/result.ts'
import { fromBase64url } from '../../../../base64.ts'
import { base32, sha256Hex } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import { record, type TenantContext, type Tx } from '../../context.ts'
import { isSimulated } from '../entra/abilities.ts'
import { offerWithEntra } from '../entra/offer.ts'
import type { ConfigurationRow } from '../issuer/configurations.ts'
import { type IssuerRow, issuerOf, issuerUrl } from '../issuer/issuer.ts'
import { digestOfSecret, sealText } from '../issuer/secrets.ts'
import type { IssuanceOperations, MadeOffer } from './contracts.ts'
import { currentOffer } from './expiry.ts'
import { offerObject } from './fetch.ts'
import { claimsPurpose, digestFor, secretOf, txCodeDigest, txCodeOf } from './offer-secrets.ts'
import { judgeOffer } from './offered.ts'
import {
  findOffer,
  isUnused,
  linkTo,
  move,
  type OfferRow,
  offerView,
  pageUrl,
  referenceUrl,
  watch,
} from './rows.ts'
import { insertRow, type NewOffer, offerOfKey } from './statements.ts'

type Input<Name extends keyof IssuanceOperations> = IssuanceOperations[Name]['input']

/** Wrong transaction codes; then the code of the offer is dead. */
export const TRIES = 5

/** As whoever made it sees it: with what a wallet and its holder need, while they can use it. */
const madeOffer = (
  context: TenantContext,
  issuer: IssuerRow,
  row: OfferRow,
  replayed: boolean,
): MadeOffer => {
  const usable = isUnused(row)
  const url = issuerUrl(context.env, issuer.id)
  const scheme = issuer.linkSchemes.offer
  const own = row.driver === 'openid4vci'
  const uri = own
    ? linkTo(scheme, 'credential_offer_uri', referenceUrl(context, url, row.id))
    : (row.remote?.url ?? null)
  const value = JSON.stringify(offerObject(context, url, row))
  return {
    ...offerView(context.db, row, uri),
    value: usable && own ? linkTo(scheme, 'credential_offer', value) : null,
    txCode: usable && row.txCode ? txCodeOf(context, row.id, row.txCode) : null,
    page: pageUrl(context, issuer.id, row.id),
    simulated: row.driver === 'entra' && isSimulated(context.env),
    replayed,
  }
}

interface Wish extends NewCredentialOffer {
  /** As it was sent: what is stored is a keyed digest, because it may name somebody. */
  key: string
  /** Of what was sent, claims too: stored as a keyed digest, or they could be guessed from it. */
  fingerprint: string
  createdBy: string
  /** Who could act by the same credential. */
  behind: readonly string[]
  /** The offer whose place it takes. */
  inPlaceOf: string | null
}

type Kept = Pick<Wish, 'key' | 'fingerprint' | 'createdBy'>

const keyOf = (context: TenantContext, { key, createdBy }: Omit<Kept, 'fingerprint'>): string =>
  digestOfSecret(context, 'offer-key', `${createdBy} ${key}`)
const fingerprintOf = (context: TenantContext, { fingerprint }: Kept): string =>
  digestOfSecret(context, 'offer-fingerprint', fingerprint)

const byKey = (context: TenantContext, wish: Omit<Kept, 'fingerprint'>): OfferRow | undefined => {
  return currentOffer(context, (on) => offerOfKey(on, keyOf(context, wish)))
}

const again = (
  context: TenantContext,
  issuer: IssuerRow,
  row: OfferRow,
  wish: Wish,
): Result<MadeOffer> =>
  row.fingerprint === fingerprintOf(context, wish)
    ? ok(madeOffer(context, issuer, row, true))
    : refuse('idempotency-key-reused')

/** The same key is the same id: a request to an issuer elsewhere can be repeated under it. */
const idsOf = (context: TenantContext, wish: Wish): { id: string; issuanceId: string } => {
  const seed = fromBase64url(keyOf(context, wish))
  return { id: `ofr_${base32(seed, 26)}`, issuanceId: `isu_${base32(seed.slice(15), 26)}` }
}

const asEntra = async (
  context: TenantContext,
  [configuration]: readonly ConfigurationRow[],
  { id, wish }: { id: string; wish: Wish },
) => {
  if (configuration?.driver !== 'entra') return null
  const { txCode } = wish
  return offerWithEntra(context, {
    ...{ offerId: id, configuration, claims: wish.claims },
    txCode: txCode === false ? null : { wish: txCode, value: txCodeOf(context, id, txCode) },
  })
}

/** Sealed first, then looked at again and written in one turn. */
const makeOffer = async (context: TenantContext, wish: Wish): Promise<Result<MadeOffer>> => {
  const issuer = await issuerOf(context)
  const earlier = byKey(context, wish)
  if (earlier) return again(context, issuer, earlier, wish)
  const judged = judgeOffer(context, wish)
  if (!judged.ok) return judged
  const ids = idsOf(context, wish)
  const { expiresInSeconds: seconds = OFFER_SECONDS.default } = wish
  const until = new Date(context.now().getTime() + seconds * 1_000).toISOString()
  const remote = await asEntra(context, judged.value, { id: ids.id, wish })
  if (remote && !remote.ok) return remote
  const claims = await sealText(context, claimsPurpose(ids.id), JSON.stringify(wish.claims))
  const expiresAt = remote?.value.expiresAt ?? until
  const at = context.now().toISOString()
  // Others came in meanwhile.
  const meanwhile = byKey(context, wish)
  if (meanwhile) return again(context, issuer, meanwhile, wish)
  const anew = stillToReplace(context, wish) ?? judgeOffer(context, wish)
  if (!anew.ok) return anew
  const row = transaction(context.db, (tx) => {
    const made = insertOffer(tx, {
      ...{ ...ids, ...newColumns(context, wish, ids.id), claims, expiresAt, createdAt: at },
      driver: remote ? 'entra' : 'openid4vci',
      ...{ remote: remote?.value.remote ?? null },
      callbackDigest: remote?.value.callbackDigest ?? null,
      // With Entra the code is checked there.
      ...(remote ? { codeDigest: null, txCodeDigest: null, triesLeft: null } : {}),
    })
    if (wish.inPlaceOf !== null) noteReplaced(tx, wish.inPlaceOf, made, wish.createdBy)
    return made
  })
  await context.arm()
  return ok(madeOffer(context, issuer, row, false))
}

const newColumns = (context: TenantContext, wish: Wish, id: string) => {
  const txCode = wish.txCode || null
  return {
    ...{ idempotencyKey: keyOf(context, wish), fingerprint: fingerprintOf(context, wish) },
    ...{ createdBy: wish.createdBy, behind: [...wish.behind] },
    ...{ configurations: wish.configurations, member: wish.member ?? null },
    ...{ state: 'created' as const, deferred: wish.deferred, txCode },
    codeDigest: digestFor(context, 'code', secretOf(context, 'code', id)),
    txCodeDigest: txCode && txCodeDigest(context, txCodeOf(context, id, txCode)),
    triesLeft: txCode && TRIES,
    pageDigest: digestFor(context, 'page', secretOf(context, 'page', id)),
  }
}

const insertOffer = (tx: Tx, values: NewOffer): OfferRow => {
  const row = insertRow(tx, values)
  record(tx, {
    ...{ changeId: row.issuanceId, version: 1, from: 'none', to: 'created', reason: null },
    ...{ actor: row.createdBy, at: row.createdAt },
  })
  watch(tx, row)
  return row
}

const noteReplaced = (
  tx: Tx,
  id: string,
  { id: replacedBy, createdAt }: OfferRow,
  actor: string,
) => {
  const before = findOffer(tx, id)
  if (before)
    move(tx, before, before.state, {
      ...{ actor, at: createdAt, reason: 'another offer took its place', patch: { replacedBy } },
    })
}

export const createOffer = (
  context: TenantContext,
  who: Principal,
  { key, fingerprint, body }: Input<'offers.create'>,
): Promise<Result<MadeOffer>> =>
  makeOffer(context, {
    ...body,
    ...{ key, fingerprint, createdBy: who.subject, behind: who.behind, inPlaceOf: null },
  })

const RENEWABLE = new Set(['failed', 'denied', 'expired'])

/** Null: there is nothing whose place it takes, or that place is free. */
const stillToReplace = (
  { db }: TenantContext,
  { inPlaceOf }: Pick<Wish, 'inPlaceOf'>,
): Refused | null => {
  const before = inPlaceOf === null ? undefined : findOffer(db, inPlaceOf)
  if (!before) return null
  if (!RENEWABLE.has(before.state))
    return refuse('wrong-state', {
      detail: 'Only an offer that has failed, was denied or has expired is renewed.',
    })
  return before.replacedBy === null
    ? null
    : refuse('conflict', { detail: 'It was renewed before: renew the offer that took its place.' })
}

/** The same configurations, holder and code as before; links and codes are new, and its claims are said again. */
export const renewOffer = async (
  context: TenantContext,
  { subject: createdBy, behind }: Principal,
  { id, key, fingerprint: print, body }: Input<'offers.renew'>,
): Promise<Result<MadeOffer>> => {
  const before = currentOffer(context, (on) => findOffer(on, id))
  if (!before) return refuse('not-found')
  const isRepeat = byKey(context, { key, createdBy }) !== undefined
  const refused = isRepeat ? null : stillToReplace(context, { inPlaceOf: id })
  if (refused) return refused
  const { configurations, member, txCode, deferred } = before
  return makeOffer(context, {
    ...{ configurations, txCode: txCode ?? false, deferred, ...body },
    ...(member === null ? {} : { member }),
    ...{ key, fingerprint: sha256Hex(`renew ${id}\u0000${print}`), createdBy, behind },
    inPlaceOf: id,
  })
}

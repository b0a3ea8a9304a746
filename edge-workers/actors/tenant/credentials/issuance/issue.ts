// Credentials are issued here: at a credential request, or later where somebody has to say so first. Signed before anything is
// written, then read again and written in one turn: of many requests for one offer one set of keys gets it, and the same keys
// get the same credentials again as long as the wallet has not said that it has them.
import {
  type CredentialError,
  faulty,
  type Spoken,
  spoken,
} from '../../../../../schemas/oid4vci.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import type { JsonObject } from '../../../../credentials/json.ts'
import type { EcPublicJwk } from '../../../../credentials/keys.ts'
import { base32 } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { type ConfigurationRow, configurationOf } from '../issuer/configurations.ts'
import { isCurrent, type Signer, signerOf } from '../issuer/issuer.ts'
import { drawPosition, keepCredential } from '../status/positions.ts'
import { currentOffer } from './expiry.ts'
import { secretOf } from './offer-secrets.ts'
import { claimsOfMember } from './offered.ts'
import { credentialsOf, findOffer, isOpen, move, type OfferRow, watch } from './rows.ts'
import { type Copy, claimsToIssue, signCopies, timesOf } from './sign.ts'
import { isFree, isSpentNonce, signedBy, spendNonce } from './statements.ts'
import { DEFERRED_SECONDS } from './token.ts'
import type { IssuedCredentials, LaterCredentials } from './wallet-contracts.ts'

/** Seconds. */
const INTERVAL = 5
/** Each time somebody else was faster; more than two only under a storm. */
const ROUNDS = 8

export interface IssueWish {
  offerId: string
  configuration: string
  keys: readonly { jwk: EcPublicJwk; thumbprint: string }[]
  nonces: readonly { digest: string; until: number }[]
}
export type Answer = Spoken<IssuedCredentials | LaterCredentials, CredentialError>

const DENIED = faulty('credential_request_denied', 'This offer has ended.')
const OTHER_KEYS = faulty('credential_request_denied', 'It was issued for other keys.')
const SPENT = faulty('invalid_nonce', 'This nonce was used: the nonce endpoint gives another.')

/** Of one configuration of one offer: what a wallet takes back to us. */
export const handleOf = (
  context: TenantContext,
  what: 'transaction' | 'notification',
  { id }: Pick<OfferRow, 'id'>,
  configuration: string,
): string => secretOf(context, what, `${id} ${configuration}`)

const isSpent = (on: Db | Tx, { nonces }: IssueWish): boolean =>
  nonces.some(({ digest }) => isSpentNonce(on, digest))

const spend = (tx: Tx, { nonces }: IssueWish): void => {
  // All proofs of one request may have the same.
  for (const nonce of new Map(nonces.map((one) => [one.digest, one])).values())
    spendNonce(tx, nonce)
}

const issuedBefore = (on: Db | Tx, { offerId, configuration }: IssueWish) =>
  credentialsOf(on, offerId).filter((one) => one.configuration === configuration)

const sameKeys = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((each) => other.includes(each))

const thumbprints = ({ keys }: IssueWish): string[] => keys.map(({ thumbprint }) => thumbprint)

const isPast = (row: OfferRow): boolean =>
  !isOpen(row) && row.state !== 'issued' && row.state !== 'accepted'

/** Null: nothing stands against it. The same look before the signature and after. */
const faultOf = (on: Db | Tx, row: OfferRow | undefined, wish: IssueWish) => {
  if (!row || isPast(row) || row.claims === null) return DENIED
  if (isSpent(on, wish)) return SPENT
  const before = issuedBefore(on, wish)
  const holders = before.flatMap(({ holder }) => holder ?? [])
  if (before.length > 0 && !sameKeys(holders, thumbprints(wish))) return OTHER_KEYS
  const bound = row.holderKeys?.[wish.configuration]
  const isBound =
    !bound ||
    sameKeys(
      bound.map(({ x, y }) => `${x}.${y}`),
      wish.keys.map(({ jwk }) => `${jwk.x}.${jwk.y}`),
    )
  return isBound ? null : OTHER_KEYS
}

/** The copies that there are already, or new ones with places of their own. */
const copiesOf = (context: TenantContext, wish: IssueWish): Copy[] => {
  const at = context.now().toISOString()
  return transaction(context.db, (tx) => {
    const before = new Map(issuedBefore(tx, wish).map((one) => [one.holder, one]))
    return wish.keys.map(({ jwk, thumbprint }) => {
      const known = before.get(thumbprint)
      if (known?.list != null && known.position !== null) {
        const { id, list, position, issuedAt, expiresAt } = known
        return { id, jwk, thumbprint, list, position, issuedAt, expiresAt }
      }
      const id = `crd_${base32(crypto.getRandomValues(new Uint8Array(17)), 26)}`
      return { id, jwk, thumbprint, issuedAt: at, ...drawPosition(tx, { at }) }
    })
  })
}

interface Signed {
  row: OfferRow
  configuration: ConfigurationRow
  claims: JsonObject
  copies: readonly Copy[]
  signer: Signer
}

const keepAll = (tx: Tx, { row, configuration, copies, signer }: Signed): void => {
  const { name, definition } = configuration
  for (const { id, thumbprint: holder, list, position, issuedAt } of copies) {
    const { exp } = timesOf(issuedAt, definition.validitySeconds)
    keepCredential(tx, {
      ...{ id, configuration: name, driver: 'openid4vci', offerId: row.id, member: row.member },
      ...{ list, position, holder, kid: signer.kid, issuedAt, actor: 'wallet' },
      expiresAt: new Date(exp * 1000).toISOString(),
    })
  }
}

/** What the platform says of a member may be another, or nothing, since it was read: his roles changed while it was signed. */
const isStillSaid = (
  context: TenantContext,
  tx: Tx,
  row: OfferRow,
  { configuration, claims }: Signed,
): boolean =>
  !configuration.builtIn ||
  JSON.stringify(claimsOfMember({ ...context, db: tx }, configuration, row)) ===
    JSON.stringify(claims)

/** An answer, or null: somebody was faster, and it is begun again. */
const commit = (
  context: TenantContext,
  wish: IssueWish,
  signed: Signed,
): { fault: Answer } | { done: true } | null =>
  transaction(context.db, (tx) => {
    const row = findOffer(tx, wish.offerId)
    const fault = faultOf(tx, row, wish)
    if (fault) return { fault }
    if (row?.version !== signed.row.version) return null
    // How long a key verifies was settled when another took its place.
    if (!isCurrent(tx, signed.signer)) return null
    if (!isStillSaid(context, tx, row, signed)) return null
    const isRepeat = issuedBefore(tx, wish).length > 0
    if (!isRepeat && !signed.copies.every((copy) => isFree(tx, copy))) return null
    spend(tx, wish)
    if (isRepeat) {
      for (const { id } of signed.copies) signedBy(tx, id, signed.signer)
      return { done: true }
    }
    keepAll(tx, { ...signed, row })
    const at = context.now().toISOString()
    // A second configuration of an offer that has been issued is a note.
    move(tx, row, isOpen(row) ? 'issued' : row.state, { actor: 'wallet', at })
    return { done: true }
  })

/** Waits for a word of an administrator, bound to the keys that were proved. */
const postpone = (context: TenantContext, row: OfferRow, wish: IssueWish): Answer => {
  const later = (): Answer =>
    spoken({
      transactionId: handleOf(context, 'transaction', row, wish.configuration),
      interval: INTERVAL,
    })
  const now = context.now()
  return transaction(context.db, (tx) => {
    spend(tx, wish)
    if (row.holderKeys?.[wish.configuration]) return later()
    const holderKeys = { ...row.holderKeys, [wish.configuration]: wish.keys.map(({ jwk }) => jwk) }
    const isFirst = row.state === 'authorized'
    const until = new Date(now.getTime() + DEFERRED_SECONDS * 1000).toISOString()
    const moved = move(tx, row, 'deferred', {
      ...{ actor: 'wallet', at: now.toISOString() },
      patch: { holderKeys, ...(isFirst ? { expiresAt: until } : {}) },
    })
    watch(tx, moved)
    return later()
  })
}

/** A valid access token and proofs are the caller's to have checked. */
export const issue = async (context: TenantContext, wish: IssueWish): Promise<Result<Answer>> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const { db } = context
    const row = currentOffer(context, (on) => findOffer(on, wish.offerId))
    const configuration = configurationOf(db, wish.configuration)
    const fault = faultOf(db, row, wish)
    if (!row || !configuration || fault) return ok(fault ?? DENIED)
    if (row.deferred && row.releasedAt === null && isOpen(row))
      return ok(postpone(context, row, wish))
    const copies = copiesOf(context, wish)
    const claims = await claimsToIssue(context, row, configuration)
    if (!claims) return ok(DENIED)
    const signer = await signerOf(context)
    const made = await signCopies(context, signer, { configuration, claims, copies })
    const committed = commit(context, wish, { row, configuration, claims, copies, signer })
    if (!committed) continue
    if ('fault' in committed) return ok(committed.fault)
    const notificationId = handleOf(context, 'notification', row, wish.configuration)
    return ok(spoken({ credentials: made, notificationId }))
  }
  return refuse('outage', { retryAfterSeconds: 2 })
}

// What a wallet asks for with its access token (OpenID4VCI 1.0 §8, §9, §11): who it is first, then what it asks for, then the
// proofs, and only then anything is done.
import { eq } from 'drizzle-orm'
import { type AskedEncryption, faulty, spoken } from '../../../../../schemas/oid4vci.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { thumbprintOf } from '../../../../credentials/keys.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { statement, transaction, untilWritten } from '../../../database.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { configurationOf } from '../issuer/configurations.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { changeStatus } from '../status/change.ts'
import { currentOffer } from './expiry.ts'
import { type Answer, handleOf, issue } from './issue.ts'
import { credentialsOf, findOffer, move, type OfferRow } from './rows.ts'
import { offerOfToken } from './statements.ts'
import { identifierOf } from './token.ts'
import type { IssuanceWalletCalls } from './wallet-contracts.ts'

type Input<Name extends keyof IssuanceWalletCalls> = IssuanceWalletCalls[Name]['input']
type Output<Name extends keyof IssuanceWalletCalls> = Result<IssuanceWalletCalls[Name]['output']>

const { credentialOffers: offers } = tables
const NO_TOKEN = faulty('invalid_token')

/** The offer that this access token is of; null where it holds no more. */
const offerFor = (context: TenantContext, digest: string): OfferRow | null => {
  const row = currentOffer(context, (on) => offerOfToken(on, digest))
  const until = row?.accessTokenUntil
  return row && until && Date.parse(until) > context.now().getTime() ? row : null
}

export const checkToken = (
  context: TenantContext,
  { tokenDigest }: Input<'token.check'>,
): Output<'token.check'> => ok(offerFor(context, tokenDigest) !== null)

/** Which configuration is asked for: by its name, or by an identifier where the token came with some (§8.2). */
const configurationIn = (
  { configurations, granted }: OfferRow,
  { configuration, identifier }: Input<'credential.request'>,
): { name: string } | { fault: Answer } => {
  if ((configuration === null) === (identifier === null))
    return {
      fault: faulty(
        'invalid_credential_request',
        'Send either credential_configuration_id or credential_identifier.',
      ),
    }
  if (configuration !== null) {
    if (granted !== null)
      return {
        fault: faulty(
          'invalid_credential_request',
          'The token came with credential_identifiers: send one.',
        ),
      }
    return configurations.includes(configuration)
      ? { name: configuration }
      : { fault: faulty('unknown_credential_configuration') }
  }
  const name = granted?.find((one) => identifierOf(one) === identifier)
  return name === undefined ? { fault: faulty('unknown_credential_identifier') } : { name }
}

/** In an open request somebody on the way could put a key of his own in the place of the wallet's (§8.3). Draft 15 knew no other. */
const encryptionFault = (asked: AskedEncryption, compat: 'strict' | 'draft15'): Answer | null => {
  if (asked === 'unfit')
    return faulty(
      'invalid_encryption_parameters',
      'credential_response_encryption is a P-256 key for ECDH-ES, and A128GCM or A256GCM without compression.',
    )
  return asked === 'open' && compat !== 'draft15'
    ? faulty(
        'invalid_encryption_parameters',
        'Whoever wants an encrypted answer encrypts the request: credential_request_encryption of the metadata says how.',
      )
    : null
}

/** As the metadata says it of the whole issuer (§12.2.4). */
const batchOf = untilWritten('credential_configurations', (db: Db | Tx): number =>
  Math.max(
    1,
    ...activeOnes(db)
      .all()
      .map(({ definition: { batchSize } }) => batchSize),
  ),
)

const activeOnes = statement((on: Db | Tx) =>
  on
    .select({ definition: tables.credentialConfigurations.definition })
    .from(tables.credentialConfigurations)
    .where(eq(tables.credentialConfigurations.state, 'active'))
    .prepare(),
)

export const requestCredential = async (
  context: TenantContext,
  input: Input<'credential.request'>,
): Promise<Output<'credential.request'>> => {
  const { compat } = await issuerOf(context)
  const row = offerFor(context, input.tokenDigest)
  if (!row) return ok(NO_TOKEN)
  if (context.tenant().state !== 'active') return refuse('tenant-suspended')
  const asked = configurationIn(row, input)
  if ('fault' in asked) return ok(asked.fault)
  const unfit = encryptionFault(input.encryption, compat)
  if (unfit) return ok(unfit)
  if (input.form === 'proof' && compat !== 'draft15')
    return ok(
      faulty('invalid_proof', 'Send proofs: the single proof of older drafts is not taken here.'),
    )
  const { proven } = input
  if (!proven.ok) return ok(faulty(proven.error, proven.description))
  if (proven.keys.length > batchOf(context.db))
    return ok(faulty('invalid_proof', 'These are more proofs than the metadata allows.'))
  // Of fewer copies than proofs these are the same keys, in whatever order they come (§8.3).
  const batch = configurationOf(context.db, asked.name)?.definition.batchSize ?? 1
  const inOrder = [...proven.keys].sort((a, b) => (a.thumbprint < b.thumbprint ? -1 : 1))
  const keys = proven.keys.length > batch ? inOrder.slice(0, batch) : proven.keys
  const nonces = proven.keys.map(({ nonce }) => nonce)
  return issue(context, { offerId: row.id, configuration: asked.name, keys, nonces })
}

/** The configuration that this handle of the wallet is of. */
const handled = (
  context: TenantContext,
  row: OfferRow,
  { what, sent }: { what: 'transaction' | 'notification'; sent: string },
): string | undefined =>
  row.configurations.find((name) => equalInConstantTime(handleOf(context, what, row, name), sent))

/** A wallet that lost the answer asks again at once; after that its handle is no more (OpenID4VCI 1.0 §9.1). */
const DEFERRED_AGAIN_MILLISECONDS = 60_000

const isTaken = ({ db, now }: TenantContext, { id }: OfferRow, configuration: string): boolean =>
  credentialsOf(db, id).some(
    (one) =>
      one.configuration === configuration &&
      Date.parse(one.issuedAt) + DEFERRED_AGAIN_MILLISECONDS <= now().getTime(),
  )

export const requestDeferred = async (
  context: TenantContext,
  { tokenDigest, transactionId, encryption }: Input<'credential.deferred'>,
): Promise<Output<'credential.deferred'>> => {
  const { compat } = await issuerOf(context)
  const row = offerFor(context, tokenDigest)
  if (!row) return ok(NO_TOKEN)
  if (context.tenant().state !== 'active') return refuse('tenant-suspended')
  const unfit = encryptionFault(encryption, compat)
  if (unfit) return ok(unfit)
  const configuration = handled(context, row, { what: 'transaction', sent: transactionId })
  const gone = row.state === 'denied' || row.state === 'failed' || row.state === 'expired'
  if (configuration !== undefined && gone)
    return ok(faulty('credential_request_denied', 'This offer has ended.'))
  const keys = configuration === undefined ? undefined : row.holderKeys?.[configuration]
  if (configuration === undefined || !keys || isTaken(context, row, configuration))
    return ok(faulty('invalid_transaction_id'))
  return issue(context, {
    ...{ offerId: row.id, configuration, nonces: [] },
    keys: keys.map((jwk) => ({ jwk, thumbprint: thumbprintOf(jwk) })),
  })
}

/** What failed shall not be valid somewhere: another takes its place. */
const giveUp = (context: TenantContext, tx: Tx, row: OfferRow, configuration: string): void => {
  for (const { id, configuration: name } of credentialsOf(tx, row.id))
    if (name === configuration)
      changeStatus(context, tx, id, 'invalid', {
        ...{ actor: 'wallet', reason: 'the wallet did not keep it' },
      })
}

/** Said once or many times, it is the same. The words that came with it are not read. */
export const takeNotification = (
  context: TenantContext,
  { tokenDigest, notificationId, event }: Input<'credential.notify'>,
): Output<'credential.notify'> => {
  const row = offerFor(context, tokenDigest)
  if (!row) return ok(NO_TOKEN)
  const configuration = handled(context, row, { what: 'notification', sent: notificationId })
  const issued = credentialsOf(context.db, row.id)
  if (configuration === undefined || !issued.some((one) => one.configuration === configuration))
    return ok(faulty('invalid_notification_id'))
  const at = context.now().toISOString()
  transaction(context.db, (tx) => {
    const now = findOffer(tx, row.id)
    if (!now) return null
    if (event === 'credential_accepted') {
      if (now.state !== 'issued' && now.state !== 'accepted') return null
      const rest = now.configurations.some(
        (name) => !issued.some((one) => one.configuration === name),
      )
      const patch = rest ? {} : { claims: null, holderKeys: null }
      if (now.state === 'issued') move(tx, now, 'accepted', { actor: 'wallet', at, patch })
      else if (!rest) tx.update(offers).set(patch).where(eq(offers.id, now.id)).run()
    } else {
      // Whatever became of the others of this offer.
      giveUp(context, tx, now, configuration)
      if (now.state !== 'issued') return null
      const error = { code: event, detail: 'The wallet did not keep the credential.' }
      move(tx, now, 'failed', { ...{ actor: 'wallet', at, reason: event }, patch: { error } })
    }
    return null
  })
  return ok(spoken(null))
}

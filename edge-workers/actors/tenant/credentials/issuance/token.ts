// The token endpoint's side of an offer (OpenID4VCI 1.0 §6, pre-authorized code): one code, one access token. Wrong transaction
// codes are counted, and after the last the code is dead.
import { faulty, spoken } from '../../../../../schemas/oid4vci.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { currentOffer } from './expiry.ts'
import { digestFor, makeAccessToken } from './offer-secrets.ts'
import { isUnused, move, type OfferRow, watch } from './rows.ts'
import { offerOfCode } from './statements.ts'
import type { IssuanceWalletCalls } from './wallet-contracts.ts'

type Input = IssuanceWalletCalls['token.redeem']['input']
type Output = IssuanceWalletCalls['token.redeem']['output']

/** From the code to the credential, and for what a wallet repeats. */
export const TOKEN_SECONDS = 900
/** Somebody has to say that a deferred one is issued: within this from its request on. */
export const DEFERRED_SECONDS = 7 * 86_400

/** One data set for each configuration of an offer, so its identifier is a name for that one. */
export const identifierOf = (configuration: string): string => `${configuration}.1`

const WRONG = faulty(
  'invalid_grant',
  'This code does not hold: it was used, has ended, or never was.',
)

/** Null: everything is as the offer says, up to what the transaction code is. */
const faultOf = (row: OfferRow, { txCodeDigest, configurations }: Input) => {
  if (row.txCodeDigest !== null && txCodeDigest === null)
    return faulty('invalid_request', 'This offer asks for a tx_code.')
  if (row.txCodeDigest === null && txCodeDigest !== null)
    return faulty('invalid_request', 'This offer asks for no tx_code.')
  if (configurations?.some((name) => !row.configurations.includes(name)))
    return faulty('invalid_authorization_details', 'The offer has no such configuration.')
  return null
}

const noteWrong = (context: TenantContext, row: OfferRow): Output => {
  const triesLeft = Math.max(0, (row.triesLeft ?? 0) - 1)
  const step = { actor: 'wallet', at: context.now().toISOString() }
  transaction(context.db, (tx) =>
    triesLeft > 0
      ? move(tx, row, row.state, {
          ...step,
          ...{ reason: `wrong transaction code, ${triesLeft} left`, patch: { triesLeft } },
        })
      : move(tx, row, 'failed', {
          ...{ ...step, reason: 'too many wrong transaction codes' },
          patch: {
            triesLeft,
            error: { code: 'tx-code-tries', detail: 'The transaction code was wrong too often.' },
          },
        }),
  )
  return faulty('invalid_grant', `This tx_code is wrong; tries left: ${triesLeft}.`)
}

/** Everything in one turn of the object, so that of many redemptions of one code one succeeds. */
export const redeemCode = (context: TenantContext, input: Input): Result<Output> => {
  if (context.tenant().state !== 'active') return refuse('tenant-suspended')
  const row = currentOffer(context, (on) => offerOfCode(on, input.codeDigest))
  if (!row || !isUnused(row)) return ok(WRONG)
  const fault = faultOf(row, input)
  if (fault) return ok(fault)
  if (row.txCodeDigest !== null && !equalInConstantTime(row.txCodeDigest, input.txCodeDigest ?? ''))
    return ok(noteWrong(context, row))
  const now = context.now()
  const after = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString()
  const accessToken = makeAccessToken()
  // Whoever waits for a word of an administrator needs it until then.
  const expiresInSeconds = row.deferred ? DEFERRED_SECONDS + TOKEN_SECONDS : TOKEN_SECONDS
  const { configurations } = input
  transaction(context.db, (tx) => {
    const moved = move(tx, row, 'authorized', {
      ...{ actor: 'wallet', at: now.toISOString() },
      patch: {
        accessTokenDigest: digestFor(context, 'access-token', accessToken),
        accessTokenUntil: after(expiresInSeconds),
        expiresAt: after(TOKEN_SECONDS),
        granted: configurations && [...new Set(configurations)],
      },
    })
    watch(tx, moved)
    return null
  })
  const identifiers =
    configurations && Object.fromEntries(configurations.map((name) => [name, identifierOf(name)]))
  return ok(spoken({ accessToken, expiresInSeconds, identifiers }))
}

// The offer as a wallet reads it (OpenID4VCI 1.0 §4.1.1), and as its holder's page shows it. Whoever fetches it has its link; that
// is a step of the issuance.
import { type OfferObject, PRE_AUTHORIZED } from '../../../../../schemas/oid4vci.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import { equalInConstantTime } from '../../../../digest.ts'
import { transaction } from '../../../database.ts'
import type { TenantContext } from '../../context.ts'
import { isSimulated } from '../entra/abilities.ts'
import { configurationOf } from '../issuer/configurations.ts'
import { issuerOf, issuerUrl } from '../issuer/issuer.ts'
import { credentialPageUrl } from '../status/page.ts'
import { mayAskAgain } from './ask-again.ts'
import { currentOffer } from './expiry.ts'
import { digestFor, secretOf } from './offer-secrets.ts'
import {
  credentialsOf,
  findOffer,
  isUnused,
  linkTo,
  move,
  type OfferRow,
  pageUrl,
  referenceUrl,
} from './rows.ts'
import type { HolderOffer, IssuanceWalletCalls } from './wallet-contracts.ts'

type Input<Name extends keyof IssuanceWalletCalls> = IssuanceWalletCalls[Name]['input']

/** Never with the transaction code. */
export const offerObject = (context: TenantContext, url: string, row: OfferRow): OfferObject => {
  const { id, configurations, txCode } = row
  return {
    credential_issuer: url,
    credential_configuration_ids: configurations,
    grants: {
      [PRE_AUTHORIZED]: {
        'pre-authorized_code': secretOf(context, 'code', id),
        ...(txCode
          ? {
              tx_code: {
                ...{ input_mode: txCode.mode, length: txCode.length },
                ...(txCode.description === undefined ? {} : { description: txCode.description }),
              },
            }
          : {}),
      },
    },
  }
}

const found = (
  context: TenantContext,
  id: string,
  isProof: (row: OfferRow) => boolean,
): OfferRow | null => {
  const row = currentOffer(context, (on) => findOffer(on, id))
  return row && isProof(row) ? row : null
}

/** As often as it is asked for, until its code is used. What has ended is not there any more. */
export const fetchOffer = async (
  context: TenantContext,
  { id, linkDigest }: Input<'offer.fetch'>,
): Promise<Result<OfferObject>> => {
  const issuer = await issuerOf(context)
  const expected = digestFor(context, 'link', secretOf(context, 'link', id))
  const row = found(context, id, () => equalInConstantTime(linkDigest, expected))
  if (!row || !isUnused(row) || row.driver !== 'openid4vci') return refuse('not-found')
  if (row.state === 'created') {
    const at = context.now().toISOString()
    transaction(context.db, (tx) => move(tx, row, 'retrieved', { actor: 'wallet', at }))
  }
  return ok(offerObject(context, issuerUrl(context.env, issuer.id), row))
}

export const holderOffer = async (
  context: TenantContext,
  { id, pageDigest }: Input<'offer.page'>,
): Promise<Result<HolderOffer>> => {
  const issuer = await issuerOf(context)
  const row = found(context, id, (one) => equalInConstantTime(pageDigest, one.pageDigest))
  if (!row) return refuse('not-found')
  const url = issuerUrl(context.env, issuer.id)
  const uri =
    row.driver === 'openid4vci'
      ? linkTo(issuer.linkSchemes.offer, 'credential_offer_uri', referenceUrl(context, url, id))
      : (row.remote?.url ?? null)
  return ok({
    ...{ driver: row.driver, state: row.state, error: row.error, issuerName: issuer.name },
    configurations: row.configurations.map((name) => ({
      name,
      display: configurationOf(context.db, name)?.definition.display ?? [],
    })),
    uri: isUnused(row) ? uri : null,
    ...{ txCode: row.txCode, triesLeft: row.triesLeft },
    ...{ expiresAt: row.expiresAt, updatedAt: row.updatedAt },
    next: row.replacedBy === null ? null : pageUrl(context, issuer.id, row.replacedBy),
    again: mayAskAgain(row) ? 'may-ask' : row.askedAgainAt === null ? null : 'asked',
    credentials: credentialsOf(context.db, row.id).map((one) => ({
      configuration: one.configuration,
      page: credentialPageUrl(context, issuer.id, one.id),
    })),
    simulated: row.driver === 'entra' && isSimulated(context.env),
  })
}

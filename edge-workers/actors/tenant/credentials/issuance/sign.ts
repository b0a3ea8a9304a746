// One credential as an SD-JWT VC (draft-ietf-oauth-sd-jwt-vc-19) for each key: copies differ in their salts, keys and places in the
// status list, and share nothing that would tell that they belong together but what they say.
import { claimsOf } from '../../../../credentials/claims.ts'
import { isObject, type JsonObject, parseObject } from '../../../../credentials/json.ts'
import type { EcPublicJwk } from '../../../../credentials/keys.ts'
import { issueSdJwt } from '../../../../credentials/sd-jwt.ts'
import type { TenantContext } from '../../context.ts'
import type { ConfigurationRow } from '../issuer/configurations.ts'
import { issuerOf, issuerUrl, type Signer } from '../issuer/issuer.ts'
import { openText } from '../issuer/secrets.ts'
import { statusReference } from '../status/positions.ts'
import { claimsPurpose } from './offer-secrets.ts'
import { claimsOfMember } from './offered.ts'
import type { OfferRow } from './rows.ts'

const TYPE = 'dc+sd-jwt'
const DAY_SECONDS = 86_400
/** To the second, the time alone would tell which copies were made together (RFC 9901 §10.1). In seconds. */
const roundingOf = (validitySeconds: number): number =>
  validitySeconds >= DAY_SECONDS ? 3_600 : 60

/** Seconds since the epoch. */
export const timesOf = (
  issuedAt: string,
  validitySeconds: number,
): { iat: number; exp: number } => {
  const rounding = roundingOf(validitySeconds)
  const iat = Math.floor(Date.parse(issuedAt) / 1000 / rounding) * rounding
  return { iat, exp: iat + validitySeconds }
}

/** Of what was issued before: its end stays, whatever its configuration says by now. */
const timesUntil = (issuedAt: string, expiresAt: string): { iat: number; exp: number } => {
  const exp = Date.parse(expiresAt) / 1000
  const { iat } = timesOf(issuedAt, DAY_SECONDS)
  return { iat: exp - iat < DAY_SECONDS ? timesOf(issuedAt, 0).iat : iat, exp }
}

export interface Copy {
  id: string
  jwk: EcPublicJwk
  thumbprint: string
  list: number
  position: number
  issuedAt: string
  /** Of one that was issued before. */
  expiresAt?: string
}

/** What this configuration says of the holder; null where it may not be said any more. */
export const claimsToIssue = async (
  context: TenantContext,
  row: OfferRow,
  configuration: ConfigurationRow,
): Promise<JsonObject | null> => {
  if (row.claims === null) return null
  if (configuration.builtIn) return claimsOfMember(context, configuration, row)
  const all = parseObject(await openText(context, claimsPurpose(row.id), row.claims))
  return isObject(all) ? claimsOf(all, configuration.definition.claims) : null
}

export const signCopies = async (
  context: TenantContext,
  signer: Signer,
  {
    configuration,
    claims,
    copies,
  }: { configuration: ConfigurationRow; claims: JsonObject; copies: readonly Copy[] },
): Promise<string[]> => {
  const { claims: declared, validitySeconds } = configuration.definition
  const { id } = await issuerOf(context)
  const url = issuerUrl(context.env, id)
  const signed: string[] = []
  for (const { jwk, list, position, issuedAt, expiresAt } of copies) {
    const times =
      expiresAt === undefined ? timesOf(issuedAt, validitySeconds) : timesUntil(issuedAt, expiresAt)
    signed.push(
      await issueSdJwt({
        claims,
        paths: declared.map(({ path }) => path),
        always: declared.filter(({ always }) => always).map(({ path }) => path),
        fixed: {
          ...{ iss: url, vct: configuration.vct ?? '', ...times },
          status: { status_list: statusReference(url, list, position) },
        },
        holder: { ...jwk },
        sign: (payload) => signer.sign({ typ: TYPE, withX5c: true }, payload),
      }),
    )
  }
  return signed
}

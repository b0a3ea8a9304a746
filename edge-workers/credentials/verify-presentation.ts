// One presented SD-JWT VC against what was asked for (OpenID4VP 1.0 §8.6, §B.3; RFC 9901 §7.3; draft-ietf-oauth-sd-jwt-vc §2.4):
// who issued it and whether that is trusted, who holds it, whether it was presented for this request, whether it holds now, and
// whether it says what was asked. What was not asked for is not kept. Pure but for what `trust` and `readStatus` look up.
import { SKEW_SECONDS } from '../../schemas/oid4vp.ts'
import type {
  DcqlCredential,
  PresentationFault,
  PresentedCredential,
} from '../../schemas/presentation.ts'
import { NEVER_DISCLOSED, selectClaims } from './dcql.ts'
import { isHeader, LAST_DATE, secondsOf, verifyEs256 } from './es256.ts'
import { type FoundIssuer, findIssuer, type OwnIssuer, type Trust } from './issuer-key.ts'
import type { JsonObject } from './json.ts'
import { type Binding, checkKeyBinding, holderKeyOf } from './key-binding.ts'
import { thumbprintOf } from './keys.ts'
import { statusReferenceOf } from './read-status-list.ts'
import { readSdJwt } from './sd-jwt.ts'
import type { StatusWord } from './status-list.ts'

export interface StatusQuestion {
  uri: string
  idx: number
  /** Whoever signed the credential: the list has to be signed by the same. */
  issuer: FoundIssuer
}
/** Null: it is none of these, or nobody is to be believed. `unreachable`: whoever knows does not answer now. */
export type ReadStatus = (question: StatusQuestion) => Promise<StatusWord | 'unreachable' | null>

export interface Presented extends PresentedCredential {
  /** Issued by this tenant itself. */
  own: boolean
  /** Of the row of the trust list (issuer-key.ts). Absent: judged otherwise. */
  anchor?: string
  /** Where its status is; null: it says nothing of one. */
  status_list: { uri: string; idx: number } | null
  /** Of this tenant's own credentials the RFC 7638 thumbprint of the holder's key: nobody asks who holds another's. */
  holder: string | null
}
export type Verified =
  | { ok: true; presented: Presented }
  /** `later`: somebody who had to be asked did not answer. */
  | { ok: false; fault: PresentationFault; later?: true }

export interface PresentationChecks extends Binding {
  /** As the wallet sent it: `<jwt>~<disclosure>~…~<key binding>`. */
  text: string
  query: DcqlCredential
  trust: Trust
  ownIssuer: OwnIssuer
  readStatus: ReadStatus
}

const refused = (fault: PresentationFault): Verified => ({ ok: false, fault })

/** RFC 7519 §4.1, all in seconds. Null: it is of now. */
const faultOfTime = (payload: JsonObject, seconds: number): PresentationFault | null => {
  const { iat = 0, nbf = 0, exp = LAST_DATE } = payload
  const [from, also, until] = [secondsOf(iat), secondsOf(nbf), secondsOf(exp)]
  if (from === null || also === null || until === null) return 'malformed'
  if (Math.max(from, also) > seconds + SKEW_SECONDS) return 'not-yet-valid'
  return until <= seconds - SKEW_SECONDS ? 'expired' : null
}

const refusedByStatus = (status: StatusWord | 'unreachable' | null): Verified | null => {
  if (status === 'valid') return null
  if (status === 'invalid') return refused('revoked')
  if (status === 'suspended') return refused('suspended')
  const unknown = { ok: false, fault: 'status-unknown' } as const
  return status === 'unreachable' ? { ...unknown, later: true } : unknown
}

const iso = (seconds: number | null): string | null =>
  seconds === null ? null : new Date(seconds * 1000).toISOString()

/**
 * Never rejects for what the wallet sent. Cheap checks come first; what asks somebody else comes last, and only for a credential
 * whose issuer and holder have signed.
 */
export const verifyPresentation = async (checks: PresentationChecks): Promise<Verified> => {
  const { text, query, now, trust, ownIssuer, readStatus } = checks
  const sdJwt = await readSdJwt(text)
  if (!sdJwt || typeof sdJwt.payload.vct !== 'string') return refused('malformed')
  const { header, payload, claims } = sdJwt
  if (!isHeader(header, 'dc+sd-jwt')) return refused('malformed')
  // Its end or its status would be the holder's to show.
  if (sdJwt.disclosures.some(({ path: [first] }) => NEVER_DISCLOSED.has(first)))
    return refused('malformed')
  if (!query.meta.vct_values?.includes(payload.vct as string)) return refused('not-asked-for')
  const late = faultOfTime(payload, now / 1000)
  if (late) return refused(late)
  const reference = statusReferenceOf(payload)
  if (reference === undefined) return refused('status-unknown')
  const vct = payload.vct as string
  const issuer = await findIssuer({ header, iss: payload.iss, vct, trust, ownIssuer, now })
  if (!issuer.ok) return issuer
  if (!(await verifyEs256(sdJwt.jwt, issuer.key))) return refused('bad-issuer-signature')
  const unbound = await checkKeyBinding(sdJwt, checks)
  if (unbound) return refused(unbound)
  const kept = selectClaims(query, claims)
  if (!kept) return refused('missing')
  const ended = reference && refusedByStatus(await readStatus({ ...reference, issuer }))
  if (ended) return ended
  const holder = issuer.own ? holderKeyOf(sdJwt) : null
  return {
    ok: true,
    presented: {
      ...{ id: query.id, type: vct, issuer: issuer.name, claims: kept },
      status: reference ? 'valid' : 'unlisted',
      issuedAt: iso(secondsOf(payload.iat)),
      expiresAt: iso(secondsOf(payload.exp)),
      own: issuer.own,
      anchor: issuer.anchor,
      status_list: reference,
      holder: holder && thumbprintOf(holder),
    },
  }
}

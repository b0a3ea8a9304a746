// Whether whoever presents an SD-JWT holds the key that it is bound to, and said so for this very request (RFC 9901 §4.3, §7.3;
// OpenID4VP 1.0 §B.3.6: `aud` is the whole client_id, with its prefix).
import { HOLDER_SECONDS } from '../../schemas/oid4vp.ts'
import type { PresentationFault } from '../../schemas/presentation.ts'
import { equalInConstantTime } from '../digest.ts'
import { importEs256, isHeader, secondsOf, verifyEs256 } from './es256.ts'
import { isObject } from './json.ts'
import { type EcPublicJwk, ecPublicJwk } from './keys.ts'
import type { SdJwt } from './sd-jwt.ts'

export interface Binding {
  /** Client ids that the request may have had: the newest certificate's, and those before it that verify still. */
  audience: readonly string[]
  nonce: string
  /** Milliseconds since the epoch. */
  now: number
}

/** The key that it is bound to; null where there is none that is taken. */
export const holderKeyOf = ({ payload: { cnf } }: SdJwt): EcPublicJwk | null =>
  isObject(cnf) ? ecPublicJwk(cnf.jwk) : null

/** Null: it holds. Everything that costs no signature is looked at first. */
export const checkKeyBinding = async (
  sdJwt: SdJwt,
  { audience, nonce, now }: Binding,
): Promise<PresentationFault | null> => {
  const bound = sdJwt.keyBinding
  const jwk = holderKeyOf(sdJwt)
  if (!bound || !jwk) return 'no-holder-binding'
  const { header, payload } = bound
  if (!isHeader(header, 'kb+jwt')) return 'bad-holder-signature'
  if (typeof payload.aud !== 'string' || !audience.includes(payload.aud)) return 'wrong-audience'
  if (typeof payload.nonce !== 'string' || !equalInConstantTime(payload.nonce, nonce))
    return 'wrong-nonce'
  if (payload.sd_hash !== sdJwt.sdHash) return 'wrong-hash'
  const iat = secondsOf(payload.iat)
  if (iat === null || Math.abs(now / 1000 - iat) > HOLDER_SECONDS) return 'wrong-time'
  const exp = payload.exp === undefined ? null : secondsOf(payload.exp)
  if (payload.exp !== undefined && (exp === null || exp <= now / 1000)) return 'wrong-time'
  const key = await importEs256(jwk)
  return key && (await verifyEs256(bound.jwt, key)) ? null : 'bad-holder-signature'
}

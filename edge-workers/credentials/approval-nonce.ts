// A nonce that commits to what is approved: whoever has the presentation and knows the subject can check, years later, that the
// holder's signature was given for exactly this change, head, tree and what the plan had read. Pure.
import { canonicalJson } from '../../schemas/canonical-json.ts'
import type { ApprovalSubject } from '../../schemas/presentation.ts'
import { toBase64url } from '../base64.ts'
import { equalInConstantTime, sha256Base64url } from '../digest.ts'

/** 128 bits: nobody knows the nonce before it is asked with (OpenID4VP 1.0 §5.2). */
const SALT_BYTES = 16
const FORM = /^([A-Za-z0-9_-]{22})\.[A-Za-z0-9_-]{43}$/

const committed = (salt: string, about: ApprovalSubject): string =>
  `${salt}.${sha256Base64url(canonicalJson(['phoenix-approval/v1', salt, about]))}`

/** Salt, a dot, and SHA-256 over RFC 8785 JSON of salt and subject, both in base64url. */
export const commitNonce = (
  about: ApprovalSubject,
  salt = toBase64url(crypto.getRandomValues(new Uint8Array(SALT_BYTES))),
): string => committed(salt, about)

export const commitsTo = (nonce: string, about: ApprovalSubject): boolean => {
  const salt = FORM.exec(nonce)?.[1]
  return salt !== undefined && equalInConstantTime(nonce, committed(salt, about))
}

// Everything about a presentation request that must not be guessed, as functions of the platform's key, the tenant and the
// request: none of it is stored, and whoever asks again with the same key gets the same again. What comes back from wallets and
// browsers is compared as a keyed digest.
import { fromBase64url } from '../../../../base64.ts'
import { base32, randomHex } from '../../../../digest.ts'
import { digestOfSecret, type SecretScope } from '../issuer/secrets.ts'

/** `link`: of the request object's address. `state`: comes back with the answer. `page`: of the holder's page. */
type Made = 'link' | 'state' | 'page'
type Purpose = Made | 'browser' | 'response-code'

/** 160 bits. */
const SECRET_CHARACTERS = 32
const REFERENCE = new RegExp(`^([a-z2-7]{26})([a-z2-7]{${SECRET_CHARACTERS}})$`)
const PREFIX = 'prq_'

export const secretOf = (scope: SecretScope, purpose: Made, id: string): string =>
  base32(
    fromBase64url(digestOfSecret(scope, `make presentation-${purpose}`, id)),
    SECRET_CHARACTERS,
  )

/** What the database and the actor's calls have in its place. */
export const digestFor = (scope: SecretScope, purpose: Purpose, secret: string): string =>
  digestOfSecret(scope, `presentation-${purpose}`, secret)

/** What stands in the link: the id, and what nobody who may only read requests knows. */
export const referenceOf = (scope: SecretScope, id: string): string =>
  `${id.slice(PREFIX.length)}${secretOf(scope, 'link', id)}`

/** Null for what is no such text. */
export const readReference = (
  scope: SecretScope,
  reference: string,
): { id: string; linkDigest: string } | null => {
  const [, id, secret] = REFERENCE.exec(reference) ?? []
  if (id === undefined || secret === undefined) return null
  return { id: `${PREFIX}${id}`, linkDigest: digestFor(scope, 'link', secret) }
}

/** 256 bits, new with each answer (OpenID4VP 1.0 §8.2); only its digest is kept. */
export const makeResponseCode = (): string => randomHex(32)

// Everything about an offer that must not be guessed: functions of the platform's key, the tenant and the offer, so that none of
// it is stored and the same request gets the same again. What a wallet brings back is compared as a keyed digest.
import type { TxCodeWish } from '../../../../../schemas/credential.ts'
import { fromBase64url } from '../../../../base64.ts'
import { base32, randomHex } from '../../../../digest.ts'
import { digestOfSecret, type SecretScope } from '../issuer/secrets.ts'

type Purpose = 'link' | 'code' | 'page' | 'transaction' | 'notification'

/** 160 bits. */
const SECRET_CHARACTERS = 32
const REFERENCE = new RegExp(`^([a-z2-7]{26})([a-z2-7]{${SECRET_CHARACTERS}})$`)
/** Without what looks alike. */
const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'

const bytesFor = (scope: SecretScope, purpose: string, of: string): Uint8Array =>
  fromBase64url(digestOfSecret(scope, `make offer-${purpose}`, of))

/** What an offer's claims are sealed for. */
export const claimsPurpose = (offerId: string): string => `claims of ${offerId}`

/** `of`: the offer's id, and what of it. */
export const secretOf = (scope: SecretScope, purpose: Purpose, of: string): string =>
  base32(bytesFor(scope, purpose, of), SECRET_CHARACTERS)

export const digestFor = (
  scope: SecretScope,
  purpose: Purpose | 'access-token',
  secret: string,
): string => digestOfSecret(scope, `offer-${purpose}`, secret)

/** The bias of the remainder is below 2^-37. */
export const txCodeOf = (scope: SecretScope, offerId: string, wish: TxCodeWish): string => {
  const { mode, length } = wish
  const bytes = bytesFor(scope, 'tx-code', offerId)
  if (mode === 'text')
    return Array.from(bytes.slice(0, length), (byte) => LETTERS[byte & 31]).join('')
  const number = bytes.slice(0, 8).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
  return String(number % 10n ** BigInt(length)).padStart(length, '0')
}

/** As somebody types it: of letters the case does not count. */
export const txCodeDigest = (scope: SecretScope, typed: string): string =>
  digestOfSecret(scope, 'offer-tx-code', typed.trim().toUpperCase())

/** What stands in a link for an offer: its id, and what nobody who may only read offers knows. */
export const referenceOf = (scope: SecretScope, offerId: string): string =>
  `${offerId.slice('ofr_'.length)}${secretOf(scope, 'link', offerId)}`

/** The offer, and the digest of what proves that its link is known; null for what is no such text. */
export const readReference = (
  scope: SecretScope,
  reference: string,
): { id: string; linkDigest: string } | null => {
  const [, id, secret] = REFERENCE.exec(reference) ?? []
  if (id === undefined || secret === undefined) return null
  return { id: `ofr_${id}`, linkDigest: digestFor(scope, 'link', secret) }
}

/** 256 bits; only its digest is kept. */
export const makeAccessToken = (): string => randomHex(32)

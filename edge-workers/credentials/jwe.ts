// JWEs in compact form (RFC 7516 §7.1), as schemas/jwe.ts has them.
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader, importJWK, type JWK } from 'jose'
import { CONTENT_ENCRYPTIONS, type ContentEncryption, KEY_AGREEMENT } from '../../schemas/jwe.ts'

/** Rejects what is no key, or a point beside the curve. */
export const importForAgreement = (jwk: JWK): Promise<CryptoKey> =>
  importJWK(jwk, KEY_AGREEMENT) as Promise<CryptoKey>

/** Null for what was not encrypted to this key, in another way, or is more than `most` bytes. */
export const decryptJwe = async (
  jwe: string,
  { kid: own, key, most }: { kid: string; key: CryptoKey; most: number },
): Promise<Uint8Array | null> => {
  try {
    const { kid, zip } = decodeProtectedHeader(jwe)
    // Nobody unpacks what may be a thousand times as long.
    if ((kid !== undefined && kid !== own) || zip !== undefined) return null
    const { plaintext } = await compactDecrypt(jwe, key, {
      keyManagementAlgorithms: [KEY_AGREEMENT],
      contentEncryptionAlgorithms: [...CONTENT_ENCRYPTIONS],
    })
    return plaintext.byteLength > most ? null : plaintext
  } catch {
    return null
  }
}

/** To a wallet's key; its `kid`, where it has one, comes back in the header (OpenID4VCI 1.0 §10). */
export const encryptJwe = (
  text: string,
  { key, kid, enc }: { key: CryptoKey; kid: string | undefined; enc: ContentEncryption },
): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: KEY_AGREEMENT, enc, ...(kid === undefined ? {} : { kid }) })
    .encrypt(key)

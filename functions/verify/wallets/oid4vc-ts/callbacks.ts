// What @openid4vc/* wants of its surroundings: signing, checking, encrypting and random bytes. The protocol itself is theirs.
import { randomBytes } from 'node:crypto'
import { type CallbackContext, clientAuthenticationAnonymous } from '@openid4vc/oauth2'
import { CompactEncrypt, importJWK } from 'jose'
import { certificateOf, encodeJwt, type HolderKey, hash, signatureHolds } from './keys.ts'

const namesIn = (base64: string) => {
  const names = (certificateOf(base64).subjectAltName ?? '').split(', ')
  const of = (kind: string) =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length))
  return { sanDnsNames: of('DNS:'), sanUriNames: of('URI:') }
}

/** Of a wallet that holds these keys. A verifier is taken at its certificate's word: a demo wallet has no list of verifiers. */
export const callbacksFor = (keys: readonly HolderKey[]): CallbackContext => ({
  fetch,
  hash: (data, name) => hash(data, name),
  generateRandom: (length) => randomBytes(length),
  clientAuthentication: clientAuthenticationAnonymous(),
  getX509CertificateMetadata: namesIn,
  signJwt: (signer, { header, payload }) => {
    const jwk = signer.method === 'jwk' ? signer.publicJwk : null
    const key = keys.find(({ publicJwk }) => publicJwk.x === jwk?.x && publicJwk.y === jwk?.y)
    if (!key) throw new Error('asked to sign with a key that this wallet does not have')
    return { jwt: encodeJwt(key, header, payload), signerJwk: key.publicJwk }
  },
  verifyJwt: (signer, { compact }) => {
    const leaf = signer.method === 'x5c' ? signer.x5c[0] : undefined
    if (leaf === undefined) return { verified: false }
    const { publicKey } = certificateOf(leaf)
    const at = compact.lastIndexOf('.')
    if (!signatureHolds(publicKey, compact.slice(0, at), compact.slice(at + 1)))
      return { verified: false }
    const { kty = '', ...jwk } = publicKey.export({ format: 'jwk' })
    return { verified: true, signerJwk: { kty, ...jwk } as { kty: string } }
  },
  decryptJwe: () => ({ decrypted: false }),
  encryptJwe: async ({ publicJwk, enc, alg }, data) => {
    const jwe = await new CompactEncrypt(Buffer.from(data))
      .setProtectedHeader({ alg, enc, ...(publicJwk.kid ? { kid: publicJwk.kid } : {}) })
      .encrypt(await importJWK(publicJwk as { kty: string }, alg))
    return { jwe, encryptionJwk: publicJwk }
  },
})

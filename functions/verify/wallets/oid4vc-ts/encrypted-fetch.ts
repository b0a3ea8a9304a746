// @openid4vc/openid4vci 0.4.6 knows no encrypted requests (OpenID4VCI 1.0 §10). This stands between it and the network: what goes to
// the credential endpoints is encrypted to the issuer's key, and what comes back is read with a key of this request.
import {
  CompactEncrypt,
  compactDecrypt,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
} from 'jose'

interface Metadata {
  credential_endpoint: string
  deferred_credential_endpoint?: string | undefined
  credential_request_encryption?: { jwks?: { keys?: JWK[] } }
}

/** `seen`: told how each answer came. */
export const encryptedFetch =
  (metadata: Metadata, seen: (contentType: string | null) => void): typeof fetch =>
  async (input, init) => {
    const endpoints = [metadata.credential_endpoint, metadata.deferred_credential_endpoint]
    if (!endpoints.includes(String(input))) return fetch(input, init)
    const to = metadata.credential_request_encryption?.jwks?.keys?.[0]
    if (!to?.alg || !to.kid) throw new Error('the issuer publishes no key for requests')
    const { privateKey, publicKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const jwk = { ...(await exportJWK(publicKey)), kid: 'answer', alg: 'ECDH-ES' }
    const wish = { credential_response_encryption: { jwk, enc: 'A256GCM' } }
    const body = JSON.stringify({ ...JSON.parse(String(init?.body)), ...wish })
    const jwe = await new CompactEncrypt(new TextEncoder().encode(body))
      .setProtectedHeader({ alg: to.alg, enc: 'A128GCM', kid: to.kid })
      .encrypt(await importJWK(to, to.alg))
    const headers = new Headers(init?.headers)
    headers.set('content-type', 'application/jwt')
    const response = await fetch(input, { ...init, headers, body: jwe })
    seen(response.headers.get('content-type'))
    if (!response.ok) return response
    const { plaintext } = await compactDecrypt(await response.text(), privateKey)
    return new Response(Buffer.from(plaintext), {
      ...{ status: response.status, headers: { 'content-type': 'application/json' } },
    })
  }

// The request a wallet is shown: a link with a reference (OpenID4VP 1.0 §5.4), and the object behind it, which the caller signs
// as a JWS with the issuer's certificate beside it. Pure.
import { CONTENT_ENCRYPTIONS, type EncryptionKey } from '../../schemas/jwe.ts'
import { type RequestObject, SELF_ISSUED } from '../../schemas/oid4vp.ts'
import type { DcqlQuery } from '../../schemas/presentation.ts'
import { fromBase64url, toBase64url } from '../base64.ts'
import { sha256Base64url } from '../digest.ts'

/** §5.9.3: a verifier by the SHA-256 of its certificate in DER. */
export const clientIdOf = (certificate: Uint8Array): string =>
  `x509_hash:${sha256Base64url(certificate)}`

/** The same of a certificate as `x5c` and our rows have it: in base64. */
export const clientIdOfText = (certificate: string): string =>
  clientIdOf(fromBase64url(certificate))

const NONCE_BYTES = 32
/** 256 bits. */
export const freshNonce = (): string =>
  toBase64url(crypto.getRandomValues(new Uint8Array(NONCE_BYTES)))

export const requestUri = (issuer: string, reference: string): string =>
  `${issuer}/oid4vp/requests/${reference}`
export const responseUri = (issuer: string, id: string): string =>
  `${issuer}/oid4vp/responses/${id}`

/** What a QR code carries and a holder taps. `scheme`: all that is before the query, as `openid4vp://`. */
export const linkOf = ({
  scheme,
  clientId,
  issuer,
  reference,
}: {
  scheme: string
  clientId: string
  issuer: string
  reference: string
}): string => {
  const query = new URLSearchParams({
    client_id: clientId,
    request_uri: requestUri(issuer, reference),
    // Wallets that cannot POST come with GET (§5.10).
    request_uri_method: 'post',
  })
  // A blank as `+` is not understood everywhere.
  return `${scheme}?${String(query).replaceAll('+', '%20')}`
}

export interface RequestParts {
  clientId: string
  clientName: string
  issuer: string
  id: string
  response: RequestObject['response_mode']
  nonce: string
  state: string
  query: DcqlQuery
  /** Null: the answer is not encrypted. */
  encryptionKey: EncryptionKey | null
  walletNonce: string | null
  /** Seconds. */
  now: number
  until: number
}

/** §5: the payload, without anything that a wallet has to pass over. */
export const requestObject = (parts: RequestParts): RequestObject => ({
  response_type: 'vp_token',
  response_mode: parts.response,
  client_id: parts.clientId,
  response_uri: responseUri(parts.issuer, parts.id),
  nonce: parts.nonce,
  state: parts.state,
  aud: SELF_ISSUED,
  iat: parts.now,
  exp: parts.until,
  dcql_query: parts.query,
  client_metadata: {
    client_name: parts.clientName,
    ...(parts.encryptionKey
      ? {
          jwks: { keys: [parts.encryptionKey] },
          encrypted_response_enc_values_supported: [...CONTENT_ENCRYPTIONS],
        }
      : {}),
    vp_formats_supported: {
      'dc+sd-jwt': { 'sd-jwt_alg_values': ['ES256'], 'kb-jwt_alg_values': ['ES256'] },
    },
  },
  ...(parts.walletNonce === null ? {} : { wallet_nonce: parts.walletNonce }),
})

// What a verifier and a wallet send each other: OpenID4VP 1.0 Final, for `dc+sd-jwt` (SD-JWT VC) with signed request objects
// (RFC 9101), `x509_hash`, `direct_post` and `direct_post.jwt`. What the API of tenants shows of it is in presentation.ts.
import * as z from 'zod'
import { ContentEncryption, EncryptionKey } from './jwe.ts'
import { DcqlQuery } from './presentation.ts'

/** Of the signed request object (RFC 9101 §10.8) and of the answer that carries it. */
export const REQUEST_OBJECT_TYPE = 'oauth-authz-req+jwt'
/** Whom a request object is for where the wallet has told nothing of itself (OpenID4VP 1.0 §5.8). */
export const SELF_ISSUED = 'https://self-issued.me/v2'
export const RESPONSE_BYTES_AT_MOST = 131_072
/** How far a holder's clock and ours may be apart, and how long a proof is fresh. */
export const HOLDER_SECONDS = 300
/** How far an issuer's clock and ours may be apart. */
export const SKEW_SECONDS = 60

export const ClientMetadata = z.strictObject({
  client_name: z.string(),
  /** `direct_post.jwt` alone: what this one answer is encrypted to (§8.3). */
  jwks: z.strictObject({ keys: z.array(EncryptionKey).length(1) }).optional(),
  encrypted_response_enc_values_supported: z.array(ContentEncryption).optional(),
  vp_formats_supported: z.strictObject({
    'dc+sd-jwt': z.strictObject({
      'sd-jwt_alg_values': z.array(z.literal('ES256')),
      'kb-jwt_alg_values': z.array(z.literal('ES256')),
    }),
  }),
})
export type ClientMetadata = z.infer<typeof ClientMetadata>

/** §5: what the wallet finds in the signed request object. */
export const RequestObject = z.strictObject({
  response_type: z.literal('vp_token'),
  response_mode: z.enum(['direct_post', 'direct_post.jwt']),
  client_id: z.string().regex(/^x509_hash:[A-Za-z0-9_-]{43}$/),
  response_uri: z.string(),
  /** 128 bits at least. */
  nonce: z.string().min(22),
  state: z.string().min(22),
  aud: z.literal(SELF_ISSUED),
  iat: z.int(),
  exp: z.int(),
  dcql_query: DcqlQuery,
  client_metadata: ClientMetadata,
  wallet_nonce: z.string().optional(),
})
export type RequestObject = z.infer<typeof RequestObject>

/** §5.10: the wallet asks for the request object by POST. Of its metadata nothing is used. */
export const RequestObjectForm = z.object({
  wallet_nonce: z
    .string()
    .min(1)
    .max(512)
    .regex(/^[\x21-\x7e]+$/)
    .optional(),
  wallet_metadata: z.string().max(32_768).optional(),
})
export type RequestObjectForm = z.infer<typeof RequestObjectForm>

/** §8.1: by the id of the credential query; each in a list of its own, also where one alone is asked for. */
export const VpToken = z.record(
  z.string().min(1).max(64),
  z.array(z.string().min(1).max(131_072)).min(1).max(8),
)
export type VpToken = z.infer<typeof VpToken>

const word = z
  .string()
  .max(100)
  .regex(/^[\x20\x21\x23-\x5b\x5d-\x7e]+$/)

/** §8.2: what the wallet posts. `response` alone, or `vp_token` with `state`, or `error` with `state`. */
export const ResponseForm = z.object({
  vp_token: z.string().min(1).max(RESPONSE_BYTES_AT_MOST).optional(),
  response: z.string().min(1).max(RESPONSE_BYTES_AT_MOST).optional(),
  error: word.optional(),
  error_description: z.string().max(2_000).optional(),
  error_uri: z.string().max(2_000).optional(),
  state: z.string().max(512).optional(),
})
export type ResponseForm = z.infer<typeof ResponseForm>

/** What is inside an encrypted answer (§8.3): the same parameters, as JSON. Others are passed over. */
export const EncryptedResponse = z.object({
  vp_token: VpToken.optional(),
  error: word.optional(),
  state: z.string().max(512).optional(),
})
export type EncryptedResponse = z.infer<typeof EncryptedResponse>

/** §8.2: where the wallet sends the browser, in the flow on one device. */
export const ResponseAnswer = z.strictObject({ redirect_uri: z.string().optional() })
export type ResponseAnswer = z.infer<typeof ResponseAnswer>

// What wallets send to an issuer and get from it (OpenID4VCI 1.0). Fields that nobody knows are ignored (§1.2, RFC 6749 §3.2);
// what is known is bounded. Their errors are codes of the specifications, by endpoint.
import * as z from 'zod'
import { ContentEncryption, KEY_AGREEMENT } from './jwe.ts'

export const PRE_AUTHORIZED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
/** Bytes of a body: a batch of twenty proofs fits. */
export const WALLET_BODY_BYTES = 131_072
export const PROOF_CHARACTERS = 8_192
export const PROOFS_AT_MOST = 20

const Text = (most: number) => z.string().min(1).max(most)

/** §6.1. Every value of a form is text; `authorization_details` is JSON (RFC 9396 §2). */
export const TokenRequest = z.object({
  grant_type: z.string().min(1).max(200),
  'pre-authorized_code': Text(200).optional(),
  tx_code: z.string().max(64).optional(),
  authorization_details: Text(8_192).optional(),
})
export type TokenRequest = z.infer<typeof TokenRequest>

export const AuthorizationDetails = z
  .array(
    z.object({
      type: z.literal('openid_credential'),
      credential_configuration_id: Text(200),
    }),
  )
  .min(1)
  .max(8)

/** §6.2. */
export const TokenResponse = z.strictObject({
  access_token: z.string(),
  token_type: z.literal('Bearer'),
  /** Seconds. */
  expires_in: z.int(),
  authorization_details: z
    .array(
      z.strictObject({
        type: z.literal('openid_credential'),
        credential_configuration_id: z.string(),
        credential_identifiers: z.array(z.string()),
      }),
    )
    .optional(),
})
export type TokenResponse = z.infer<typeof TokenResponse>

/** §7.2. */
export const NonceResponse = z.strictObject({ c_nonce: z.string() })

/** §8.2. `proof` is of draft 15 and taken only where the issuer says so. */
export const CredentialRequest = z.object({
  credential_configuration_id: Text(200).optional(),
  credential_identifier: Text(200).optional(),
  proofs: z.record(z.string(), z.unknown()).optional(),
  proof: z.unknown().optional(),
  credential_response_encryption: z.unknown().optional(),
})
export type CredentialRequest = z.infer<typeof CredentialRequest>

/** §8.2: how the answer is to be encrypted. `alg` beside the key is of draft 15. No compression is known here. */
export const ResponseEncryption = z.object({
  jwk: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    kid: Text(256).optional(),
    alg: z.literal(KEY_AGREEMENT).optional(),
  }),
  alg: z.literal(KEY_AGREEMENT).optional(),
  enc: ContentEncryption,
  zip: z.undefined().optional(),
})
export type ResponseEncryption = z.infer<typeof ResponseEncryption>

/** What came of reading it: not asked for, not to be had, asked for in the open, or in a request that was encrypted itself. */
export type AskedEncryption = 'none' | 'unfit' | 'open' | 'sealed'

/** §8.2, Appendix F.1: one type of proof, and of that one or more. */
export const JwtProofs = z.array(z.string().max(PROOF_CHARACTERS)).min(1).max(PROOFS_AT_MOST)
/** Draft 15 §8.2. */
export const JwtProof = z.object({
  proof_type: z.literal('jwt'),
  jwt: z.string().max(PROOF_CHARACTERS),
})

/** §8.3: at once, or with `transaction_id` later. */
export const CredentialResponse = z.strictObject({
  credentials: z.array(z.strictObject({ credential: z.string() })),
  notification_id: z.string().optional(),
})
export type CredentialResponse = z.infer<typeof CredentialResponse>
export const DeferredResponse = z.strictObject({
  transaction_id: z.string(),
  /** Seconds until it is worth asking again. */
  interval: z.int(),
})
export type DeferredResponse = z.infer<typeof DeferredResponse>

/** §9.1. */
export const DeferredRequest = z.object({
  transaction_id: Text(300),
  credential_response_encryption: z.unknown().optional(),
})
/** §11.1. The description is the wallet's: it is neither kept nor shown. */
export const NotificationRequest = z.object({
  notification_id: Text(300),
  event: z.enum(['credential_accepted', 'credential_failure', 'credential_deleted']),
  event_description: z.string().max(10_000).optional(),
})
export type NotificationEvent = z.infer<typeof NotificationRequest>['event']

/** §4.1.1. */
export const OfferObject = z.strictObject({
  credential_issuer: z.string(),
  credential_configuration_ids: z.array(z.string()),
  grants: z.strictObject({
    [PRE_AUTHORIZED]: z.strictObject({
      'pre-authorized_code': z.string(),
      tx_code: z
        .strictObject({
          input_mode: z.enum(['numeric', 'text']),
          length: z.int(),
          description: z.string().optional(),
        })
        .optional(),
    }),
  }),
})
export type OfferObject = z.infer<typeof OfferObject>

/** RFC 6749 §5.2, RFC 9396 §5, OpenID4VCI 1.0 §6.3. */
export type TokenError =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unsupported_grant_type'
  | 'invalid_authorization_details'
/** §8.3.1.2, §9.3, §11.3. `invalid_token`: RFC 6750 §3.1, with 401. */
export type CredentialError =
  | 'invalid_token'
  | 'invalid_credential_request'
  | 'unknown_credential_configuration'
  | 'unknown_credential_identifier'
  | 'invalid_proof'
  | 'invalid_nonce'
  | 'invalid_encryption_parameters'
  | 'credential_request_denied'
  | 'invalid_transaction_id'
  | 'invalid_notification_id'
  | 'invalid_notification_request'

/** What came of a call as the protocol has it: an error is an answer to the wallet and no refusal of ours. */
export type Spoken<T, Code extends string = TokenError | CredentialError> =
  | { done: true; value: T }
  | { done: false; error: Code; description?: string }

export const spoken = <T>(value: T): { done: true; value: T } => ({ done: true, value })
export const faulty = <Code extends string>(
  error: Code,
  description?: string,
): { done: false; error: Code; description?: string } => ({
  ...{ done: false, error },
  ...(description === undefined ? {} : { description }),
})

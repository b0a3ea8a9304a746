// The wire between the edge and the Functions: one signed token per request, bound to exactly that request.
// Both rooms lean on this file; neither imports the other.
import * as z from 'zod'

export const WIRE_AUDIENCE = 'phoenix-functions'
export const WIRE_ISSUER = 'phoenix-edge'
/** Lifetime of a request token, in seconds. */
export const WIRE_LIFETIME_SECONDS = 60
export const WIRE_CLOCK_SKEW_SECONDS = 5
export const WIRE_ALGORITHMS = ['EdDSA', 'ES256'] as const
/** Header of the token. Not Authorization: Easy Auth in front of the Functions claims that one. */
export const WIRE_HEADER = 'phoenix-request-token'
/** `typ` of the token, so that nothing else the edge signs can pass for a request (RFC 8725 §3.11). */
export const WIRE_TYPE = 'phoenix-request+jwt'

/** Claims of a request token. `sub` is the tenant id; `jti` is the operation id, the same on a retry. */
export const WireClaims = z.object({
  iss: z.literal(WIRE_ISSUER),
  aud: z.literal(WIRE_AUDIENCE),
  sub: z.string().min(1).max(64),
  jti: z.string().min(1).max(128),
  /** Fresh for every token: a retry of an operation is not a replay of its first request. */
  nonce: z.string().min(16).max(64),
  iat: z.int(),
  exp: z.int(),
  /** Method, and path with query, exactly as sent (RFC 9449's htm and htu in spirit). */
  htm: z.string(),
  htp: z.string(),
  /** base64url of the SHA-256 of the body's bytes; of no bytes when there is no body. */
  bsh: z.string(),
})
export type WireClaims = z.infer<typeof WireClaims>

/** Of one network: what asks for more is refused before the key service is asked. */
export const IDENTITIES_AT_MOST = 300

export const IdentifyNodes = z.strictObject({
  tenant: z.string().min(1).max(64),
  network: z.string().min(1).max(64),
  nodes: z.array(z.string().min(1).max(63)).min(1).max(IDENTITIES_AT_MOST),
})
export const NodeIdentityList = z.strictObject({
  identities: z.array(
    z.strictObject({
      node: z.string(),
      address: z.string().regex(/^0x[0-9a-f]{40}$/),
      publicKey: z.string().regex(/^[0-9a-f]{128}$/),
      simulated: z.boolean(),
    }),
  ),
})
/** Path of the key service on the Functions host; absent where no key service is configured. */
export const IDENTIFY_NODES_PATH = '/api/node-identities'
export const BACK_OFFICE_HEALTH_PATH = '/api/health'

/** Answers who asked for what: the wire exercised from end to end. */
export const PING_PATH = '/api/ping'
export const PingAnswer = z.strictObject({ tenant: z.string(), operation: z.string() })
export type PingAnswer = z.infer<typeof PingAnswer>
export const BackOfficeHealth = z.strictObject({ status: z.literal('ok'), version: z.string() })
export type BackOfficeHealth = z.infer<typeof BackOfficeHealth>

// The wire between the edge and the Functions: one signed token per request, bound to exactly that request.
// Both rooms lean on this file; neither imports the other.
import * as z from 'zod'
import { FileName } from './backup.ts'
import { ConsistencyProof, Hash, LogHead, LogKey } from './log.ts'

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

/** Subject of a request token where the platform itself asks: no tenant id is so short. */
export const WIRE_PLATFORM = 'platform'
/** Publishes a checkpoint of the platform's log where the Functions put them: a chain, or a file of theirs. */
export const ANCHOR_PATH = '/api/log/anchor'
export const ANCHOR_LATEST_PATH = '/api/log/anchor/latest'
/** In characters: a checkpoint with its signatures is below 1,000. */
export const ANCHOR_NOTE_AT_MOST = 4_000
export const AnchorCheckpoint = z.strictObject({
  size: z.int().min(1),
  root: Hash,
  note: z.string().min(1).max(ANCHOR_NOTE_AT_MOST),
})
export type AnchorCheckpoint = z.infer<typeof AnchorCheckpoint>
const AnchorKind = z.strictObject({
  kind: z.enum(['evm', 'file']),
  /** False where nothing but this installation keeps what is put there. */
  independent: z.boolean(),
  /** The chain is a stand-in on this machine. */
  simulated: z.boolean(),
})
export type AnchorKind = z.infer<typeof AnchorKind>
export const AnchorAnswer = z.union([
  AnchorKind.extend({ reference: z.string() }),
  /** A larger checkpoint is there, or one of this size with another root: a public sentence. */
  AnchorKind.extend({ refused: z.string() }),
])
export type AnchorAnswer = z.infer<typeof AnchorAnswer>
export const AnchorLatest = AnchorKind.extend({
  latest: z.strictObject({ size: z.int().min(1), root: Hash, reference: z.string() }).nullable(),
})
export type AnchorLatest = z.infer<typeof AnchorLatest>
/** With 403: the chain answered, and would not take our word. Repeating does not help. */
export const AnchorDenied = z.strictObject({ denied: z.string() })

/** Files of backups, of whoever the token names: ciphertext, and one line that says whose. */
export const BACKUP_PUT_PATH = '/api/backups/put'
export const BACKUP_GET_PATH = '/api/backups/get'
export const BACKUP_LIST_PATH = '/api/backups/list'
const Base64url = z.string().regex(/^[A-Za-z0-9_-]*$/)
export const PutBackup = z.strictObject({ name: FileName, bytes: Base64url })
export const PutBackupAnswer = z.union([
  z.strictObject({ kept: z.literal(true) }),
  z.strictObject({ refused: z.string() }),
])
export const GetBackup = z.strictObject({ name: FileName })
export const GetBackupAnswer = z.strictObject({ bytes: Base64url.nullable() })
export const ListBackups = z.strictObject({ prefix: z.string().min(1).max(100) })
export const ListBackupsAnswer = z.strictObject({ names: z.array(FileName) })

/** Keys that a tenant's issuer signs with, where the Functions keep them: of whoever the token names. Absent where they do not. */
export const CREDENTIAL_KEY_MAKE_PATH = '/api/credential-keys/make'
export const CREDENTIAL_KEY_SIGN_PATH = '/api/credential-keys/sign'
/** In bytes: a JWS of a credential or a status list. */
export const CREDENTIAL_SIGNED_AT_MOST = 262_144
const Kid = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const Coordinate = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
/** The same name of the same tenant is the same key. */
export const MakeCredentialKey = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,63}$/),
})
export const MakeCredentialKeyAnswer = z.strictObject({
  kid: Kid,
  publicJwk: z.strictObject({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: Coordinate,
    y: Coordinate,
  }),
})
export const SignCredential = z.strictObject({
  kid: Kid,
  data: z
    .string()
    .regex(/^[A-Za-z0-9_-]*$/)
    .max(Math.ceil((CREDENTIAL_SIGNED_AT_MOST * 4) / 3)),
})
export const SignCredentialAnswer = z.strictObject({
  /** r || s in base64url; null: this tenant has no such key here. */
  signature: z
    .string()
    .regex(/^[A-Za-z0-9_-]{86}$/)
    .nullable(),
})

/** Has a checkpoint of the platform's log signed by the second party; absent where the Functions have no key for it. */
export const COSIGN_PATH = '/api/log/cosign'
export const CosignCheckpoint = z.strictObject({
  /** Signed by the edge. */
  note: z.string().min(1).max(ANCHOR_NOTE_AT_MOST),
  /** From the head that was co-signed last, as far as the edge knows; null: it knows of none. */
  consistency: ConsistencyProof.nullable(),
})
export type CosignCheckpoint = z.infer<typeof CosignCheckpoint>
export const CosigningKey = LogKey.omit({ from: true, until: true })
export type CosigningKey = z.infer<typeof CosigningKey>
export const CosignAnswer = z.union([
  /** One signature line of the note, with the key that it is of. */
  z.strictObject({ line: z.string().max(1_000), key: CosigningKey }),
  /** What was co-signed last: send the proof from there. */
  z.strictObject({ last: LogHead }),
  /** It will not be signed: a public sentence. */
  z.strictObject({ refused: z.string() }),
])
export type CosignAnswer = z.infer<typeof CosignAnswer>

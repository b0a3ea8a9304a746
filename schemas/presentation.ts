// Presentations as this API shows them: what is asked for (DCQL, OpenID4VP 1.0 §6), and what came of it.
import * as z from 'zod'
import {
  CredentialDriver,
  CredentialId,
  CredentialStatus,
  PresentationRequestId,
} from './credential.ts'
import { GitSha } from './ids.ts'

const Name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/)
const Values = z
  .array(z.union([z.string().max(500), z.int(), z.boolean()]))
  .min(1)
  .max(50)
/** A name, a place in an array, or `null` for all of its places (OpenID4VP 1.0 §7). */
const ClaimsPath = z
  .array(z.union([z.string().min(1).max(128), z.int().min(0), z.null()]))
  .min(1)
  .max(8)

export const DcqlClaim = z.strictObject({
  id: Name.optional(),
  path: ClaimsPath,
  values: Values.optional(),
})
export type DcqlClaim = z.infer<typeof DcqlClaim>
export const DcqlCredential = z.strictObject({
  id: Name,
  format: z.enum(['dc+sd-jwt', 'jwt_vc_json']),
  multiple: z.literal(false).optional(),
  meta: z.strictObject({
    vct_values: z.array(z.string().min(1).max(500)).min(1).max(20).optional(),
    /** `jwt_vc_json` alone. */
    type_values: z
      .array(z.array(z.string().min(1).max(200)).min(1).max(10))
      .min(1)
      .max(10)
      .optional(),
  }),
  trusted_authorities: z
    .array(
      z.strictObject({
        type: z.enum(['aki', 'openid_federation', 'etsi_tl']),
        values: z.array(z.string().min(1).max(500)).min(1).max(20),
      }),
    )
    .min(1)
    .max(5)
    .optional(),
  require_cryptographic_holder_binding: z.literal(true).optional(),
  claims: z.array(DcqlClaim).min(1).max(64).optional(),
  claim_sets: z.array(z.array(Name).min(1).max(64)).min(1).max(20).optional(),
})
export type DcqlCredential = z.infer<typeof DcqlCredential>
export const DcqlQuery = z.strictObject({
  credentials: z.array(DcqlCredential).min(1).max(8),
  credential_sets: z
    .array(
      z.strictObject({
        options: z.array(z.array(Name).min(1).max(8)).min(1).max(20),
        required: z.boolean().optional(),
      }),
    )
    .min(1)
    .max(8)
    .optional(),
})
export type DcqlQuery = z.infer<typeof DcqlQuery>

export const PRESENTATION_SECONDS = { least: 60, default: 300, most: 3_600 }
export const NewPresentationRequest = z.strictObject({
  dcql_query: DcqlQuery,
  /** Shown to the holder: why it is asked for. */
  purpose: z
    .string()
    .min(1)
    .max(300)
    .regex(/^[^\p{C}]*$/u, 'one line of plain text'),
  driver: CredentialDriver.default('openid4vci'),
  /** `same-device`: the browser that began it is the one that ends it. */
  mode: z.enum(['cross-device', 'same-device']).default('cross-device'),
  response: z.enum(['direct_post', 'direct_post.jwt']).default('direct_post.jwt'),
  /** Absent: 300. `entra` decides itself, and refuses another wish. */
  expiresInSeconds: z
    .int()
    .min(PRESENTATION_SECONDS.least)
    .max(PRESENTATION_SECONDS.most)
    .optional(),
  /** `entra` alone, and premium there. */
  faceCheck: z
    .strictObject({
      sourcePhotoClaimName: Name,
      matchConfidenceThreshold: z.int().min(50).max(100).default(70),
    })
    .optional(),
})
export type NewPresentationRequest = z.infer<typeof NewPresentationRequest>

export const PresentationState = z.enum(['pending', 'retrieved', 'verified', 'rejected', 'expired'])
export type PresentationState = z.infer<typeof PresentationState>
export const presentationMoves: Record<PresentationState, readonly PresentationState[]> = {
  pending: ['retrieved', 'verified', 'rejected', 'expired'],
  retrieved: ['verified', 'rejected', 'expired'],
  verified: [],
  rejected: [],
  expired: [],
}

/** Why a presentation was not taken. The wallet gets the same word. */
export const PresentationFault = z.enum([
  ...(['malformed', 'wrong-request', 'denied-by-wallet', 'not-asked-for', 'missing'] as const),
  ...(['untrusted-issuer', 'bad-issuer-signature', 'bad-certificate', 'not-yet-valid'] as const),
  ...(['expired', 'revoked', 'suspended', 'status-unknown', 'no-holder-binding'] as const),
  ...([
    'bad-holder-signature',
    'wrong-audience',
    'wrong-nonce',
    'wrong-hash',
    'wrong-time',
  ] as const),
  ...(['not-permitted', 'too-large'] as const),
])
export type PresentationFault = z.infer<typeof PresentationFault>

export const PresentedCredential = z.strictObject({
  /** Of the query. */
  id: Name,
  type: z.string(),
  issuer: z.string(),
  claims: z.record(z.string(), z.json()),
  status: z.enum(['valid', 'unlisted']),
  issuedAt: z.iso.datetime().nullable(),
  expiresAt: z.iso.datetime().nullable(),
})
export type PresentedCredential = z.infer<typeof PresentedCredential>

export const PresentationKind = z.enum(['request', 'sign-in', 'approval'])
export type PresentationKind = z.infer<typeof PresentationKind>

export const PresentationRequestView = z.strictObject({
  id: PresentationRequestId,
  kind: PresentationKind,
  driver: CredentialDriver,
  purpose: z.string(),
  mode: z.enum(['cross-device', 'same-device']),
  dcql_query: DcqlQuery,
  state: PresentationState,
  fault: PresentationFault.nullable(),
  /** Of a verified one; kept until the request is forgotten, and no longer than a day. */
  presented: z.array(PresentedCredential).nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type PresentationRequestView = z.infer<typeof PresentationRequestView>

/** The answer to the POST that made it, and to its repeats. */
export const PresentationRequest = PresentationRequestView.extend({
  /** `openid4vp://?…`: the same in a QR code and as a link. */
  uri: z.string(),
  /** QR code, link, state. */
  page: z.string(),
  simulated: z.boolean(),
})
export type PresentationRequest = z.infer<typeof PresentationRequest>

/** What an approval by credential is about: its nonce commits to exactly this. */
export const ApprovalSubject = z.strictObject({
  changeId: z.string(),
  revision: z.int(),
  headSha: z.string(),
  treeSha: z.string(),
  /** Digest of what the plan read. */
  reads: z.string(),
  member: z.string(),
})
export type ApprovalSubject = z.infer<typeof ApprovalSubject>

/** Asks for the presentation that is an approval. */
export const NewApprovalRequest = z.strictObject({
  /** The head that is meant; another is refused. */
  headSha: GitSha.optional(),
  mode: z.enum(['cross-device', 'same-device']).default('cross-device'),
})
export type NewApprovalRequest = z.infer<typeof NewApprovalRequest>

/** What was signed with an approval by credential, for whoever has to check it later. */
export const ApprovalEvidence = z.strictObject({
  approval: z.string(),
  change: z.string(),
  /** Who approved. */
  subject: z.string(),
  presentation: PresentationRequestId,
  at: z.iso.datetime(),
  voidedAt: z.iso.datetime().nullable(),
  voidReason: z.string().nullable(),
  /** What the nonce commits to. */
  about: ApprovalSubject,
  /** `<salt>.<SHA-256 over RFC 8785 JSON of ["phoenix-approval/v1", salt, about]>`, both in base64url. */
  nonce: z.string(),
  /** Whether the nonce is that of `about`: computed again with each read. */
  commits: z.boolean(),
  credential: z.strictObject({
    id: CredentialId,
    /** As it is now, and not as it was then: then it was valid. */
    status: CredentialStatus,
    expiresAt: z.iso.datetime(),
  }),
  /** What the wallet sent, word for word: SD-JWT VC and key binding, by the name in the query. */
  presentation_token: z.record(z.string(), z.array(z.string())),
})
export type ApprovalEvidence = z.infer<typeof ApprovalEvidence>

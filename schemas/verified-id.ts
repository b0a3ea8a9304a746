// Microsoft Entra Verified ID behind the wire: what the edge asks of the Functions, and what they answer. The Functions turn it
// into calls of Microsoft's REST interface; nothing here is of the edge's own making but its names.
import * as z from 'zod'
import type { Ask, Verbs } from './azure.ts'

/** The claim of every contract that credentials are found by again: our own id. Only one claim of a contract can be (indexed). */
export const INDEXED_CLAIM = 'credential_id'

const Text = (most: number) => z.string().min(1).max(most)
const Id = z.string().regex(/^[A-Za-z0-9._:-]{1,200}$/)
/** Decentralised identifier of an authority; Entra has `did:web` alone. */
export const EntraDid = z.string().regex(/^did:web:[A-Za-z0-9.:%_~-]{1,500}$/)
const HttpUrl = z.url({ protocol: /^https?$/ }).max(2_048)
const ClaimName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/)

/** `state` and the key come back with every callback. */
const Callback = z.strictObject({
  url: HttpUrl,
  state: z.string().regex(/^[a-z]{3}_[a-z2-7]{26}$/),
  apiKey: z.string().regex(/^[A-Za-z0-9_-]{32,128}$/),
})
const Registration = { clientName: Text(128), callback: Callback, authority: EntraDid }

export const IssueByEntra = z.strictObject({
  ...Registration,
  type: Text(63),
  manifest: HttpUrl,
  claims: z.record(ClaimName, z.string().max(32_768)),
  /** `value`: base64 of SHA-256 over salt and PIN: the PIN itself stays at the edge. `length`: of the PIN. */
  pin: z
    .strictObject({
      value: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
      salt: Text(64),
      length: z.int().min(4).max(16),
    })
    .nullable(),
})
export type IssueByEntra = z.infer<typeof IssueByEntra>

export const PresentByEntra = z.strictObject({
  ...Registration,
  purpose: Text(300),
  credentials: z
    .array(
      z.strictObject({
        type: Text(200),
        /** Never empty: Entra takes an empty list for everybody. */
        acceptedIssuers: z.array(EntraDid).min(1).max(101),
        constraints: z
          .array(z.strictObject({ claimName: Text(128), values: z.array(z.string()).min(1) }))
          .max(64),
        faceCheck: z
          .strictObject({
            sourcePhotoClaimName: Text(64),
            matchConfidenceThreshold: z.int().min(50).max(100),
          })
          .nullable(),
      }),
    )
    .min(1)
    .max(8),
})
export type PresentByEntra = z.infer<typeof PresentByEntra>

/** `expiry`: seconds since the epoch. */
export const EntraRequest = z.strictObject({
  requestId: Id,
  url: z.string().min(1).max(4_096),
  expiry: z.int().min(0),
})
export type EntraRequest = z.infer<typeof EntraRequest>

/** Found by its domain, or made. */
export const EnsureAuthority = z.strictObject({ name: Text(100), linkedDomainUrl: HttpUrl })
export type EnsureAuthority = z.infer<typeof EnsureAuthority>
export const EntraAuthority = z.strictObject({
  id: Id,
  did: EntraDid,
  didDocumentStatus: z.enum(['published', 'outOfSync', 'submitted']).nullable(),
  linkedDomainsVerified: z.boolean(),
})
export type EntraAuthority = z.infer<typeof EntraAuthority>

/**
 * `rotate`: a new signing key, and a DID document that has yet to be published with it; `synchronize`: it is published, and Entra
 * looks; `validate`: Entra looks at the proof that the domain is linked.
 */
export const TendAuthority = z.strictObject({
  authorityId: Id,
  act: z.enum(['read', 'rotate', 'synchronize', 'validate']),
})
export type TendAuthority = z.infer<typeof TendAuthority>

/** What of a contract is ours to say. The indexed claim is added by the Functions, to every one. */
const ContractText = {
  claims: z
    .array(
      z.strictObject({
        name: ClaimName,
        required: z.boolean(),
        labels: z.array(z.strictObject({ locale: z.string(), label: Text(100) })).max(20),
      }),
    )
    .max(64),
  displays: z
    .array(
      z.strictObject({
        locale: z.string(),
        title: Text(100),
        description: z.string().max(300),
        backgroundColor: z.string(),
        textColor: z.string(),
        logo: z.strictObject({ uri: HttpUrl, description: z.string() }).nullable(),
      }),
    )
    .min(1)
    .max(20),
  issuedBy: Text(100),
  validitySeconds: z.int().min(1),
  type: Text(63),
}
/** Found by its name, or made. */
export const EnsureContract = z.strictObject({
  ...{ authorityId: Id, name: Text(128) },
  ...ContractText,
})
export type EnsureContract = z.infer<typeof EnsureContract>
export const ReviseContract = z.strictObject({ authorityId: Id, contractId: Id, ...ContractText })
export type ReviseContract = z.infer<typeof ReviseContract>
export const EntraContract = z.strictObject({ contractId: Id, manifestUrl: HttpUrl })
export type EntraContract = z.infer<typeof EntraContract>

/** `value`: of the indexed claim. */
export const RevokeByEntra = z.strictObject({ authorityId: Id, contractId: Id, value: Text(100) })
export type RevokeByEntra = z.infer<typeof RevokeByEntra>
/** What Entra calls the credential; `already` where it was revoked before. */
export const EntraRevoked = z.strictObject({ remoteId: Id, already: z.boolean() })
export type EntraRevoked = z.infer<typeof EntraRevoked>

export const ReadEntraDocument = z.strictObject({
  authorityId: Id,
  what: z.enum(['did', 'did-configuration']),
  domainUrl: HttpUrl,
})
export type ReadEntraDocument = z.infer<typeof ReadEntraDocument>
export const EntraDocument = z.strictObject({ document: z.record(z.string(), z.json()) })
export type EntraDocument = z.infer<typeof EntraDocument>

const path = (verb: string) => `/api/verified-id/${verb}`
export const verifiedIdVerbs = {
  issue: { path: path('issue'), input: IssueByEntra, output: EntraRequest },
  present: { path: path('present'), input: PresentByEntra, output: EntraRequest },
  authority: { path: path('authority'), input: EnsureAuthority, output: EntraAuthority },
  tend: { path: path('tend'), input: TendAuthority, output: EntraAuthority },
  contract: { path: path('contract'), input: EnsureContract, output: EntraContract },
  revise: { path: path('revise'), input: ReviseContract, output: EntraContract },
  revoke: { path: path('revoke'), input: RevokeByEntra, output: EntraRevoked },
  document: { path: path('document'), input: ReadEntraDocument, output: EntraDocument },
} as const satisfies Verbs

export type VerifiedId = Ask<typeof verifiedIdVerbs>

const CallbackError = z.object({ code: z.string().max(200).optional() })
const VerifiedCredential = z.object({
  issuer: z.string().max(1_000),
  type: z.array(z.string().max(200)).max(20),
  claims: z.record(z.string(), z.json()),
  credentialState: z.object({ revocationStatus: z.string().max(50) }).optional(),
  issuanceDate: z.string().max(50).optional(),
  expirationDate: z.string().max(50).optional(),
})
/** As the request service posts it. Fields that nobody needs go no further: a receipt, a photo's score. */
export const EntraCallback = z.object({
  requestId: z.string().min(1).max(200),
  requestStatus: z.string().min(1).max(100),
  state: z.string().min(1).max(200),
  error: CallbackError.extend({ message: z.string().max(2_000).optional() }).optional(),
  subject: z.string().max(2_000).optional(),
  verifiedCredentialsData: z.array(VerifiedCredential).max(20).optional(),
})
export type EntraCallback = z.infer<typeof EntraCallback>

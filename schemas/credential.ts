// Verifiable credentials as this API shows them: one resource model over two issuers. Names are those of OpenID4VCI 1.0 and
// OpenID4VP 1.0; what only Microsoft Entra Verified ID has is an extension. What wallets send and get is in oid4vci.ts and
// oid4vp.ts.
import * as z from 'zod'
import { Slug } from './ids.ts'
import { MemberId } from './member.ts'

export const CredentialDriver = z.enum(['openid4vci', 'entra'])
export type CredentialDriver = z.infer<typeof CredentialDriver>

/** Public: it is in every credential, and says nothing about the tenant. */
export const IssuerId = z.string().regex(/^[a-z2-7]{26}$/)
export const CredentialId = z.string().regex(/^crd_[a-z2-7]{26}$/)
export type CredentialId = z.infer<typeof CredentialId>
export const CredentialOfferId = z.string().regex(/^ofr_[a-z2-7]{26}$/)
export const IssuanceId = z.string().regex(/^isu_[a-z2-7]{26}$/)
export const PresentationRequestId = z.string().regex(/^prq_[a-z2-7]{26}$/)
export const TrustedIssuerId = z.string().regex(/^tri_[a-z2-7]{26}$/)

const Line = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[^\p{C}]*$/u, 'one line of plain text')
/** BCP 47, as `Accept-Language` has them. */
const Locale = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/)
const Color = z.string().regex(/^#[0-9a-fA-F]{6}$/)
const HttpsUrl = z.url({ protocol: /^https$/ }).max(2_048)

export const CredentialDisplay = z.strictObject({
  name: Line(100),
  locale: Locale.optional(),
  description: Line(300).optional(),
  logo: z.strictObject({ uri: HttpsUrl, alt_text: Line(100).optional() }).optional(),
  background_color: Color.optional(),
  text_color: Color.optional(),
})
export type CredentialDisplay = z.infer<typeof CredentialDisplay>

/** One name for now is a claim of its own; more are the way into an object. */
const ClaimName = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,62}$/)
/** Registered in JWT, SD-JWT and SD-JWT VC: the issuer sets these itself (draft-ietf-oauth-sd-jwt-vc §2.2.2). */
export const RESERVED_CLAIMS: ReadonlySet<string> = new Set([
  ...['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'cnf', 'vct', 'aka_vcts', 'status'],
  ...['_sd', '_sd_alg', 'credential_id', '__proto__', 'constructor', 'prototype'],
])
export const CredentialClaim = z.strictObject({
  path: z.array(ClaimName).min(1).max(4),
  /** Without it nothing is offered. */
  mandatory: z.boolean().optional(),
  /** Disclosed with every presentation; absent: the holder chooses. */
  always: z.boolean().optional(),
  display: z
    .array(z.strictObject({ name: Line(100), locale: Locale.optional() }))
    .max(20)
    .optional(),
})
export type CredentialClaim = z.infer<typeof CredentialClaim>

export const CREDENTIAL_SECONDS = { least: 300, default: 31_536_000, most: 315_360_000 }
export const BATCH_AT_MOST = 20

const definition = {
  display: z.array(CredentialDisplay).min(1).max(20),
  claims: z.array(CredentialClaim).max(64),
  /** From issuance to expiry, in seconds. */
  validitySeconds: z
    .int()
    .min(CREDENTIAL_SECONDS.least)
    .max(CREDENTIAL_SECONDS.most)
    .default(CREDENTIAL_SECONDS.default),
  /** Copies that a wallet may ask for at once, each bound to a key of its own. */
  batchSize: z.int().min(1).max(BATCH_AT_MOST).default(1),
}

/** `type`: only `entra`, which has no `vct`. */
export const NewCredentialConfiguration = z.strictObject({
  name: Slug,
  driver: CredentialDriver.default('openid4vci'),
  /** Absent: an address of this installation, where the type's metadata is. */
  vct: z.string().min(1).max(500).optional(),
  type: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9]{0,62}$/)
    .optional(),
  ...definition,
})
export type NewCredentialConfiguration = z.infer<typeof NewCredentialConfiguration>
/** What the tenant's row keeps of it. */
export const CredentialDefinition = z.strictObject(definition)
export type CredentialDefinition = z.infer<typeof CredentialDefinition>

/** A built-in one keeps its claims. */
export const UpdateCredentialConfiguration = z
  .strictObject({
    display: definition.display,
    claims: definition.claims,
    validitySeconds: z.int().min(CREDENTIAL_SECONDS.least).max(CREDENTIAL_SECONDS.most),
    batchSize: z.int().min(1).max(BATCH_AT_MOST),
  })
  .partial()
export type UpdateCredentialConfiguration = z.infer<typeof UpdateCredentialConfiguration>

export const CredentialConfigurationView = z.strictObject({
  name: Slug,
  driver: CredentialDriver,
  format: z.enum(['dc+sd-jwt', 'jwt_vc_json']),
  /** `dc+sd-jwt` alone. */
  vct: z.string().nullable(),
  type: z.string().nullable(),
  ...definition,
  /** The platform's own: they sign in and approve here. */
  builtIn: z.boolean(),
  /** `withdrawn`: nothing new is offered; what was issued stays as it is. */
  state: z.enum(['active', 'withdrawn']),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int(),
})
export type CredentialConfigurationView = z.infer<typeof CredentialConfigurationView>

/** What a driver can do; whatever it cannot is a typed refusal. */
export const DriverAbilities = z.strictObject({
  driver: CredentialDriver,
  /** Null: it can be used. Otherwise a public sentence that says what is missing. */
  unavailable: z.string().nullable(),
  /** What it talks to is a stand-in on this machine. */
  simulated: z.boolean(),
  formats: z.array(z.string()),
  statuses: z.array(z.enum(['valid', 'invalid', 'suspended'])),
  supports: z.strictObject({
    offerByValue: z.boolean(),
    batch: z.boolean(),
    deferred: z.boolean(),
    notification: z.boolean(),
    suspend: z.boolean(),
    /** The PIN leaves this installation as a digest only. */
    hashedPin: z.boolean(),
    dcqlClaimSets: z.boolean(),
    dcqlCredentialSets: z.boolean(),
    faceCheck: z.boolean(),
    /** `expiresInSeconds` of offers and requests; otherwise the driver alone decides how long its links hold. */
    expiresIn: z.boolean(),
  }),
})
export type DriverAbilities = z.infer<typeof DriverAbilities>

export const TxCodeWish = z.strictObject({
  mode: z.enum(['numeric', 'text']).default('numeric'),
  length: z.int().min(4).max(8).default(6),
  /** Where the holder will find it: shown by the wallet (OpenID4VCI 1.0 §4.1.1). */
  description: Line(300).optional(),
})
export type TxCodeWish = z.infer<typeof TxCodeWish>

export const OFFER_SECONDS = { least: 60, default: 900, most: 604_800 }
export const NewCredentialOffer = z.strictObject({
  configurations: z.array(Slug).min(1).max(8),
  /** What the credentials will say: kept sealed until they are issued, and no longer. */
  claims: z.record(z.string(), z.json()).default({}),
  /** Whose credential it is, where that is a member: erased and ended with the membership. */
  member: MemberId.optional(),
  /** `false`: whoever has the link has the credential. */
  txCode: z.union([TxCodeWish, z.literal(false)]).default({ mode: 'numeric', length: 6 }),
  /** Absent: 900. `entra` decides itself, and refuses another wish. */
  expiresInSeconds: z.int().min(OFFER_SECONDS.least).max(OFFER_SECONDS.most).optional(),
  /** Issued once somebody has said so (POST …/issuances/{id}/release). */
  deferred: z.boolean().default(false),
})
export type NewCredentialOffer = z.infer<typeof NewCredentialOffer>

/** The same again for an offer that came to nothing. Its claims are gone with it, so they are said again. */
export const RenewCredentialOffer = NewCredentialOffer.pick({
  claims: true,
  expiresInSeconds: true,
})
export type RenewCredentialOffer = z.infer<typeof RenewCredentialOffer>

export const IssuanceState = z.enum([
  ...(['created', 'retrieved', 'authorized', 'deferred', 'issued', 'accepted'] as const),
  ...(['failed', 'denied', 'expired'] as const),
])
export type IssuanceState = z.infer<typeof IssuanceState>
/** Entra tells less: no step between fetched and issued. */
export const issuanceMoves: Record<IssuanceState, readonly IssuanceState[]> = {
  created: ['retrieved', 'authorized', 'issued', 'failed', 'denied', 'expired'],
  retrieved: ['authorized', 'issued', 'failed', 'denied', 'expired'],
  authorized: ['deferred', 'issued', 'failed', 'denied', 'expired'],
  deferred: ['issued', 'failed', 'denied', 'expired'],
  issued: ['accepted', 'failed'],
  accepted: [],
  failed: [],
  denied: [],
  expired: [],
}
/** Nothing comes after. */
export const isIssuanceEnded = (state: IssuanceState): boolean =>
  issuanceMoves[state].length === 0 || state === 'issued'

export const IssuanceView = z.strictObject({
  id: IssuanceId,
  offer: CredentialOfferId,
  driver: CredentialDriver,
  configurations: z.array(Slug),
  member: MemberId.nullable(),
  state: IssuanceState,
  /** Why it failed: a word of this API or of the wallet's notification, never its text. */
  error: z.strictObject({ code: z.string(), detail: z.string() }).nullable(),
  credentials: z.array(CredentialId),
  /** Wrong transaction codes that are still forgiven; null where none is asked for. */
  triesLeft: z.int().nullable(),
  /** It came to nothing, and its holder asks for another offer in its place. */
  askedAgainAt: z.iso.datetime().nullable(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
})
export type IssuanceView = z.infer<typeof IssuanceView>

export const CredentialOfferView = z.strictObject({
  id: CredentialOfferId,
  issuance: IssuanceView,
  /** OpenID4VCI 1.0 §4.1: by reference. Null once it is used, ended or another wallet’s. */
  uri: z.string().nullable(),
})
export type CredentialOfferView = z.infer<typeof CredentialOfferView>

/** The answer to the POST that made it, and to its repeats. */
export const CredentialOffer = CredentialOfferView.extend({
  /** By value; null where the driver has none. */
  value: z.string().nullable(),
  /** For the other channel: neither in the link nor on the page. Null where none is asked for. */
  txCode: z.string().nullable(),
  /** For the holder: QR code, link, state. Whoever has it sees the state of this offer. */
  page: z.string(),
  simulated: z.boolean(),
})
export type CredentialOffer = z.infer<typeof CredentialOffer>

export const CredentialStatus = z.enum(['valid', 'invalid', 'suspended'])
export type CredentialStatus = z.infer<typeof CredentialStatus>
export const CredentialView = z.strictObject({
  id: CredentialId,
  configuration: Slug,
  driver: CredentialDriver,
  issuance: IssuanceId,
  member: MemberId.nullable(),
  status: CredentialStatus,
  /** Of the last change of the status; null: none so far. */
  reason: z.string().nullable(),
  changedBy: z.string().nullable(),
  /** Where anybody reads it (draft-ietf-oauth-status-list); null where the driver keeps another. */
  statusReference: z.strictObject({ uri: z.string(), idx: z.int() }).nullable(),
  issuedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  version: z.int(),
})
export type CredentialView = z.infer<typeof CredentialView>

export const ChangeCredentialStatus = z.strictObject({ reason: Line(300) })
export type ChangeCredentialStatus = z.infer<typeof ChangeCredentialStatus>

export const CredentialFilter = z.strictObject({
  configuration: Slug.optional(),
  member: MemberId.optional(),
  status: CredentialStatus.optional(),
})
export type CredentialFilter = z.infer<typeof CredentialFilter>

/** The tenant's issuer as verifiers see it. */
export const IssuerIdentityView = z.strictObject({
  id: IssuerId,
  /** Credential issuer identifier (OpenID4VCI 1.0 §12.2.1), and `iss` of what it signs. */
  url: z.string(),
  name: z.string(),
  did: z.string(),
  /** `draft15`: older wallets too, which send one `proof`. */
  compat: z.enum(['strict', 'draft15']),
  linkSchemes: z.strictObject({ offer: z.string(), presentation: z.string() }),
  /** PEM: what verifiers trust for the certificates in `x5c`. */
  root: z.string(),
  keys: z.array(
    z.strictObject({
      kid: z.string(),
      /** `previous`: signs no more, and verifies until all that it signed has ended; then, or by an owner's word, `retired`. */
      state: z.enum(['current', 'previous', 'retired']),
      createdAt: z.iso.datetime(),
      certificateUntil: z.iso.datetime(),
      /** Null: it signs. */
      verifiesUntil: z.iso.datetime().nullable(),
    }),
  ),
  /** Where the private keys are. */
  keptBy: z.enum(['sealed', 'functions']),
  /** What keeps them is a stand-in on this machine. */
  keptBySimulated: z.boolean(),
  drivers: z.array(DriverAbilities),
  version: z.int(),
})
export type IssuerIdentityView = z.infer<typeof IssuerIdentityView>

/** `scheme:` or `scheme://`, or the https address that one wallet opens. */
const LinkScheme = z
  .string()
  .regex(
    /^(?:[a-z][a-z0-9.+-]{1,40}:\/\/|https:\/\/[a-z0-9.-]{1,200}(?:\/[A-Za-z0-9._~/-]{0,200})?)$/,
  )
  .refine((scheme) => !/^(?:https?|javascript|data|file|vbscript|blob|about):\/\/$/.test(scheme))
export const UpdateIssuer = z
  .strictObject({
    name: Line(100),
    compat: z.enum(['strict', 'draft15']),
    linkSchemes: z.strictObject({ offer: LinkScheme, presentation: LinkScheme }),
  })
  .partial()
export type UpdateIssuer = z.infer<typeof UpdateIssuer>

/** `endsCredentials`: the caller knows that credentials end with the key. */
export const RetireKey = z.strictObject({
  reason: Line(300),
  endsCredentials: z.boolean().optional(),
})
export type RetireKey = z.infer<typeof RetireKey>

/** Of the driver `entra`: the tenant's authority there, as Entra says it is now. */
export const IssuerAuthorityView = z.strictObject({
  did: z.string(),
  /** Whether Entra has seen the DID document with the key that signs; null: it does not say. */
  document: z.enum(['published', 'outOfSync', 'submitted']).nullable(),
  /** Whether it has seen the proof that this domain is linked. */
  domainVerified: z.boolean(),
  simulated: z.boolean(),
})
export type IssuerAuthorityView = z.infer<typeof IssuerAuthorityView>

/** Of whom presentations are taken beside the tenant's own issuer. */
export const NewTrustedIssuer = z.strictObject({
  name: Line(100),
  /** A root certificate (PEM), or the address of an issuer with `/.well-known/jwt-vc-issuer`; for `entra` its `did:web`. */
  kind: z.enum(['x509', 'jwt-vc-issuer', 'did']),
  value: z.string().min(1).max(8_000),
  /** Types that are taken of it; empty: all. */
  types: z.array(z.string().min(1).max(500)).max(50).default([]),
})
export type NewTrustedIssuer = z.infer<typeof NewTrustedIssuer>
export const TrustedIssuerView = NewTrustedIssuer.extend({
  id: TrustedIssuerId,
  createdAt: z.iso.datetime(),
  version: z.int(),
})
export type TrustedIssuerView = z.infer<typeof TrustedIssuerView>

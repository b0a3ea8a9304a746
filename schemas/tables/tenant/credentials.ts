// The tenant as an issuer and a verifier of credentials. Claims of people stand here sealed, and only until they are issued.
import { index, integer, sqliteTable, text, uniqueIndex } from 'drizzle-orm/sqlite-core'
import type {
  CredentialDefinition,
  CredentialDriver,
  CredentialStatus,
  IssuanceState,
  TxCodeWish,
} from '../../credential.ts'
import type {
  ApprovalSubject,
  DcqlQuery,
  PresentationFault,
  PresentationKind,
  PresentationState,
} from '../../presentation.ts'

interface HolderKey {
  kty: 'EC'
  crv: 'P-256'
  x: string
  y: string
}

/** One row, made when it is first needed. */
export const issuer = sqliteTable('issuer', {
  /** Public; the Directory knows which tenant it is. */
  id: text().primaryKey(),
  name: text().notNull(),
  compat: text().$type<'strict' | 'draft15'>().notNull(),
  linkSchemes: text({ mode: 'json' }).$type<{ offer: string; presentation: string }>().notNull(),
  keptBy: text().$type<'sealed' | 'functions'>().notNull(),
  createdAt: text().notNull(),
  updatedAt: text().notNull(),
  version: integer().notNull(),
})

/** ES256 keys: of the root certificate, and those that sign credentials, status lists and requests. */
export const issuerKeys = sqliteTable('issuer_keys', {
  /** RFC 7638 thumbprint. */
  kid: text().primaryKey(),
  use: text().$type<'root' | 'sign'>().notNull(),
  publicJwk: text({ mode: 'json' })
    .$type<{ kty: 'EC'; crv: 'P-256'; x: string; y: string }>()
    .notNull(),
  /** The private JWK under a key of the platform's; null where the Functions keep it. */
  sealed: text(),
  /** DER in base64. */
  certificate: text().notNull(),
  certificateUntil: text().notNull(),
  /** `previous`: signs no more, and verifies until `verifiesUntil`. `retired`: an owner has ended it, whatever it signed. */
  state: text().$type<'current' | 'previous' | 'retired'>().notNull(),
  createdAt: text().notNull(),
  retiredAt: text(),
  /** A day after the end of the last credential that it signed; null while it signs. */
  verifiesUntil: text(),
})

export const credentialConfigurations = sqliteTable(
  'credential_configurations',
  {
    name: text().primaryKey(),
    idempotencyKey: text(),
    fingerprint: text().notNull(),
    driver: text().$type<CredentialDriver>().notNull(),
    vct: text(),
    type: text(),
    definition: text({ mode: 'json' }).$type<CredentialDefinition>().notNull(),
    builtIn: integer({ mode: 'boolean' }).notNull(),
    /** Of Entra: its contract, and the authority that has it. */
    remote: text({ mode: 'json' }).$type<{
      contractId: string
      manifestUrl: string
      authorityId: string
      did: string
    } | null>(),
    state: text().$type<'active' | 'withdrawn'>().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('credential_configurations_key').on(table.idempotencyKey),
    index('credential_configurations_created').on(table.createdAt, table.name),
  ],
)

/** An offer and what came of it. Secrets stand here as keyed digests. */
export const credentialOffers = sqliteTable(
  'credential_offers',
  {
    id: text().primaryKey(),
    issuanceId: text().notNull(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
    driver: text().$type<CredentialDriver>().notNull(),
    configurations: text({ mode: 'json' }).$type<string[]>().notNull(),
    state: text().$type<IssuanceState>().notNull(),
    /** JSON of the claims, sealed; null once they are issued, or will not be. */
    claims: text(),
    member: text(),
    codeDigest: text(),
    txCode: text({ mode: 'json' }).$type<TxCodeWish | null>(),
    txCodeDigest: text(),
    triesLeft: integer(),
    accessTokenDigest: text(),
    accessTokenUntil: text(),
    /** Asked to wait for a word of an administrator. */
    deferred: integer({ mode: 'boolean' }).notNull(),
    releasedAt: text(),
    /** Configurations that the wallet has named at the token endpoint; null: all, and it names none by an identifier. */
    granted: text({ mode: 'json' }).$type<string[] | null>(),
    /** Public keys that a deferred issuance binds to, by configuration. */
    holderKeys: text({ mode: 'json' }).$type<Record<string, HolderKey[]> | null>(),
    /** The offer that was made in the place of this one, which has ended. */
    replacedBy: text(),
    /** When its holder asked for another, after it had come to nothing. */
    askedAgainAt: text(),
    /** Of the secret in the address of the holder's page. */
    pageDigest: text().notNull(),
    error: text({ mode: 'json' }).$type<{ code: string; detail: string } | null>(),
    /** Of Entra: the request, and the digest of the key that its callbacks bring. */
    remote: text({ mode: 'json' }).$type<{ requestId: string; url: string } | null>(),
    callbackDigest: text(),
    expiresAt: text().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    /** Who could have made it in his place: they know its link and its code as well. */
    behind: text({ mode: 'json' }).$type<string[]>().notNull().default([]),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('credential_offers_issuance').on(table.issuanceId),
    uniqueIndex('credential_offers_key').on(table.idempotencyKey),
    uniqueIndex('credential_offers_code').on(table.codeDigest),
    uniqueIndex('credential_offers_token').on(table.accessTokenDigest),
    index('credential_offers_created').on(table.createdAt, table.id),
    index('credential_offers_member').on(table.member),
    index('credential_offers_expires').on(table.expiresAt),
  ],
)

/** Nonces are made without being written down, and written down when they are used. */
export const spentNonces = sqliteTable(
  'spent_nonces',
  { digest: text().primaryKey(), until: integer().notNull() },
  (table) => [index('spent_nonces_until').on(table.until)],
)

export const credentials = sqliteTable(
  'credentials',
  {
    id: text().primaryKey(),
    configuration: text().notNull(),
    driver: text().$type<CredentialDriver>().notNull(),
    offerId: text().notNull(),
    member: text(),
    /** Of the status list; null with Entra. */
    list: integer(),
    position: integer(),
    status: text().$type<CredentialStatus>().notNull(),
    reason: text(),
    changedBy: text(),
    /** RFC 7638 thumbprint of the holder's key. */
    holder: text(),
    /** Key that signed it. */
    kid: text(),
    /** Of Entra, once it was looked up. */
    remoteId: text(),
    issuedAt: text().notNull(),
    expiresAt: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('credentials_position').on(table.list, table.position),
    index('credentials_offer').on(table.offerId),
    index('credentials_member').on(table.member),
    index('credentials_issued').on(table.issuedAt, table.id),
    index('credentials_status').on(table.list, table.status),
  ],
)

export const statusLists = sqliteTable('status_lists', {
  id: integer().primaryKey(),
  /** How many positions are given away. */
  used: integer().notNull(),
  /** Counts up with every change of a status in it. */
  version: integer().notNull(),
  /** The signed list as it was last made, and of which version; it is made again when that is another, or its time is over. */
  token: text(),
  tokenVersion: integer(),
  tokenUntil: text(),
  createdAt: text().notNull(),
})

export const trustedIssuers = sqliteTable(
  'trusted_issuers',
  {
    id: text().primaryKey(),
    idempotencyKey: text().notNull(),
    fingerprint: text().notNull(),
    name: text().notNull(),
    kind: text().$type<'x509' | 'jwt-vc-issuer' | 'did'>().notNull(),
    value: text().notNull(),
    types: text({ mode: 'json' }).$type<string[]>().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('trusted_issuers_key').on(table.idempotencyKey),
    index('trusted_issuers_created').on(table.createdAt, table.id),
  ],
)

export const presentationRequests = sqliteTable(
  'presentation_requests',
  {
    id: text().primaryKey(),
    idempotencyKey: text(),
    fingerprint: text().notNull(),
    kind: text().$type<PresentationKind>().notNull(),
    /** Of an approval: what the nonce commits to. */
    about: text({ mode: 'json' }).$type<ApprovalSubject | null>(),
    driver: text().$type<CredentialDriver>().notNull(),
    purpose: text().notNull(),
    mode: text().$type<'cross-device' | 'same-device'>().notNull(),
    response: text().$type<'direct_post' | 'direct_post.jwt'>().notNull(),
    query: text({ mode: 'json' }).$type<DcqlQuery>().notNull(),
    state: text().$type<PresentationState>().notNull(),
    fault: text().$type<PresentationFault>(),
    nonce: text().notNull(),
    /** Of the `state` that the wallet sends back. */
    stateDigest: text().notNull(),
    /** The private key that the answer is encrypted to, of this request alone; sealed. */
    encryptionKey: text(),
    /** Of the browser that began it. */
    sessionDigest: text(),
    /** Of a sign-in: of the network that it was begun from; null where nobody says. */
    callerDigest: text(),
    responseCodeDigest: text(),
    pageDigest: text().notNull(),
    /** PresentedCredential[] as JSON, sealed; forgotten after a day. */
    presented: text(),
    /** Of an approval: what the wallet sent, word for word, sealed. It stays as long as the change. */
    evidence: text(),
    /** Of the approval or sign-in: the credential, as this tenant knows it. */
    credentialId: text(),
    remote: text({ mode: 'json' }).$type<{ requestId: string; url: string } | null>(),
    callbackDigest: text(),
    expiresAt: text().notNull(),
    createdAt: text().notNull(),
    createdBy: text().notNull(),
    updatedAt: text().notNull(),
    version: integer().notNull(),
  },
  (table) => [
    uniqueIndex('presentation_requests_key').on(table.idempotencyKey),
    uniqueIndex('presentation_requests_state').on(table.stateDigest),
    uniqueIndex('presentation_requests_code').on(table.responseCodeDigest),
    index('presentation_requests_created').on(table.createdAt, table.id),
    index('presentation_requests_expires').on(table.expiresAt),
    index('presentation_requests_credential').on(table.credentialId),
  ],
)

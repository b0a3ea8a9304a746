// What an issuer says of itself to wallets and verifiers: OpenID4VCI 1.0 §12.2.4, RFC 8414, SD-JWT VC §4 and its type metadata.
// Only what exists is said. Pure.
import type {
  CredentialClaim,
  CredentialDefinition,
  CredentialDisplay,
} from '../../schemas/credential.ts'
import { CONTENT_ENCRYPTIONS, type EncryptionKey, KEY_AGREEMENT } from '../../schemas/jwe.ts'
import type { JsonObject, JsonValue } from './json.ts'
import type { EcPublicJwk } from './keys.ts'

export interface PublishedConfiguration {
  name: string
  vct: string
  definition: CredentialDefinition
}

export interface PublishedIssuer {
  /** Credential issuer identifier. */
  url: string
  name: string
  compat: 'strict' | 'draft15'
  /** That requests are encrypted to. */
  requestKey: EncryptionKey
  /** Active ones. */
  configurations: readonly PublishedConfiguration[]
}

export const PRE_AUTHORIZED = 'urn:ietf:params:oauth:grant-type:pre-authorized_code'
const ALGORITHMS = ['ES256']
/** Where a display says no language. Type metadata asks for one. */
const LANGUAGE = 'en'

/** `undefined` has no place in JSON. */
const present = (object: Record<string, JsonValue | undefined>): JsonObject =>
  Object.fromEntries(
    Object.entries(object).filter((entry): entry is [string, JsonValue] => entry[1] !== undefined),
  )

const logoOf = ({ logo }: CredentialDisplay): JsonObject | undefined =>
  logo && present({ uri: logo.uri, alt_text: logo.alt_text })

/** OpenID4VCI 1.0 §12.2.4, `credential_metadata.display`. */
const displayOf = (display: CredentialDisplay): JsonObject =>
  present({
    ...{ name: display.name, locale: display.locale, logo: logoOf(display) },
    description: display.description,
    background_color: display.background_color,
    text_color: display.text_color,
  })

/** OpenID4VCI 1.0, appendix B.2. */
const claimOf = ({ path, mandatory, display }: CredentialClaim): JsonObject =>
  present({
    path: [...path],
    mandatory,
    display: display?.map(({ name, locale }) => present({ name, locale })),
  })

const configurationOf = (
  { name, vct, definition }: PublishedConfiguration,
  compat: PublishedIssuer['compat'],
): JsonObject => {
  const display = definition.display.map(displayOf)
  const claims = definition.claims.map(claimOf)
  const metadata = { display, ...(claims.length > 0 ? { claims } : {}) }
  return {
    ...{ format: 'dc+sd-jwt', vct, scope: name },
    cryptographic_binding_methods_supported: ['jwk', 'did:jwk'],
    credential_signing_alg_values_supported: ALGORITHMS,
    proof_types_supported: { jwt: { proof_signing_alg_values_supported: ALGORITHMS } },
    credential_metadata: metadata,
    // Draft 15 has both one level higher.
    ...(compat === 'draft15' ? metadata : {}),
  }
}

/** Of requests and of answers (§10): whoever wants it has it. */
const encryptions = { enc_values_supported: [...CONTENT_ENCRYPTIONS], encryption_required: false }

/** At `/.well-known/openid-credential-issuer` (OpenID4VCI 1.0 §12.2). */
export const issuerMetadata = (issuer: PublishedIssuer): JsonObject => {
  const { url, name, compat, configurations } = issuer
  const at = (end: string): string => `${url}/oid4vci/${end}`
  const batch = Math.max(1, ...configurations.map(({ definition }) => definition.batchSize))
  return {
    credential_issuer: url,
    credential_endpoint: at('credential'),
    nonce_endpoint: at('nonce'),
    deferred_credential_endpoint: at('deferred'),
    notification_endpoint: at('notification'),
    // Below two there is no such thing (§12.2.4).
    ...(batch >= 2 ? { batch_credential_issuance: { batch_size: batch } } : {}),
    credential_request_encryption: {
      jwks: { keys: [issuer.requestKey] },
      ...encryptions,
    },
    credential_response_encryption: {
      alg_values_supported: [KEY_AGREEMENT],
      ...encryptions,
    },
    display: [{ name }],
    credential_configurations_supported: Object.fromEntries(
      configurations.map((one) => [one.name, configurationOf(one, compat)]),
    ),
  }
}

/** At `/.well-known/oauth-authorization-server` (RFC 8414 §3). No authorization endpoint, so no response types (OpenID4VCI 1.0 §12.3). */
export const authorizationServerMetadata = (url: string): JsonObject => ({
  issuer: url,
  token_endpoint: `${url}/oid4vci/token`,
  grant_types_supported: [PRE_AUTHORIZED],
  token_endpoint_auth_methods_supported: ['none'],
  'pre-authorized_grant_anonymous_access_supported': true,
})

/** At `/.well-known/jwt-vc-issuer` (draft-ietf-oauth-sd-jwt-vc §4). */
export const jwtVcIssuerMetadata = (
  url: string,
  keys: readonly { kid: string; jwk: EcPublicJwk }[],
): JsonObject => ({
  issuer: url,
  jwks: { keys: keys.map(({ kid, jwk }) => ({ ...jwk, kid, use: 'sig', alg: 'ES256' })) },
})

const startsWith = (path: readonly string[], start: readonly string[]): boolean =>
  start.length <= path.length && start.every((name, at) => name === path[at])

/** As sd-jwt.ts makes it: what is always disclosed, and the objects that it stands in, are never disclosures. */
const disclosureOf = (
  { path }: CredentialClaim,
  claims: readonly CredentialClaim[],
): 'always' | 'never' =>
  claims.some(({ always, path: shown }) => always === true && startsWith(shown, path))
    ? 'never'
    : 'always'

/** SD-JWT VC type metadata, at the address that `vct` is (draft-ietf-oauth-sd-jwt-vc §5, §8, §9). */
export const typeMetadata = ({ vct, definition }: PublishedConfiguration): JsonObject => {
  const { display, claims } = definition
  const [first] = display
  return present({
    ...{ vct, name: first?.name, description: first?.description },
    display: display.map((shown) => {
      const { background_color, text_color } = shown
      const simple = present({ logo: logoOf(shown), background_color, text_color })
      return present({
        ...{ locale: shown.locale ?? LANGUAGE, name: shown.name, description: shown.description },
        rendering: Object.keys(simple).length > 0 ? { simple } : undefined,
      })
    }),
    claims: claims.map((claim) =>
      present({
        path: [...claim.path],
        display: claim.display?.map(({ name, locale }) => ({
          ...{ locale: locale ?? LANGUAGE, label: name },
        })),
        mandatory: claim.mandatory,
        sd: disclosureOf(claim, claims),
      }),
    ),
  })
}

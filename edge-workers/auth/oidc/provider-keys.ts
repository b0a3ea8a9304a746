// Identity providers: what they say of themselves (OpenID Connect Discovery 1.0), their keys, and the JWTs they signed. Kept in
// memory and bounded in everything. A tenant may name the provider, so its answers are hostile until proved.
import { createLocalJWKSet, errors, type JWK, type JWTPayload, jwtVerify } from 'jose'
import * as z from 'zod'
import type { Clock } from '../../../schemas/ports.ts'
import { Outage, ok, type Result, refuse } from '../../../schemas/result.ts'
import { refuseOutage } from '../../actors/outage.ts'
import { getBoundedJson, PROVIDER } from './bounded-json.ts'
import { type AsymmetricAlgorithm, areClaimsFit, isHeaderFit, readJwt } from './jwt-form.ts'
import { createKept, type Kept } from './kept.ts'

const MAX_ISSUERS = 200
/** Seconds by which clocks may differ. */
const SKEW = 60
const Address = z.url({ protocol: /^https?$/ }).max(2_000)

/** What we use of a provider's metadata (Discovery 1.0 §3); other members are left out. */
const Metadata = z.object({
  issuer: z.string().max(2_000),
  jwks_uri: Address,
  authorization_endpoint: Address.optional(),
  token_endpoint: Address.optional(),
  end_session_endpoint: Address.optional(),
  userinfo_endpoint: Address.optional(),
  code_challenge_methods_supported: z.array(z.string().max(100)).max(20).optional(),
  token_endpoint_auth_methods_supported: z.array(z.string().max(100)).max(50).optional(),
  id_token_signing_alg_values_supported: z.array(z.string().max(100)).max(50).optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
})
export type ProviderMetadata = z.infer<typeof Metadata>

const Base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)
/**
 * What verifies, and no more of it than that (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2): a hostile set is kept in the memory of
 * everybody. A modulus has 8,192 bits at most.
 */
const Key = z.object({
  kty: z.enum(['RSA', 'EC', 'OKP']),
  use: z.string().max(20).optional(),
  key_ops: z.array(z.string().max(20)).max(10).optional(),
  alg: z.string().max(20).optional(),
  kid: z.string().max(255).optional(),
  crv: z.string().max(20).optional(),
  x: Base64url.max(100).optional(),
  y: Base64url.max(100).optional(),
  n: Base64url.max(1_366).optional(),
  e: Base64url.max(11).optional(),
})
const KeySet = z.object({ keys: z.array(z.unknown()).max(50) })
type KeyOf = ReturnType<typeof createLocalJWKSet>

export interface Reach {
  fetch: typeof globalThis.fetch
  now: Clock
}

export interface VerifyOptions extends Reach {
  issuer: string
  /** One of them is enough. */
  audience: string | readonly string[]
  algorithms: readonly AsymmetricAlgorithm[]
  /** Values of `typ` in lower case, without `application/`; absent: any or none. */
  types?: readonly string[]
  maxAgeSeconds?: number
  clockSkewSeconds?: number
  /** Absent: from the issuer's metadata. */
  jwksUri?: string
}

/** Discovery 1.0 §4.1. Null for what is no issuer: no query, no fragment, no user (§3). */
const wellKnownOf = (issuer: string): string | null => {
  if (!URL.canParse(issuer) || issuer.length > 2_000) return null
  const { protocol, username, password, search, hash } = new URL(issuer)
  if (!/^https?:$/.test(protocol) || username || password || search || hash) return null
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
}

/** A provider on https sends nobody to http. */
const staysSecure = (issuer: string, { issuer: _, ...metadata }: ProviderMetadata): boolean =>
  !issuer.startsWith('https:') ||
  Object.values(metadata).every((value) => typeof value !== 'string' || value.startsWith('https:'))

const fetchMetadata = async (issuer: string, { fetch }: Reach): Promise<ProviderMetadata> => {
  const url = wellKnownOf(issuer)
  if (url === null) throw new Outage(PROVIDER, 'has no address', 30)
  const metadata = Metadata.safeParse(await getBoundedJson(url, { fetch }))
  if (!metadata.success || metadata.data.issuer !== issuer)
    throw new Outage(PROVIDER, 'does not give the documents of its issuer', 30)
  if (!staysSecure(issuer, metadata.data))
    throw new Outage(PROVIDER, 'names addresses without encryption', 30)
  return metadata.data
}

const fetchKeys = async (jwksUri: string, { fetch }: Reach): Promise<KeyOf> => {
  const set = KeySet.safeParse(await getBoundedJson(jwksUri, { fetch }))
  if (!set.success) throw new Outage(PROVIDER, 'does not give its keys', 30)
  // RFC 7517 §5: what is not understood is passed over. An encryption key, say, or one with a secret in it.
  const keys = set.data.keys.flatMap((key) => Key.safeParse(key).data ?? [])
  return createLocalJWKSet({ keys: keys as JWK[] })
}

const isUnknownKey = (error: unknown): boolean => error instanceof errors.JWKSNoMatchingKey

/** Issuers of one kind of owner: those of tenants cannot crowd out those of the operators. */
export const createProviders = ({ maxIssuers = MAX_ISSUERS }: { maxIssuers?: number } = {}) => {
  const documents: Kept<ProviderMetadata> = createKept(maxIssuers)
  const keySets: Kept<KeyOf> = createKept(maxIssuers)

  const metadataOf = (issuer: string, reach: Reach): Promise<ProviderMetadata> =>
    documents.get(issuer, reach.now, () => fetchMetadata(issuer, reach))

  const verifySigned = async (
    jwt: string,
    { issuer, audience, jwksUri, algorithms, clockSkewSeconds = SKEW, fetch, now }: VerifyOptions,
  ): Promise<JWTPayload> => {
    const uri = jwksUri ?? (await metadataOf(issuer, { fetch, now })).jwks_uri
    const load = () => fetchKeys(uri, { fetch, now })
    // Keys are the issuer's: two of them that name one address share nothing but the address.
    const name = `${issuer} ${uri}`
    const verify = async (keys: KeyOf): Promise<JWTPayload> => {
      const checks = { issuer, audience: [audience].flat(), algorithms: [...algorithms] }
      const times = { currentDate: now(), clockTolerance: clockSkewSeconds }
      return (await jwtVerify(jwt, keys, { ...checks, ...times })).payload
    }
    try {
      return await verify(await keySets.get(name, now, load))
    } catch (error) {
      const newer = isUnknownKey(error) ? await keySets.renew(name, now, load) : null
      if (!newer) throw error
      const payload = await verify(newer)
      keySets.helped(name, now)
      return payload
    }
  }

  return {
    /** A provider's metadata, kept for minutes. Refuses with `outage` what does not answer, or answers as somebody else. */
    discover: async (issuer: string, reach: Reach): Promise<Result<ProviderMetadata>> => {
      try {
        return ok(await metadataOf(issuer, reach))
      } catch (error) {
        const later = refuseOutage(error)
        if (later) return later
        throw error
      }
    },

    /**
     * The claims of a JWT that this issuer signed for this audience (RFC 7519 §7.2, RFC 8725 §3). Refuses with
     * `unauthenticated`, without a reason, and with `outage` while the issuer's keys cannot be had.
     */
    verifyJwt: async (jwt: string, options: VerifyOptions): Promise<Result<JWTPayload>> => {
      const { issuer, algorithms, types, now } = options
      const audiences = [options.audience].flat().filter((one) => one !== '')
      const read = readJwt(jwt)
      const fit =
        read !== null &&
        isHeaderFit(read.header, { algorithms, types }) &&
        areClaimsFit(read.claims, {
          issuer,
          audiences,
          seconds: Math.floor(now().getTime() / 1000),
          skew: options.clockSkewSeconds ?? SKEW,
          maxAge: options.maxAgeSeconds,
        })
      if (!fit) return refuse('unauthenticated')
      try {
        return ok(await verifySigned(jwt, options))
      } catch (error) {
        // Whatever else is wrong is wrong with the token or with the key that it names: unusable either way.
        return refuseOutage(error) ?? refuse('unauthenticated')
      }
    },
  }
}

/** The operators' own. */
export const { discover, verifyJwt } = createProviders()

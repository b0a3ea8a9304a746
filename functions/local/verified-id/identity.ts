// The managed identity of the laptop's Functions: the loopback endpoint that @azure/identity asks in App Service, and the check of
// its tokens. They are real JWTs for one audience, so a wrong scope fails here as in Azure. Simulated: nobody else trusts them.
import { createHash, timingSafeEqual } from 'node:crypto'
import { generateKeyPair, jwtVerify, SignJWT } from 'jose'
import { EntraRefusal } from './refusal.ts'

export const TENANT_ID = '00000000-0000-4000-8000-00000000beef'
export const AUDIENCES = {
  request: '3db474b9-6a0c-4840-96ac-1fceb342124f',
  admin: '6a8b4b39-c021-437c-b060-5a14a3fd65f3',
  arm: 'https://management.azure.com',
  vault: 'https://vault.azure.net',
} as const
const ADMIN = 'VerifiableCredential'
const roles: Record<string, string[]> = {
  [AUDIENCES.request]: [`${ADMIN}.Create.All`],
  [AUDIENCES.admin]: [
    ...[`${ADMIN}.Authority.ReadWrite`, `${ADMIN}.Contract.ReadWrite`, `${ADMIN}.Network.Read`],
    ...[`${ADMIN}.Credential.Search`, `${ADMIN}.Credential.Revoke`],
  ],
  // What an identity may do in Azure Resource Manager is assigned there, and stands in no token.
  [AUDIENCES.arm]: [],
  // The same of vaults.
  [AUDIENCES.vault]: [],
}
const OWN = 'simulated-identity'
/** User-assigned identities beside the system's own: one for each place in which machines are onboarded. `subscription/group`. */
const ONBOARDING = '00000000-0000-4000-8a4c-'
const markOf = (place: string): string =>
  createHash('sha256').update(place.toLowerCase()).digest('hex').slice(0, 12)
export const onboardingClientIdOf = (place: string): string => `${ONBOARDING}${markOf(place)}`
export const onboardingIdentityOf = (place: string): string =>
  `simulated-onboarding-${markOf(place)}`
const identityOf = (clientId: string): string | undefined =>
  /^[0-9a-f]{12}$/.test(clientId.slice(ONBOARDING.length)) && clientId.startsWith(ONBOARDING)
    ? `simulated-onboarding-${clientId.slice(ONBOARDING.length)}`
    : undefined
export type Role = `VerifiableCredential.${
  | 'Create.All'
  | 'Authority.ReadWrite'
  | 'Contract.ReadWrite'
  | 'Credential.Search'
  | 'Credential.Revoke'}`

const LIFETIME_SECONDS = 3_600
const ISSUER = `https://sts.windows.net/${TENANT_ID}/`

/** Keys of this process: after a restart everybody asks anew. */
export const createIdentity = async ({
  header,
  now,
  withhold = () => false,
}: {
  /** What IDENTITY_HEADER is set to. */
  header: string
  now: () => Date
  /** Roles that the identity was not given, for tests. */
  withhold?: (role: string) => boolean
}) => {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const sign = async (
    audience: string,
    oid: string,
  ): Promise<{ token: string; expiresOn: number }> => {
    const at = Math.floor(now().getTime() / 1_000)
    const expiresOn = at + LIFETIME_SECONDS
    const given = (roles[audience] ?? []).filter((role) => !withhold(role))
    const token = await new SignJWT({ tid: TENANT_ID, oid, roles: given })
      .setProtectedHeader({ alg: 'ES256', typ: 'JWT' })
      .setIssuer(ISSUER)
      .setAudience(audience)
      .setIssuedAt(at)
      .setExpirationTime(expiresOn)
      .sign(privateKey)
    return { token, expiresOn }
  }
  const isOurs = (sent: string | null): boolean => {
    const [a, b] = [Buffer.from(sent ?? ''), Buffer.from(header)]
    return a.length === b.length && timingSafeEqual(a, b)
  }
  return {
    /** App Service's endpoint: api-version 2019-08-01. */
    async answer(request: globalThis.Request): Promise<Response> {
      const { searchParams } = new URL(request.url)
      const resource = searchParams.get('resource') ?? ''
      if (!isOurs(request.headers.get('x-identity-header')))
        return new Response(null, { status: 403 })
      if (!roles[resource] || searchParams.get('api-version') !== '2019-08-01')
        return Response.json({ error: 'invalid_resource' }, { status: 400 })
      const clientId = searchParams.get('client_id')
      const oid = clientId === null ? OWN : identityOf(clientId)
      if (oid === undefined) return Response.json({ error: 'identity_not_found' }, { status: 400 })
      const { token, expiresOn } = await sign(resource, oid)
      return Response.json({
        ...{ access_token: token, expires_on: String(expiresOn), resource, token_type: 'Bearer' },
        client_id: clientId ?? OWN,
      })
    },
    /** Whose token it is; null for one that is none, is over, or is for another audience. */
    async verify(
      request: globalThis.Request,
      audience: string,
    ): Promise<{ oid: string; tid: string } | null> {
      const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
      const options = { issuer: ISSUER, audience, currentDate: now() }
      const { payload } = await jwtVerify(token, publicKey, options).catch(() => ({ payload: {} }))
      const { oid, tid } = payload as { oid?: string; tid?: string }
      return oid === undefined || tid === undefined ? null : { oid, tid }
    },
    /** Throws 401 for a token that is none, or of another audience, and 403 without the role. */
    async check(request: globalThis.Request, audience: string, role: Role): Promise<void> {
      const token = /^Bearer (.+)$/.exec(request.headers.get('authorization') ?? '')?.[1] ?? ''
      const options = { issuer: ISSUER, audience, currentDate: now() }
      const { payload } = await jwtVerify(token, publicKey, options).catch(() => {
        throw new EntraRefusal(401, 'tokenError', { message: 'Failed to validate the token.' })
      })
      if (!Array.isArray(payload.roles) || !payload.roles.includes(role))
        throw new EntraRefusal(403, 'tokenError', { message: 'The token lacks a role.' })
    },
  }
}
export type Identity = Awaited<ReturnType<typeof createIdentity>>

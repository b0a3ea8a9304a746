// The other proof: the member goes to the forge with his browser and comes back with a code (gitops/forges/github-oauth.ts).
// What leaves and what comes back are bound together: to the challenge, which is used once, to the member, and to the very
// credential with which he began.
import type { ForgeAccountView } from '../../../../schemas/forge-account.ts'
import type { Principal } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import { toBase64url } from '../../../base64.ts'
import { deriveKey, equalInConstantTime, hex, hmacSha256, randomHex } from '../../../digest.ts'
import { forgeOAuthOf, forgeRedirectUri } from '../../../forge-oauth.ts'
import type { Versioned } from '../../contracts.ts'
import type { TenantContext } from '../context.ts'
import { beginChallenge, isOpen, mayLink } from './challenges.ts'
import type { ForgeReturn } from './contracts.ts'
import { link, ownChallenge } from './link.ts'

/** RFC 7636 section 4.1 allows 43 to 128 characters; this is 64. Derived, so that it is stored nowhere. */
const verifierOf = ({ env }: TenantContext, challenge: string): string =>
  hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'forge-oauth-verifier'), challenge))

const bindingOf = ({ env }: TenantContext, who: Principal, challenge: string): string => {
  const parts = [who.tenantId, challenge, who.subject, who.credential]
  return hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'forge-oauth-state'), parts.join('\u0000')))
}

/** RFC 7636 section 4.2. */
const s256 = async (verifier: string): Promise<string> => {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  return toBase64url(new Uint8Array(digest))
}

const notOffered: Result<never> = refuse('not-supported', {
  detail: 'No OAuth application of the forge is configured: prove the account by a signature.',
})

export const authorize = async (
  context: TenantContext,
  who: Principal,
): Promise<Result<{ url: string }>> => {
  const may = mayLink(who)
  if (!may.ok) return may
  const oauth = forgeOAuthOf(context.env)
  if (oauth === null) return notOffered
  const begun = beginChallenge(context, who, { name: randomHex(16), login: null, method: 'oauth' })
  if (!begun.ok) return begun
  const { id } = begun.value
  const url = new URL(oauth.authorizeUrl)
  const query = {
    client_id: oauth.clientId,
    redirect_uri: forgeRedirectUri(context.env),
    state: `${context.tenant().slug}.${id}.${bindingOf(context, who, id)}`,
    ...{ code_challenge: await s256(verifierOf(context, id)), code_challenge_method: 'S256' },
    allow_signup: 'false',
  }
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
  return ok({ url: url.href })
}

const WAY_OUT = 'This way back from the forge was used, has expired, or is not yours: begin again.'

export const comeBack = async (
  context: TenantContext,
  who: Principal,
  { challenge: id, code, binding }: ForgeReturn,
): Promise<Result<Versioned<ForgeAccountView>>> => {
  const may = mayLink(who)
  if (!may.ok) return may
  if (forgeOAuthOf(context.env) === null) return notOffered
  const challenge = ownChallenge(context, who, id, 'oauth')
  const bound = equalInConstantTime(binding, bindingOf(context, who, id))
  if (!challenge.ok || !bound || !isOpen(challenge.value, context.now()))
    return refuse('conflict', { detail: WAY_OUT })
  const proved = await context.repository().accountBehind(context.tenant().repository, {
    ...{ code, verifier: verifierOf(context, id), redirectUri: forgeRedirectUri(context.env) },
  })
  if (!proved.ok) return proved
  if (proved.value === null) return refuse('conflict', { detail: WAY_OUT })
  return link(context, who, challenge.value, proved.value)
}

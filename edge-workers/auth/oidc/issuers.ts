// Which identity providers the operators trust: the setting OIDC_ISSUERS, JSON. Read once per process; one that cannot be read
// trusts nobody, and /readyz says what is wrong with it.
import * as z from 'zod'
import { toErrors } from '../../../schemas/issues.ts'
import type { Env } from '../../env.ts'
import { ASYMMETRIC } from './jwt-form.ts'

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])$/
/** RFC 8414 §2: https, no query and no fragment. Plain http is for a provider on this machine. */
const IssuerUrl = z
  .url()
  .max(500)
  .refine((text) => {
    const { protocol, hostname, search, hash, username } = new URL(text)
    const plain = protocol === 'http:' && LOOPBACK.test(hostname)
    return (protocol === 'https:' || plain) && !search && !hash && !username
  }, 'an https address without query or fragment')
const Printable = z.string().min(1).max(500)

export const Issuer = z
  .strictObject({
    /** Part of addresses; kept with sessions. */
    name: z.string().regex(/^[a-z](?:[a-z0-9-]{0,30}[a-z0-9])?$/),
    /** What the button says. */
    label: z.string().min(1).max(60),
    issuer: IssuerUrl,
    /** The address it had when its people were first bound to tenants, where it has moved since. */
    knownAs: IssuerUrl.optional(),
    clientId: Printable,
    /** Absent: a public client. Sent as client_secret_basic (RFC 6749 §2.3.1). */
    clientSecret: Printable.optional(),
    /** Of access tokens for the API; absent: this provider's access tokens are not taken. */
    audience: Printable.optional(),
    algorithms: z
      .array(z.enum(ASYMMETRIC))
      .min(1)
      .default(['RS256', 'PS256', 'ES256', 'EdDSA', 'Ed25519']),
    /** Besides `openid`. */
    scopes: z.array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/)).default([]),
    /** `typ` of access tokens (RFC 9068 §2.1); Keycloak and Entra call theirs JWT. */
    accessTokenTypes: z
      .array(z.enum(['at+jwt', 'jwt']))
      .min(1)
      .default(['at+jwt']),
    /** A scope that every access token must have. */
    accessTokenScope: Printable.optional(),
    /** Which claim names a person. Entra's `sub` differs for each application, its `oid` does not. */
    subjectClaim: z.enum(['sub', 'oid']).default('sub'),
    /** What the provider asks of somebody who is signed in there (OpenID Connect Core §3.1.2.1). */
    prompt: z.enum(['login', 'select_account']).optional(),
  })
  .refine(
    ({ audience, clientId, accessTokenTypes, accessTokenScope }) =>
      audience !== clientId || !accessTokenTypes.includes('jwt') || accessTokenScope !== undefined,
    {
      path: ['accessTokenScope'],
      error:
        'needed here: only a scope tells this audience’s access tokens from ID tokens of the client',
    },
  )
export type Issuer = z.infer<typeof Issuer>

const Issuers = z
  .array(Issuer)
  .max(20)
  .refine(
    (all) =>
      new Set(all.map(({ name }) => name)).size === all.length &&
      new Set(all.map(({ issuer }) => issuer)).size === all.length,
    'each name and each issuer once',
  )
  // People are known by `knownAs`, else `issuer`: of two providers with one such address, either could say who the other's are.
  .refine(
    (all) => new Set(all.map(({ issuer, knownAs = issuer }) => knownAs)).size === all.length,
    'each knownAs once, and none that is the issuer of another',
  )
  .refine(
    (all) =>
      all.every((one) => all.every((other) => other === one || other.issuer !== one.knownAs)),
    'no knownAs that is the issuer of another',
  )

export interface ReadIssuers {
  issuers: Issuer[]
  /** What is wrong with the setting, without its values. */
  findings: string[]
}

const NONE: ReadIssuers = { issuers: [], findings: [] }
const parse = (text: string): ReadIssuers => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { issuers: [], findings: ['OIDC_ISSUERS is not JSON.'] }
  }
  const read = Issuers.safeParse(json)
  if (read.success) return { issuers: read.data, findings: [] }
  const findings = toErrors(read.error.issues).map(
    ({ pointer, detail }) => `OIDC_ISSUERS ${pointer}: ${detail}`,
  )
  return { issuers: [], findings }
}

let last: { text: string; read: ReadIssuers } | undefined

export const readIssuers = ({ OIDC_ISSUERS: text }: Pick<Env, 'OIDC_ISSUERS'>): ReadIssuers => {
  if (text === undefined || text.trim() === '') return NONE
  if (last?.text !== text) {
    last = { text, read: parse(text) }
    if (last.read.findings.length > 0)
      console.error(JSON.stringify({ level: 'error', event: 'settings', ...last.read }))
  }
  return last.read
}

/** By its configured name or its address. */
export const findIssuer = (env: Pick<Env, 'OIDC_ISSUERS'>, nameOrUrl: string): Issuer | null =>
  readIssuers(env).issuers.find(({ name, issuer }) => name === nameOrUrl || issuer === nameOrUrl) ??
  null

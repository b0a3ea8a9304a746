// The exchange of a foreign token for one of ours (RFC 8693). It happens here and not at the edge: whoever makes the token has
// checked the signature himself. Claims are held against the workloads first, so that nobody makes us call an issuer whose
// tokens this tenant does not take; nothing is told but yes, no and later.
import { and, eq, isNotNull, isNull, lt } from 'drizzle-orm'
import type { JWTPayload } from 'jose'
import { type Role, type Scope, scopesOf } from '../../../../schemas/principal.ts'
import { ok, type Result, refuse } from '../../../../schemas/result.ts'
import * as tables from '../../../../schemas/tables/tenant.ts'
import { isApplication, signInIssuer } from '../../../auth/oidc/application.ts'
import { identityOf } from '../../../auth/oidc/identity.ts'
import { findIssuer } from '../../../auth/oidc/issuers.ts'
import { ASYMMETRIC, readJwt } from '../../../auth/oidc/jwt-form.ts'
import { createProviders } from '../../../auth/oidc/provider-keys.ts'
import { mintToken, secretFrom } from '../../../auth/token.ts'
import { base32, deriveKey, hmacSha256, sha256Hex } from '../../../digest.ts'
import { outgoing } from '../../../outgoing.ts'
import { transaction } from '../../database.ts'
import { isAside } from '../backup/aside.ts'
import type { TenantContext } from '../context.ts'
import { leaf } from '../people/leaves.ts'
import { findMember } from '../people/members.ts'
import { memberWith } from '../people/returning.ts'
import type { ExchangedToken, TokenExchange } from './contracts.ts'
import { judgeAddress, type WorkloadRow } from './workloads.ts'

/** Older tokens are not taken, however long their issuer lets them live: Azure's and Kubernetes' live for a day. */
const MAX_AGE_SECONDS = 86_400
/** Tokens of ours that ended so long ago are forgotten when new ones are made. */
const KEPT_MILLISECONDS = 7 * 86_400_000
/** Of issuers that tenants name; they crowd out nobody but each other. */
const providers = createProviders()

/** Only what is there, is text, and is exactly it. An empty value matches nothing, whoever wrote it into the row. */
const hasClaim = (claims: JWTPayload, name: string, wanted: string): boolean => {
  if (wanted === '' || !Object.hasOwn(claims, name)) return false
  return [claims[name]].flat().some((value) => typeof value === 'string' && value === wanted)
}

export const matches = (
  { issuer, audience, claims: wanted }: Pick<WorkloadRow, 'issuer' | 'audience' | 'claims'>,
  claims: JWTPayload,
): boolean => {
  const bound = Object.entries(wanted)
  return (
    claims.iss === issuer &&
    [claims.aud].flat().some((one) => typeof one === 'string' && one !== '' && one === audience) &&
    bound.length > 0 &&
    bound.every(([name, value]) => hasClaim(claims, name, value))
  )
}

/**
 * Whether it may be somebody's own, who signs in with the same provider: he would ask by a machine and approve by himself. Of
 * such an issuer only applications are machines, and none that is a member here, whatever its tokens say.
 */
const isPersons = ({ db, env }: TenantContext, { iss = '', ...claims }: JWTPayload): boolean => {
  // Not proved yet: it may be anything.
  const issuer = typeof iss === 'string' ? signInIssuer(env, iss) : null
  if (issuer === null) return false
  const subject = claims[issuer.subjectClaim]
  return (
    !isApplication(claims) ||
    typeof subject !== 'string' ||
    memberWith(db, identityOf(env, issuer, subject)) !== undefined
  )
}

/** The one that says most of the token; of equals the oldest. */
const findWorkload = (context: TenantContext, claims: JWTPayload): WorkloadRow | undefined => {
  if (isPersons(context, claims)) return undefined
  return context.db
    .select()
    .from(tables.workloads)
    .where(isNull(tables.workloads.deletedAt))
    .all()
    .filter((row) => matches(row, claims) && !isAside(context.db, row.id))
    .sort(
      (a, b) =>
        Object.keys(b.claims).length - Object.keys(a.claims).length ||
        (a.createdAt < b.createdAt ? -1 : 1),
    )[0]
}

/**
 * The public network only, and an issuer's documents are no way around it: every address is judged again. An issuer that the
 * operators trust is reached as they configured it.
 */
const reachOf = (context: TenantContext, issuer: string): typeof fetch => {
  if (findIssuer(context.env, issuer)?.issuer === issuer) return outgoing(context.env)
  return async (input, init) => {
    if (!judgeAddress(context, String(input)).ok)
      throw new TypeError('not an address of the public internet')
    return fetch(input, init)
  }
}

/** ID tokens, access tokens, and tokens that do not say; not those made for another purpose (RFC 8725 §3.11). */
const isPlain = (typ: unknown): boolean =>
  typ === undefined ||
  (typeof typ === 'string' && ['jwt', 'at+jwt', 'application/at+jwt'].includes(typ.toLowerCase()))

export const exchangeToken = async (
  context: TenantContext,
  { subjectToken, scopes }: TokenExchange,
): Promise<Result<ExchangedToken>> => {
  const read = readJwt(subjectToken)
  const meant = read && isPlain(read.header.typ) ? findWorkload(context, read.claims) : undefined
  if (!meant) return refuse('exchange-refused')
  const verified = await providers.verifyJwt(subjectToken, {
    ...{ issuer: meant.issuer, audience: meant.audience, algorithms: ASYMMETRIC },
    ...{ maxAgeSeconds: MAX_AGE_SECONDS, now: context.now },
    fetch: reachOf(context, meant.issuer),
  })
  if (!verified.ok)
    return verified.refusal.problem === 'outage' ? verified : refuse('exchange-refused')
  // Time has passed: what was deleted meanwhile counts no more.
  const workload = findWorkload(context, verified.value)
  if (!workload) return refuse('exchange-refused')
  const account = findMember(context.db, workload.memberId)
  if (account?.kind !== 'service' || account.state !== 'active') return refuse('exchange-refused')
  const most = scopesOf(...(account.roles as Role[]))
  const own = workload.scopes.filter((scope) => most.includes(scope))
  const wanted = scopes === null ? own : own.filter((scope) => scopes.includes(scope))
  if (wanted.length === 0 || (scopes !== null && wanted.length < new Set(scopes).size))
    return refuse('scope-refused')
  return mint(context, {
    ...{ workload, role: account.roles[0], scopes: wanted },
    ...{ subjectToken, endsAt: (verified.value.exp ?? 0) * 1000 },
  })
}

interface Minting {
  workload: WorkloadRow
  role: Role | undefined
  scopes: Scope[]
  subjectToken: string
  /** Of the token that was brought, in milliseconds since the epoch. */
  endsAt: number
}

/**
 * The same token again to whoever brings the same one within half of its life: a repeat after a lost answer costs no row. The
 * secret is a function of the platform key and of what was brought; only its digest is kept.
 */
const mint = (
  context: TenantContext,
  { workload, role, scopes, subjectToken, endsAt }: Minting,
): Result<ExchangedToken> => {
  const now = context.now().getTime()
  const life = workload.lifetimeSeconds * 1000
  const { id: tenantId } = context.tenant()
  const about = [
    workload.id,
    sha256Hex(subjectToken),
    scopes.join(' '),
    Math.floor((2 * now) / life),
  ]
  const key = `exchange ${about.join(' ')}`
  const seed = hmacSha256(
    deriveKey(context.env.PLATFORM_KEY, 'exchange'),
    `${tenantId}\u0000${key}`,
  )
  const tokenId = `tok${base32(hmacSha256(seed, 'id'), 16)}`
  const secret = secretFrom(hmacSha256(seed, 'secret'))
  if (endsAt < now + 1_000) return refuse('exchange-refused')
  const expiresAt = transaction(context.db, (tx) => {
    const { tokens } = tables
    const earlier = tx.select().from(tokens).where(eq(tokens.idempotencyKey, key)).get()
    if (earlier)
      return earlier.revokedAt === null && !isAside(tx, earlier.id)
        ? Date.parse(earlier.expiresAt ?? '')
        : 0
    tx.delete(tokens)
      .where(
        and(
          isNotNull(tokens.workload),
          lt(tokens.expiresAt, new Date(now - KEPT_MILLISECONDS).toISOString()),
        ),
      )
      .run()
    const end = Math.min(now + life, endsAt)
    tx.insert(tokens)
      .values({
        ...{ id: tokenId, name: workload.name, member: workload.memberId, workload: workload.id },
        ...{ person: false, role: role === 'auditor' ? 'auditor' : 'requester', scopes },
        // Whoever said which tokens are good can act by them: he approves nothing that they ask for.
        ...{ lineage: [workload.createdBy], secretDigest: sha256Hex(secret) },
        ...{ createdAt: new Date(now).toISOString(), expiresAt: new Date(end).toISOString() },
        ...{ version: 1, idempotencyKey: key, fingerprint: '' },
      })
      .run()
    leaf(tx, {
      ...{ id: tokenId, version: 1, from: 'none', to: 'issued', by: workload.memberId },
      ...{ at: new Date(now).toISOString(), about: [workload.memberId, workload.id] },
    })
    return end
  })
  const expiresInSeconds = Math.floor((expiresAt - now) / 1000)
  return expiresInSeconds > 0
    ? ok({ token: mintToken({ tenantId, tokenId, secret }), expiresInSeconds, scopes })
    : refuse('exchange-refused')
}

// Signing in by presenting a phoenix-member credential: begun by a browser that nobody knows, and ended by the same.
import { and, asc, eq, gt, gte, inArray, lte, sql } from 'drizzle-orm'
import type { PresentationFault, PresentationState } from '../../../../../schemas/presentation.ts'
import { ok, type Result, refuse } from '../../../../../schemas/result.ts'
import * as tables from '../../../../../schemas/tables/tenant.ts'
import { SESSION_SECONDS } from '../../../../auth/session-cookie.ts'
import { base32, deriveKey, equalInConstantTime, hmacSha256 } from '../../../../digest.ts'
import type { SessionEntry } from '../../../contracts.ts'
import { transaction } from '../../../database.ts'
import { directoryStub } from '../../../stubs.ts'
import type { Db, TenantContext, Tx } from '../../context.ts'
import { memberById } from '../../people/roles.ts'
import { configurationOf, MEMBER_CONFIGURATION } from '../issuer/configurations.ts'
import { issuerOf } from '../issuer/issuer.ts'
import { askedView, askPresentation } from '../presentations/ask.ts'
import { bareView, findRequest, isOpen, move, type RequestRow } from '../presentations/rows.ts'
import { findCredential } from '../status/change.ts'
import { hasCredential } from './members.ts'
import { BY_CREDENTIAL, credentialIdentity } from './sign-in-identity.ts'

const { credentials, presentationRequests: requests } = tables

const SECONDS = 300
/** Of one tenant at one time: whoever begins one is a stranger. */
const OPEN_AT_MOST = 1_000
/** Of one browser, and from one network, where many may sit: the next takes the place of the oldest. */
const OF_ONE_AT_MOST = { sessionDigest: 3, callerDigest: 20 } as const
const RETRY_SECONDS = 60
/** A browser that comes for its session later than this begins again. */
const FETCH_MILLISECONDS = 300_000
const NOT_FOUND = refuse('not-found')

/** The oldest first. */
const openSignIns = ({ now }: TenantContext, on: Db | Tx): RequestRow[] =>
  on
    .select()
    .from(requests)
    .where(
      and(
        ...[eq(requests.kind, 'sign-in'), inArray(requests.state, ['pending', 'retrieved'])],
        gt(requests.expiresAt, now().toISOString()),
      ),
    )
    .orderBy(asc(requests.createdAt), asc(sql`rowid`))
    .all()

interface Beginner {
  browserDigest: string
  callerDigest: string | null
}

/** Makes room for one more among his own. False: there is none among the tenant's. */
const makeRoom = (context: TenantContext, { browserDigest, callerDigest }: Beginner): boolean =>
  transaction(context.db, (tx) => {
    const step = { actor: 'phoenix', at: context.now().toISOString(), reason: 'begun again' }
    let open = openSignIns(context, tx)
    const his = { sessionDigest: browserDigest, callerDigest }
    for (const by of ['sessionDigest', 'callerDigest'] as const) {
      const same = open.filter((row) => row[by] !== null && row[by] === his[by])
      const over = same.slice(0, Math.max(0, same.length + 1 - OF_ONE_AT_MOST[by]))
      for (const row of over) move(tx, row, 'expired', step)
      open = open.filter((row) => !over.includes(row))
    }
    return open.length < OPEN_AT_MOST
  })

/** A tenant without anybody who could sign in so is as one that does not exist. */
export const beginSignIn = async (
  context: TenantContext,
  { mode, ...beginner }: Beginner & { mode: RequestRow['mode'] },
): Promise<Result<{ id: string }>> => {
  if (context.tenant().state === 'erased') return NOT_FOUND
  if (!hasCredential(context, MEMBER_CONFIGURATION)) return NOT_FOUND
  if (!makeRoom(context, beginner))
    return refuse('rate-limited', { retryAfterSeconds: RETRY_SECONDS })
  await issuerOf(context)
  const vct = configurationOf(context.db, MEMBER_CONFIGURATION)?.vct
  if (!vct) return NOT_FOUND
  const asked = await askPresentation(context, {
    ...{ kind: 'sign-in', about: null, mode, response: 'direct_post.jwt', seconds: SECONDS },
    query: {
      credentials: [
        {
          ...{ id: 'member', format: 'dc+sd-jwt', meta: { vct_values: [vct] } },
          claims: [{ path: ['member'] }],
        },
      ],
    },
    purpose: `Sign in to ${context.tenant().slug}`,
    ...{ createdBy: 'browser', key: null, fingerprint: '' },
    ...{ sessionDigest: beginner.browserDigest, callerDigest: beginner.callerDigest },
  })
  return asked.ok ? ok({ id: asked.value.id }) : asked
}

export interface SignInPage {
  state: PresentationState
  fault: PresentationFault | null
  mode: RequestRow['mode']
  /** Who asks. */
  verifier: string
  expiresAt: string
  /** For the wallet; null where nobody can answer it any more. */
  uri: string | null
  /** Once it was answered, for this browser: what it is signed in as. */
  signedIn: { session: SessionEntry; label: string | null } | null
}

const sessionIdOf = ({ env, tenant }: TenantContext, id: string): string =>
  `ses_${base32(hmacSha256(deriveKey(env.PLATFORM_KEY, 'session-id'), `presentation ${tenant().id} ${id}`), 26)}`

/**
 * Whether the credential that this session came of is what it was: one that was revoked or suspended since signs nobody in, however
 * late he comes, and were it reinstated.
 */
export const stillSignsIn = (
  context: TenantContext,
  { id: sessionId, createdAt }: Pick<SessionEntry, 'id' | 'createdAt'>,
  member: string,
): boolean =>
  context.db
    .select({ id: requests.id })
    .from(requests)
    .innerJoin(credentials, eq(credentials.id, requests.credentialId))
    .where(
      and(
        ...[eq(requests.kind, 'sign-in'), eq(requests.state, 'verified')],
        ...[gte(requests.updatedAt, createdAt), eq(credentials.member, member)],
        ...[eq(credentials.status, 'valid'), lte(credentials.updatedAt, createdAt)],
      ),
    )
    .all()
    .some(({ id }) => sessionIdOf(context, id) === sessionId)

/** One presentation makes one session, however often it is asked for. */
const sessionOf = (context: TenantContext, { id, updatedAt }: RequestRow, memberId: string) => ({
  id: sessionIdOf(context, id),
  identity: credentialIdentity(context.tenant().id, memberId),
  issuer: BY_CREDENTIAL,
  createdAt: updatedAt,
  expiresAt: new Date(Date.parse(updatedAt) + SESSION_SECONDS * 1000).toISOString(),
})

/** Null: it was long ago, or neither the credential nor the membership is what it was. */
const signedIn = (context: TenantContext, row: RequestRow): SignInPage['signedIn'] => {
  const { db, now } = context
  if (row.state !== 'verified' || row.credentialId === null) return null
  if (now().getTime() - Date.parse(row.updatedAt) > FETCH_MILLISECONDS) return null
  const credential = findCredential(db, row.credentialId)
  const member =
    credential?.member == null ? undefined : memberById(db).get({ id: credential.member })
  const holds = credential?.status === 'valid' && member?.state === 'active'
  return holds ? { session: sessionOf(context, row, member.id), label: member.handle } : null
}

/** Only for the browser that began it. Tells the Directory before it says that somebody is signed in. */
export const readSignIn = async (
  context: TenantContext,
  { id, browserDigest }: { id: string; browserDigest: string | null },
): Promise<Result<SignInPage>> => {
  const row = findRequest(context.db, id)
  const { sessionDigest } = row ?? {}
  if (row?.kind !== 'sign-in' || sessionDigest == null || browserDigest === null) return NOT_FOUND
  if (!equalInConstantTime(browserDigest, sessionDigest)) return NOT_FOUND
  const issuer = await issuerOf(context)
  const { uri } = await askedView(context, row)
  const { state, fault } = bareView(row, context.now())
  const entered = signedIn(context, row)
  if (entered)
    await directoryStub(context.env).joinTenant(entered.session.identity, context.tenant().id)
  return ok({
    ...{ state, fault, mode: row.mode, verifier: issuer.name, expiresAt: row.expiresAt },
    ...{ uri: isOpen(row, context.now()) ? uri : null, signedIn: entered },
  })
}

// A session's way into tenants, and its end. The first time it comes to a tenant the Directory lets it in and the tenant's actor
// takes it down; after that a call is one hop, and the actor alone says whether the session still holds.
import { type Result, refuse } from '../../schemas/result.ts'
import type { Caller, SessionEntry, TenantApi, TenantEntry } from '../actors/contracts.ts'
import { directoryStub, tenantStub } from '../actors/stubs.ts'
import type { AppContext } from '../http/context.ts'

export type SessionCaller = Extract<Caller, { kind: 'session' }>

const isUnknown = (answer: unknown): boolean =>
  typeof answer === 'object' &&
  answer !== null &&
  'refusal' in answer &&
  (answer as { refusal: { problem: string } }).refusal.problem === 'unauthenticated'

const nowOf = (c: AppContext): string => c.get('clock')().toISOString()

/** Whether the session holds, wherever it may go. */
export const isStanding = async (
  c: AppContext,
  { identity, sessionId }: SessionCaller,
): Promise<boolean> =>
  (await directoryStub(c.env).listSessions(identity, nowOf(c))).some(({ id }) => id === sessionId)

/**
 * Takes the session to a tenant where it has not been. False: it may not go there, because it has ended or because its person
 * is not a member.
 */
const introduce = async (
  c: AppContext,
  { id }: TenantEntry,
  { sessionId }: SessionCaller,
  tenant: TenantApi,
): Promise<boolean> => {
  const admitted = await directoryStub(c.env).enterTenant(sessionId, id, nowOf(c))
  if (!admitted) return false
  await tenant.openSession(admitted.session)
  return true
}

type Method = (...input: unknown[]) => Promise<unknown>

/** The tenant with something around every call of it. */
const around = (
  tenant: TenantApi,
  run: (call: () => Promise<unknown> | undefined) => Promise<unknown>,
): TenantApi =>
  new Proxy(tenant, {
    get: (target, name) => {
      if (typeof name !== 'string' || name === 'then') return undefined
      return (...input: unknown[]): Promise<unknown> =>
        run(() => (target as unknown as Record<string, Method>)[name]?.(...input))
    },
  })

/**
 * The tenant as this session's caller reaches it: a refusal of a session that the actor does not know is asked again after the
 * session was introduced. Who is no member any more finds nothing there, as nobody who never was.
 */
export const forSession = (
  c: AppContext,
  entry: TenantEntry,
  caller: SessionCaller,
  tenant: TenantApi,
): TenantApi =>
  around(tenant, async (call) => {
    const answer = await call()
    if (!isUnknown(answer)) return answer
    if (await introduce(c, entry, caller, tenant)) return call()
    return (await isStanding(c, caller)) ? refuse('not-found') : answer
  })

/** The same for an access token, which needs no introduction. */
export const forIdentity = (tenant: TenantApi): TenantApi =>
  around(tenant, async (call) => {
    const answer = await call()
    return isUnknown(answer) ? refuse('not-found') : answer
  })

/** Idempotent by id: what was begun and ended is not begun again. */
export const beginSession = (c: AppContext, session: SessionEntry): Promise<void> =>
  directoryStub(c.env).startSession(session)

/** At the Directory and at every tenant that knows it, before it answers. Refuses with `not-found` what is not his. */
export const endEverywhere = async (
  c: AppContext,
  identity: string,
  sessionId: string,
): Promise<Result<null>> => {
  const tenants = await directoryStub(c.env).endSession(identity, sessionId, nowOf(c))
  if (!tenants) return refuse('not-found')
  await Promise.all(
    tenants.map(async ({ jurisdiction, id }) => {
      const reached = tenantStub(c.env, jurisdiction, id)
      if (reached.ok) await reached.value.stub.closeSession(sessionId)
    }),
  )
  return { ok: true, value: null }
}

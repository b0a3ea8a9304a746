// Routes for wallets and verifiers: found by the issuer's public id, open to every origin because wallets may be web pages, and
// without credentials of ours. Who asks for an issuer that does not exist gets what any other unknown address gets.
import { IssuerId } from '../../../schemas/credential.ts'
import type { TenantApi, TenantEntry } from '../../actors/contracts.ts'
import { directoryStub, tenantStub } from '../../actors/stubs.ts'
import type { Env } from '../../env.ts'
import type { App, AppContext } from '../../http/context.ts'
import { answerRefusal } from '../../http/problem.ts'
import { addRoute, param, type RouteDoc } from '../../http/route.ts'

const MAX_ISSUERS = 10_000
const PREFLIGHT_SECONDS = 86_400
const issuers = new WeakMap<object, Map<string, TenantEntry>>()

/** Whose issuer it is. A positive answer holds for as long as the isolate lives; others are asked again every time. */
export const findIssuer = async (env: Env, issuerId: string): Promise<TenantEntry | null> => {
  const cache = issuers.get(env.DIRECTORY) ?? new Map<string, TenantEntry>()
  issuers.set(env.DIRECTORY, cache)
  const known = cache.get(issuerId)
  if (known) return known
  if (!IssuerId.safeParse(issuerId).success) return null
  const entry = await directoryStub(env).resolveIssuer(issuerId)
  if (!entry) return null
  if (cache.size >= MAX_ISSUERS) cache.clear()
  cache.set(issuerId, entry)
  return entry
}

export interface Issuing {
  issuerId: string
  entry: TenantEntry
  /** Of its calls only `wallet` is for whoever has no credential of ours. */
  tenant: Pick<TenantApi, 'wallet'>
}

/** The door is `open` or `proof`; of one issuer, the path has `{issuer}`. */
export type WalletDoc = Omit<RouteDoc, 'anyQuery' | 'action'> & { action: 'open' | 'proof' }

const CORS = { 'access-control-allow-origin': '*' }
const EXPOSED = 'www-authenticate, retry-after, etag'

const methodsOf = new WeakMap<App, Map<string, Set<string>>>()

/** Browsers ask before they send an Authorization header or JSON (Fetch §3.2.2). The same for every issuer. */
const addPreflight = (app: App, path: string, method: string): void => {
  const paths = methodsOf.get(app) ?? new Map<string, Set<string>>()
  methodsOf.set(app, paths)
  const known = paths.get(path)
  if (known) {
    known.add(method)
    return
  }
  const methods = new Set([method])
  paths.set(path, methods)
  app.on('OPTIONS', path, (c) => {
    const all = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
    return c.body(null, 204, {
      ...{ ...CORS, allow: all, 'access-control-allow-methods': all },
      'access-control-allow-headers': 'authorization, content-type, dpop',
      'access-control-max-age': String(PREFLIGHT_SECONDS),
    })
  })
}

type Answering<More extends unknown[]> = (
  c: AppContext,
  ...more: More
) => Response | Promise<Response>

/** A route that pages of any origin may call, its preflight, and its page in the reference. */
export const addSharedRoute = (app: App, doc: WalletDoc, handler: Answering<[]>): void => {
  addPreflight(app, doc.path.replaceAll(/\{(\w+)\}/g, ':$1'), doc.method.toUpperCase())
  // Parameters that nobody knows are ignored, as OAuth has it (RFC 6749 §3.2).
  addRoute(app, { ...doc, anyQuery: true }, async (c) => {
    // Now for what is thrown, afterwards for responses that were made without this context.
    c.header('access-control-allow-origin', '*')
    const response = await handler(c)
    response.headers.set('access-control-allow-origin', '*')
    response.headers.set('access-control-expose-headers', EXPOSED)
    return response
  })
}

/** The same of one issuer, whose public id is in the path. */
export const addWalletRoute = (app: App, doc: WalletDoc, handler: Answering<[Issuing]>): void =>
  addSharedRoute(app, doc, (c) => enter(c, handler))

const enter = async (c: AppContext, handler: Answering<[Issuing]>): Promise<Response> => {
  const issuerId = param(c, 'issuer')
  const entry = await findIssuer(c.env, issuerId)
  const reached = entry && tenantStub(c.env, entry.jurisdiction, entry.id)
  if (!entry || !reached?.ok) return answerRefusal(c, { problem: 'not-found' })
  return handler(c, { issuerId, entry, tenant: reached.value.stub })
}

// Stand-in of Azure Resource Manager on this machine: resources by their paths, versions of interfaces, roles, operations that take
// their time, limits. It speaks the real one's REST and checks what that checks; nothing leaves the machine.
import { randomUUID } from 'node:crypto'
import { serve } from '../serve.ts'
import { AUDIENCES, type Identity, onboardingClientIdOf } from '../verified-id/identity.ts'
import { type Kind, kindOf, type LiveOf } from './kinds.ts'
import { ArmRefusal, badRequest, notFound, refusalResponse } from './refusal.ts'
import { mayDo } from './roles.ts'
import { openState, type Resource, type State } from './state.ts'

/** The host whose calls come here. */
export const ARM_HOST = 'management.azure.com'
const PUBLIC = `https://${ARM_HOST}`
const BODY_BYTES_AT_MOST = 4 * 1_048_576

export interface ArmStandInOptions {
  /** File that keeps resources; null: memory alone. */
  path: string | null
  identity: Pick<Identity, 'verify'>
  /** `place`: `subscription/resourceGroup` in lower case. Whether roles are assigned there (templates/azure/arc-scope.bicep). */
  hasRoles: (place: string) => boolean
  now?: () => Date
  pageSize?: number
  liveOf?: LiveOf
}

interface Target {
  kind: Kind
  /** Of the resource, or of the list. */
  path: string
  /** Null: the list. */
  name: string | null
}

const GROUP = /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\//i
const OPERATION = /\/(?:operationStatus|operations)\/([^/]+)$/i

const targetOf = (path: string): Target => {
  const at = path.toLowerCase().lastIndexOf('/providers/')
  const [provider, type, name, ...rest] = path.slice(at + '/providers/'.length).split('/')
  const kind = kindOf(`${provider}/${type}`)
  if (!kind) throw badRequest('InvalidResourceType', 'The resource type could not be found.')
  if (rest.length > 0) throw notFound(path)
  return { kind, path, name: name === undefined || name === '' ? null : name }
}

const bodyOf = async (request: Request): Promise<unknown> => {
  const text = await request.text()
  if (text.length > BODY_BYTES_AT_MOST)
    throw new ArmRefusal(413, 'RequestContentTooLarge', 'The request content is too large.')
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest('InvalidRequestContent', 'The request content was invalid.')
  }
}

const checkVersion = ({ versions, type }: Kind, asked: string | null): void => {
  if (asked === null)
    throw badRequest('MissingApiVersionParameter', 'The api-version query parameter is required.')
  if (!versions.includes(asked))
    throw badRequest(
      'NoRegisteredProviderFound',
      `No registered resource provider found for API version '${asked}' for type '${type}'. The supported api-versions are '${versions.join(', ')}'.`,
    )
}

const actions: Record<string, string> = {
  ...{ GET: 'read', PUT: 'write', PATCH: 'write', DELETE: 'delete' },
}

/** What tests and the laptop's people may make it do. */
export interface Simulated {
  /** Requests that are still refused for being too many. */
  throttle: { requests: number; retryAfterSeconds: number }
  /** Of the next operation that changes something: how many looks it takes, and whether it fails. */
  next: { looks: number; fails?: { code: string; message: string } } | null
}

/** In this process, without a port. */
export const createArmStandIn = ({
  path: file,
  identity,
  hasRoles,
  now = () => new Date(),
  pageSize = 50,
  liveOf = () => null,
}: ArmStandInOptions) => {
  const state: State = openState(file)
  const simulated: Simulated = { throttle: { requests: 0, retryAfterSeconds: 1 }, next: null }

  const authorise = async (request: Request, path: string, action: string): Promise<string> => {
    const claims = await identity.verify(request, AUDIENCES.arm)
    if (!claims)
      throw new ArmRefusal(
        401,
        'InvalidAuthenticationToken',
        'The access token is missing, expired or not for this audience.',
        { 'www-authenticate': `Bearer authorization_uri="https://login.microsoftonline.com/"` },
      )
    const [, subscription = '', group = ''] = GROUP.exec(path) ?? []
    const place = `${subscription}/${group}`.toLowerCase()
    if (!hasRoles(place) || !mayDo(claims.oid, action, place))
      throw new ArmRefusal(
        403,
        'AuthorizationFailed',
        `The client '${claims.oid}' with object id '${claims.oid}' does not have authorization to perform action '${action}' over scope '${path}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
      )
    return claims.tid
  }

  const view = (kind: Kind, resource: Resource): Resource =>
    kind.shown ? kind.shown(resource, now(), liveOf) : resource

  const begin = (kind: Kind, looks: number, target: string, finish: () => void) => {
    const { fails } = simulated.next ?? {}
    simulated.next = null
    const id = randomUUID()
    state.operations.set(id, { id, looks, finish, ended: false, ...(fails ? { fails } : {}) })
    const [, subscription] = /^\/subscriptions\/([^/]+)/i.exec(target) ?? []
    const [provider] = kind.type.split('/')
    const where = `${PUBLIC}/subscriptions/${subscription}/providers/${provider}/locations/simulated`
    return {
      'azure-asyncoperation': `${where}/operationStatus/${id}?api-version=${kind.versions.at(-1)}`,
      'retry-after': '1',
    }
  }
  const looksOf = (ordinary: number): number => simulated.next?.looks ?? ordinary

  const operation = (id: string): Response => {
    const found = state.operations.get(id)
    if (!found) throw new ArmRefusal(404, 'NotFound', 'The operation was not found.')
    const name = { id, name: id }
    if (found.looks > 0) {
      found.looks -= 1
      const headers = { 'retry-after': '1' }
      return Response.json({ ...name, status: 'InProgress' }, { status: 200, headers })
    }
    if (found.fails) return Response.json({ ...name, status: 'Failed', error: found.fails })
    if (!found.ended) {
      found.finish()
      found.ended = true
      state.save()
    }
    return Response.json({ ...name, status: 'Succeeded' })
  }

  const list = ({ kind, path }: Target, url: URL): Response => {
    const prefix = `${path.replace(/\/$/, '').toLowerCase()}/`
    const all = [...state.resources.entries()]
      .filter(([id]) => id.startsWith(prefix) && !id.slice(prefix.length).includes('/'))
      .map(([, resource]) => view(kind, resource))
    const from = Number(url.searchParams.get('$skiptoken') ?? 0)
    const value = all.slice(from, from + pageSize)
    const next = new URL(`${PUBLIC}${url.pathname}${url.search}`)
    next.searchParams.set('$skiptoken', String(from + pageSize))
    return Response.json({
      value,
      ...(from + pageSize < all.length ? { nextLink: next.href } : {}),
    })
  }

  const write = async (
    { kind, path, name }: Target,
    request: Request,
    tenantId: string,
  ): Promise<Response> => {
    const key = path.toLowerCase()
    const before = state.resources.get(key) ?? null
    const isPatch = request.method === 'PATCH'
    const change = isPatch ? kind.patch : kind.put
    if (name === null || !change)
      throw new ArmRefusal(405, 'HttpMethodNotSupported', 'This method is not supported here.')
    if (isPatch && !before) throw notFound(name)
    // A resource of another one's needs that one: /subscriptions/…/providers/<its type>/<it>/providers/<this type>/<this>.
    const parent = key.slice(0, key.lastIndexOf('/providers/'))
    if (parent.includes('/providers/') && !state.resources.has(parent))
      throw new ArmRefusal(404, 'ParentResourceNotFound', 'The parent resource was not found.')
    const body = await bodyOf(request)
    const after = change({ id: before?.id ?? path, name, body, before, now: now(), tenantId })
    const looks = looksOf(kind.takes.put)
    const provisioningState = before ? 'Updating' : 'Creating'
    const meanwhile = { ...after, properties: { ...after.properties, provisioningState } }
    const headers: Record<string, string> =
      looks > 0 ? begin(kind, looks, path, () => state.resources.set(key, after)) : {}
    state.resources.set(key, looks > 0 ? meanwhile : after)
    state.save()
    const shown = view(kind, looks > 0 ? meanwhile : after)
    return Response.json(shown, { status: before ? 200 : 201, headers })
  }

  const remove = ({ kind, path, name }: Target): Response => {
    if (name === null) throw new ArmRefusal(405, 'HttpMethodNotSupported', 'Name a resource.')
    const key = path.toLowerCase()
    const found = state.resources.get(key)
    if (!found) return new Response(null, { status: 204 })
    const finish = () => {
      for (const id of state.resources.keys())
        if (id === key || id.startsWith(`${key}/`)) state.resources.delete(id)
      kind.deleted?.(found)
    }
    const looks = looksOf(kind.takes.delete)
    if (looks > 0)
      return new Response(null, { status: 202, headers: begin(kind, looks, path, finish) })
    finish()
    state.save()
    return new Response(null, { status: 200 })
  }

  const respond = async (request: Request): Promise<Response> => {
    const url = new URL(request.url)
    const path = url.pathname.split('/').map(decodeURIComponent).join('/')
    if (simulated.throttle.requests > 0) {
      simulated.throttle.requests -= 1
      throw new ArmRefusal(429, 'TooManyRequests', 'The request is being throttled.', {
        'retry-after': String(simulated.throttle.retryAfterSeconds),
      })
    }
    const [, operationId] = OPERATION.exec(path) ?? []
    if (operationId !== undefined) {
      if (!(await identity.verify(request, AUDIENCES.arm)))
        throw new ArmRefusal(401, 'InvalidAuthenticationToken', 'The access token is not valid.')
      return operation(operationId)
    }
    const target = targetOf(path)
    const verb = actions[request.method]
    if (!verb) throw new ArmRefusal(405, 'HttpMethodNotSupported', 'Not a method of a resource.')
    const tenantId = await authorise(request, path, `${target.kind.type}/${verb}`)
    checkVersion(target.kind, url.searchParams.get('api-version'))
    if (request.method === 'DELETE') return remove(target)
    if (request.method !== 'GET') return write(target, request, tenantId)
    if (target.name === null) return list(target, url)
    const found = state.resources.get(path.toLowerCase())
    if (!found) throw notFound(target.name)
    return Response.json(view(target.kind, found))
  }

  return {
    ...{ state, simulated },
    /** As the real one answers. */
    async answer(request: Request): Promise<Response> {
      try {
        const response = await respond(request)
        response.headers.set('x-ms-request-id', randomUUID())
        response.headers.set('x-ms-ratelimit-remaining-subscription-reads', '249')
        return response
      } catch (error) {
        if (error instanceof ArmRefusal) return refusalResponse(error)
        return refusalResponse(new ArmRefusal(500, 'InternalServerError', 'Something went wrong.'))
      }
    },
    /** Properties of a resource as they would become by themselves. Simulated. */
    become(id: string, properties: Record<string, unknown>): boolean {
      const found = state.resources.get(id.toLowerCase())
      if (!found) return false
      Object.assign(found.properties, properties)
      state.save()
      return true
    },
  }
}
export type ArmStandIn = ReturnType<typeof createArmStandIn>

/** On the loopback address. `port` 0 takes any free one. */
export const startArm = async ({ port, ...options }: ArmStandInOptions & { port: number }) => {
  const standIn = createArmStandIn(options)
  const server = await serve({ port, answer: standIn.answer })
  return {
    ...{ ...standIn, ...server },
    /** For LOCAL_REROUTES of the Functions. */
    routes: { [ARM_HOST]: server.origin },
    /** `places`: `subscription/group`, each of which has an identity that onboards there. */
    settingsFor: (places: readonly string[]) => ({
      ARC: 'on',
      ARC_ONBOARDING: JSON.stringify(
        Object.fromEntries(places.map((place) => [place, onboardingClientIdOf(place)])),
      ),
    }),
  }
}

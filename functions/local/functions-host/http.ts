// The HTTP face of the host: finds the function of a request, asks for its key where it has one, gives it the bytes and writes
// its answer. Bodies are streamed through the library where the app asked for that.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import * as z from 'zod'
import { administer } from './admin.ts'
import { readBody } from './body.ts'
import type { Core, RegisteredFunction, RpcValue } from './core.ts'
import { type Host, invoke } from './invoke.ts'
import { AuthLevel, admits, type HostKeys, KEY_HEADER, KEY_QUERY } from './keys.ts'
import { parseRoute, type Route } from './routes.ts'
import { streamThrough } from './streaming.ts'

export interface Endpoint {
  registered: RegisteredFunction
  authLevel: AuthLevel
  methods: string[]
  route: Route
  /** Prefix and template, for people to read. */
  path: string
}

const HttpTrigger = z.looseObject({
  methods: z.array(z.string()).default(['GET', 'POST']),
  route: z.string().optional(),
  authLevel: AuthLevel.default('anonymous'),
})

const HttpAnswer = z.object({
  http: z.object({
    statusCode: z.coerce.number().int().min(200).max(599),
    headers: z.record(z.string(), z.string()),
    cookies: z.array(z.looseObject({ name: z.string(), value: z.string() })),
    body: z.object({ bytes: z.instanceof(Uint8Array) }).nullish(),
  }),
})

/** The endpoints of an app in the order in which they are tried. Throws for a route the host cannot honour. */
export const endpointsOf = (core: Core, routePrefix: string): Endpoint[] =>
  [...core.functions.values()]
    .filter(({ trigger }) => trigger.type === 'http')
    .map((registered) => {
      const { methods, route, authLevel } = HttpTrigger.parse(registered.trigger.binding)
      const path = [routePrefix, route ?? registered.metadata.name].filter(Boolean).join('/')
      const names = methods.map((method) => method.toUpperCase())
      const endpoint = { registered, authLevel, methods: names, path: `/${path}` }
      return { ...endpoint, route: parseRoute(path) }
    })
    .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : 1))

type Nullable = Record<string, { value: string }>
const nullable = (pairs: Iterable<[string, string]>): Nullable => {
  const all: Nullable = Object.create(null)
  for (const [name, value] of pairs) {
    const before = all[name]?.value
    all[name] = { value: before === undefined ? value : `${before},${value}` }
  }
  return all
}

const toRpcRequest = (
  { method = 'GET', headers }: IncomingMessage,
  url: URL,
  params: Record<string, string>,
  bytes: Buffer,
): RpcValue => ({
  http: {
    method,
    url: url.href,
    nullableHeaders: nullable(
      Object.entries(headers).map(([name, value]) => [name, String(value ?? '')]),
    ),
    nullableQuery: nullable(url.searchParams),
    nullableParams: nullable(Object.entries(params)),
    body: { bytes },
  },
})

const SAME_SITE: Record<string, string> = { lax: 'Lax', strict: 'Strict', explicitNone: 'None' }

/** RFC 6265 §4.1. Optional attributes come as `{ value }`. */
const setCookie = (cookie: Record<string, unknown> & { name: string; value: string }): string => {
  const of = (key: string): unknown => (cookie[key] as { value?: unknown } | undefined)?.value
  const sameSite = SAME_SITE[String(cookie.sameSite)]
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    of('domain') && `Domain=${of('domain')}`,
    of('path') && `Path=${of('path')}`,
    of('maxAge') !== undefined && `Max-Age=${of('maxAge')}`,
    of('secure') && 'Secure',
    of('httpOnly') && 'HttpOnly',
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter(Boolean)
    .join('; ')
}

const writeAnswer = (response: ServerResponse, value: RpcValue | null | undefined): void => {
  if (value === null || value === undefined) return void response.writeHead(204).end()
  const { statusCode, headers, cookies, body } = HttpAnswer.parse(value).http
  for (const [name, text] of Object.entries(headers)) response.setHeader(name, text)
  if (cookies.length > 0) response.setHeader('set-cookie', cookies.map(setCookie))
  response.writeHead(statusCode).end(body?.bytes)
}

const find = (endpoints: Endpoint[], method: string, path: string) => {
  for (const endpoint of endpoints) {
    const params = endpoint.methods.includes(method) ? endpoint.route.match(path) : null
    if (params) return { ...endpoint, params }
  }
  return null
}

export interface Face {
  host: Host
  endpoints: Endpoint[]
  keys: HostKeys
  /** Where the library takes streamed requests; null: bodies are whole. */
  streamsTo: URL | null
  /** What GET /admin/host/status says beside that it runs. */
  status: object
}

/** The listener of one app. A function that throws answers 500 with an empty body, and its error goes to the log. */
export const createListener = (face: Face): RequestListener => {
  const { host, endpoints, keys, streamsTo } = face
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: target = '/', headers } = request
    const base = `http://${headers.host ?? ''}`
    // Origin form only (RFC 9112 §3.2.1), under a host that reads as one.
    if (!target.startsWith('/') || !URL.canParse(base + target)) {
      return void response.writeHead(400).end()
    }
    const url = new URL(base + target)
    const key = headers[KEY_HEADER]?.toString() ?? url.searchParams.get(KEY_QUERY)
    if (/^\/admin(?:\/|$)/i.test(url.pathname)) {
      // What is below /admin nobody learns without the master key.
      if (!admits(keys, 'admin', null, key)) return void response.writeHead(401).end()
      return administer(face, { method, path: url.pathname }, request, response)
    }
    const found = find(endpoints, method, url.pathname)
    if (!found) return void response.writeHead(404).end()
    const { registered, authLevel, params } = found
    if (!admits(keys, authLevel, registered.metadata.name, key))
      return void response.writeHead(401).end()
    if (streamsTo) {
      return streamThrough(host, registered, { to: streamsTo, params }, request, response)
    }
    const body = await readBody(request)
    if (!body) return void response.writeHead(413, { connection: 'close' }).end()
    const input = toRpcRequest(request, url, params, body)
    writeAnswer(response, (await invoke(host, registered, { input })).returnValue)
  }
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : 'threw no error'
      host.core.log('error', 'system', text)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  }
}

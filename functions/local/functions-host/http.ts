// The HTTP face of the host: finds the function of a request, gives it the bytes, writes its answer; and /admin.
// Function keys (authLevel) are not enforced, as in Core Tools; streaming bodies are not supported.
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import * as z from 'zod'
import type { Core, RegisteredFunction, RpcValue } from './core.ts'
import { invoke } from './invoke.ts'
import { parseRoute, type Route } from './routes.ts'

/** Azure takes a hundred times as much; a piece of a backup is a megabyte or a few. */
export const BODY_LIMIT_BYTES = 16 * 1024 * 1024

interface Endpoint {
  registered: RegisteredFunction
  methods: string[]
  route: Route
  /** Prefix and template, for people to read. */
  path: string
}

const HttpTrigger = z.looseObject({
  methods: z.array(z.string()).default(['GET', 'POST']),
  route: z.string().optional(),
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
      const { methods, route } = HttpTrigger.parse(registered.trigger.binding)
      const path = [routePrefix, route ?? registered.metadata.name].filter(Boolean).join('/')
      const names = methods.map((method) => method.toUpperCase())
      return { registered, methods: names, route: parseRoute(path), path: `/${path}` }
    })
    .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : 1))

/** Null when the body is over the limit. The connection stays, so that the answer can still be written. */
const readBody = async (request: IncomingMessage): Promise<Buffer | null> => {
  if (Number(request.headers['content-length'] ?? 0) > BODY_LIMIT_BYTES) return null
  const chunks: Buffer[] = []
  let size = 0
  const stream = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of stream) {
    size += chunk.length
    if (size > BODY_LIMIT_BYTES) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

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
  for (const { route, methods, registered } of endpoints) {
    const params = methods.includes(method) ? route.match(path) : null
    if (params) return { registered, params }
  }
  return null
}

const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

/** Answers GET /admin/host/status and GET /admin/functions; anything else below /admin is 404. */
const administer = (path: string, core: Core, endpoints: Endpoint[], response: ServerResponse) => {
  if (path === '/admin/host/status') {
    return json(response, { id: 'phoenix-local', state: 'Running', version: core.api.hostVersion })
  }
  if (path !== '/admin/functions') return void response.writeHead(404).end()
  json(
    response,
    [...core.functions.values()].map(({ metadata }) => ({
      name: metadata.name,
      language: 'node',
      invoke_url_template: endpoints.find(({ registered }) => registered.metadata === metadata)
        ?.path,
      config: { bindings: Object.values(metadata.bindings) },
    })),
  )
}

/** The listener of one app. A function that throws answers 500 with an empty body, and its error goes to the log. */
export const createListener = (core: Core, endpoints: Endpoint[]): RequestListener => {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url: target = '/', headers } = request
    const base = `http://${headers.host ?? ''}`
    // Origin form only (RFC 9112 §3.2.1), under a host that reads as one.
    if (!target.startsWith('/') || !URL.canParse(base + target)) {
      return void response.writeHead(400).end()
    }
    const url = new URL(base + target)
    if (method === 'GET' && url.pathname.startsWith('/admin/')) {
      return administer(url.pathname, core, endpoints, response)
    }
    const found = find(endpoints, method, url.pathname)
    if (!found) return void response.writeHead(404).end()
    const body = await readBody(request)
    if (!body) return void response.writeHead(413, { connection: 'close' }).end()
    const input = toRpcRequest(request, url, found.params, body)
    writeAnswer(response, await invoke(core, found.registered, input))
  }
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : 'threw no error'
      core.log('error', 'system', text)
      if (response.headersSent) response.destroy()
      else response.writeHead(500).end()
    })
  }
}

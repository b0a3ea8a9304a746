// The host's administration: what runs here, and running a timer or queue function by hand. Whoever calls these has shown the
// master key. https://learn.microsoft.com/azure/azure-functions/functions-manually-run-non-http
import type { IncomingMessage, ServerResponse } from 'node:http'
import * as z from 'zod'
import { readBody } from './body.ts'
import type { RegisteredFunction } from './core.ts'
import type { Endpoint, Face } from './http.ts'
import type { Host } from './invoke.ts'
import { invokeOnMessage } from './queues.ts'
import { runTimer } from './timers.ts'

const Run = z.object({ input: z.string().default('') })

const json = (response: ServerResponse, body: unknown): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

const listed = ({ host: { core }, endpoints }: Face): object[] =>
  [...core.functions.values()].map(({ metadata }) => ({
    name: metadata.name,
    language: 'node',
    invoke_url_template: endpoints.find(
      ({ registered }: Endpoint) => registered.metadata === metadata,
    )?.path,
    config: { bindings: Object.values(metadata.bindings) },
  }))

/** Starts it; what becomes of it is in the log. */
const runByHand = (host: Host, registered: RegisteredFunction, input: string): void => {
  const now = new Date()
  if (registered.trigger.type === 'timer') {
    void runTimer(host, registered, { last: now, next: now, isPastDue: false })
    return
  }
  const times = { inserted: now.getTime(), expires: now.getTime(), visibleAt: now.getTime() }
  const message = { id: 'by-hand', body: input, popReceipt: 'by-hand', dequeueCount: 1, ...times }
  invokeOnMessage(host, registered, message, input).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : 'threw no error'
    host.core.log('error', 'system', `${registered.metadata.name}: ${reason}`)
  })
}

/** GET /admin/host/status, GET /admin/functions, POST /admin/functions/{name} with { "input": "…" }: 202. Anything else is 404. */
export const administer = async (
  face: Face,
  { method, path }: { method: string; path: string },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const { core } = face.host
  if (method === 'GET' && path === '/admin/host/status') {
    const running = { id: 'phoenix-local', state: 'Running', version: core.api.hostVersion }
    return json(response, { ...running, ...face.status })
  }
  if (method === 'GET' && path === '/admin/functions') return json(response, listed(face))
  const [, name = ''] = /^\/admin\/functions\/([^/]+)$/.exec(path) ?? []
  const registered = method === 'POST' ? core.functions.get(name) : undefined
  // An HTTP function has an address of its own, and a request that may need more than a text.
  if (!registered || registered.trigger.type === 'http') return void response.writeHead(404).end()
  const body = await readBody(request)
  if (!body) return void response.writeHead(413, { connection: 'close' }).end()
  const asked = Run.safeParse(parse(body))
  if (!asked.success) return void response.writeHead(400).end()
  runByHand(face.host, registered, asked.data.input)
  response.writeHead(202).end()
}

const parse = (body: Buffer): unknown => {
  if (body.length === 0) return {}
  try {
    return JSON.parse(body.toString())
  } catch {
    return null
  }
}

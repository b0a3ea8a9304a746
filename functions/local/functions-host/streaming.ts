// HTTP streaming as the library does it (app.setup({ enableHttpStream: true })): it listens on a port of its own, the host sends
// request and answer through that, and the invocation itself carries only who is meant.
import { randomUUID } from 'node:crypto'
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http'
import { Server } from 'node:net'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { BODY_LIMIT_BYTES } from './body.ts'
import type { RegisteredFunction } from './core.ts'
import { type Host, invoke } from './invoke.ts'

const INVOCATION = 'x-ms-invocation-id'

/** Asks the library for its capabilities while servers without an address listen on the loopback address: its own has none. */
export const capabilitiesOnLoopback = async (
  ask: () => Promise<Record<string, string>>,
): Promise<Record<string, string>> => {
  const { listen } = Server.prototype
  Server.prototype.listen = function (this: Server, ...asked: unknown[]) {
    const [callback] = asked
    const options = { host: '127.0.0.1', port: 0 }
    return typeof callback === 'function'
      ? listen.call(this, options, callback as () => void)
      : listen.apply(this, asked as never)
  } as typeof listen
  try {
    return await ask()
  } finally {
    Server.prototype.listen = listen
  }
}

/** Passes on at most so many bytes, and breaks off what is longer. */
const limited = (): Transform => {
  let size = 0
  return new Transform({
    transform(chunk: Buffer, _, done) {
      size += chunk.length
      if (size > BODY_LIMIT_BYTES) done(new Error('a streamed body is over the limit'))
      else done(null, chunk)
    },
  })
}

/** Resolves when the answer is written, or 204 where the function gave none. Rejects with what the function threw. */
export const streamThrough = async (
  host: Host,
  registered: RegisteredFunction,
  { to, params }: { to: URL; params: Record<string, string> },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const invocationId = randomUUID()
  const { headers, method, url } = request
  const texts = Object.entries(params).map(([name, text]) => [name, { string: text }])
  const invoked = invoke(host, registered, {
    invocationId,
    input: { http: {} },
    triggerMetadata: { ...Object.fromEntries(texts), Headers: { json: JSON.stringify(headers) } },
  })
  const forwarded = httpRequest({
    ...{ host: '127.0.0.1', port: to.port, method, path: url, agent: false },
    headers: {
      ...headers,
      [INVOCATION]: invocationId,
      'x-forwarded-host': headers.host ?? '',
      'x-forwarded-proto': 'http',
    },
  })
  const answered = new Promise<void>((resolve, reject) => {
    forwarded.once('error', reject)
    forwarded.once('response', (answer) => {
      const { [INVOCATION]: _, connection: __, 'keep-alive': ___, ...kept } = answer.headers
      response.writeHead(answer.statusCode ?? 500, kept)
      pipeline(answer, response).then(resolve, reject)
    })
  })
  answered.catch(() => {})
  forwarded.flushHeaders()
  // A function may answer before it has read everything, or without reading anything.
  pipeline(request, limited(), forwarded).catch((error: unknown) =>
    forwarded.destroy(error as Error),
  )
  try {
    const { gave } = await invoked
    if (gave) return await answered
    response.writeHead(204).end()
  } finally {
    forwarded.destroy()
  }
}

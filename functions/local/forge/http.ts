// Between Node's HTTP server and the standard Request and Response that the API and the pages are written for.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ForgeRefusal } from './context.ts'

/** More than GitHub takes in one call; a laptop's memory is what it protects. */
export const BODY_LIMIT_BYTES = 64 * 1024 * 1024

/** The whole body. @throws ForgeRefusal 413 beyond 64 MiB. */
export const readBody = (request: IncomingMessage): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const pieces: Buffer[] = []
    let size = 0
    request.on('data', (piece: Buffer) => {
      size += piece.length
      if (size <= BODY_LIMIT_BYTES) pieces.push(piece)
      else {
        request.pause()
        reject(new ForgeRefusal(413, 'The request is too large'))
      }
    })
    request.on('end', () => resolve(Buffer.concat(pieces)))
    request.on('error', reject)
  })

/** @throws ForgeRefusal 400 when the request line holds no path. */
export const urlOf = (base: string, request: IncomingMessage): URL => {
  const path = request.url ?? '/'
  if (!path.startsWith('/') || !URL.canParse(base + path))
    throw new ForgeRefusal(400, 'Bad request')
  return new URL(base + path)
}

export const toRequest = async (base: string, request: IncomingMessage): Promise<Request> => {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value)
  const method = request.method ?? 'GET'
  const body = method === 'GET' || method === 'HEAD' ? null : await readBody(request)
  return new Request(urlOf(base, request), {
    method,
    headers,
    ...(body === null || body.length === 0 ? {} : { body: new Uint8Array(body) }),
  })
}

export const writeResponse = async (answer: Response, response: ServerResponse): Promise<void> => {
  const body = Buffer.from(await answer.arrayBuffer())
  response.writeHead(answer.status, [...answer.headers].flat())
  response.end(body)
}

/** A refusal to a Git client or to a request that reached neither API nor pages: one line of text. */
export const writeRefusal = ({ status, message }: ForgeRefusal, response: ServerResponse): void => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="simulated forge"' } : {}),
    ...(status === 413 ? { Connection: 'close' } : {}),
  })
  response.end(`${message}\n`)
}

// The body of a request to the host, read whole, up to what this host takes.
import type { IncomingMessage } from 'node:http'

/** Azure takes a hundred times as much; a piece of a backup is a megabyte or a few. */
export const BODY_LIMIT_BYTES = 16 * 1024 * 1024

/** Null when the body is over the limit. The connection stays, so that the answer can still be written. */
export const readBody = async (request: IncomingMessage): Promise<Buffer | null> => {
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

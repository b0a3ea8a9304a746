// Names for one request: X-Request-Id for people, traceparent for tracers (W3C Trace Context, level 1). Sends nothing anywhere.
import type { MiddlewareHandler } from 'hono'
import type { AppTypes } from './context.ts'

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const ZEROS = /^0+$/

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))
const randomHex = (bytes: number): string => {
  let out = ''
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  for (let at = 0; at < bytes; at += 1) out += HEX[random[at] ?? 0]
  return out
}

/** Continues the caller's trace under a new span, or starts one that nobody sampled. */
export const continueTrace = (header: string | undefined, span: string, trace: string): string => {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(header ?? '') ?? []
  if (!traceId || !parentId || ZEROS.test(traceId) || ZEROS.test(parentId)) {
    return `00-${trace}-${span}-00`
  }
  return `00-${traceId}-${span}-${flags}`
}

export const requestId: MiddlewareHandler<AppTypes> = async (c, next) => {
  const asked = c.req.header('x-request-id')
  const random = randomHex(36)
  const id = asked !== undefined && REQUEST_ID.test(asked) ? asked : `req_${random.slice(0, 24)}`
  const traceparent = continueTrace(
    c.req.header('traceparent'),
    random.slice(24, 40),
    random.slice(40, 72),
  )
  c.set('requestId', id)
  c.set('traceparent', traceparent)
  await next()
  const { headers } = c.res
  headers.set('x-request-id', id)
  headers.set('traceparent', traceparent)
}

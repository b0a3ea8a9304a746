// Names for one request: X-Request-Id for people, traceparent for tracers (W3C Trace Context, level 1). What is sampled is followed
// from here on (trace/request.ts); a caller's own decision about that is heeded.
import type { MiddlewareHandler } from 'hono'
import { isChosen, parseTraceparent, randomHex, traceparentOf } from '../../schemas/trace.ts'
import { traceRequest } from '../trace/request.ts'
import { mayFollow, tracingOf } from '../trace/scope.ts'
import type { AppTypes } from './context.ts'

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/

/** Continues the caller's trace under a new span, or starts one that nobody sampled. */
export const continueTrace = (header: string | undefined, span: string, trace: string): string => {
  const { traceId = trace, sampled = false } = parseTraceparent(header) ?? {}
  return traceparentOf({ traceId, spanId: span, sampled })
}

export const requestId: MiddlewareHandler<AppTypes> = async (c, next) => {
  const asked = c.req.header('x-request-id')
  const random = randomHex(36)
  const id = asked !== undefined && REQUEST_ID.test(asked) ? asked : `req_${random.slice(0, 24)}`
  const [spanId, fresh] = [random.slice(24, 40), random.slice(40, 72)]
  const given = c.req.header('traceparent')
  const tracing = tracingOf(c.env)
  const parent = tracing && parseTraceparent(given)
  const isFollowed =
    tracing !== null && (parent ? parent.sampled : isChosen(fresh, tracing.ratio)) && mayFollow()
  const own = { traceId: parent?.traceId ?? fresh, spanId, sampled: true }
  const traceparent = isFollowed ? traceparentOf(own) : continueTrace(given, spanId, fresh)
  c.set('requestId', id)
  c.set('traceparent', traceparent)
  if (isFollowed) await traceRequest(c, tracing, own, parent?.spanId ?? null, next)
  else await next()
  const { headers } = c.res
  headers.set('x-request-id', id)
  headers.set('traceparent', traceparent)
}

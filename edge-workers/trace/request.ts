// The span of a request at the edge, and of work that no request waits for. Its name is the route's pattern: no parameter, no query,
// no header and no body is told.
import { routePath } from 'hono/route'
import type { Tracing } from '../../schemas/otlp.ts'
import { isChosen, newSpanId, newTraceId, type SpanContext } from '../../schemas/trace.ts'
import type { Env } from '../env.ts'
import type { AppContext } from '../http/context.ts'
import { methodOf } from '../http/counters.ts'
import { currentScope, flush, inSpan, keepSpan, newBatch, tracingOf, within } from './scope.ts'

/** Not awaited: whoever asked has his answer. */
const afterwards = (c: AppContext, work: Promise<void>): void => {
  try {
    c.executionCtx.waitUntil(work)
  } catch {
    // Where nobody waits, as in a plain process, it goes on all the same: it never rejects.
  }
}

/** Runs the rest of the request as a span of its own. */
export const traceRequest = async (
  c: AppContext,
  tracing: Tracing,
  { traceId, spanId }: SpanContext,
  parentId: string | null,
  next: () => Promise<void>,
): Promise<void> => {
  const batch = newBatch(tracing)
  const startedAt = Date.now()
  await within({ traceId, spanId, batch }, next)
  const method = methodOf(c.req.method)
  const route = routePath(c, -1)
  const { status } = c.res
  keepSpan(batch, {
    ...{ traceId, spanId, parentId, startedAt, endedAt: Date.now() },
    ...{ name: `${method} ${route}`, kind: 'server', failed: status >= 500 },
    attributes: {
      ...{ 'http.request.method': method, 'http.route': route },
      'http.response.status_code': status,
    },
  })
  afterwards(c, flush(c.env, batch))
}

/** A trace of its own where nobody asked: a piece of background work. Rejects as `run` does. */
export const traceWork = async <T>(env: Env, name: string, run: () => Promise<T>): Promise<T> => {
  const tracing = tracingOf(env)
  if (tracing === null) return run()
  const words = { name, kind: 'internal' as const, attributes: {} }
  const around = currentScope()
  if (around) return inSpan(around, words, run)
  const traceId = newTraceId()
  if (!isChosen(traceId, tracing.ratio)) return run()
  const batch = newBatch(tracing)
  try {
    return await inSpan({ traceId, spanId: newSpanId(), batch }, words, run, null)
  } finally {
    void flush(env, batch)
  }
}

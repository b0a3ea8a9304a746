// The Functions' half of a trace: a span for each verified request that says it is followed. `traceparent` stands outside of the
// signed claims and is believed for its shape alone: it decides nothing but which span this one is below.
import type { HttpRequest, HttpResponseInit, PreInvocationHandler } from '@azure/functions'
import { readTracing, sendSpans, type TraceSettings } from '../schemas/otlp.ts'
import { newSpanId, parseTraceparent } from '../schemas/trace.ts'
import { isVerified } from './verify-request.ts'

const SERVICE = 'phoenix-functions'
type Handler = (...input: unknown[]) => unknown

const statusOf = (answer: unknown): number => (answer as HttpResponseInit | null)?.status ?? 200

/**
 * A preInvocation hook, to be registered after the lock: who was refused is not followed. Without OTLP_ENDPOINT it does nothing; a
 * setting that cannot be used is said once, by its name. Sending is not waited for and fails nothing.
 */
export const traceInvocations = (
  settings: TraceSettings,
  fetch: (url: string, init: RequestInit) => Promise<Response> = (url, init) =>
    globalThis.fetch(url, init),
): PreInvocationHandler => {
  const tracing = readTracing(settings)
  if (tracing === null) return () => undefined
  if ('wrong' in tracing) {
    console.error(JSON.stringify({ level: 'error', event: 'settings', wrong: tracing.wrong }))
    return () => undefined
  }
  return (hook) => {
    const { invocationContext: context } = hook
    if (context.options.trigger.type !== 'httpTrigger' || !isVerified(context)) return
    const given = (hook.inputs[0] as HttpRequest).headers.get('traceparent')
    const parent = parseTraceparent(given)
    if (!parent?.sampled) return
    const run = hook.functionHandler as Handler
    hook.functionHandler = async (...input: unknown[]) => {
      const startedAt = Date.now()
      let status = 500
      try {
        const answer = await run(...input)
        status = statusOf(answer)
        return answer as HttpResponseInit
      } finally {
        const span = {
          ...{ traceId: parent.traceId, spanId: newSpanId(), parentId: parent.spanId },
          ...{ name: context.functionName, kind: 'server' as const, startedAt },
          ...{ endedAt: Date.now(), failed: status >= 500 },
          attributes: { 'http.response.status_code': status },
        }
        void sendSpans(tracing, SERVICE, [span], fetch)
      }
    }
  }
}

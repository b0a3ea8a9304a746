// Spans on their way to a collector: OTLP over HTTP in JSON (opentelemetry.io/docs/specs/otlp, §OTLP/HTTP), and the three settings.
// A collector that is slow, refuses or is away costs nobody anything: what cannot be sent is dropped and counted.
import type { Span } from './trace.ts'

export interface TraceSettings {
  OTLP_ENDPOINT?: string
  OTLP_HEADERS?: string
  TRACE_RATIO?: string
}

export interface Tracing {
  endpoint: string
  headers: Record<string, string>
  /** Of traces that nobody decided about, 0 to 1. */
  ratio: number
}

const RATIO = 0.05
const SENT_WITHIN_MS = 3_000
/** Batches under way at once, of one process. */
const AT_ONCE = 8
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]']
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const FIELD_VALUE = /^[\x20-\x7e]*$/

const readEndpoint = (text: string): string | null => {
  if (!URL.canParse(text)) return null
  const { protocol, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return null
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname))
    ? text
    : null
}

/** `name=value,name=value`, values percent-encoded, as OTEL_EXPORTER_OTLP_HEADERS has them. */
const readHeaders = (text: string): Record<string, string> | null => {
  const headers: Record<string, string> = {}
  for (const pair of text.split(',')) {
    const at = pair.indexOf('=')
    if (pair.trim() === '') continue
    try {
      const name = pair.slice(0, at).trim().toLowerCase()
      const value = decodeURIComponent(pair.slice(at + 1).trim())
      if (at < 1 || !FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) return null
      headers[name] = value
    } catch {
      return null
    }
  }
  return headers
}

/** Null where no endpoint is set; else what is set, or the name of the setting that is wrong. */
export const readTracing = ({
  OTLP_ENDPOINT = '',
  OTLP_HEADERS = '',
  TRACE_RATIO,
}: TraceSettings): Tracing | { wrong: keyof TraceSettings } | null => {
  if (OTLP_ENDPOINT === '') return null
  const endpoint = readEndpoint(OTLP_ENDPOINT)
  if (endpoint === null) return { wrong: 'OTLP_ENDPOINT' }
  const headers = readHeaders(OTLP_HEADERS)
  if (headers === null) return { wrong: 'OTLP_HEADERS' }
  const ratio = TRACE_RATIO ? Number(TRACE_RATIO) : RATIO
  if (!(ratio >= 0 && ratio <= 1)) return { wrong: 'TRACE_RATIO' }
  return { endpoint, headers, ratio }
}

/** SpanKind and StatusCode of opentelemetry/proto/trace/v1/trace.proto. */
const KINDS = { internal: 1, server: 2, client: 3 } as const
const ERROR = 2

const attributesOf = (attributes: Record<string, string | number>) =>
  Object.entries(attributes).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: `${value}` } : { stringValue: value },
  }))

/** ExportTraceServiceRequest in the JSON mapping of OTLP: ids in hex, times in nanoseconds as text. */
export const toOtlp = (service: string, spans: readonly Span[]) => ({
  resourceSpans: [
    {
      resource: { attributes: attributesOf({ 'service.name': service }) },
      scopeSpans: [
        {
          scope: { name: 'phoenix' },
          spans: spans.map((span) => ({
            ...{ traceId: span.traceId, spanId: span.spanId, parentSpanId: span.parentId ?? '' },
            ...{ name: span.name, kind: KINDS[span.kind] },
            startTimeUnixNano: `${span.startedAt}000000`,
            endTimeUnixNano: `${span.endedAt}000000`,
            attributes: attributesOf(span.attributes),
            status: span.failed ? { code: ERROR } : {},
          })),
        },
      ],
    },
  ],
})

export type Sent = 'sent' | 'failed' | 'dropped'
let underWay = 0

/** Never rejects. Not repeated: a batch that the collector did not take is lost. */
export const sendSpans = async (
  { endpoint, headers }: Tracing,
  service: string,
  spans: readonly Span[],
  fetch: (url: string, init: RequestInit) => Promise<Response>,
): Promise<Sent> => {
  if (underWay >= AT_ONCE) return 'dropped'
  underWay += 1
  try {
    const response = await fetch(endpoint, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify(toOtlp(service, spans)),
      signal: AbortSignal.timeout(SENT_WITHIN_MS),
    })
    await response.body?.cancel()
    return response.ok ? 'sent' : 'failed'
  } catch {
    return 'failed'
  } finally {
    underWay -= 1
  }
}

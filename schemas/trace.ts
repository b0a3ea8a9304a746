// The words of a trace: what `traceparent` carries (W3C Trace Context), and what a span is. Nothing here sends anything.

export interface SpanContext {
  /** 32 and 16 hex digits, lower case, never all zeros. */
  traceId: string
  spanId: string
  sampled: boolean
}

export interface Span {
  traceId: string
  spanId: string
  /** Null: the first of its trace. */
  parentId: string | null
  /** Out of a table or a route's pattern, never out of what somebody sent. */
  name: string
  kind: 'internal' | 'server' | 'client'
  /** In milliseconds since 1970. */
  startedAt: number
  endedAt: number
  failed: boolean
  attributes: Record<string, string | number>
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const ZEROS = /^0+$/
/** In characters: a version that we do not know may be longer than ours, but not without end. */
const LONGEST = 256

/** W3C Trace Context §3.2: null for anything that is to be ignored. A later version is read as far as ours goes (§4). */
export const parseTraceparent = (header: string | null | undefined): SpanContext | null => {
  if (!header || header.length > LONGEST) return null
  const [, version, traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(header) ?? []
  if (version === undefined || version === 'ff') return null
  if (version === '00' && rest !== undefined) return null
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Of version 00; flags that mean nothing to us are not sent on (§3.2.2.5). */
export const traceparentOf = ({ traceId, spanId, sampled }: SpanContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

/** So many random bytes in hex: all zeros, which no id may be, come once in 2^64 at the soonest. */
export const randomHex = (bytes: number): string => {
  let out = ''
  const random = crypto.getRandomValues(new Uint8Array(bytes))
  for (let at = 0; at < bytes; at += 1) out += HEX[random[at] ?? 0]
  return out
}
export const newTraceId = (): string => randomHex(16)
export const newSpanId = (): string => randomHex(8)

const DIGITS = 13
/** Whether a trace that nobody decided about is kept: by its id, so that every part would decide the same. */
export const isChosen = (traceId: string, ratio: number): boolean =>
  Number.parseInt(traceId.slice(-DIGITS), 16) < ratio * 16 ** DIGITS

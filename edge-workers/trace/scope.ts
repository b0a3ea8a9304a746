// The span that the running code is part of, and how one is recorded. Off, and for whatever nobody sampled, all of it is one look
// at a variable. What is current is kept by Hono's context storage (AsyncLocalStorage): nobody else here may use it.
import type { Context } from 'hono'
import { contextStorage, tryGetContext } from 'hono/context-storage'
import { readTracing, sendSpans, type Tracing } from '../../schemas/otlp.ts'
import { newSpanId, type Span } from '../../schemas/trace.ts'
import type { Env } from '../env.ts'
import { isolateCounters } from '../http/counters.ts'

const SERVICE = 'phoenix-edge'
/** Requests followed in one second of one isolate: anybody may say that his is, and each is one more that goes out. */
const FOLLOWED_AT_MOST = 50
/** Of one batch: what a request does beyond is not told. */
const SPANS_AT_MOST = 64

export interface Batch {
  tracing: Tracing
  spans: Span[]
}
export interface Scope {
  traceId: string
  spanId: string
  batch: Batch
}
export type SpanWords = Pick<Span, 'name' | 'kind' | 'attributes'>

let last: { endpoint: string; headers?: string; ratio?: string; read: Tracing | null } | undefined

/** Null: off. A setting that cannot be used is off too, and said once. */
export const tracingOf = (env: Env): Tracing | null => {
  const { OTLP_ENDPOINT: endpoint, OTLP_HEADERS: headers, TRACE_RATIO: ratio } = env
  if (!endpoint) return null
  if (last?.endpoint === endpoint && last.headers === headers && last.ratio === ratio)
    return last.read
  const read = readTracing(env)
  const isWrong = read !== null && 'wrong' in read
  if (isWrong)
    console.error(JSON.stringify({ level: 'error', event: 'settings', wrong: read.wrong }))
  last = {
    ...{ endpoint, read: isWrong ? null : read },
    ...(headers === undefined ? {} : { headers }),
    ...(ratio === undefined ? {} : { ratio }),
  }
  return last.read
}

let second = { at: 0, followed: 0 }
/** Whether one more may be followed in this second; counts it. */
export const mayFollow = (): boolean => {
  const at = Math.floor(Date.now() / 1000)
  if (second.at !== at) second = { at, followed: 0 }
  second.followed += 1
  return second.followed <= FOLLOWED_AT_MOST
}

export const newBatch = (tracing: Tracing): Batch => ({ tracing, spans: [] })

const enter = contextStorage()
let isUsed = false

/** Undefined: nobody follows what is running. */
export const currentScope = (): Scope | undefined =>
  isUsed ? (tryGetContext() as unknown as Scope | undefined) : undefined

/** Everything that `run` begins, and what that begins, is part of this scope. */
export const within = async <T>(scope: Scope, run: () => T | Promise<T>): Promise<T> => {
  isUsed = true
  let answer: { value: T } | undefined
  await enter(scope as unknown as Context, async () => {
    answer = { value: await run() }
  })
  return (answer as unknown as { value: T }).value
}

export const keepSpan = ({ spans }: Batch, span: Span): void => {
  if (spans.length < SPANS_AT_MOST) spans.push(span)
  else isolateCounters.add('phoenix_spans_total', { outcome: 'dropped' })
}

/** A span below `parent` for as long as `run` takes. Attributes may be added while it runs. Rejects as `run` does. */
export const inSpan = async <T>(
  parent: Scope,
  words: SpanWords,
  run: (own: Scope) => Promise<T>,
  parentId: string | null = parent.spanId,
): Promise<T> => {
  const { traceId, batch } = parent
  const own: Scope = { traceId, batch, spanId: newSpanId() }
  const startedAt = Date.now()
  let failed = true
  try {
    const value = await within(own, () => run(own))
    failed = false
    return value
  } finally {
    const { spanId } = own
    keepSpan(batch, {
      ...{ ...words, traceId, spanId, parentId },
      ...{ startedAt, endedAt: Date.now(), failed },
    })
  }
}

/** Sends what was kept so far. Never rejects. */
export const flush = async (env: Pick<Env, 'LOCAL'>, { tracing, spans }: Batch): Promise<void> => {
  const taken = spans.splice(0)
  if (taken.length === 0) return
  const { LOCAL: local } = env
  const outcome = await sendSpans(tracing, SERVICE, taken, (url, init) =>
    local ? local.fetch(url, init) : fetch(url, init),
  )
  isolateCounters.add('phoenix_spans_total', { outcome }, taken.length)
}

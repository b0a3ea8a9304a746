// What `traceparent` is believed for, what OTLP looks like, and that nothing a collector does costs anybody anything.
import { describe, expect, it } from 'vitest'
import { readTracing, sendSpans, toOtlp } from './otlp.ts'
import { isChosen, newTraceId, parseTraceparent, type Span, traceparentOf } from './trace.ts'

const [trace, span] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']

describe('traceparent', () => {
  it('is read as W3C Trace Context writes it', () => {
    const read = { traceId: trace, spanId: span }
    expect(parseTraceparent(`00-${trace}-${span}-01`)).toEqual({ ...read, sampled: true })
    expect(parseTraceparent(`00-${trace}-${span}-00`)).toEqual({ ...read, sampled: false })
    // Other flags say nothing to us, and a later version may go on behind what we know.
    expect(parseTraceparent(`00-${trace}-${span}-fe`)).toEqual({ ...read, sampled: false })
    expect(parseTraceparent(`cc-${trace}-${span}-01-more`)).toEqual({ ...read, sampled: true })
    expect(traceparentOf({ ...read, sampled: true })).toBe(`00-${trace}-${span}-01`)
  })

  it.each([
    ...['', 'x', `00-${trace}-${span}`, `00-${trace}-${span}-1`, ` 00-${trace}-${span}-01`],
    ...[`00-${trace.toUpperCase()}-${span}-01`, `00-${trace}-${span}-01-more`],
    ...[`ff-${trace}-${span}-01`, `00-${'0'.repeat(32)}-${span}-01`],
    ...[`00-${trace}-${'0'.repeat(16)}-01`, `00-${trace}0-${span}-01`, `00-${trace}-${span}-0g`],
    ...[`cc-${trace}-${span}-01-${'x'.repeat(300)}`, `00_${trace}_${span}_01`],
  ])('is ignored where it is %j', (bad) => {
    expect(parseTraceparent(bad)).toBeNull()
  })
})

it('chooses by the id of the trace, in the ratio that is set', () => {
  const ids = Array.from({ length: 2_000 }, newTraceId)
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
  expect(ids.filter((id) => isChosen(id, 0))).toEqual([])
  expect(ids.filter((id) => isChosen(id, 1))).toHaveLength(2_000)
  expect(isChosen(`${'0'.repeat(19)}7fffffffffffe`, 0.5)).toBe(true)
  expect(isChosen(`${'0'.repeat(19)}8000000000000`, 0.5)).toBe(false)
})

describe('the settings', () => {
  const OTLP_ENDPOINT = 'https://collector.example/v1/traces'
  it('are off without an endpoint, and say which of them is wrong', () => {
    expect(readTracing({ OTLP_HEADERS: 'a=b', TRACE_RATIO: '7' })).toBeNull()
    expect(readTracing({ OTLP_ENDPOINT, OTLP_HEADERS: 'X-Key=a%20b, c=d' })).toEqual({
      ...{ endpoint: OTLP_ENDPOINT, headers: { 'x-key': 'a b', c: 'd' }, ratio: 0.05 },
    })
    for (const bad of ['no address', 'http://collector.example/', 'https://a:b@c.example/'])
      expect(readTracing({ OTLP_ENDPOINT: bad })).toEqual({ wrong: 'OTLP_ENDPOINT' })
    for (const bad of ['key', '=x', 'a=%zz', 'a b=c', 'a=%0d%0ab'])
      expect(readTracing({ OTLP_ENDPOINT, OTLP_HEADERS: bad })).toEqual({ wrong: 'OTLP_HEADERS' })
    for (const bad of ['-1', '1.1', 'x'])
      expect(readTracing({ OTLP_ENDPOINT, TRACE_RATIO: bad })).toEqual({ wrong: 'TRACE_RATIO' })
  })
})

const one: Span = {
  ...{ traceId: trace, spanId: span, parentId: null, name: 'GET /healthz', kind: 'server' },
  ...{ startedAt: 1_700_000_000_123, endedAt: 1_700_000_000_124, failed: true },
  attributes: { 'http.route': '/healthz', 'http.response.status_code': 500 },
}

it('writes spans as OTLP has them in JSON', () => {
  const [resource] = toOtlp('phoenix-edge', [one]).resourceSpans
  expect(resource?.resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'phoenix-edge' } },
  ])
  expect(resource?.scopeSpans[0]?.spans).toEqual([
    {
      ...{ traceId: trace, spanId: span, parentSpanId: '', name: 'GET /healthz', kind: 2 },
      ...{ startTimeUnixNano: '1700000000123000000', endTimeUnixNano: '1700000000124000000' },
      attributes: [
        { key: 'http.route', value: { stringValue: '/healthz' } },
        { key: 'http.response.status_code', value: { intValue: '500' } },
      ],
      status: { code: 2 },
    },
  ])
})

it('drops what a collector does not take, and sends no more at once than it may', async () => {
  const tracing = { endpoint: 'https://collector.example/v1/traces', headers: {}, ratio: 1 }
  const send = (answer: () => Promise<Response>) => sendSpans(tracing, 'x', [one], answer)
  expect(await send(async () => new Response('{}'))).toBe('sent')
  expect(await send(async () => new Response(null, { status: 503 }))).toBe('failed')
  expect(await send(() => Promise.reject(new Error('away')))).toBe('failed')
  const { promise, resolve } = Promise.withResolvers<void>()
  const slow = Array.from({ length: 8 }, () => send(() => promise.then(() => new Response())))
  expect(await send(async () => new Response())).toBe('dropped')
  resolve()
  expect(await Promise.all(slow)).toEqual(new Array(8).fill('sent'))
  expect(await send(async () => new Response())).toBe('sent')
})

// The client against a service that does not do as it should: each status, silence, half an answer, a page. Which fault it is, what
// is sent again, and that nothing of an answer gets into an error.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { AzureFault } from '../../schemas/azure.ts'
import { AzureError, retryAfterOf } from '../azure/errors.ts'
import { createBucket } from './bucket.ts'
import { createOnce, memoryRecords } from './records.ts'
import { createRest, type RestOptions, SCOPES } from './rest.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const SECRET = 'Ada-Lovelace'
const pace = () => {
  let at = 0
  const slept: number[] = []
  const sleep = async (milliseconds: number) => {
    slept.push(milliseconds)
    at += milliseconds
  }
  return { slept, sleep, clock: () => at }
}
const envelope = (code: string, target?: string) =>
  JSON.stringify({
    ...{ requestId: 'r', date: 'd', mscv: 'm' },
    error: { code: 'x', message: SECRET, innererror: { code, message: SECRET, target } },
  })

const open = (answers: (() => Response | Promise<Response>)[], more: Partial<RestOptions> = {}) => {
  const sent: { url: string; init: RequestInit }[] = []
  const tokens: string[] = []
  const time = pace()
  const rest = createRest({
    credential: {
      getToken: async (scope) => {
        tokens.push(scope)
        return { token: 'token' }
      },
    },
    fetch: async (url, init) => {
      sent.push({ url, init })
      const next = answers[Math.min(sent.length, answers.length) - 1]
      if (!next) throw new TypeError('nothing')
      // As fetch does: a signal that fires ends it.
      const ended = new Promise<never>((_, fail) =>
        init.signal?.addEventListener('abort', () => fail(init.signal?.reason)),
      )
      return Promise.race([next(), ended])
    },
    ...{ now: () => NOW, pace: time, answerWithinMs: 50 },
    ...more,
  })
  const ask = () =>
    rest({
      ...{ service: 'request', method: 'POST', path: '/createIssuanceRequest' },
      ...{ body: { claims: { name: SECRET } }, shape: z.looseObject({ requestId: z.string() }) },
    })
  return { ask, rest, sent, tokens, slept: time.slept }
}
const faultOf = async (asked: Promise<unknown>): Promise<AzureFault> => {
  const error = await asked.then(
    () => null,
    (caught: unknown) => caught,
  )
  if (!(error instanceof AzureError)) throw new Error(`not a fault: ${error}`)
  expect(`${error.message}${JSON.stringify(error.fault)}`).not.toContain(SECRET)
  return error.fault
}
const json =
  (status: number, body: string, headers = {}) =>
  () =>
    new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } })

describe('what the service answers', () => {
  const rows: [string, () => Response | Promise<Response>, Partial<AzureFault>, number][] = [
    [
      '400',
      json(400, envelope('badOrMissingField', 'claims.name')),
      { fault: 'refused', target: 'claims.name' },
      1,
    ],
    ['401', json(401, envelope('tokenError')), { fault: 'denied' }, 1],
    ['403', json(403, envelope('tokenError')), { fault: 'denied' }, 1],
    [
      '404',
      json(404, envelope('notFound', 'manifest')),
      { fault: 'absent', target: 'manifest' },
      1,
    ],
    ['409', json(409, envelope('badOrMissingField')), { fault: 'conflict' }, 1],
    ['412', json(412, envelope('badOrMissingField')), { fault: 'refused' }, 1],
    ['413', json(413, envelope('badOrMissingField')), { fault: 'refused' }, 1],
    ['415', json(415, envelope('badOrMissingField')), { fault: 'refused' }, 1],
    ['422', json(422, envelope('badOrMissingField')), { fault: 'refused' }, 1],
    [
      '429 that lasts',
      json(429, envelope('transientError'), { 'retry-after': '1' }),
      { fault: 'throttled' },
      3,
    ],
    [
      '429 for long',
      json(429, envelope('transientError'), { 'retry-after': '90' }),
      { fault: 'throttled', retryAfterSeconds: 90 },
      1,
    ],
    [
      '429 by a date',
      json(429, '', { 'retry-after': 'Sun, 22 Nov 2026 12:01:00 GMT' }),
      { fault: 'throttled', retryAfterSeconds: 60 },
      1,
    ],
    [
      '500',
      json(500, envelope('transientError')),
      { fault: 'unreachable', retryAfterSeconds: 5 },
      1,
    ],
    [
      '503',
      json(503, '', { 'retry-after': '7' }),
      { fault: 'unreachable', retryAfterSeconds: 7 },
      1,
    ],
    ['400 that is transient', json(400, envelope('transientError')), { fault: 'unreachable' }, 1],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
      { fault: 'unreachable' },
      1,
    ],
    ['a page with 200', () => new Response(`<html>${SECRET}</html>`), { fault: 'unreachable' }, 1],
    [
      'a page with 502',
      () => new Response(`<html>${SECRET}</html>`, { status: 502 }),
      { fault: 'unreachable' },
      1,
    ],
    ['another shape with 201', json(201, '{"id":1}'), { fault: 'unreachable' }, 1],
    ['half an answer', json(201, '{"requestId":"'), { fault: 'unreachable' }, 1],
    [
      'a target that is no name',
      json(400, envelope('badOrMissingField', `<${SECRET}>`)),
      { fault: 'refused', target: null },
      1,
    ],
    ['nothing at all', () => Promise.reject(new TypeError(SECRET)), { fault: 'unreachable' }, 1],
    ['nothing in time', () => new Promise<Response>(() => undefined), { fault: 'unreachable' }, 1],
    [
      'an answer that breaks off',
      () => {
        let pulls = 0
        const body = new ReadableStream({
          pull(controller) {
            pulls += 1
            if (pulls > 1) controller.error(new Error(SECRET))
            else controller.enqueue(new TextEncoder().encode('{"requ'))
          },
        })
        return new Response(body, { status: 201 })
      },
      { fault: 'unreachable' },
      1,
    ],
    ['more than it may be', json(201, ' '.repeat(5_000_000)), { fault: 'unreachable' }, 1],
  ]
  it.each(rows)('%s', async (_, answer, expected, times) => {
    const { ask, sent } = open([answer])
    expect(await faultOf(ask())).toMatchObject(expected)
    expect(sent).toHaveLength(times)
  })

  it('waits as long as a 429 says and does it then, once', async () => {
    const { ask, sent, slept } = open([
      json(429, envelope('transientError'), { 'retry-after': '2' }),
      json(201, '{"requestId":"r"}'),
    ])
    expect(await ask()).toEqual({ requestId: 'r' })
    expect([sent.length, slept.reduce((sum, one) => sum + one, 0)]).toEqual([2, 2_000])
  })

  it('is asked at its production address, by the identity for that service, and follows nobody', async () => {
    const { ask, rest, sent, tokens } = open([json(201, '{"requestId":"r"}')])
    await ask()
    await rest({ service: 'admin', method: 'POST', path: '/authorities/a/revoke' })
    expect(sent.map(({ url }) => url)).toEqual([
      'https://verifiedid.did.msidentity.com/v1.0/verifiableCredentials/createIssuanceRequest',
      'https://verifiedid.did.msidentity.com/v1.0/verifiableCredentials/authorities/a/revoke',
    ])
    expect(tokens).toEqual([SCOPES.request, SCOPES.admin])
    expect(sent[0]?.init).toMatchObject({
      ...{ method: 'POST', redirect: 'manual' },
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
    })
  })

  it('without an identity is denied, and with one that cannot be asked is unreachable', async () => {
    const none = open([], { credential: { getToken: async () => null } })
    expect((await faultOf(none.ask())).fault).toBe('denied')
    const away = { getToken: () => Promise.reject(new Error(SECRET)) }
    expect((await faultOf(open([], { credential: away }).ask())).fault).toBe('unreachable')
  })
})

describe('the bucket', () => {
  it('lets five go at once, then five a second; halves when told, and comes back', async () => {
    const time = pace()
    const bucket = createBucket(5, time)
    for (let sent = 0; sent < 15; sent += 1) expect(await bucket.take(60_000)).toBe(true)
    expect(time.clock()).toBe(2_000)
    bucket.slowDown(3)
    expect([bucket.perSecond(), bucket.waitMs()]).toEqual([2.5, 3_000])
    expect(await bucket.take(2_999)).toBe(false)
    expect(await bucket.take(3_000)).toBe(true)
    for (let times = 0; times < 20; times += 1) bucket.slowDown(0)
    expect(bucket.perSecond()).toBe(0.1)
    await time.sleep(60_000)
    expect(bucket.waitMs()).toBe(0)
    for (let times = 0; times < 20; times += 1) bucket.speedUp()
    expect(bucket.perSecond()).toBe(5)
  })

  it.each([
    [null, null],
    ['7', 7],
    ['Sun, 22 Nov 2026 12:00:30 GMT', 30],
    ['Sun, 22 Nov 2026 11:00:00 GMT', 0],
    ['999999', 3_600],
    ['soon', null],
    ['-1', null],
  ])('Retry-After %s is %s seconds', (header, expected) => {
    const seconds = retryAfterOf(header, NOW.getTime())
    expect(seconds === 0 && header === '-1' ? null : seconds).toBe(expected)
  })
})

describe('an operation', () => {
  const answer = { requestId: 'r', url: 'openid-vc://x', expiry: 1_800_000_000 }
  it('asks once, answers the same again, and is not another’s', async () => {
    const once = createOnce(memoryRecords(), () => NOW)
    let asked = 0
    const ask = async () => {
      asked += 1
      return { ...answer, requestId: `r${asked}` }
    }
    const first = { owner: 'ten_a', operation: 'ofr_1', input: { a: 1 } }
    const all = await Promise.all([once(first, ask), once(first, ask)])
    expect([...all, await once(first, ask)]).toEqual(Array(3).fill({ ...answer, requestId: 'r1' }))
    expect((await faultOf(once({ ...first, input: { a: 2 } }, ask))).fault).toBe('conflict')
    expect((await once({ ...first, owner: 'ten_b' }, ask)).requestId).toBe('r2')
    expect(asked).toBe(2)
  })

  it('that failed is asked for again', async () => {
    const once = createOnce(memoryRecords(), () => NOW)
    const first = { owner: 'ten_a', operation: 'ofr_1', input: {} }
    await expect(once(first, () => Promise.reject(new Error('away')))).rejects.toThrow('away')
    expect(await once(first, async () => answer)).toEqual(answer)
  })
})

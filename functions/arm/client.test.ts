// The client against an Azure Resource Manager that does not do as it should: each status, silence, half an answer, a page of somebody
// else. Which fault it is, what is sent again, where a nextLink or an operation may lead, and that nothing of an answer gets into an error.
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { AzureFault } from '../../schemas/azure.ts'
import { AzureError } from '../azure/errors.ts'
import { createArm } from './client.ts'
import { listPath, resourcePath } from './paths.ts'
import { ARM, type ArmOptions } from './send.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const SECRET = 'Ada-Lovelace'
const SUBSCRIPTION = '11111111-2222-4333-8444-555555555555'
const PLACE = { subscriptionId: SUBSCRIPTION, resourceGroup: 'rg-one' }
const TYPE = 'Microsoft.HybridCompute/machines'
const PATH = resourcePath(PLACE, TYPE, 'host-1')
const URL_OF = `${ARM}${PATH}?api-version=2025-01-13`
const STATUS = `${ARM}/subscriptions/${SUBSCRIPTION}/providers/Microsoft.HybridCompute/locations/weu/operationStatus/1?api-version=2025-01-13`
const Shape = z.looseObject({ name: z.string() })

type Answer = () => Response | Promise<Response>
const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(typeof body === 'string' ? body : JSON.stringify(body), {
      ...{ status, headers: { 'content-type': 'application/json', ...headers } },
    })
const empty =
  (status: number, headers: Record<string, string> = {}): Answer =>
  () =>
    new Response(null, { status, headers })
const error = (code: string) => ({ error: { code, message: SECRET, target: SECRET } })
const machine = (provisioningState?: string) => ({
  name: 'host-1',
  properties: { provisioningState },
})

const open = (answers: Answer[], more: Partial<ArmOptions> = {}) => {
  const sent: string[] = []
  const inits: RequestInit[] = []
  let at = 0
  const slept: number[] = []
  const arm = createArm({
    credential: { getToken: async () => ({ token: 'the-token', expiresOnTimestamp: 0 }) },
    fetch: async (url, init) => {
      sent.push(`${init.method} ${url}`)
      inits.push(init)
      const next = answers[Math.min(sent.length, answers.length) - 1]
      if (!next) throw new TypeError(SECRET)
      const ended = new Promise<never>((_, fail) =>
        init.signal?.addEventListener('abort', () => fail(init.signal?.reason)),
      )
      return Promise.race([next(), ended])
    },
    now: () => NOW,
    pace: {
      clock: () => at,
      sleep: async (milliseconds) => {
        slept.push(milliseconds)
        at += milliseconds
      },
    },
    answerWithinMs: 30,
    ...more,
  })
  return { arm, sent, inits, slept }
}
const faultOf = async (asked: Promise<unknown>): Promise<AzureFault> => {
  const caught = await asked.then(
    (value) => `answered ${JSON.stringify(value)}`,
    (thrown: unknown) => thrown,
  )
  if (!(caught instanceof AzureError)) throw new Error(`not a fault: ${caught}`)
  expect(`${caught.message}${JSON.stringify(caught.fault)}`).not.toContain(SECRET)
  return caught.fault
}

describe('what Azure Resource Manager answers', () => {
  const rows: [string, Answer, Partial<AzureFault>, number][] = [
    [
      '400',
      json(400, error('InvalidResourceName')),
      { fault: 'refused', target: 'InvalidResourceName' },
      1,
    ],
    [
      '400 of an api-version',
      json(400, error('NoRegisteredProviderFound')),
      { fault: 'refused' },
      1,
    ],
    ['401', json(401, error('InvalidAuthenticationToken')), { fault: 'denied' }, 1],
    [
      '403',
      json(403, error('AuthorizationFailed')),
      { fault: 'denied', target: 'AuthorizationFailed' },
      1,
    ],
    [
      '404',
      json(404, error('ResourceNotFound')),
      { fault: 'absent', target: 'ResourceNotFound' },
      1,
    ],
    ['404 as a page', json(404, `<html>${SECRET}</html>`), { fault: 'unreachable' }, 1],
    ['404 without a body', empty(404), { fault: 'unreachable' }, 1],
    ['403 as a page', json(403, `<html>${SECRET}</html>`), { fault: 'unreachable' }, 1],
    ['409', json(409, error('ScopeLocked')), { fault: 'conflict', target: 'ScopeLocked' }, 1],
    ['429 that lasts', json(429, '', { 'retry-after': '1' }), { fault: 'throttled' }, 3],
    [
      '429 for long',
      json(429, '', { 'retry-after': '90' }),
      { fault: 'throttled', retryAfterSeconds: 90 },
      1,
    ],
    [
      '500',
      json(500, error('InternalServerError')),
      { fault: 'unreachable', retryAfterSeconds: 5 },
      1,
    ],
    [
      '503',
      json(503, '', { 'retry-after': '7' }),
      { fault: 'unreachable', retryAfterSeconds: 7 },
      1,
    ],
    ['a redirect', empty(302, { location: 'https://evil.example' }), { fault: 'unreachable' }, 1],
    ['a page with 200', json(200, `<html>${SECRET}</html>`), { fault: 'unreachable' }, 1],
    ['another shape', json(200, { id: SECRET }), { fault: 'unreachable' }, 1],
    ['half an answer', json(200, '{"name":"'), { fault: 'unreachable' }, 1],
    ['nothing at all', () => Promise.reject(new TypeError(SECRET)), { fault: 'unreachable' }, 1],
    ['nothing in time', () => new Promise<Response>(() => undefined), { fault: 'unreachable' }, 1],
    [
      'a code that is no code',
      json(400, error(`<${SECRET}>`)),
      { fault: 'refused', target: null },
      1,
    ],
    ['more than it may be', json(200, ' '.repeat(9_000_000)), { fault: 'unreachable' }, 1],
    [
      'an answer that breaks off',
      () => {
        let pulls = 0
        const pull = (controller: ReadableStreamDefaultController) => {
          pulls += 1
          if (pulls > 1) controller.error(new Error(SECRET))
          else controller.enqueue(new TextEncoder().encode('{"na'))
        }
        return new Response(new ReadableStream({ pull }), { status: 200 })
      },
      { fault: 'unreachable' },
      1,
    ],
  ]
  it.each(rows)('%s', async (_, answer, expected, times) => {
    const { arm, sent } = open([answer])
    expect(await faultOf(arm.get(PATH, Shape))).toMatchObject(expected)
    expect(sent).toHaveLength(times)
  })

  it('is asked at its production address, in the version of the table, and no redirect is followed', async () => {
    const { arm, sent, inits } = open([json(200, machine())])
    expect(await arm.get(PATH, Shape)).toMatchObject({ name: 'host-1' })
    expect(sent).toEqual([`GET ${URL_OF}`])
    expect(inits[0]).toMatchObject({
      redirect: 'manual',
      headers: { authorization: 'Bearer the-token' },
    })
  })

  it('429 of a subscription holds its next requests back, and no other subscription’s', async () => {
    const { arm, sent } = open([json(429, '', { 'retry-after': '90' }), json(200, machine())])
    expect(await faultOf(arm.get(PATH, Shape))).toMatchObject({ retryAfterSeconds: 90 })
    expect((await faultOf(arm.get(PATH, Shape))).fault).toBe('throttled')
    const other = { ...PLACE, subscriptionId: '22222222-2222-4333-8444-555555555555' }
    await arm.get(resourcePath(other, TYPE, 'a'), Shape)
    expect(sent).toHaveLength(2)
  })

  it.each([
    ['none', async () => null, 'denied'],
    [
      'none configured',
      () =>
        Promise.reject(Object.assign(new Error(SECRET), { name: 'CredentialUnavailableError' })),
      'denied',
    ],
    [
      'one that Entra refuses',
      () => Promise.reject(Object.assign(new Error(SECRET), { statusCode: 400 })),
      'denied',
    ],
    ['one that cannot be asked', () => Promise.reject(new Error(SECRET)), 'unreachable'],
  ])('identity: %s', async (_, getToken, fault) => {
    const { arm, sent } = open([], { credential: { getToken } })
    expect((await faultOf(arm.get(PATH, Shape))).fault).toBe(fault)
    expect(sent).toEqual([])
  })
})

describe('an operation', () => {
  const begun = json(201, machine('Creating'), {
    'azure-asyncoperation': STATUS,
    'retry-after': '3',
  })
  const going = json(200, { status: 'InProgress' }, { 'retry-after': '2' })
  const put = (answers: Answer[], more?: Partial<ArmOptions>) => {
    const on = open(answers, more)
    return { ...on, asked: on.arm.put(PATH, { location: 'weu' }, Shape) }
  }

  it('is followed to its end in the rhythm that it asks for, and then the resource is read', async () => {
    const { asked, sent, slept } = put([
      begun,
      going,
      json(200, { status: 'Succeeded' }),
      json(200, machine('Succeeded')),
    ])
    expect(await asked).toMatchObject({ done: true, value: { name: 'host-1' } })
    expect(sent).toEqual([`PUT ${URL_OF}`, `GET ${STATUS}`, `GET ${STATUS}`, `GET ${URL_OF}`])
    expect(slept).toEqual([3_000, 2_000])
  })

  it('that goes on is handed back before the Function’s time is over, and followed from there', async () => {
    const { asked, sent, slept } = put([begun, going])
    const answer = await asked
    expect(answer).toMatchObject({
      done: false,
      retryAfterSeconds: 2,
      pending: { statusUrl: STATUS },
    })
    expect(slept.reduce((sum, one) => sum + one, 0)).toBeLessThan(20_000)
    expect(sent.length).toBeLessThan(12)
    if (answer.done) throw new Error('done')
    const later = open([json(200, { status: 'Succeeded' }), json(200, machine())])
    expect(await later.arm.resume(answer.pending, Shape)).toMatchObject({ done: true })
    expect(later.sent).toEqual([`GET ${STATUS}`, `GET ${URL_OF}`])
  })

  it.each([
    [
      'Failed',
      { code: 'InvalidTemplate', message: SECRET },
      { fault: 'refused', target: 'InvalidTemplate' },
    ],
    ['Failed', { code: 'AuthorizationFailed' }, { fault: 'denied' }],
    ['Failed', SECRET, { fault: 'refused', target: 'Failed' }],
    // It is over, and another one may do it: whoever follows it would ask the same again.
    [
      'Failed',
      { code: 'InternalServerError' },
      { fault: 'conflict', target: 'InternalServerError' },
    ],
    ['Failed', { code: 'TooManyRequests' }, { fault: 'conflict' }],
    ['Canceled', undefined, { fault: 'conflict', target: 'Canceled' }],
  ])('that ends %s with %j', async (status, why, expected) => {
    const { asked } = put([begun, json(200, { status, error: why })])
    expect(await faultOf(asked)).toMatchObject(expected)
  })

  it('whose status is forgotten or unreadable is judged by the resource itself', async () => {
    for (const status of [json(404, error('NotFound')), json(200, '<html>')]) {
      const { asked } = put([begun, status, json(200, machine('Succeeded'))])
      expect(await asked).toMatchObject({ done: true })
    }
    const failed = put([json(200, machine('Updating')), json(200, machine('Failed'))])
    expect(await faultOf(failed.asked)).toMatchObject({ fault: 'refused', target: 'Failed' })
  })

  it.each([
    ['denied', json(403, error('AuthorizationFailed'))],
    ['not told, as there is a fault', json(500, error('InternalServerError'))],
    ['answered by a page', json(403, '<html>')],
    ['not answered', () => new Promise<Response>(() => undefined)],
  ])(
    'whose status is %s is judged by the resource itself, at either address',
    async (_, status) => {
      const { asked } = put([begun, status, json(200, machine('Succeeded'))])
      expect(await asked).toMatchObject({ done: true })
      for (const header of ['azure-asyncoperation', 'location']) {
        const { arm, sent } = open([
          empty(202, { [header]: STATUS, 'retry-after': '1' }),
          ...[status, json(200, machine('Deleting'))],
          ...[status, json(404, error('ResourceNotFound'))],
        ])
        expect(await arm.delete(PATH)).toEqual({ done: true, value: null })
        expect(sent).toHaveLength(5)
      }
    },
  )

  it('whose status says to ask less often is asked later', async () => {
    const { asked } = put([begun, json(429, '')])
    expect((await faultOf(asked)).fault).toBe('throttled')
  })

  it.each([
    `https://evil.example/subscriptions/${SUBSCRIPTION}/x`,
    `https://user@management.azure.com/subscriptions/${SUBSCRIPTION}/x`,
    `${ARM}/subscriptions/99999999-2222-4333-8444-555555555555/providers/x`,
    'http://management.azure.com/',
    '//evil.example/',
  ])('is not followed to %s', async (header) => {
    const { asked, sent } = put([
      json(202, '', { 'azure-asyncoperation': header, location: header }),
      json(200, machine('Succeeded')),
    ])
    expect(await asked).toMatchObject({ done: true })
    expect(sent.every((one) => one.includes(`${PATH}?`))).toBe(true)
  })

  it('by Location is over when that answers other than 202', async () => {
    const { arm, sent } = open([
      empty(202, { location: STATUS, 'retry-after': '1' }),
      empty(202),
      empty(204),
    ])
    expect(await arm.delete(PATH)).toEqual({ done: true, value: null })
    expect(sent).toEqual([`DELETE ${URL_OF}`, `GET ${STATUS}`, `GET ${STATUS}`])
  })

  it.each([
    ['nothing was there', [empty(204)]],
    ['it is gone at once', [empty(200)]],
    ['the group is gone', [json(404, error('ResourceGroupNotFound'))]],
    [
      'it is gone at the second look',
      [empty(202), json(200, machine('Deleting')), json(404, error('ResourceNotFound'))],
    ],
  ])('of deleting is done where %s', async (_, answers) => {
    expect(await open(answers).arm.delete(PATH)).toEqual({ done: true, value: null })
  })

  it('of deleting is not done where a page says 404', async () => {
    const { arm } = open([json(404, '<html>')])
    expect((await faultOf(arm.delete(PATH))).fault).toBe('unreachable')
  })
})

describe('a list', () => {
  const LIST = listPath(PLACE, TYPE)
  const page = (names: string[], nextLink?: string) =>
    json(200, { value: names.map((name) => ({ name })), ...(nextLink ? { nextLink } : {}) })
  it('has all of its pages', async () => {
    const second = `${ARM}${LIST}?api-version=2025-01-13&%24skiptoken=2`
    const { arm, sent } = open([page(['a', 'b'], second), page(['c'])])
    expect((await arm.list(LIST, Shape)).map(({ name }) => name)).toEqual(['a', 'b', 'c'])
    expect(sent).toEqual([`GET ${ARM}${LIST}?api-version=2025-01-13`, `GET ${second}`])
  })

  it.each([
    ['leads elsewhere', [page(['a'], `https://evil.example${LIST}`)], 1],
    ['leads to another subscription', [page(['a'], `${ARM}/subscriptions/1/x`)], 1],
    ['never ends', [page(['a'], `${ARM}${LIST}?again=1`)], 100],
    ['has an item of another shape', [json(200, { value: [{ name: 'a' }, { id: SECRET }] })], 1],
    ['breaks off at its second page', [page(['a'], `${ARM}${LIST}?p=2`), json(500, error('x'))], 2],
  ])('that %s is none: half of one would say that something is gone', async (_, answers, times) => {
    const { arm, sent } = open(answers, { doneWithinMs: 600_000 })
    expect((await faultOf(arm.list(LIST, Shape))).fault).toBe('unreachable')
    expect(sent).toHaveLength(times)
  })
})

describe('a path', () => {
  it.each(['', '..', '.', 'a/b', 'a?b', 'a#b', 'a%2fb', 'a b', '../x', 'ä', 'a'.repeat(200)])(
    'has no name %j',
    (name) => {
      expect(() => resourcePath(PLACE, TYPE, name)).toThrow(AzureError)
    },
  )
  it.each(['', '..', 'a/b', 'x.', 'a?b'])('has no resource group %j', (resourceGroup) => {
    expect(() => listPath({ ...PLACE, resourceGroup }, TYPE)).toThrow(AzureError)
  })
})

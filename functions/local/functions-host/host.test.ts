// The host runs an unmodified bundle the way Microsoft's host and worker do.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildFunctions } from '../../cli/build.ts'
import { BODY_LIMIT_BYTES } from './body.ts'
import { startHost } from './host.ts'

const root = join(import.meta.dirname, '../../..')
const hostJsonPath = join(root, 'host.json')
const lines: string[] = []
const write = (level: string, category: string, message: string): void =>
  void lines.push(`${level} ${category} ${message}`)

let folder: string
let base: string
let host: Awaited<ReturnType<typeof startHost>>
const get = (path: string, init?: RequestInit): Promise<Response> => fetch(base + path, init)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-host-'))
  const entry = relative(root, join(import.meta.dirname, 'sample-app.fixture.ts'))
  const { path: bundlePath } = await buildFunctions({ entry, outfile: join(folder, 'app.cjs') })
  process.env.DONE_QUEUE = 'done'
  host = await startHost({ bundlePath, hostJsonPath, port: 0, write })
  base = `http://127.0.0.1:${host.port}`
})
afterAll(async () => {
  await host.close()
  await rm(folder, { recursive: true })
})

describe('requests', () => {
  it('gives the function its parameters, query, headers and body', async () => {
    const response = await get('/api/echo/42?a=1&a=2&b=%20', {
      method: 'POST',
      body: 'text',
      headers: { 'x-given': 'yes' },
    })
    expect(response.status).toBe(202)
    expect(response.headers.get('x-more')).toBe('yes')
    expect(response.headers.get('set-cookie')).toBe('c=a%20b; Path=/; HttpOnly; SameSite=Lax')
    expect(await response.json()).toEqual({
      id: '42',
      url: `${base}/api/echo/42?a=1&a=2&b=%20`,
      query: { a: '1,2', b: ' ' },
      body: 'text',
      header: 'yes',
    })
  })
  it.each([
    ['POST', '/api/echo', 202],
    ['PUT', '/api/echo/7', 202],
    ['POST', '/api/echo/xx', 404],
    ['GET', '/api/echo/7', 404],
    ['GET', '/api/unknown', 404],
    ['GET', '/echo/7', 404],
    ['GET', '/api/nothing', 204],
    ['GET', '/api/empty', 200],
    ['GET', '/api/guarded', 401],
    ['GET', '/api/rescued', 218],
  ])('%s %s answers %i', async (method, path, status) => {
    const response = await get(path, { method })
    expect(response.status).toBe(status)
    if (status !== 202) expect(await response.text()).toBe('')
  })
  it('answers 500 with nothing when the function throws; the log has the reason', async () => {
    const response = await get('/api/throws')
    expect(response.status).toBe(500)
    expect(await response.text()).toBe('')
    expect(lines.join('\n')).toContain('a reason for the log only')
  })
  it('keeps bytes as they are', async () => {
    const bytes = new Uint8Array(await (await get('/api/bytes')).arrayBuffer())
    expect([...bytes]).toEqual([0, 255, 10])
  })
  it('prefers the literal route to the catch-all', async () => {
    expect(await (await get('/api/files/index')).text()).toBe('index')
    expect(await (await get('/api/files/a/b%20c')).text()).toBe('a/b c')
  })
  it('refuses a body over the limit, announced or not', async () => {
    const body = 'x'.repeat(BODY_LIMIT_BYTES)
    expect((await get('/api/echo', { method: 'POST', body })).status).toBe(202)
    expect((await get('/api/echo', { method: 'POST', body: `${body}x` })).status).toBe(413)
    const chunks = new Blob([body, 'x']).stream()
    const init = { method: 'POST', body: chunks, duplex: 'half' } as RequestInit
    expect((await get('/api/echo', init)).status).toBe(413)
  })
  it('refuses a target that is not a path', async () => {
    const { promise, resolve } = Promise.withResolvers<number | undefined>()
    const sent = httpRequest({ port: host.port, path: 'http://elsewhere/api/seen' }, (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.end()
    expect(await promise).toBe(400)
  })
})

describe('hooks, timers and logs', () => {
  it('runs hooks in order around each function, with their own data', async () => {
    await get('/api/empty')
    const seen = (await (await get('/api/seen')).json()) as string[]
    expect(seen[0]).toBe('appStart')
    const at = seen.indexOf('pre empty')
    expect(seen.slice(at, at + 2)).toEqual(['pre empty', 'post empty kept'])
  })
  it('runs a timer with its schedule', async () => {
    const seen = async () => (await (await get('/api/seen')).json()) as string[]
    await expect.poll(seen).toContain('tick false string')
  })
  it('lets a log hook change a line before it is written', async () => {
    await get('/api/echo', { method: 'POST' })
    expect(lines).toContain('information user redacted')
    expect(lines.join()).not.toContain('a secret line')
  })
})

describe('what it cannot do, it refuses when it starts', () => {
  it.each([
    ['a setting that it does not know', { extensions: { blobs: {} } }],
    ['a span that is none', { functionTimeout: '5 minutes' }],
    ['another version', { version: '3.0' }],
  ])('host.json with %s', async (_name, more) => {
    const path = join(folder, 'other-host.json')
    await writeFile(path, JSON.stringify({ version: '2.0', ...more }))
    await expect(start(register(http), path)).rejects.toThrow()
  })
  const start = async (source: string, hostJson = hostJsonPath): Promise<unknown> => {
    const bundlePath = join(folder, 'refused.cjs')
    await writeFile(bundlePath, `const core = require('@azure/functions-core')\n${source}`)
    return startHost({ bundlePath, hostJsonPath: hostJson, port: 0 })
  }
  const register = (bindings: object, name = 'f'): string =>
    `core.registerFunction(${JSON.stringify({ name, bindings })}, () => {})\n`
  const http = { t: { type: 'httpTrigger', direction: 'in', route: 'x' } }

  it.each([
    [
      'a queue without a name',
      register({ q: { type: 'queueTrigger', direction: 'in' } }),
      'queueName',
    ],
    [
      'a queue that no account can have',
      register({ ...http, o: { type: 'queue', direction: 'out', queueName: 'Upper_Case' } }),
      'queueName',
    ],
    [
      'a setting that is not there',
      register({ q: { type: 'queueTrigger', direction: 'in', queueName: '%NOWHERE%' } }),
      'the app setting NOWHERE is not there',
    ],
    [
      'a trigger of an extension',
      register({ b: { type: 'blobTrigger', direction: 'in' } }),
      'not supported by the local host: blobTrigger (in)',
    ],
    [
      'an output of an extension',
      register({ ...http, o: { type: 'cosmosDB', direction: 'out' } }),
      'not supported by the local host: cosmosDB (out)',
    ],
    [
      'two triggers',
      register({ ...http, q: { type: 'timerTrigger', direction: 'in' } }),
      'has two triggers',
    ],
    [
      'a retry policy where Azure has none',
      register(http).replace('"bindings"', '"retryOptions":{},"bindings"'),
      'a retry policy is for timers, not for http',
    ],
    [
      'an extra input',
      register({ ...http, i: { type: 'blob', direction: 'in' } }),
      'not supported by the local host: blob (in)',
    ],
    ['a function without a trigger', register({}), 'has no trigger'],
    ['one name twice', register(http) + register(http), 'registered twice'],
    ['a bundle that registers no model', register(http), 'registered nothing'],
  ])('%s', async (_name, source, message) => {
    await expect(start(source)).rejects.toThrow(message)
  })
  it('an unknown hook, with the error that @azure/functions knows', async () => {
    const source = `try { core.registerHook('nope', () => {}) } catch (error) {
      throw new Error([error.name, error.isAzureFunctionsSystemError].join()) }`
    await expect(start(source)).rejects.toThrow('RangeError,true')
  })
})

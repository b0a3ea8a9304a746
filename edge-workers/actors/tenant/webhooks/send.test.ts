// One attempt against real sockets that behave badly: reset, half an answer, silence, a way into this machine, an endless body.
// They are on the one local origin of the laptop, whose rules differ from the public ones in nothing else.
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { Env } from '../../../env.ts'
import { readRetryAfter, waitAfter } from './schedule.ts'
import { sendMessage } from './send.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})

const listen = async (answer: RequestListener) => {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume()
    answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return { origin, requests: () => requests }
}

const send = (origin: string, { url = `${origin}/hook`, more = {}, limit = 300 } = {}) =>
  sendMessage(
    {
      PUBLIC_URL: 'http://127.0.0.1:1',
      BACK_OFFICE_URL: 'http://127.0.0.1:2',
      DEPLOYMENT: 'laptop',
      LOCAL_WEBHOOK_ORIGIN: origin,
      LOCAL: { fetch },
      ...more,
    } as unknown as Env,
    { url, id: 'msg_1', timestamp: '1', signature: 'v1,x', body: '{}' },
    limit,
  )

describe('a receiver', () => {
  it('that answers 2xx has it', async () => {
    const { origin } = await listen((_, response) => response.writeHead(204).end())
    expect(await send(origin)).toEqual({ ok: true, status: 204 })
  })

  it('that resets the connection has not', async () => {
    const { origin } = await listen((request) => void request.socket.destroy())
    expect(await send(origin)).toMatchObject({ ok: false, status: null, error: 'unreachable' })
  })

  it('that is not there has not', async () => {
    const { origin } = await listen(() => undefined)
    const [server] = servers.splice(0)
    await new Promise((resolve) => server?.close(resolve))
    expect(await send(origin)).toMatchObject({ ok: false, status: null, error: 'unreachable' })
  })

  it('that never answers is left after the limit', async () => {
    const { origin } = await listen(() => undefined)
    const started = performance.now()
    expect(await send(origin)).toMatchObject({ ok: false, status: null, error: 'timeout' })
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('that gives half of a head is left after the limit', async () => {
    const { origin } = await listen((request) => void request.socket.write('HTTP/1.1 200 O'))
    expect(await send(origin)).toMatchObject({ ok: false, status: null, error: 'timeout' })
  })

  it('that gives half of a body and goes has said what counts', async () => {
    const { origin } = await listen((request, response) => {
      response.writeHead(200, { 'content-length': '100' })
      response.write('half')
      setTimeout(() => request.socket.destroy(), 20)
    })
    expect(await send(origin)).toEqual({ ok: true, status: 200 })
  })

  it('that speaks no HTTP has not', async () => {
    const { origin } = await listen((request) => void request.socket.end('220 smtp ready\r\n'))
    expect(await send(origin)).toMatchObject({ ok: false, error: 'unreachable' })
  })

  it('that answers 10 MB is not listened to', async () => {
    let written = 0
    let closed = (): void => undefined
    const gone = new Promise<void>((resolve) => {
      closed = resolve
    })
    const { origin } = await listen((_, response) => {
      response.writeHead(200, { 'content-length': String(10 * 1024 * 1024) })
      const chunk = Buffer.alloc(64 * 1024, 'x')
      const more = (): void => {
        while (written < 10 * 1024 * 1024 && response.write(chunk)) written += chunk.length
        if (written < 10 * 1024 * 1024) response.once('drain', more)
        else response.end()
      }
      response.on('close', closed)
      more()
    })
    expect(await send(origin)).toEqual({ ok: true, status: 200 })
    await gone
    expect(written).toBeLessThan(10 * 1024 * 1024)
  })

  it.each([301, 302, 303, 307, 308])(
    'that sends us elsewhere with %i is not followed',
    async (status) => {
      const inside = await listen((_, response) => response.writeHead(200).end())
      const { origin } = await listen((_, response) =>
        response.writeHead(status, { location: `${inside.origin}/metadata` }).end(),
      )
      expect(await send(origin)).toMatchObject({
        ok: false,
        status,
        error: 'redirect',
        final: false,
      })
      expect(inside.requests()).toBe(0)
    },
  )

  it('that is gone is not asked again; others are', async () => {
    const answerWith = async (status: number, headers = {}) => {
      const { origin } = await listen((_, response) => response.writeHead(status, headers).end())
      return send(origin)
    }
    expect(await answerWith(410)).toMatchObject({ error: 'gone', final: true })
    expect(await answerWith(404)).toMatchObject({ error: 'status', status: 404, final: false })
    expect(await answerWith(503, { 'retry-after': '7' })).toMatchObject({ asked: 7000 })
    expect(await answerWith(500, { 'retry-after': '7' })).toMatchObject({ asked: 0 })
  })
})

describe('an address', () => {
  it('is judged again at every call, and never called when it is refused', async () => {
    const { origin, requests } = await listen((_, response) => response.writeHead(200).end())
    const { origin: other } = await listen((_, response) => response.writeHead(200).end())
    const refused = { ok: false, error: 'address-refused', status: null, final: true }
    // Not the local origin.
    expect(await send(other, { url: `${origin}/hook` })).toMatchObject(refused)
    // The local origin, but not on a laptop.
    expect(await send(origin, { more: { DEPLOYMENT: 'production' } })).toMatchObject(refused)
    expect(await send(origin, { more: { DEPLOYMENT: undefined } })).toMatchObject(refused)
    for (const url of [
      ...['https://127.0.0.1/', 'https://169.254.169.254/', 'https://[::1]/', 'https://localhost/'],
      ...['http://example.com/', 'https://example.com:22/', 'file:///etc/passwd', ''],
    ])
      expect(await send(origin, { url }), url).toMatchObject(refused)
    expect(requests()).toBe(0)
  })
})

describe('the schedule', () => {
  it('is that of Standard Webhooks, with up to a fifth more, and ends', () => {
    const waits = (random: number) =>
      [1, 2, 3, 4, 5, 6, 7, 8].map((attempts) => waitAfter(attempts, { random }))
    expect(waits(0)).toEqual([
      ...[5_000, 300_000, 1_800_000, 7_200_000, 18_000_000, 36_000_000, 50_400_000, null],
    ])
    expect(waits(1).slice(0, 2)).toEqual([6_000, 360_000])
  })

  it('gives a receiver the time it asks for, up to six hours', () => {
    expect(waitAfter(1, { asked: 60_000, random: 0 })).toBe(60_000)
    expect(waitAfter(1, { asked: 1e15, random: 0 })).toBe(21_600_000)
    expect(waitAfter(7, { asked: 1, random: 0 })).toBe(50_400_000)
  })

  it('reads Retry-After as seconds or as a date, and nothing else', () => {
    const now = Date.parse('2026-11-21T12:00:00Z')
    expect(readRetryAfter('120', now)).toBe(120_000)
    expect(readRetryAfter('Sat, 21 Nov 2026 12:01:00 GMT', now)).toBe(60_000)
    expect(readRetryAfter('Sat, 21 Nov 2026 11:00:00 GMT', now)).toBe(0)
    for (const header of [null, '', '-5', '1e9', 'soon', '9'.repeat(100)])
      expect(readRetryAfter(header, now), String(header)).toBe(0)
  })
})

// Errors that were thrown: what the caller sees, what the log says, and what neither ever says.
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWorld } from '../../functions/simulator/edge-world.ts'
import { Outage } from '../../schemas/result.ts'
import { continueTrace } from './request-id.ts'

const log = vi.spyOn(console, 'error').mockImplementation(() => undefined)
afterEach(() => log.mockClear())

const ask = async (error: Error, headers: Record<string, string> = {}) => {
  const world = createWorld({
    register: (app) => {
      app.get('/broken', () => {
        throw error
      })
    },
  })
  const response = await world.send('GET', '/broken?secret=sesame', { headers })
  return { response, text: await response.text(), line: String(log.mock.calls[0]?.[0]) }
}

describe('a bug', () => {
  it('is a 500 that says nothing but the request id, and one log line without the message', async () => {
    const { response, text, line } = await ask(new TypeError('sesame'), {
      'x-request-id': 'abc-12345',
    })
    expect(response.status).toBe(500)
    expect(response.headers.get('x-request-id')).toBe('abc-12345')
    expect(JSON.parse(text)).toMatchObject({ instance: 'abc-12345', status: 500 })
    expect(log).toHaveBeenCalledTimes(1)
    expect(JSON.parse(line)).toMatchObject({ requestId: 'abc-12345', error: 'TypeError' })
    expect(text + line).not.toContain('sesame')
  })
})

describe('an outage', () => {
  it('is a 503 with Retry-After', async () => {
    const { response, text, line } = await ask(new Outage('forge', 'sesame', 7))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '7'])
    expect(JSON.parse(line)).toMatchObject({ error: 'Outage', port: 'forge' })
    expect(text + line).not.toContain('sesame')
  })

  it('is known by its name after RPC took its class away', async () => {
    const remote = Object.assign(new Error('x'), { name: 'Outage', retryAfterSeconds: 9 })
    expect((await ask(remote)).response.headers.get('retry-after')).toBe('9')
  })

  it('of an overloaded object is never to be repeated at once', async () => {
    const { response } = await ask(Object.assign(new Error('x'), { overloaded: true }))
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30'])
  })
})

describe('names of a request', () => {
  it('are taken from the caller only when they look sane', async () => {
    const { send } = createWorld()
    for (const id of ['short', 'x'.repeat(65), 'a b c d e f g', '<script>alert(1)</script>']) {
      const response = await send('GET', '/healthz', { headers: { 'x-request-id': id } })
      expect(response.headers.get('x-request-id')).toMatch(/^req_[0-9a-f]{24}$/)
    }
  })

  it('continue a valid trace under a new span and drop an invalid one', () => {
    const [trace, parent, span] = ['a'.repeat(32), 'b'.repeat(16), 'c'.repeat(16)]
    expect(continueTrace(`00-${trace}-${parent}-01`, span, 'd'.repeat(32))).toBe(
      `00-${trace}-${span}-01`,
    )
    for (const bad of [
      undefined,
      'x',
      `00-${'0'.repeat(32)}-${parent}-01`,
      `ff-${trace}-${parent}-01`,
    ]) {
      expect(continueTrace(bad, span, 'd'.repeat(32))).toBe(`00-${'d'.repeat(32)}-${span}-00`)
    }
  })
})

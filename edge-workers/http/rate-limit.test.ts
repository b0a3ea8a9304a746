// The limit per caller and minute.
import { describe, expect, it } from 'vitest'
import { createWorld, type World } from '../../functions/simulator/edge-world.ts'

const from = (address: string) => ({ headers: { 'cf-connecting-ip': address } })
const world = (): World => createWorld({ env: { RATE_LIMIT: '3' } })
const statuses = async (count: number, send: () => Promise<Response>): Promise<number[]> => {
  const seen: number[] = []
  for (let at = 0; at < count; at += 1) seen.push((await send()).status)
  return seen
}

describe('a caller over its limit', () => {
  it('is told when to come back, and may after that', async () => {
    const { send, advance } = world()
    const ask = () => send('GET', '/problems', from('192.0.2.1'))
    const first = await ask()
    expect(first.headers.get('ratelimit-policy')).toBe('"default";q=3;w=60')
    expect(first.headers.get('ratelimit')).toBe('"default";r=2;t=60')
    expect(await statuses(3, ask)).toEqual([200, 200, 429])
    advance(20)
    const refused = await ask()
    expect(refused.headers.get('retry-after')).toBe('40')
    expect(refused.headers.get('ratelimit')).toBe('"default";r=0;t=40')
    expect(await refused.json()).toMatchObject({ status: 429 })
    advance(41)
    expect((await ask()).status).toBe(200)
  })

  it('does not touch others', async () => {
    const { send } = world()
    await statuses(5, () => send('GET', '/problems', from('192.0.2.1')))
    expect((await send('GET', '/problems', from('192.0.2.2'))).status).toBe(200)
  })

  it('is counted by its whole token, so a guess at the secret uses up nobody’s limit', async () => {
    const { send, operator } = world()
    const ask = (token: string, address: string) =>
      send('GET', '/v1/regions', { token, ...from(address) })
    const own = await statuses(3, () => ask(operator, '192.0.2.1'))
    expect(own).toEqual([200, 200, 200])
    expect((await ask(operator, '192.0.2.9')).status).toBe(429)
    expect(await statuses(4, () => ask('wrong', '192.0.2.7'))).toEqual([401, 401, 401, 429])
    expect((await send('GET', '/problems', from('192.0.2.8'))).status).toBe(200)
  })

  it('may still be told that the process is up, and forges and engines are not limited', async () => {
    const { send } = world()
    const health = await statuses(5, () => send('GET', '/healthz', from('192.0.2.1')))
    expect(new Set(health)).toEqual(new Set([200]))
    const hooks = await statuses(5, () => send('POST', '/webhooks/github', from('192.0.2.1')))
    expect(hooks).not.toContain(429)
  })
})

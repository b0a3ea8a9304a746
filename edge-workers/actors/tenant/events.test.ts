// The event stream of a change, and tokens that stop at once.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

interface Event {
  id: number
  event: string
  to: string
}
const parse = (text: string): Event[] =>
  text
    .split('\n\n')
    .filter((frame) => frame.includes('event:'))
    .map((frame) => {
      const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1] ?? ''
      const data = JSON.parse(field('data')) as { to?: string }
      return { id: Number(field('id')), event: field('event'), to: data.to ?? '' }
    })

const follow = async (
  id: string,
  { last, token = world.tokens.auditor }: { last?: number; token?: string } = {},
) => {
  const headers = last === undefined ? {} : { 'last-event-id': String(last) }
  const response = await world.http('GET', `/v1/tenants/acme/changes/${id}/events`, {
    token,
    headers,
  })
  const reader = response.body?.getReader()
  if (!reader) throw new Error('no stream')
  const read = async (): Promise<{ done: boolean; events: Event[] }> => {
    const { done, value } = await reader.read()
    return { done, events: parse(new TextDecoder().decode(value)) }
  }
  return { response, read, stop: () => reader.cancel() }
}
const all = async (id: string, last?: number): Promise<Event[]> => {
  const stream = await follow(id, last === undefined ? {} : { last })
  const events: Event[] = []
  for (let part = await stream.read(); !part.done; part = await stream.read())
    events.push(...part.events)
  return events
}
const applied = async () => (await world.apply(world.vmRequest('web'))).id ?? ''

describe('the stream', () => {
  it('tells every move from the beginning, and ends with the change', async () => {
    const events = await all(await applied())
    expect(events.at(-1)?.event).toBe('end')
    expect(events.filter(({ event }) => event === 'state').map(({ to }) => to)).toEqual([
      ...['accepted', 'proposed', 'approved', 'merged', 'promoted', 'applying', 'applied'],
    ])
    const ids = events.slice(0, -1).map(({ id }) => id)
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('resumes after any event with exactly what follows it', async () => {
    const id = await applied()
    const whole = await all(id)
    for (const [at, { id: last }] of whole.slice(0, -1).entries())
      expect(await all(id, last)).toEqual(whole.slice(at + 1))
  })

  it.each(['-1', 'x', '1e99', ''])('begins at the beginning after %j', async (last) => {
    const id = await applied()
    const path = `/v1/tenants/acme/changes/${id}/events`
    const headers = { 'last-event-id': last }
    const response = await world.http('GET', path, { token: world.tokens.auditor, headers })
    expect(parse(await response.text())[0]?.to).toBe('accepted')
  })

  it('tells of other changes nothing', async () => {
    const web = await applied()
    await world.propose(world.vmRequest('db'))
    const events = (await all(web)).filter(({ event }) => event === 'state')
    expect(events.filter(({ to }) => to === 'proposed')).toHaveLength(1)
  })

  it('tells what happens while it is open', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const stream = await follow(id)
    const past = (await stream.read()).events
    expect(past.map(({ to }) => to)).toContain('proposed')
    const next = stream.read()
    await world.approve(id)
    expect((await next).events[0]).toMatchObject({ event: 'state', to: 'approved' })
    await stream.stop()
  })

  it('ends when the change was withdrawn', async () => {
    const { id } = await world.propose(world.vmRequest('web'))
    const stream = await follow(id)
    await stream.read()
    await world.insist(world.decide('cancel', id, { token: world.tokens.requester }))
    expect((await stream.read()).events[0]?.to).toBe('closed')
    expect((await stream.read()).events[0]?.event).toBe('end')
    expect((await stream.read()).done).toBe(true)
  })
})

describe('a revoked token', () => {
  const revoke = (id: string) =>
    world.http('DELETE', `/v1/tenants/acme/tokens/${id}`, {
      ...{ token: world.tokens.owner, headers: { 'if-match': '*' } },
    })

  it('opens nothing from the next request on, also after the object was gone', async () => {
    const { id, token } = await world.createToken('acme', 'auditor', { member: 'berta' })
    const read = async () => (await world.http('GET', '/v1/tenants/acme/changes', { token })).status
    expect(await read()).toBe(200)
    expect((await revoke(id)).status).toBe(200)
    expect(await read()).toBe(401)
    world.tenants.evict(world.tenantId)
    expect(await read()).toBe(401)
    expect((await revoke(id)).status).toBe(200)
  })

  it('ends the streams it opened', async () => {
    const { id: change } = await world.propose(world.vmRequest('web'))
    const { id, token } = await world.createToken('acme', 'auditor', { member: 'berta' })
    const mine = await follow(change, { token })
    const other = await follow(change)
    await mine.read()
    await other.read()
    await revoke(id)
    await world.approve(change)
    let part = await mine.read()
    for (; !part.done; part = await mine.read())
      expect(part.events.map(({ event }) => event)).toEqual(['end'])
    expect((await other.read()).events[0]?.to).toBe('approved')
    await other.stop()
  })

  it('leaves the other tokens of its member alone', async () => {
    const first = await world.createToken('acme', 'auditor', { member: 'berta' })
    const second = await world.createToken('acme', 'auditor', { member: 'berta' })
    await revoke(first.id)
    const { status } = await world.http('GET', '/v1/tenants/acme', { token: second.token })
    expect(status).toBe(200)
  })
})

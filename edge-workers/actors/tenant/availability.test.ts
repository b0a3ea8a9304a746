// From what engines report to a broken promise: how available a thing was, on the resource, on its page, on the invoice.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../../schemas/change.ts'
import { InvoiceView } from '../../../schemas/invoice.ts'
import { ResourceView } from '../../../schemas/resource.ts'

const START = Date.parse('2026-11-10T12:00:00Z')
const HOUR = 3600
let world: TenantWorld
let web: ChangeView & { id: string }

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
const read = async (path: string, token = world.tokens.owner): Promise<unknown> =>
  (await world.send('GET', path, { token })).body
const resource = async () => ResourceView.parse(await read('/resources/web'))
const invoice = async (month = '2026-11') =>
  InvoiceView.parse(await read(`/invoices/${month}`)).document
const page = async (path: string, token = world.tokens.owner) => {
  const response = await world.http('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  return { status: response.status, text: await response.text() }
}

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createTenantWorld()
  web = await world.apply(world.vmRequest('web'))
})
afterEach(() => {
  vi.useRealTimers()
})

describe('the availability of a resource', () => {
  it('is promised by the tier of its region and measured from when it was first healthy', async () => {
    pass(HOUR)
    expect((await resource()).availability).toEqual({
      ...{ month: '2026-11', tier: 'edge', targetPercent: 99.5, measuredPercent: 100 },
      ...{ elapsedSeconds: HOUR, downSeconds: 0, breached: false, simulated: true },
    })
  })

  it('has another tag once a second has gone by: no reader is told that an old one still holds', async () => {
    const get = (headers: Record<string, string>) =>
      world.http('GET', '/v1/tenants/acme/resources/web', { token: world.tokens.owner, headers })
    const tag = (await get({})).headers.get('etag') ?? ''
    expect((await get({ 'if-none-match': tag })).status).toBe(304)
    pass(1)
    const later = await get({ 'if-none-match': tag })
    expect(later.status).toBe(200)
    expect(later.headers.get('etag')).not.toBe(tag)
  })

  it('falls while it is degraded, from the report on, and no further once it is healthy', async () => {
    pass(6 * HOUR)
    await world.report(web, 'degraded', { message: 'disk full' })
    pass(HOUR)
    // The same again is no second outage.
    await world.report(web, 'degraded', { message: 'disk still full' })
    pass(HOUR)
    expect((await resource()).availability).toMatchObject({
      ...{ elapsedSeconds: 8 * HOUR, downSeconds: 2 * HOUR, measuredPercent: 75, breached: true },
    })
    await world.report(web, 'healthy')
    pass(2 * HOUR)
    expect((await resource()).availability).toMatchObject({
      ...{ elapsedSeconds: 10 * HOUR, downSeconds: 2 * HOUR, measuredPercent: 80 },
    })
  })

  it('goes on through a change, which is no outage', async () => {
    pass(HOUR)
    const larger = await world.propose(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    await world.land(larger.id)
    pass(HOUR)
    expect((await resource()).health.state).toBe('progressing')
    expect((await resource()).availability).toMatchObject({
      ...{ elapsedSeconds: 2 * HOUR, downSeconds: 0 },
    })
  })

  it('is not counted before it ever was healthy', async () => {
    const db = await world.land((await world.propose(world.vmRequest('db'))).id)
    await world.report(db, 'failed', { message: 'no such node' })
    pass(HOUR)
    const { availability } = ResourceView.parse(await read('/resources/db'))
    expect(availability).toMatchObject({
      measuredPercent: null,
      elapsedSeconds: 0,
      breached: false,
    })
  })

  it('begins anew with the month', async () => {
    await world.report(web, 'degraded')
    pass(HOUR)
    await world.report(web, 'healthy')
    vi.setSystemTime(Date.parse('2026-12-01T01:00:00Z'))
    expect((await resource()).availability).toMatchObject({
      ...{ month: '2026-12', elapsedSeconds: HOUR, downSeconds: 0, breached: false },
    })
  })

  it('shows on its page, with the arithmetic one click away', async () => {
    pass(6 * HOUR)
    await world.report(web, 'degraded', { message: 'disk full' })
    pass(2 * HOUR)
    const { status, text } = await page('/t/acme/resources/web')
    expect(status).toBe(200)
    expect(text).toContain('75 % of 2026-11')
    expect(text).toContain('below target')
    expect(text).toContain(`/rules/AVAILABILITY-BREACH?downSeconds=${2 * HOUR}`)
    expect((await page('/t/acme/resources')).text).toContain('75 %')
  })

  it('makes the tag of a resource another as it moves', async () => {
    const tag = async () =>
      (
        await world.http('GET', '/v1/tenants/acme/resources/web', { token: world.tokens.auditor })
      ).headers.get('etag')
    const before = await tag()
    expect(await tag()).toBe(before)
    pass(1)
    expect(await tag()).not.toBe(before)
  })
})

describe('the draft invoice of a month', () => {
  const breach = async () => {
    pass(6 * HOUR)
    await world.report(web, 'degraded', { message: 'disk full' })
    pass(3 * HOUR)
    await world.report(web, 'healthy')
    vi.setSystemTime(Date.parse('2026-12-02T00:00:00Z'))
  }

  it('has a credit line for the promise that was broken, of what the thing cost', async () => {
    await breach()
    const { lines, credits, totals, complete, state, simulated } = await invoice()
    const stood = (Date.parse('2026-12-01T00:00:00Z') - START) / 1000
    expect([state, complete]).toEqual(['draft', true])
    expect(lines.map(({ what, unit, seconds }) => [what, unit, seconds])).toEqual([
      ['machines at lab-01', 'vCPU', stood],
      ['machines at lab-01', 'GiB memory', stood],
      ['machines at lab-01', 'GiB disk', stood],
    ])
    const sum = (end: 'leastMinor' | 'mostMinor') =>
      lines.reduce((total, { price }) => total + (price.leastMinor === null ? 0 : price[end]), 0)
    const [least, most] = [sum('leastMinor'), sum('mostMinor')]
    expect(least).toBeGreaterThan(0)
    // 3 hours of 20.5 days are 99.39 %: a tenth of it goes back.
    expect(credits).toMatchObject([
      {
        ...{ resource: 'web', percent: 10, targetPercent: 99.5, measuredPercent: 99.3902 },
        ...{ downSeconds: 3 * HOUR, simulated: true },
        price: { leastMinor: Math.round(-most / 10), mostMinor: Math.round(-least / 10) },
      },
    ])
    expect(totals).toEqual([
      {
        currency: 'USD',
        leastMinor: least + Math.round(-most / 10),
        mostMinor: most + Math.round(-least / 10),
      },
    ])
    for (const word of ['stand-in data', 'credit table', 'simulated engines'])
      expect(simulated.join()).toContain(word)
  })

  it('has none where the promise was kept', async () => {
    vi.setSystemTime(Date.parse('2026-12-02T00:00:00Z'))
    expect((await invoice()).credits).toEqual([])
  })

  it('stays to the byte what it was, whatever comes after the month', async () => {
    await breach()
    const before = await invoice()
    await world.report(web, 'degraded')
    pass(40 * 24 * HOUR)
    expect(await invoice()).toEqual(before)
  })

  it('charges a size until the next one, and nothing once its removal was applied', async () => {
    pass(HOUR)
    const larger = await world.apply(world.vmRequest('web', { cores: 2 }, { action: 'update' }))
    pass(HOUR)
    const confirm = (body: object) => world.insist(world.request(body))
    const remove = { action: 'delete', template: 'virtual-machine', name: 'web' }
    const preview = await world.send('POST', '/changes?validateOnly=true', { body: remove })
    const digest = preview.body.plan?.destroys?.digest
    const lifted = await confirm({ ...remove, confirm: digest })
    await world.settle()
    const first = await world.land(lifted.id)
    await world.report(first, 'healthy')
    await world.settle()
    pass(HOUR)
    const list = await world.send('GET', '/changes?state=proposed')
    const [second] = list.body.items ?? []
    const gone = await world.land(second?.id ?? '')
    pass(HOUR)
    await world.report(gone, 'healthy')
    pass(24 * HOUR)
    const cores = (await invoice()).lines.filter(({ unit }) => unit === 'vCPU')
    expect(cores.map(({ change, quantity, seconds }) => [change, quantity, seconds])).toEqual([
      [web.id, 1, HOUR],
      [larger.id, 2, HOUR],
      [first.id, 2, HOUR],
      [gone.id, 2, HOUR],
    ])
  })

  it('is of months that have begun, for who looks after the money, and of one’s own tenant', async () => {
    const status = async (path: string, token = world.tokens.owner) =>
      (await world.send('GET', path, { token })).status
    expect(await status('/invoices/2026-12')).toBe(422)
    for (const month of ['2026-13', '2026-1', 'november', '2026-11-01'])
      expect(await status(`/invoices/${month}`)).toBe(422)
    expect(await status('/invoices/2026-09')).toBe(200)
    expect(await status('/invoices/2026-11', world.tokens.auditor)).toBe(200)
    expect(await status('/invoices/2026-11', world.tokens.requester)).toBe(403)
    const far = await world.http('GET', '/v1/tenants/other/invoices/2026-11', {
      token: world.tokens.owner,
    })
    expect(far.status).toBe(404)
  })

  it('is a page, marked as a draft and as what is not real', async () => {
    await breach()
    const { status, text } = await page('/t/acme/invoices/2026-11')
    expect(status).toBe(200)
    expect(text).toContain('draft')
    expect(text).toContain('10 % goes back')
    expect(text).toContain('stand-in data')
    expect((await page('/t/acme/invoices/2026-11', world.tokens.requester)).status).toBe(403)
    expect((await page('/t/other/invoices/2026-11')).status).toBe(404)
    expect((await page('/t/acme/invoices/soon')).status).toBe(409)
  })
})

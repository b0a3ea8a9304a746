// Usage over HTTP: records from promoted changes, in pages, with the sums of the whole period.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  createTenantWorld,
  type TenantWorld,
} from '../../../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../../../schemas/change.ts'
import { UsagePage } from '../../../../schemas/usage.ts'

const START = Date.parse('2026-11-10T12:00:00Z')
const HOUR = 3600
let world: TenantWorld
let web: ChangeView & { id: string }

const pass = (seconds: number) => vi.setSystemTime(Date.now() + seconds * 1000)
const instant = (hours: number): string => new Date(START + hours * HOUR * 1000).toISOString()
const ask = (query: string, token = world.tokens.owner) =>
  world.send('GET', `/usage${query}`, { token })
const usage = async (query = '?month=2026-11') => UsagePage.parse((await ask(query)).body)

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createTenantWorld()
  web = await world.apply(world.vmRequest('web'))
})
afterEach(() => {
  vi.useRealTimers()
})

const removal = { action: 'delete', template: 'virtual-machine', name: 'web' }
/** Both halves: the guards are lifted, then it goes. */
const remove = async () => {
  const preview = await world.send('POST', '/changes?validateOnly=true', { body: removal })
  const confirm = preview.body.plan?.destroys?.digest
  const asked = await world.insist(world.request({ ...removal, confirm }))
  await world.settle()
  const lifted = await world.land(asked.id)
  await world.report(lifted, 'healthy')
  await world.settle()
  const list = await world.send('GET', '/changes?state=proposed')
  return world.land(list.body.items?.[0]?.id ?? '')
}

describe('the usage', () => {
  it('of what stands begins with the promotion of its change, and has no end', async () => {
    pass(6 * HOUR)
    const { items, totals, next } = await usage()
    expect(items).toEqual([
      {
        ...{ resource: 'web', kind: 'virtual-machine', site: 'lab-01', region: 'eu-west-lab' },
        ...{ start: instant(0), stop: null, startedBy: web.id, stoppedBy: null },
        size: { vms: 1, cores: 1, memoryMiB: 1024, diskGiB: 20 },
      },
    ])
    expect(totals).toEqual({
      ...{ vmHours: 6, coreHours: 6, memoryMiBHours: 6 * 1024, diskGiBHours: 120 },
    })
    expect(next).toBeNull()
  })

  it('of what was scaled up is two records: the change that ends the one begins the other', async () => {
    pass(2 * HOUR)
    const larger = await world.apply(world.vmRequest('web', { cores: 4 }, { action: 'update' }))
    pass(3 * HOUR)
    const { items, totals } = await usage()
    expect(items).toMatchObject([
      { start: instant(0), stop: instant(2), startedBy: web.id, stoppedBy: larger.id },
      { start: instant(2), stop: null, startedBy: larger.id, stoppedBy: null },
    ])
    expect(items.map(({ size }) => size.cores)).toEqual([1, 4])
    expect(totals.coreHours).toBe(2 + 12)
  })

  it('ends when its removal was applied, by the second half of the removal', async () => {
    pass(HOUR)
    const gone = await remove()
    pass(HOUR)
    expect((await usage()).items).toMatchObject([{ stop: null }])
    await world.report(gone, 'healthy')
    await world.settle()
    pass(24 * HOUR)
    const { items, totals } = await usage()
    expect(items).toMatchObject([{ start: instant(0), stop: instant(2), stoppedBy: gone.id }])
    expect(items).toHaveLength(1)
    expect(totals.vmHours).toBe(2)
  })

  it('of a tenant that was erased is still told to operators, without the regions', async () => {
    world.tenants.actors
      .get(world.tenantId)
      ?.surroundings.state.storage.sql.exec(
        `UPDATE plans SET snapshot = '{"tenant":{"slug":"acme"}}'`,
      )
    const { status, body } = await ask('', world.operator)
    expect(status).toBe(200)
    expect(UsagePage.parse(body).items).toMatchObject([{ site: 'lab-01', region: null }])
  })

  it('is of the period: whole days of UTC, both included', async () => {
    vi.setSystemTime(Date.parse('2026-12-03T00:00:00Z'))
    expect((await usage('?from=2026-11-11&to=2026-11-12')).totals.vmHours).toBe(48)
    expect((await usage('?from=2026-11-10&to=2026-11-10')).totals.vmHours).toBe(12)
    expect(await usage('?from=2026-11-01&to=2026-11-09')).toMatchObject({
      ...{ items: [], totals: { vmHours: 0 } },
      ...{ from: '2026-11-01T00:00:00.000Z', to: '2026-11-10T00:00:00.000Z' },
    })
    expect((await usage('?month=2026-12')).totals.vmHours).toBe(48)
  })

  it('comes in pages that miss nothing, each with the sums of all', async () => {
    for (const name of ['one', 'two', 'three']) {
      pass(HOUR)
      await world.apply(world.vmRequest(name))
    }
    const whole = await usage()
    const seen: string[] = []
    let path: string | null = '/v1/tenants/acme/usage?month=2026-11&limit=1'
    while (path !== null) {
      const response = await world.http('GET', path, { token: world.tokens.owner })
      const page = UsagePage.parse(await response.json())
      expect(page.totals).toEqual(whole.totals)
      expect(response.headers.get('link')).toBe(page.next && `<${page.next}>; rel="next"`)
      seen.push(...page.items.map(({ resource }) => resource))
      path = page.next
    }
    expect(seen).toEqual(['web', 'one', 'two', 'three'])
    const first = await world.http('GET', '/v1/tenants/acme/usage?month=2026-11&limit=1', {
      token: world.tokens.owner,
    })
    const { next } = UsagePage.parse(await first.json())
    const moved = (next ?? '').replace('month=2026-11', 'month=2026-10')
    expect((await world.http('GET', moved, { token: world.tokens.owner })).status).toBe(422)
  })

  it.each([
    ['a month that is none', '?month=2026-13', '/month'],
    ['a month in words', '?month=november', '/month'],
    ['a month and days', '?month=2026-11&from=2026-11-01', '/month'],
    ['an end without a beginning', '?to=2026-11-01', '/from'],
    ['an end before the beginning', '?from=2026-11-02&to=2026-11-01', '/to'],
    ['a day that is none', '?from=2026-02-30', '/from'],
    ['more than a year', '?from=2025-01-01&to=2026-11-01', '/from'],
  ])('%s is refused with its place', async (_, query, pointer) => {
    const { status, body } = await ask(query)
    expect(status).toBe(422)
    expect(body).toMatchObject({ errors: [{ pointer }] })
  })

  it.each(['?limit=0', '?cursor=abc', '?page=2', '?month=2026-11&month=2026-10'])(
    '%s is refused',
    async (query) => {
      expect((await ask(query)).status).toBe(422)
    },
  )

  it('is for who looks after the money, and of one’s own tenant', async () => {
    expect((await ask('', world.tokens.auditor)).status).toBe(200)
    expect((await ask('', world.tokens.requester)).status).toBe(403)
    await world.createTenant('other')
    const seen = async (tenant: string) => {
      const response = await world.http('GET', `/v1/tenants/${tenant}/usage`, {
        token: world.tokens.owner,
      })
      const { instance: _request, ...body } = (await response.json()) as Record<string, unknown>
      return { status: response.status, body }
    }
    expect((await seen('other')).status).toBe(404)
    expect(await seen('other')).toEqual(await seen('never'))
  })
})

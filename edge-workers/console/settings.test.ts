// The settings of a tenant as pages: saved by a form, refused in words, its end previewed and confirmed, and the banner that
// every page of the tenant has meanwhile.
import { beforeEach, describe, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'

let world: TenantWorld
beforeEach(async () => {
  world = await createTenantWorld()
})

const OWN = 'http://127.0.0.1:8787'
const page = async (path: string, token = world.tokens.owner) => {
  const headers = { cookie: `phoenix_token=${token}`, accept: 'text/html' }
  const answer = await world.http('GET', path, { headers })
  return { status: answer.status, text: await answer.text() }
}
const post = async (
  path: string,
  form: Record<string, string | string[]>,
  { token = world.tokens.owner, origin = OWN } = {},
) => {
  const body = new URLSearchParams()
  for (const [name, values] of Object.entries(form))
    for (const value of [values].flat()) body.append(name, value)
  const type = 'application/x-www-form-urlencoded'
  const answer = await world.http('POST', `/t/acme/settings${path}`, {
    headers: { cookie: `phoenix_token=${token}`, origin, 'content-type': type },
    body: body.toString(),
  })
  return {
    status: answer.status,
    to: answer.headers.get('location') ?? '',
    text: await answer.text(),
  }
}
const tenant = async () => {
  const answer = await world.http('GET', '/v1/tenants/acme', { token: world.tokens.owner })
  return (await answer.json()) as Record<string, unknown>
}
const versionIn = (text: string): string => /name="version" value="(\d+)"/.exec(text)?.[1] ?? ''
const FORM = { name: 'Acme', regions: '', graceDays: '', endedDays: '' }

describe('the settings page', () => {
  it('saves what the form says, and shows it again', async () => {
    const version = versionIn((await page('/t/acme/settings')).text)
    const saved = await post('', {
      ...{ version, name: 'Acme Works', regions: 'eu-west-lab\nwesteurope', graceDays: '9' },
      ...{ 'approvals.0': '2', 'kinds.0': ['delete', 'tenant-deletion'], 'roles.0': 'owner' },
      ...{ 'approvals.1': '', endedDays: '' },
    })
    expect(saved).toMatchObject({ status: 303, to: '/t/acme/settings?saved' })
    expect(await tenant()).toMatchObject({
      name: 'Acme Works',
      settings: {
        allowedRegions: ['eu-west-lab', 'westeurope'],
        approvals: [{ approvals: 2, kinds: ['delete', 'tenant-deletion'], roles: ['owner'] }],
        retention: { graceDays: 9 },
      },
    })
    const { text } = await page('/t/acme/settings?saved')
    expect(text).toContain('Acme Works')
    expect(text).toContain('Saved.')
    expect(text).toMatch(/value="tenant-deletion" checked/)
  })

  it('sets and keeps a rule that asks for credentials', async () => {
    const save = async (more: object) => {
      const version = versionIn((await page('/t/acme/settings')).text)
      const saved = await post('', { ...FORM, version, 'approvals.0': '1', ...more })
      expect(saved.status).toBe(303)
      const { settings } = (await tenant()) as { settings: { approvals?: object[] } }
      return settings.approvals
    }
    const rule = { approvals: 1, credential: true }
    expect(await save({ 'credential.0': 'on' })).toEqual([rule])
    const { text } = await page('/t/acme/settings')
    const box = /<input[^>]*name="credential\.0"[^>]*>/.exec(text)?.[0] ?? ''
    expect(box).toContain('checked')
    // As the browser sends it again, with what the page has checked.
    expect(await save({ [/name="([^"]+)"/.exec(box)?.[1] ?? '']: 'on' })).toEqual([rule])
    const told = (await page('/t/acme/settings', world.tokens.auditor)).text
    expect(told).toContain('by presenting a credential')
    expect(await save({})).toEqual([{ approvals: 1 }])
  })

  it('says what is wrong, and saves nothing', async () => {
    const version = versionIn((await page('/t/acme/settings')).text)
    for (const form of [
      { ...FORM, version, name: '' },
      { ...FORM, version, regions: 'nowhere' },
      { ...FORM, version, 'approvals.0': 'many' },
      { ...FORM, version, graceDays: '1000' },
      { ...FORM, version: '999' },
      { ...FORM },
    ]) {
      const refused = await post('', form)
      expect(refused.status).toBe(409)
      expect(refused.text).toContain('role="alert"')
      expect(refused.text).not.toMatch(/Invalid|Too (big|small)|expected/)
    }
    expect(await tenant()).toMatchObject({ name: 'ACME', settings: {} })
  })

  it('has a form for owners only, and takes forms of our own pages only', async () => {
    for (const token of [world.tokens.requester, world.tokens.auditor]) {
      const { status, text } = await page('/t/acme/settings', token)
      expect(status).toBe(200)
      expect(text).not.toContain('name="version"')
      expect(text).not.toContain('id="danger"')
      expect((await post('', { ...FORM, version: '1' }, { token })).status).toBe(409)
    }
    const version = versionIn((await page('/t/acme/settings')).text)
    const strange = await post('', { ...FORM, version }, { origin: 'https://evil.example' })
    expect(strange.status).toBe(403)
    expect(await tenant()).toMatchObject({ name: 'ACME' })
  })
})

describe('the end of a tenant', () => {
  it('is previewed whole, confirmed by typing its name, and leads to its change', async () => {
    await world.apply(world.vmRequest('web'))
    const { text } = await page('/t/acme/settings?delete=preview')
    expect(text).toContain('EnvironmentVM')
    const confirm = /name="confirm" value="(sha256:[0-9a-f]{64})"/.exec(text)?.[1] ?? ''
    const form = { version: versionIn(text), confirm }
    expect((await post('/delete', { ...form, slug: 'acme2' })).status).toBe(409)
    const stale = { ...form, confirm: `sha256:${'0'.repeat(64)}`, slug: 'acme' }
    expect((await post('/delete', stale)).status).toBe(409)
    expect(await tenant()).toMatchObject({ state: 'active' })
    const begun = await post('/delete', { ...form, slug: 'acme' })
    expect(begun).toMatchObject({ status: 303, to: expect.stringMatching(/^\/changes\/chg_/) })
    await world.settle()
    const change = await page(begun.to)
    expect(change.text).toContain('Delete the tenant acme')
    expect(change.text).toContain('is being deleted')
    expect((await post('/restore', {})).status).toBe(303)
    expect(await tenant()).toMatchObject({ state: 'active' })
  })
})

describe('what is refused at the end of the page', () => {
  const danger = (text: string) => text.slice(text.indexOf('id="danger"'))
  it('is said there, where the reader lands, and nowhere else', async () => {
    await world.propose(world.vmRequest('web'))
    const open = await page('/t/acme/settings?delete=preview')
    const typed = await post('/delete', { slug: 'wrong' })
    for (const { status, text } of [open, typed]) {
      expect(status).toBe(409)
      expect(danger(text)).toContain('role="alert"')
      expect(text.match(/role="alert"/g)).toHaveLength(1)
    }
  })

  it('has room for one more rule than there are', async () => {
    const { text } = await page('/t/acme/settings')
    expect(text.match(/One more rule/g)).toHaveLength(1)
  })
})

describe('every page of a tenant', () => {
  const PAGES = ['', '/changes', '/rollouts', '/resources', '/members', '/settings', '/quota']
  it('says that it is suspended, and why, and nothing while it is active', async () => {
    for (const path of PAGES)
      expect((await page(`/t/acme${path}`)).text).not.toContain('is suspended')
    await world.http('POST', '/v1/tenants/acme/suspend', {
      ...{ token: world.operator, body: { reason: 'unpaid <b>bills</b>' } },
    })
    for (const path of PAGES) {
      const { status, text } = await page(`/t/acme${path}`)
      expect([path, status]).toEqual([path, 200])
      expect(text).toContain('acme is suspended')
      expect(text).toContain('unpaid &lt;b&gt;bills&lt;/b&gt;')
    }
  })

  it('says so to its own readers only', async () => {
    await world.createTenant('globex')
    const { token } = await world.createToken('globex', 'owner')
    await world.http('POST', '/v1/tenants/acme/suspend', {
      ...{ token: world.operator, body: { reason: 'unpaid' } },
    })
    const foreign = await page('/t/acme/changes', token)
    expect(foreign.status).toBe(404)
    expect(foreign.text).not.toContain('suspended')
  })
})

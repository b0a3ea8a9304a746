// The pages of quota, usage and invoices: what they show, and that a button does what the API does and no more.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import type { ChangeView } from '../../schemas/change.ts'

const START = Date.parse('2026-11-10T12:00:00Z')
const ORIGIN = 'http://127.0.0.1:8787'
const INVOICE = '/t/acme/invoices/2026-11'
let world: TenantWorld
let web: ChangeView & { id: string }

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  world = await createTenantWorld()
  web = await world.apply(world.vmRequest('web'))
})
afterEach(() => {
  vi.useRealTimers()
})

const page = async (path: string, token = world.tokens.owner) => {
  const response = await world.http('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  return { status: response.status, text: await response.text() }
}
const submit = async (
  path: string,
  form: Record<string, string>,
  { token = world.tokens.owner, origin = ORIGIN } = {},
) => {
  const response = await world.http('POST', path, {
    headers: {
      ...{ cookie: `phoenix_token=${token}`, origin },
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  })
  return { status: response.status, text: await response.text() }
}
const issue = async () => {
  vi.setSystemTime(Date.parse('2026-12-02T00:00:00Z'))
  const path = '/invoices/2026-11/issue'
  const { body } = await world.send('POST', path, { token: world.operator })
  return (body as unknown as { digest: string }).digest
}

describe('the page of the quota', () => {
  it('shows a bar for each kind, and the changes behind what is reserved', async () => {
    const open = await world.propose(world.vmRequest('db', { cores: 3 }))
    const { status, text } = await page('/t/acme/quota', world.tokens.requester)
    expect(status).toBe(200)
    expect(text).toContain('aria-label="Cores: 1 used and 3 reserved of 200"')
    expect(text).toContain(`href="/changes/${open.id}"`)
    expect(text.match(/<svg class="bar"/g)).toHaveLength(4)
    expect(text).not.toContain('style="')
  })
})

describe('the page of the usage', () => {
  it('shows the records and the sums of a month', async () => {
    vi.setSystemTime(START + 6 * 3_600_000)
    const { status, text } = await page('/t/acme/usage')
    expect(status).toBe(200)
    expect(text).toContain('6 core-hours')
    expect(text).toContain('1 VM, 1 core, 1024 MiB, 20 GiB')
    expect(text).toContain(`/changes/${web.id}`)
    expect((await page('/t/acme/usage?month=2026-10')).text).toContain('Nothing stood')
  })

  it.each(['?month=soon', '?from=2026-11-01', '?cursor=x'])('refuses %s', async (query) => {
    expect((await page(`/t/acme/usage${query}`)).status).toBe(409)
  })
})

describe('the pages of invoices', () => {
  it('list the months, and show who may attest a button once one is issued', async () => {
    expect((await page(INVOICE)).text).not.toContain('Attest for')
    await issue()
    const list = await page('/t/acme/invoices')
    expect(list.text).toContain('href="/t/acme/invoices/2026-11"')
    expect(list.text).toContain('0 of 2 needed')
    const { text } = await page(INVOICE)
    expect(text).toContain('Attest for the tenant')
    expect(text).not.toContain('Attest for the platform')
    expect((await page(INVOICE, world.tokens.auditor)).text).toContain('Attest for the auditor')
  })

  it('attest by the button what was read, and say who did', async () => {
    const digest = await issue()
    const path = `${INVOICE}/attestations`
    expect((await submit(path, { digest, party: 'tenant' })).status).toBe(303)
    const { text } = await page(INVOICE)
    expect(text).toContain('1 of the 2 parties')
    expect(text).toContain(world.ids.olga)
    expect(text).toContain('olga ')
    expect(text).not.toContain('Attest for')
    const token = world.tokens.auditor
    expect((await submit(path, { digest, party: 'auditor' }, { token })).status).toBe(303)
    expect((await page(INVOICE)).text).toContain('settled 2026-12-02')
  })

  it('say why where a form is refused, and write nothing', async () => {
    await issue()
    const path = `${INVOICE}/attestations`
    const digest = `sha256:${'0'.repeat(64)}`
    const wrong = await submit(path, { digest, party: 'tenant' })
    expect(wrong.status).toBe(409)
    expect(wrong.text).toContain('not the digest of the issued invoice')
    expect((await submit(path, { digest: 'x' })).status).toBe(409)
    expect((await page(INVOICE)).text).toContain('0 of the 2 parties')
  })

  it('take no form of another site, and issue for nobody but operators', async () => {
    const digest = await issue()
    const origin = 'https://evil.example'
    const foreign = await submit(`${INVOICE}/attestations`, { digest }, { origin })
    expect(foreign.status).toBe(403)
    expect((await submit(`/t/acme/invoices/2026-12/issue`, {})).status).toBe(409)
    expect((await page('/t/acme/invoices')).text).toContain('nobody')
  })
})

describe('an operator', () => {
  it('issues by the button, in the operators’ own tenant and only once the month is over', async () => {
    const operators = await createTenantWorld({
      ...{ slug: 'platform', tenant: { basesOn: [], repository: 'platform/fleet' } },
    })
    const token = await operators.tokenOf('otto', 'operator')
    const headers = { cookie: `phoenix_token=${token}`, origin: ORIGIN }
    const path = '/t/platform/invoices/2026-11'
    const seen = async () => (await operators.http('GET', path, { headers })).text()
    expect(await seen()).not.toContain('>Issue<')
    vi.setSystemTime(Date.parse('2026-12-02T00:00:00Z'))
    expect(await seen()).toContain('>Issue<')
    const issued = await operators.http('POST', `${path}/issue`, { headers })
    expect(issued.status).toBe(303)
    expect(await seen()).toContain('Attest for the platform')
  })
})

describe('somebody else', () => {
  it.each(['quota', 'usage', 'invoices', 'invoices/2026-11'])(
    'finds no %s of a foreign tenant, as of one that never was',
    async (path) => {
      await world.createTenant('other')
      const seen = async (tenant: string) => {
        const { status, text } = await page(`/t/${tenant}/${path}`)
        return { status, text: text.replace(/Request [^<]+/, '') }
      }
      expect((await seen('other')).status).toBe(404)
      expect(await seen('other')).toEqual(await seen('never'))
    },
  )

  it('signs in first', async () => {
    const response = await world.http('GET', '/t/acme/quota')
    expect(response.headers.get('location')).toContain('/sign-in')
  })
})

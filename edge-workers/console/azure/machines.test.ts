// Machines in Azure Arc as pages: complete without a script, a form that shows its command once, and nothing for who may not.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { type ArcWorld, createArcWorld } from '../../routes/arc-world.fixture.ts'

let on: ArcWorld
beforeEach(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  on = await createArcWorld({ laptop: true })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const LIST = '/t/acme/arc/machines'
const page = async (path: string, form?: Record<string, string>, token = on.owner) => {
  const { PUBLIC_URL } = on.world.env
  const response = await on.world.app.request(
    `${PUBLIC_URL}${path}`,
    {
      headers: {
        ...{ cookie: `phoenix_token=${token}`, origin: PUBLIC_URL },
        ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      },
      ...(form ? { method: 'POST', body: new URLSearchParams(form).toString() } : {}),
    },
    on.world.env,
  )
  return { status: response.status, text: await response.text() }
}

it('says that there is no place yet, and has no form then', async () => {
  const { status, text } = await page(LIST)
  expect([status, text.includes('no place in Azure yet'), text.includes('<textarea')]).toEqual([
    ...[200, true, false],
  ])
})

it('registers by its form, shows the command once, and says that it is simulated', async () => {
  await on.put()
  const form = { key: 'console:1', name: 'pve-1', kind: 'host', tags: 'rack=A 7\n' }
  const made = await page(LIST, form)
  expect([made.status, made.text]).toEqual([200, expect.stringContaining('npm run -s arc-agent')])
  expect(made.text).toContain('Simulated')
  expect((await page(LIST, form)).text).not.toContain('npm run -s arc-agent')
  const { text } = await page(LIST)
  expect(text).toContain('pve-1')
  const [, id] = /arc\/machines\/(amc_[a-z2-7]+)/.exec(text) ?? []
  expect((await page(`${LIST}/${id}`)).text).not.toContain('npm run -s arc-agent')
  expect((await page(`${LIST}/${id}/links`, { key: 'console:2' })).text).toContain('shown once')
  expect((await page(`${LIST}/${id}/remove`, { version: '1' })).status).toBe(409)
  expect((await page(`${LIST}/${id}/remove`, { version: '2' })).status).toBe(303)
})

it('says in words what is wrong with a form, and repeats nothing of it', async () => {
  await on.put()
  const wrong = await page(LIST, { name: '<b>x</b>', kind: 'host', tags: '' })
  expect([wrong.status, wrong.text.includes('<b>x')]).toEqual([409, false])
  expect(wrong.text).toContain('54 letters')
  const tags = await page(LIST, { name: 'x', kind: 'host', tags: 'no pair' })
  expect(tags.text).toContain('ten lines of name=value')
})

it('has no form for whoever only reads', async () => {
  await on.put()
  const { token } = await on.world.createToken('acme', 'auditor', { member: 'ada' })
  const { text } = await page(LIST, undefined, token)
  expect(text).not.toContain('<textarea')
  expect((await page(LIST, { name: 'x', kind: 'host' }, token)).status).toBe(409)
  expect(on.stored()).not.toContain('amc_')
})

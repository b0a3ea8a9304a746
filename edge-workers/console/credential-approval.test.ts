// Approving with a credential on the console, without a script: the button, the page with the code, and back to the change.
import { afterEach, expect, it, vi } from 'vitest'
import {
  createPowerWorld,
  type PowerWorld,
} from '../actors/tenant/credentials/powers/power-world.fixture.ts'

afterEach(() => vi.useRealTimers())

const linkIn = (text: string): string =>
  (/href="(openid4vp:[^"]+)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')

const browserOf = (made: PowerWorld, token: string) => {
  const cookie = `phoenix_token=${token}`
  const { http, env } = made.world
  return async (method: string, path: string, form?: Record<string, string>) => {
    const headers = form
      ? { cookie, origin: env.PUBLIC_URL, 'content-type': 'application/x-www-form-urlencoded' }
      : { cookie }
    const body = form && String(new URLSearchParams(form))
    const response = await http(method, path, { headers, ...(body === undefined ? {} : { body }) })
    const to = response.headers.get('location') ?? ''
    const refresh = response.headers.get('refresh')
    return { status: response.status, to, refresh, text: await response.text() }
  }
}

it('leads from the change to the wallet and back, shows what was signed to auditors, and asks again for what failed', async () => {
  const made = await createPowerWorld()
  await made.rule({ approvals: 1, credential: true })
  const held = await made.hold('phoenix-approver', made.world.ids.anton)
  const id = await made.propose('web')
  const go = browserOf(made, made.world.tokens.approver)
  const change = await go('GET', `/changes/${id}`)
  expect(change.text).toContain('Approve with a credential')
  expect(change.text).not.toContain('Approve this head')

  const asked = await go('POST', `/changes/${id}/approve-with-credential`, {})
  expect([asked.status, asked.to]).toEqual([
    303,
    expect.stringContaining(`/changes/${id}/approval-requests/prq_`),
  ])
  const page = await go('GET', asked.to)
  expect([page.status, page.refresh, page.text.includes('<svg')]).toEqual([200, '5', true])
  const other = browserOf(made, made.world.tokens.owner)
  expect((await other('GET', asked.to)).status).toBe(404)

  const wrong = await made.hold('phoenix-approver', made.world.ids.anton)
  await made.setStatus(wrong.id, 'suspend')
  await made.show({ uri: linkIn(page.text) }, wrong)
  const failed = await go('GET', asked.to)
  expect([failed.refresh, failed.text.includes('The credential is suspended.')]).toEqual([
    null,
    true,
  ])

  const again = await go('POST', `/changes/${id}/approve-with-credential`, {})
  await made.show({ uri: linkIn((await go('GET', again.to)).text) }, held)
  expect((await go('GET', again.to)).to).toBe(`/changes/${id}`)
  const approved = await go('GET', `/changes/${id}`)
  expect(approved.text).toContain('>Merge<')
  expect(approved.text).not.toContain('What was signed')

  const auditor = browserOf(made, made.world.tokens.auditor)
  const seen = await auditor('GET', `/changes/${id}`)
  const evidence = /href="([^"]+\/evidence)"/.exec(seen.text)?.[1] ?? ''
  expect((await auditor('GET', evidence)).text).toContain('yes, computed again just now')
  expect((await go('GET', evidence)).status).toBe(403)
})

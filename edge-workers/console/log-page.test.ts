// The page of a tenant's log: what its readers see, and who is not one of them.
import { beforeAll, expect, it } from 'vitest'
import { createTenantWorld, type TenantWorld } from '../../functions/simulator/tenant-world.ts'
import { ProofBundle } from '../../schemas/log.ts'

let world: TenantWorld
let id: string
beforeAll(async () => {
  world = await createTenantWorld()
  id = (await world.insist(world.request(world.vmRequest('web')))).id
})
const page = async (path: string, token = world.tokens.auditor) => {
  const response = await world.http('GET', path, { headers: { cookie: `phoenix_token=${token}` } })
  return { status: response.status, text: await response.text() }
}

it('shows who did what, the head, and a proof for each subject', async () => {
  const { status, text } = await page('/t/acme/log')
  expect(status).toBe(200)
  expect(text).toContain(`127.0.0.1:8787/log/${world.tenantId}`)
  expect(text).toContain('none → accepted')
  expect(text).toContain(`/t/acme/log/bundle.json?subject=${id}`)
  expect(text).toContain('verify-log.mjs bundle.json --key keys.json')
  const filtered = await page('/t/acme/log?type=identity&subject=&actor=')
  expect(filtered.text).not.toContain('none → accepted')
})

it('gives the bundle as a file, and links it from the change', async () => {
  const { status, text } = await page(`/t/acme/log/bundle.json?subject=${id}`)
  expect(status).toBe(200)
  expect(ProofBundle.parse(JSON.parse(text)).subject).toBe(id)
  const link = `/t/acme/log/bundle.json?subject=${id}`
  expect((await page(`/changes/${id}`)).text).toContain(link)
  expect((await page(`/changes/${id}`, world.tokens.requester)).text).not.toContain(link)
})

it('is not for requesters', async () => {
  expect((await page('/t/acme/log', world.tokens.requester)).status).toBe(403)
  const bundle = `/t/acme/log/bundle.json?subject=${id}`
  expect((await page(bundle, world.tokens.requester)).status).toBe(403)
})

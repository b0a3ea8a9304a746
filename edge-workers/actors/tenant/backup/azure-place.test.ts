// An older copy of a tenant names the resource group that it had then. Where it has left that one since, and another tenant has it
// now, nothing of this one acts there: it would act in the other's.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { confirmTokens, createLostWorld, type LostWorld } from './lost-world.fixture.ts'

const START = Date.parse('2026-11-21T12:00:00Z')
const THEN = 'acme-then'
const SINCE = 'acme-since'

const asOperator = async (
  { http, operator: token }: Pick<LostWorld, 'http' | 'operator'>,
  method: string,
  path: string,
  body?: object,
) => {
  const headers = { 'if-match': '*' }
  const said = await http(method, path, { token, headers, key: path, ...(body && { body }) })
  return { status: said.status, body: (await said.json()) as { resourceGroup?: string } }
}
const put = (world: Pick<LostWorld, 'http' | 'operator'>, slug: string, resourceGroup: string) =>
  asOperator(world, 'PUT', `/v1/tenants/${slug}/azure-scope`, {
    ...{ subscriptionId: '11111111-2222-4333-8444-555555555555', resourceGroup },
    ...{ location: 'westeurope', entraTenantId: '99999999-2222-4333-8444-555555555555' },
  })
const read = () => asOperator(world, 'GET', '/v1/tenants/acme/azure-scope')

let world: LostWorld
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: START })
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  world = await createLostWorld((before) => put(before, 'acme', THEN))
  await asOperator(world, 'POST', '/v1/tenants', {
    ...{ slug: 'other', name: 'Other', jurisdiction: 'eu', repository: 'other/infrastructure' },
  })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

it('another tenant has it: this one has none, its log says so, and an operator sets one', async () => {
  expect((await put(world, 'acme', SINCE)).status).toBe(200)
  expect((await put(world, 'other', THEN)).status).toBe(200)
  world.lose()
  expect(await world.restore()).toMatchObject({ status: 200, body: { resourceGroupLost: THEN } })
  expect((await read()).status).toBe(404)
  await confirmTokens(world)
  const said = 'select "from", "to", actor from transitions where changeId like \'azs_%\''
  expect(world.rows(said)).toEqual([
    { from: 'none', to: 'set', actor: expect.any(String) },
    { from: 'set', to: 'none', actor: 'phoenix' },
  ])
  expect((await put(world, 'acme', THEN)).status).toBe(409)
  expect(await put(world, 'acme', SINCE)).toMatchObject({ status: 200 })
  expect((await read()).body.resourceGroup).toBe(SINCE)
})

it('nobody has it: it is this one’s again, and no other’s', async () => {
  expect((await put(world, 'acme', SINCE)).status).toBe(200)
  world.lose()
  expect(await world.restore()).toMatchObject({ status: 200, body: { resourceGroupLost: null } })
  expect((await read()).body.resourceGroup).toBe(THEN)
  expect((await put(world, 'other', THEN)).status).toBe(409)
})

// Requests that arrive at the same moment: each is planned in a world that has the others in it.
import { beforeEach, expect, it } from 'vitest'
import { createWorld, REGION, siteOf, type World } from '../../../functions/simulator/edge-world.ts'
import type { ChangeView } from '../../../schemas/change.ts'
import { registerChangeRoutes } from '../../routes/changes.ts'

const CHANGES = '/v1/tenants/acme/changes'
const QUOTA = { vms: 6, cores: 100, memoryMiB: 100_000, diskGiB: 1000 }

let world: World
let token: string
beforeEach(async () => {
  world = createWorld({ register: registerChangeRoutes })
  await world.create('/v1/regions', REGION)
  await world.create('/v1/sites', siteOf('lab-01'))
  const cluster = { name: 'lab', region: REGION.name, engine: 'argocd', standIn: true }
  await world.create('/v1/clusters', { ...cluster, proxmoxProviderConfig: 'proxmox' })
  await world.createTenant('acme', { basesOn: ['lab'], quota: QUOTA })
  token = (await world.createToken('acme', 'requester')).token
})

const request = async (name: string) => {
  const parameters = { site: 'lab-01', cores: 1, memory: { value: 1, unit: 'GiB' } }
  const body = { action: 'create', template: 'virtual-machine', name, parameters }
  const response = await world.send('POST', CHANGES, { token, key: name, body })
  return { status: response.status, body: (await response.json()) as ChangeView }
}
const together = (names: string[]) => Promise.all(names.map((name) => request(name)))

it('get a VM id and an address of their own', async () => {
  const answers = await together(['a', 'b', 'c', 'd', 'e', 'f'])
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
  const placed = answers.flatMap(({ body }) => body.plan?.placement ?? [])
  expect(new Set(placed.map(({ vmId }) => vmId)).size).toBe(6)
  expect(new Set(placed.map(({ address }) => address)).size).toBe(6)
})

it('are each accepted that fit the quota alone, and told where they do not fit it together', async () => {
  const answers = await together(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'])
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202))
  const contended = answers.map(({ body }) =>
    body.plan?.findings.some(({ rule }) => rule === 'QUOTA-CONTENDED'),
  )
  expect(contended).toEqual([...Array(6).fill(false), true, true])
})

it('under one key are one change', async () => {
  const answers = await together(['a', 'a', 'a'])
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
})

it('go on after one whose planning broke off', async () => {
  // Nothing answers here where node identities come from.
  const body = { action: 'create', template: 'besu-network', name: 'a' }
  const parameters = { sites: ['lab-01'] }
  const [broken, next] = await Promise.all([
    world.send('POST', CHANGES, { token, key: 'a', body: { ...body, parameters } }),
    request('b'),
  ])
  expect([broken.status, next.status]).toEqual([503, 202])
})

// A cluster's entry points over HTTP: with admission policies where its Kubernetes has them, and a word why where not.
import { beforeEach, describe, expect, it } from 'vitest'
import { createWorld, REGION, type World } from '../../functions/simulator/edge-world.ts'

let world: World
const cluster = { name: 'edge-1', region: REGION.name, engine: 'flux', standIn: true }

beforeEach(async () => {
  world = createWorld()
  await world.create('/v1/regions', REGION)
  await world.create('/v1/tenants', {
    ...{ slug: 'acme', name: 'Acme', jurisdiction: REGION.jurisdiction },
    repository: 'acme/infrastructure',
  })
})

interface Answer {
  items: { path: string; content: string }[]
  notes: string[]
}
const read = async (): Promise<Answer> => {
  const path = '/v1/clusters/edge-1/entry-points'
  const response = await world.send('GET', path, { token: world.operator })
  expect(response.status).toBe(200)
  return (await response.json()) as Answer
}
const policies = ({ items }: Answer) =>
  items.filter(({ content }) => content.includes('kind: "ValidatingAdmissionPolicy'))

describe('entry points', () => {
  it('have no admission policies while the version is not known, and say so', async () => {
    await world.create('/v1/clusters', cluster)
    const answer = await read()
    expect(policies(answer)).toEqual([])
    expect(answer.notes).toEqual([expect.stringContaining('version is not known')])
  })

  it('have them from 1.30 on, each tenant bound to the places it may be in', async () => {
    await world.create('/v1/clusters', { ...cluster, kubernetes: '1.34' })
    const answer = await read()
    expect(policies(answer)).toHaveLength(8)
    expect(answer.notes).toEqual([])
    const places = answer.items.find(({ path }) =>
      path.endsWith('/tenant-acme/configmap-phoenix-region-allowed-acme.yaml'),
    )
    expect(places?.content).toContain('westeurope')
    expect(places?.content).not.toContain('eastus')
  })

  it('follow what operators say of the version', async () => {
    await world.create('/v1/clusters', { ...cluster, kubernetes: '1.29' })
    expect((await read()).notes).toEqual([expect.stringContaining('is older')])
    const patched = await world.send('PATCH', '/v1/clusters/edge-1', {
      token: world.operator,
      body: { kubernetes: '1.31' },
      headers: { 'if-match': '*' },
    })
    expect(patched.status).toBe(200)
    expect(policies(await read())).toHaveLength(8)
  })

  it.each(['1', 'v1.31', '2.0', 1.31])('take no version such as %s', async (kubernetes) => {
    const response = await world.send('POST', '/v1/clusters', {
      token: world.operator,
      key: 'k',
      body: { ...cluster, kubernetes },
    })
    expect(response.status).toBe(422)
  })
})

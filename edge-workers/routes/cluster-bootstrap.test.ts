// A cluster as a member of the platform: what it is given once, without a secret in it, and when it was last heard of.
import { expect, it } from 'vitest'
import { REGION } from '../../functions/simulator/edge-world.ts'
import { createTenantWorld } from '../../functions/simulator/tenant-world.ts'

it('has a bundle that follows live, names secrets and holds none', async () => {
  const world = await createTenantWorld()
  const made = await world.create<{ webhookSecret: string }>('/v1/clusters', {
    ...{ name: 'edge-2', region: REGION.name, engine: 'flux', standIn: true },
  })
  for (const [name, namespace, kind] of [
    ['lab', 'argocd', 'ApplicationSet'],
    ['edge-2', 'phoenix-gitops', 'GitRepository'],
  ] as const) {
    const answer = await world.http('GET', `/v1/clusters/${name}/bootstrap`, {
      token: world.operator,
    })
    const text = await answer.text()
    expect(answer.headers.get('content-type')).toBe('application/yaml')
    // Quoted where our own YAML writes it, plain in the head.
    expect(text.replaceAll('"', '')).toMatch(
      new RegExp(`kind: Namespace\\nmetadata:\\n {2}name: ${namespace}`),
    )
    expect(text).toContain(`kind: "${kind}"`)
    expect(text).toContain('live')
    expect(text).not.toContain(made.webhookSecret)
  }
  const token = world.tokens.owner
  const denied = await world.http('GET', '/v1/clusters/lab/bootstrap', { token })
  expect(denied.status).toBe(403)
  const none = await world.http('GET', '/v1/clusters/no/bootstrap', { token: world.operator })
  expect(none.status).toBe(404)
})

it('was never heard of, until its engine reports', async () => {
  const world = await createTenantWorld()
  const health = async () =>
    (await world.http('GET', '/v1/clusters/lab/health', { token: world.operator })).json()
  expect(await health()).toEqual({ state: 'never', lastReportAt: null, lastState: null })
  const at = new Date().toISOString()
  await world.inventoryStub.noteHeard('lab', { at, state: 'healthy' })
  expect(await health()).toEqual({ state: 'heard', lastReportAt: at, lastState: 'healthy' })
})

// Clusters in Arc, and secrets, as pages: made and read without a script; what is shown once is on no later page.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { REGION } from '../../../functions/simulator/edge-world.ts'
import { FluxConfigurationView } from '../../../schemas/arc.ts'
import { createArcWorld, PLACE } from '../../routes/arc-world.fixture.ts'
import { createFluxWorld, specOf } from '../../routes/flux-world.fixture.ts'
import { objectsOf } from './resource-objects.tsx'

beforeEach(() => {
  for (const method of ['log', 'error', 'warn'] as const)
    vi.spyOn(console, method).mockImplementation(() => undefined)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const open = async () => {
  const on = await createArcWorld()
  await on.put()
  await on.world.create('/v1/regions', REGION)
  await on.world.create('/v1/clusters', {
    ...{ name: 'aks', region: REGION.name, engine: 'flux', standIn: true },
  })
  const cookie = `phoenix_token=${on.owner}`
  const get = async (path: string) => {
    const answer = await on.world.send('GET', path, { headers: { cookie } })
    return { status: answer.status, text: await answer.text() }
  }
  const post = async (path: string, fields: Record<string, string>) => {
    const answer = await on.world.app.request(
      `http://127.0.0.1:8787${path}`,
      {
        ...{ method: 'POST', body: new URLSearchParams(fields).toString() },
        headers: {
          ...{ cookie, origin: 'http://127.0.0.1:8787' },
          'content-type': 'application/x-www-form-urlencoded',
        },
      },
      on.world.env,
    )
    const to = answer.headers.get('location')
    return { status: answer.status, to, text: await answer.text() }
  }
  return { ...on, get, post }
}

describe('pages of clusters in Arc', () => {
  it('register an AKS cluster, and ask for GitOps on it as a change', async () => {
    const on = await open()
    const path = `/subscriptions/${PLACE.subscriptionId}/resourceGroups/${PLACE.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/prod`
    const properties = { provisioningState: 'Succeeded', powerState: { code: 'Running' } }
    const aks = { id: path, name: 'prod', type: 'x', properties }
    on.arc.standIn.state.resources.set(path.toLowerCase(), aks)
    expect((await on.get('/t/acme/arc/clusters')).text).toContain('There are none yet.')
    const fields = { name: 'prod', cluster: 'aks', kind: 'managed', distribution: 'generic' }
    const made = await on.post('/t/acme/arc/clusters', { key: 'console:1', ...fields })
    expect(made.status).toBe(200)
    const [, id = ''] = /(acl_[a-z2-7]{26})/.exec(made.text) ?? []
    for (let looks = 0; looks < 3; looks += 1) await on.pass(30)
    expect((await on.get(`/t/acme/arc/clusters/${id}`)).text).toContain('connected')
    const asked = { key: 'console:2', name: 'flux-aks', secret: '' }
    const flux = await on.post(`/t/acme/arc/clusters/${id}/flux`, asked)
    expect([flux.status, flux.to]).toEqual([
      303,
      expect.stringMatching(/^\/t\/acme\/changes\/chg_/),
    ])
    const twice = await on.post(`/t/acme/arc/clusters/${id}/flux`, { ...asked, key: 'console:3' })
    expect([twice.status, twice.text]).toEqual([409, expect.stringContaining('open change')])
  })

  it('show what Azure says of it, and put back what has drifted', async () => {
    const on = await createFluxWorld()
    const id = await on.register()
    const list = `/arc/clusters/${id}/flux-configurations`
    const { body } = await on.api('POST', list, { body: { name: 'phoenix', spec: specOf() } })
    await on.settle()
    await on.land(body.id)
    await on.wait()
    const cookie = `phoenix_token=${on.tokens.owner}`
    const show = async () =>
      (await on.http('GET', `/t/acme/arc/clusters/${id}`, { headers: { cookie } })).text()
    const page = await show()
    expect(page).toContain('compliant')
    expect(page).toContain('phoenix-infra')
    expect(page).toContain('flux-configurations/phoenix.json')
    expect(page).not.toContain('Put what Git says')
    on.inAzure('phoenix').suspend = true
    await on.pass(400)
    const drifted = await show()
    expect(drifted).toContain('not what its file in Git says: /suspend')
    const [, form = ''] = /action="(\/t\/acme\/arc\/clusters\/[^"]*\/restore)"/.exec(drifted) ?? []
    const back = await on.app.request(
      `http://127.0.0.1:8787${form}`,
      { method: 'POST', headers: { cookie, origin: 'http://127.0.0.1:8787' } },
      on.env,
    )
    expect(back.status).toBe(303)
    await on.wait()
    expect(on.inAzure('phoenix').suspend).toBe(false)
  })

  it('say why not, on the page of the form', async () => {
    const on = await open()
    const wrong = await on.post('/t/acme/arc/clusters', { key: 'console:1', name: '<b>' })
    expect(wrong.text).toContain('A name of letters')
    expect(wrong.text).not.toContain('<b>')
  })
})

it('a resource shows the objects that carry its name, and no others', () => {
  const object = (name: string) => ({
    ...{ name, namespace: 'acme', kind: 'Deployment', complianceState: 'Compliant' },
    ...{ appliedBy: null, message: null },
  })
  const status = {
    ...{ complianceState: 'Compliant', provisioningState: 'Succeeded', errorMessage: null },
    ...{ syncedCommit: null, sourceUpdatedAt: null, statusUpdatedAt: null, differs: [] },
    objects: ['web', 'web-api', 'website', 'db'].map(object),
  }
  const configuration = FluxConfigurationView.parse({
    ...{ id: `flx_${'a'.repeat(26)}`, arcCluster: `acl_${'a'.repeat(26)}`, name: 'phoenix' },
    ...{ state: 'compliant', status, applied: null, readAt: null, fault: null },
    ...{ file: null, commit: null, change: null },
    spec: { namespace: 'acme', kustomizations: [{ name: 'a', path: 'clusters/aks' }] },
    ...{ createdAt: '2026-11-22T12:00:00.000Z', updatedAt: '2026-11-22T12:00:00.000Z' },
  })
  expect(objectsOf('web', [configuration]).map(({ name }) => name)).toEqual(['web', 'web-api'])
  expect(objectsOf('web', [{ ...configuration, state: 'removed' }])).toEqual([])
})

// The extension that a Flux configuration stands on, where somebody else put something under its name, or it is not whole yet.
import { describe, expect, it } from 'vitest'
import { PLACE } from './arc-world.fixture.ts'
import { CLUSTERS, createFluxWorld, quietly, specOf } from './flux-world.fixture.ts'

quietly()

const PATH = `/subscriptions/${PLACE.subscriptionId}/resourceGroups/${PLACE.resourceGroup}/providers/Microsoft.ContainerService/managedClusters/prod/providers/Microsoft.KubernetesConfiguration/extensions/flux`

const openWith = async (properties: Record<string, string>) => {
  const on = await createFluxWorld()
  const cluster = await on.register()
  const extension = { id: PATH, name: 'flux', type: 'x', properties: { ...properties } }
  on.arc.standIn.state.resources.set(PATH.toLowerCase(), extension)
  const body = { name: 'phoenix', spec: specOf() }
  const asked = await on.api('POST', `${CLUSTERS}/${cluster}/flux-configurations`, { body })
  await on.settle()
  await on.land(asked.body.id)
  await on.wait()
  const now = () => on.arc.standIn.state.resources.get(PATH.toLowerCase())?.properties
  return { ...on, extension, now, flux: () => on.readFlux(cluster, 'phoenix') }
}

describe('the extension of a cluster', () => {
  it('is not taken for Flux where it is of another type', async () => {
    const on = await openWith({ extensionType: 'contoso.tool', provisioningState: 'Succeeded' })
    expect(await on.flux()).toMatchObject({ state: 'error', fault: 'refused: extensionType' })
    expect([on.inAzure('phoenix'), on.now()?.extensionType]).toEqual([undefined, 'contoso.tool'])
  })

  it('is waited for until it is whole', async () => {
    const on = await openWith({ extensionType: 'microsoft.flux', provisioningState: 'Creating' })
    expect([(await on.flux()).state, on.inAzure('phoenix')]).toEqual(['pending', undefined])
    on.extension.properties.provisioningState = 'Succeeded'
    await on.wait()
    expect(on.inAzure('phoenix')).toBeDefined()
    expect((await on.flux()).state).not.toBe('error')
  })

  it('is put again where its installation was cancelled', async () => {
    const on = await openWith({ extensionType: 'Microsoft.Flux', provisioningState: 'Canceled' })
    expect(on.now()?.provisioningState).toBe('Succeeded')
    expect(on.inAzure('phoenix')).toBeDefined()
  })
})

// GitOps by Azure where Azure is busy, or says more than was put: a removal that it refuses is not over, and what goes before the branch,
// or into what is applied, has drifted.
import { expect, it } from 'vitest'
import { CLUSTERS, createFluxWorld, quietly, specOf } from './flux-world.fixture.ts'

quietly()

const opened = async () => {
  const on = await createFluxWorld()
  const cluster = await on.register()
  const list = `${CLUSTERS}/${cluster}/flux-configurations`
  const asked = await on.api('POST', list, { body: { name: 'phoenix', spec: specOf() } })
  await on.settle()
  await on.land(asked.body.id)
  await on.wait()
  return { ...on, list, flux: () => on.readFlux(cluster, 'phoenix') }
}
/** Its change is promoted, and Azure was asked. */
const remove = async (on: Awaited<ReturnType<typeof opened>>): Promise<string> => {
  const one = `${on.list}/${(await on.flux()).id}`
  const { body } = await on.api('DELETE', `${one}?validateOnly=true`)
  const removed = await on.api('DELETE', `${one}?confirm=${body.plan.destroys.digest}`)
  await on.settle()
  await on.land(removed.body.id)
  await on.pass(10)
  return removed.body.id
}

it.each(['AnotherOperationInProgress', 'ScopeLocked'])(
  'a removal that Azure refuses with %s is not over, and is asked for again',
  async (code) => {
    const on = await opened()
    const { fetch } = on.arc.azure
    on.arc.azure.fetch = async (url, init) =>
      init.method === 'DELETE'
        ? Response.json({ error: { code, message: 'x' } }, { status: 409 })
        : fetch(url, init)
    const id = await remove(on)
    expect(await on.flux()).toMatchObject({ state: 'removing', fault: code })
    expect((await on.read(id)).state).toBe('promoted')
    on.arc.azure.fetch = fetch
    await on.wait()
    expect(on.inAzure('phoenix')).toBeUndefined()
    expect((await on.read(id)).state).toBe('applied')
  },
)

it('nor is one that Azure began, and broke off', async () => {
  const on = await opened()
  const fails = { code: 'AnotherOperationInProgress', message: 'x' }
  on.arc.standIn.simulated.next = { looks: 1, fails }
  const id = await remove(on)
  expect(on.inAzure('phoenix')).toBeDefined()
  expect((await on.read(id)).state).toBe('promoted')
  await on.wait()
  expect(on.inAzure('phoenix')).toBeUndefined()
  expect((await on.read(id)).state).toBe('applied')
})

it.each([
  ['gitRepository', 'repositoryRef', 'tag', 'v1'],
  ['gitRepository', 'repositoryRef', 'commit', 'a'.repeat(40)],
  ['kustomizations', 'apps', 'postBuild', { substitute: { image: 'another' } }],
])('%s/%s/%s beside what was put has drifted', async (field, inside, name, value) => {
  const on = await opened()
  on.inAzure('phoenix')[field][inside][name] = null
  await on.pass(400)
  expect((await on.flux()).state).toBe('compliant')
  on.inAzure('phoenix')[field][inside][name] = value
  await on.pass(400)
  const { state, status } = await on.flux()
  expect([state, status.differs]).toEqual(['drifted', [`/${field}/${inside}/${name}`]])
})

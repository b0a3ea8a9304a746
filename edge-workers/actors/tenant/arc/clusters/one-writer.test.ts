// A Flux configuration in Azure has one writer, whichever came first: the file that Phoenix puts, or what the operator of Azure on a
// cluster makes of the template arc-onboarding, alone or in a phase of a system.
import { expect, it, vi } from 'vitest'
import { PLACE } from '../../../../routes/arc-world.fixture.ts'
import {
  CLUSTERS,
  createFluxWorld,
  quietly,
  specOf,
} from '../../../../routes/flux-world.fixture.ts'

/** Of the template arc-onboarding, in Azure. */
const NAME = 'phoenix'

quietly()

const open = async () => {
  const on = await createFluxWorld()
  const cluster = await on.register()
  // As one that Arc knows: AKS has other ids.
  on.tenants
    .storageOf(on.tenantId)
    ?.sql.exec(`UPDATE arc_clusters SET kind = 'connected', state = 'connected';
      DELETE FROM outbox WHERE kind = 'read-arc'`)
  const onboarding = (name: string, connectedCluster = 'prod') => ({
    ...{ action: 'create', template: 'arc-onboarding', name },
    parameters: {
      ...{ location: 'westeurope', subscriptionId: PLACE.subscriptionId, follows: 'lab' },
      // Azure does not tell them apart by their case.
      ...{ connectedCluster, resourceGroup: PLACE.resourceGroup.toUpperCase() },
    },
  })
  const flux = (name: string) =>
    on.api('POST', `${CLUSTERS}/${cluster}/flux-configurations`, {
      body: { name, spec: specOf() },
    })
  const ask = (body: object) => on.api('POST', '/changes', { body })
  return { ...on, onboarding, flux, ask }
}
const refusalOf = ({ status, body }: { status: number; body: { errors?: object[] } }) => [
  status,
  body.errors,
]
const twice = (pointer: string, by: string) => [
  422,
  [
    expect.objectContaining({
      ...{ rule: 'FLUX-TWICE', pointer },
      detail: expect.stringContaining(` ${by} `),
    }),
  ],
]

it('is Phoenix where that came first: the operator of Azure is asked for another cluster', async () => {
  const on = await open()
  const { body } = await on.flux(NAME)
  await on.settle()
  await on.land(body.id)
  const refused = await on.ask(on.onboarding('arc'))
  expect(refusalOf(refused)).toEqual(twice('/parameters/connectedCluster', NAME))
  expect((await on.ask(on.onboarding('arc', 'other'))).status).toBe(202)
})

it('is the operator of Azure where that came first: Phoenix is asked for another name', async () => {
  const on = await open()
  await on.apply(on.onboarding('arc'))
  expect(refusalOf(await on.flux(NAME))).toEqual(twice('/name', 'arc'))
  expect((await on.flux('other')).status).toBe(202)
  expect(refusalOf(await on.ask(on.onboarding('again')))).toEqual(
    twice('/parameters/connectedCluster', 'arc'),
  )
})

it.each([
  [0, 1],
  [1, 0],
])('is the first that is merged, where both were asked for at once (%i)', async (one, other) => {
  const on = await open()
  const both = [await on.propose(on.onboarding('arc')), (await on.flux(NAME)).body]
  const [first, second] = [both[one], both[other]]
  await on.settle()
  for (const { id } of [first, second]) await on.approve(id)
  for (const { id } of [first, second]) {
    const { number = 0 } = (await on.read(id)).pullRequest ?? {}
    on.memory.person.merge(number, 'anton')
    await on.hint('closed', { pullNumber: number, merged: true })
  }
  await on.wait()
  expect((await on.read(first.id)).liveSha).not.toBeNull()
  const { state, reason, liveSha } = await on.read(second.id)
  expect([state, reason, liveSha]).toEqual(['merged', expect.stringContaining('FLUX-TWICE'), null])
  if (one === 0) expect(on.inAzure(NAME)).toBeUndefined()
})

it('is Phoenix from its promotion on, also while the forge does not tell its file', async () => {
  const on = await open()
  const read = vi.spyOn(on.memory.forge, 'readFile').mockRejectedValue(new TypeError('gone'))
  const { body } = await on.flux(NAME)
  await on.settle()
  await on.land(body.id)
  read.mockRestore()
  const refused = await on.ask(on.onboarding('arc'))
  expect(refusalOf(refused)).toEqual(twice('/parameters/connectedCluster', NAME))
})

it('is free again when the other resource is gone', async () => {
  const on = await open()
  const { body } = await on.flux(NAME)
  await on.settle()
  await on.land(body.id)
  await on.wait()
  const gone = { action: 'delete', template: 'flux-configuration', name: NAME, parameters: {} }
  const preview = await on.api('POST', '/changes?validateOnly=true', { body: gone })
  const { id } = await on.propose({ ...gone, confirm: preview.body.plan.destroys.digest })
  await on.land(id)
  await on.wait()
  expect((await on.ask(on.onboarding('arc'))).status).toBe(202)
})

// A phase of a rollout is what the whole rollout was asked for: its change takes no parameters of its own.
import { expect, it, vi } from 'vitest'
import { createTenantWorld } from '../../../functions/simulator/tenant-world.ts'

vi.mock('../../../templates/systems/catalogue.ts', async () => {
  const { sampleSystems } = await import('./rollouts/sample.fixture.ts')
  const { phaseTemplate } = await import('../../../templates/systems/phase-template.ts')
  const phases = sampleSystems.flatMap((system) =>
    system.phases.map((phase) => phaseTemplate(system, phase)),
  )
  return {
    systems: sampleSystems,
    earlierPhases: [],
    renderingPhases: [],
    findSystem: (name: string) => sampleSystems.find((system) => system.name === name),
    findPhaseTemplate: (name: string) => phases.find((template) => template.name === name),
  }
})

it('is planned again as it is, and not with other parameters', async () => {
  const world = await createTenantWorld()
  const { requester: token } = world.tokens
  const rollout = await world.send('POST', '/rollouts', {
    body: { system: 'sample', parameters: {} },
  })
  for (const task of ['survey', 'level'])
    await world.send('POST', `/rollouts/${rollout.body.id}/phases/ground/tasks/${task}`, {
      body: { inputs: { count: 1 } },
    })
  await world.settle()
  const [change] = (await world.send('GET', '/changes')).body.items ?? []
  const id = change?.id ?? ''
  const other = { parameters: { cores: 2 } }
  const refused = await world.decide('revisions', id, { token, body: other })
  expect([refused.status, refused.body.type?.split('/').at(-1)]).toEqual([409, 'wrong-state'])
  expect(refused.body.detail).toContain('abort the rollout')
  await world.insist(world.decide('revisions', id, { token, body: {} }))
})

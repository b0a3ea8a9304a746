// A system whose phases wait on each other could never begin: asking for it is refused at once, and nothing is written.
import { expect, it, vi } from 'vitest'
import { createTenantWorld } from '../../../../functions/simulator/tenant-world.ts'
import type { Finding } from '../../../../schemas/plan.ts'
import type { Phase, System } from '../../../../schemas/system.ts'

vi.mock('../../../../templates/systems/catalogue.ts', async () => {
  const { block } = await import('../../../../templates/systems/block.ts')
  const { phaseTemplate } = await import('../../../../templates/systems/phase-template.ts')
  const { virtualMachine } = await import('../../../../templates/virtual-machine.ts')
  const { sampleSystems } = await import('./sample.fixture.ts')
  const [sample] = sampleSystems as [System]
  const phase = (id: string, after: string[]): Phase => ({
    ...{ id, title: id, duration: '1 week', needs: [], tasks: [], after },
    blocks: () => [
      block(virtualMachine, id, {
        ...{ site: 'lab-01', cores: 1, memory: { value: 1, unit: 'GiB' } },
      }),
    ],
  })
  const named = (name: string, phases: Phase[]): System => ({
    ...{ ...sample, name, phases, prerequisites: [], documents: {}, requires: [] },
  })
  const systems = [
    named('circle', [phase('inner', ['outer']), phase('outer', ['inner'])]),
    named('line', [phase('inner', []), phase('outer', ['inner'])]),
  ]
  const templates = systems.flatMap((system) =>
    system.phases.map((one) => phaseTemplate(system, one)),
  )
  return {
    systems,
    ...{ earlierPhases: [], renderingPhases: [] },
    findSystem: (name: string) => systems.find((system) => system.name === name),
    findPhaseTemplate: (name: string) => templates.find((template) => template.name === name),
  }
})

it('is refused with the circle, in a preview and for good', async () => {
  const world = await createTenantWorld()
  const { requester: token } = world.tokens
  const ask = async (system: string, query = '') => {
    const path = `/v1/tenants/acme/rollouts${query}`
    const body = { system, parameters: {} }
    const answer = await world.http('POST', path, { token, key: `ask-${system}`, body })
    const read = (await answer.json()) as { findings?: Finding[]; errors?: { rule?: string }[] }
    return { ...read, status: answer.status, type: answer.headers.get('content-type') }
  }
  const listed = async (what: string) => {
    const answer = await world.http('GET', `/v1/tenants/acme/${what}`, { token })
    return ((await answer.json()) as { items: unknown[] }).items
  }
  for (const query of ['?validateOnly=true', '']) {
    const { status, type, findings, errors } = await ask('circle', query)
    expect(status).toBe(422)
    expect(type).toContain('application/problem+json')
    expect(findings).toMatchObject([
      {
        ...{ rule: 'ORDER-CYCLE', severity: 'block', pointer: '/phases', numbers: { length: 2 } },
        message: 'The phases wait on each other: inner → outer → inner.',
      },
    ])
    expect(errors).toMatchObject([{ rule: 'ORDER-CYCLE' }])
  }
  await world.settle()
  for (const what of ['rollouts', 'changes', 'resources']) expect(await listed(what)).toEqual([])
  expect(world.memory.pulls).toEqual([])
  // The same phases in a line are taken: the circle alone was refused.
  expect((await ask('line')).status).toBe(202)
  expect(await listed('rollouts')).toHaveLength(1)
})

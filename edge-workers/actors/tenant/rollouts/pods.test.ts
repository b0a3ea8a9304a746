// A system whose phases fit the namespace one by one and not together is refused before the first is asked for.
import { expect, it, vi } from 'vitest'
import * as z from 'zod'
import { createTenantWorld } from '../../../../functions/simulator/tenant-world.ts'
import type { System } from '../../../../schemas/system.ts'

vi.mock('../../../../templates/systems/catalogue.ts', async () => {
  const { application } = await import('../../../../templates/application.ts')
  const { block } = await import('../../../../templates/systems/block.ts')
  const { phaseTemplate } = await import('../../../../templates/systems/phase-template.ts')
  const { sampleSystems } = await import('./sample.fixture.ts')
  const portal = (id: string, count: number) =>
    block(application, id, {
      image: 'registry.example/portal:1',
      replicas: { min: 1, max: count },
      resources: {
        requests: { cpu: '100m', memory: '128Mi' },
        limits: { cpu: '1', memory: '1Gi' },
      },
    })
  const [sample] = sampleSystems
  const phase = (id: string) => ({
    ...{ id, title: id, duration: '1 week', needs: [], tasks: [] },
    blocks: (parameters: unknown) => {
      const { count } = parameters as { count: number }
      return [portal(`${id}-a`, count), portal(`${id}-b`, count)]
    },
  })
  const system: System = {
    ...(sample as System),
    ...{ name: 'portals', prerequisites: [], documents: {}, requires: [] },
    parameters: z.strictObject({ count: z.int().min(1).max(50) }),
    examples: [{ title: 'Small', parameters: { count: 1 } }],
    phases: [phase('inner'), phase('outer')],
  }
  const phases = system.phases.map((one) => phaseTemplate(system, one))
  return {
    systems: [system],
    earlierPhases: [],
    renderingPhases: [],
    findSystem: (name: string) => (name === system.name ? system : undefined),
    findPhaseTemplate: (name: string) => phases.find((template) => template.name === name),
  }
})

it('counts the pods of all blocks, and of the phases before', async () => {
  const world = await createTenantWorld()
  const ask = async (count: number) => {
    const response = await world.http('POST', '/v1/tenants/acme/rollouts', {
      ...{ token: world.tokens.requester, key: `portals-${count}` },
      body: { system: 'portals', parameters: { count } },
    })
    const { findings = [] } = (await response.json()) as {
      findings?: { rule: string; message: string; numbers?: object }[]
    }
    return [response.status, ...findings.filter(({ rule }) => rule === 'NAMESPACE-QUOTA')]
  }
  // Of 96 cores a phase takes two times (count + 1).
  const numbers = { limit: 96_000, used: 0, reserved: 50_000, asked: 50_000 }
  expect(await ask(24)).toMatchObject([
    422,
    { message: 'outer: The namespace’s quota of CPU of pods is exceeded.', numbers },
  ])
  expect(await ask(23)).toEqual([202])
})

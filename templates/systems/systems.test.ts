// What holds of every system: names that fit, an order without a circle, tasks that can be reported as their examples say.

import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { precedents } from '../../gitops/rollout.ts'
import { systems } from './catalogue.ts'
import { usualInstance } from './phase-template.ts'

const MOST_INSTANCE = 20
const MOST_RESOURCE = 40

describe.each(systems)('$name', (system) => {
  const { phases, prerequisites, components } = system
  const ids = phases.map(({ id }) => id)

  it('has names that fit behind the longest instance', () => {
    expect(usualInstance(system.name).length).toBeLessThanOrEqual(MOST_INSTANCE)
    for (const id of ids) expect(id).toMatch(/^[a-z][a-z0-9-]*[a-z0-9]$/)
    for (const example of system.examples) {
      const parameters = system.parameters.parse(example.parameters)
      const blocks = phases.flatMap((phase) => phase.blocks(parameters, 'x').map(({ id }) => id))
      for (const id of [...ids, ...blocks].filter((each) => each !== ''))
        expect(MOST_INSTANCE + 1 + id.length, id).toBeLessThanOrEqual(MOST_RESOURCE)
      expect(new Set(blocks).size, 'two blocks of one name').toBe(blocks.length)
    }
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has phases in an order in which each comes after what it waits on', () => {
    const before = new Set<string>()
    for (const phase of phases) {
      for (const first of precedents(system, phase)) expect(before, phase.id).toContain(first)
      before.add(phase.id)
    }
  })

  it('names only phases, prerequisites and components that it has', () => {
    const known = new Set(prerequisites.map(({ id }) => id))
    const parts = new Set(components.map(({ id }) => id))
    for (const { needs } of phases) for (const need of needs) expect(known).toContain(need)
    for (const { id, phase, dependsOn, source } of components) {
      if (phase !== null) expect(ids, id).toContain(phase)
      for (const other of dependsOn) expect(parts, id).toContain(other)
      expect(source.length, id).toBeGreaterThan(10)
    }
    expect(parts.size).toBe(components.length)
  })

  it('has tasks in order, whose examples they take', () => {
    for (const { tasks } of phases) {
      const before = new Set<string>()
      for (const { id, after, inputs } of tasks) {
        for (const first of after) expect(before, id).toContain(first)
        before.add(id)
        const { examples = [] } = z.toJSONSchema(inputs, { io: 'input' })
        for (const example of examples) expect(inputs.safeParse(example).success, id).toBe(true)
      }
    }
  })
})

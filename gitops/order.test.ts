// A circle in what waits on what is found, named, and stops the plan.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { System } from '../schemas/system.ts'
import { systems } from '../templates/index.ts'
import { findCircle, judgeOrder } from './order.ts'

const waitsOf = (edges: [string, string][]): Map<string, string[]> => {
  const waits = new Map<string, string[]>()
  for (const [name, before] of edges) waits.set(name, [...(waits.get(name) ?? []), before])
  return waits
}

describe('a circle', () => {
  it.each([
    ['of one', [['a', 'a']], ['a', 'a']],
    [
      'of two',
      [
        ['a', 'b'],
        ['b', 'a'],
      ],
      ['a', 'b', 'a'],
    ],
    [
      'behind others',
      [
        ['x', 'a'],
        ['a', 'b'],
        ['b', 'c'],
        ['c', 'a'],
      ],
      ['a', 'b', 'c', 'a'],
    ],
  ] as [string, [string, string][], string[]][])('%s is found', (_, edges, circle) => {
    expect(findCircle(waitsOf(edges))).toEqual(circle)
  })

  it('is none where everybody waits on somebody earlier only, and is one as soon as one waits on a later one', () => {
    const names = fc.integer({ min: 2, max: 30 })
    fc.assert(
      fc.property(names, fc.infiniteStream(fc.nat()), (count, numbers) => {
        const waits = new Map<string, string[]>()
        for (let index = 0; index < count; index += 1) {
          const [next] = numbers
          waits.set(`${index}`, index === 0 ? [] : [`${(next ?? 0) % index}`])
        }
        expect(findCircle(waits)).toBeNull()
        // The root now waits on the last one, who waits on the root, however far.
        waits.set('0', [`${count - 1}`])
        const circle = findCircle(waits) ?? []
        expect(circle.length).toBeGreaterThan(1)
        expect(circle[0]).toBe(circle.at(-1))
        for (const [index, name] of circle.slice(0, -1).entries())
          expect(waits.get(name)).toContain(circle[index + 1])
      }),
      { numRuns: 100, seed: 20261122 },
    )
  })
})

describe('the systems', () => {
  it.each(systems.map((system) => [system.name, system] as const))('%s: none', (_, system) => {
    expect(judgeOrder(system)).toEqual([])
  })

  it('one in the phases, in the tasks or in the components blocks, with its place', () => {
    const [system] = systems
    const [first, second] = system?.phases ?? []
    const [row] = system?.components ?? []
    const task = system?.phases.flatMap(({ tasks }) => tasks)[0]
    if (!system || !first || !second || !row || !task) throw new Error('there is such a system')
    const broken: System = {
      ...system,
      phases: [{ ...first, after: [second.id], tasks: [{ ...task, after: [task.id] }] }, second],
      components: [{ ...row, dependsOn: [row.id] }],
    }
    expect(judgeOrder(broken)).toMatchObject([
      { rule: 'ORDER-CYCLE', severity: 'block', pointer: '/phases', numbers: { length: 2 } },
      { rule: 'ORDER-CYCLE', pointer: '/phases/0/tasks', numbers: { length: 1 } },
      { rule: 'ORDER-CYCLE', pointer: '/components', numbers: { length: 1 } },
    ])
  })
})

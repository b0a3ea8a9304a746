// Two small systems for tests of rollouts: machines in two phases with tasks around them, and one that stands on it.
import * as z from 'zod'
import type { Phase, System, Task } from '../../../../schemas/system.ts'
import { block } from '../../../../templates/systems/block.ts'
import { virtualMachine } from '../../../../templates/virtual-machine.ts'

const Parameters = z.strictObject({
  site: z.string().default('lab-01'),
  cores: z.int().min(1).max(64).default(1),
  /** GiB of each machine. */
  memory: z.int().min(1).max(1024).default(1),
  secondSite: z.string().default('lab-02'),
  /** A second block in the first phase. */
  spare: z.boolean().default(false),
})
type Parameters = z.infer<typeof Parameters>

const task = (id: string, more: Partial<Task<Parameters>> = {}): Task<Parameters> => ({
  ...{ id, title: `Do ${id}`, owner: 'the engineer', when: 'before', after: [], source: 'here' },
  ...{ inputs: z.strictObject({ count: z.int().min(1) }), steps: () => [`Do ${id}.`] },
  ...more,
})
const machine = (id: string, site: string, { cores, memory }: Parameters) =>
  block(virtualMachine, id, { site, cores, memory: { value: memory, unit: 'GiB' } })

const phases: Phase<Parameters>[] = [
  {
    ...{ id: 'ground', title: 'Ground', duration: '1 week', needs: [] },
    tasks: [task('survey'), task('level', { after: ['survey'] })],
    blocks: () => [],
  },
  {
    ...{ id: 'first', title: 'First machine', duration: '1 week', needs: [] },
    tasks: [],
    blocks: (parameters) => [
      machine('one', parameters.site, parameters),
      ...(parameters.spare ? [machine('spare', parameters.site, parameters)] : []),
    ],
  },
  {
    ...{ id: 'second', title: 'Second machine', duration: '1 week', needs: ['contract'] },
    tasks: [task('inspect', { when: 'after' })],
    blocks: (parameters) => [machine('two', parameters.secondSite, parameters)],
  },
]

const system = <P>(
  more: Partial<System<P>> & Pick<System<P>, 'name' | 'parameters'>,
): System<P> => ({
  ...{ version: '1.0.0', title: 'Sample', description: 'For tests.', source: 'here' },
  ...{ durationWeeks: { least: 1, most: 2 }, requires: [], declaredTotals: {}, components: [] },
  ...{ prerequisites: [], examples: [], phases: [], documents: {} },
  ...more,
})

export const sampleSystems: System[] = [
  system<Parameters>({
    name: 'sample',
    parameters: Parameters,
    examples: [{ title: 'Plain', parameters: {} }],
    prerequisites: [
      {
        ...{ id: 'contract', title: 'A signed contract', owner: 'the lawyer', why: 'It is law.' },
        ...{ leadTimeWeeks: { least: 2, most: null }, source: 'here' },
      },
    ],
    phases,
    documents: { card: ({ name }) => ({ name }), nothing: () => null },
  }) as unknown as System,
  system<Parameters>({
    name: 'annex',
    parameters: Parameters,
    requires: ['sample'],
    phases: [
      {
        ...{ id: 'room', title: 'Room', duration: '1 week', needs: [], tasks: [] },
        blocks: (parameters) => [machine('room', parameters.site, parameters)],
      },
    ],
  }) as unknown as System,
]

// Whatever stands where a template's parameters have a text, a number or a list: the answer is a plan or a refusal, and
// never an error. Each example of each template, with each of its values replaced in turn.
import { describe, expect, it } from 'vitest'
import type { Template } from '../schemas/template.ts'
import { exampleSites } from '../templates/example-inputs.ts'
import { phaseResourceName, renderingPhases, systems, templates } from '../templates/index.ts'
import { plan } from './plan.ts'
import { readCommand } from './read-command.ts'
import { sha256, snapshotOf } from './world.fixture.ts'

const NASTY: unknown[] = [
  ...[
    '',
    ' ',
    '0',
    '-1',
    '1e999',
    '1Gi1',
    'a',
    'constructor',
    '__proto__',
    'x'.repeat(300),
    '\u0000',
  ],
  ...['10.0.0.0/8', '999.0.0.0/99', '0.0.0.0/0', '/', 'https://', '::1'],
  // No number that JSON does not have: the door refuses those before anything is read.
  ...[0, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER, null, true, [], {}],
  { value: -1, unit: 'GiB' },
]

interface Examples extends Pick<Template, 'parameters'> {
  examples: readonly { name?: string; parameters: unknown }[]
}

type Path = (string | number)[]
const pathsOf = (value: unknown, path: Path = []): Path[] => [
  ...(path.length === 0 ? [] : [path]),
  ...(Array.isArray(value)
    ? value.flatMap((inner, at) => pathsOf(inner, [...path, at]))
    : typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))
      : []),
]

const replaced = (value: unknown, [key, ...rest]: Path, by: unknown): unknown => {
  if (key === undefined) return by
  if (Array.isArray(value))
    return value.map((one, at) => (at === key ? replaced(one, rest, by) : one))
  const fields = value as Record<string, unknown>
  return { ...fields, [key]: replaced(fields[key], rest, by) }
}

/** Every mutant of an example, defaults filled in, so that what the example leaves out is mutated too. */
const mutantsOf = ({ parameters: schema, examples }: Examples) =>
  examples.flatMap(({ name = 'some', parameters }) => {
    const full = schema.parse(parameters)
    const itself = { name, path: [] as Path, value: null, parameters: full }
    const mutants = pathsOf(full).flatMap((path) =>
      NASTY.map((value) => ({ name, path, value, parameters: replaced(full, path, value) })),
    )
    return [itself, ...mutants]
  })

const attempt = (run: () => unknown): string | null => {
  try {
    run()
    return null
  } catch (error) {
    return String(error)
  }
}
/** What threw, by path, each once. */
const thrownBy = (
  subject: Examples,
  run: (name: string, parameters: Record<string, unknown>) => unknown,
): string[] => [
  ...new Set(
    mutantsOf(subject).flatMap(({ name, path, value, parameters }) => {
      const error = attempt(() => run(name, parameters as Record<string, unknown>))
      return error === null ? [] : [`/${path.join('/')} = ${JSON.stringify(value)}: ${error}`]
    }),
  ),
]

/** Where examples fit, so that what reads well is rendered too. */
const WORLD = snapshotOf({ sites: exampleSites })

/** Of what reads well only each so many is planned: rendering is what takes its time. */
const PLANNED_EACH = 40

describe('no value makes', () => {
  it.each(templates.map((template) => [template.name, template] as const))(
    '%s throw',
    (name, template) => {
      let read = 0
      const thrown = thrownBy(template, (resource, parameters) => {
        const request = { action: 'create', template: name, name: resource, parameters } as const
        if (!readCommand(request, null).ok) return
        read += 1
        if (read % PLANNED_EACH === 1) plan(request, WORLD, sha256)
      })
      expect(thrown).toEqual([])
      expect(read).toBeGreaterThan(0)
    },
  )

  it.each(systems.map((system) => [system.name, system] as const))(
    'the system %s or a phase of it throw',
    (name, system) => {
      const phases = renderingPhases.filter((phase) => phase.name.startsWith(`${name}/`))
      let read = 0
      const thrown = thrownBy(system, (_, parameters) => {
        if (!system.parameters.safeParse(parameters).success) return
        read += 1
        if (read % PLANNED_EACH !== 1) return
        for (const { name: template } of phases) {
          const resource = phaseResourceName('some', template.slice(name.length + 1))
          readCommand({ action: 'create', template, name: resource, parameters }, null)
        }
      })
      expect(thrown).toEqual([])
      expect(read).toBeGreaterThan(0)
    },
  )
})

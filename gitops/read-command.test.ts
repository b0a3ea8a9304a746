// Phases of systems as templates: a name that is no phase's is refused before anything of the template is asked.
import { describe, expect, it } from 'vitest'
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import { findTemplate, renderingPhases } from '../templates/index.ts'
import { plan } from './plan.ts'
import { readCommand } from './read-command.ts'
import { sha256, snapshotOf } from './world.fixture.ts'

const LONG = `a${'b'.repeat(39)}`

describe.each(renderingPhases.map(({ name }) => name))('%s', (template) => {
  const [example] = findTemplate(template)?.examples ?? []
  const parameters = example?.parameters as Record<string, unknown>
  const phase = template.split('/')[1] ?? ''
  const names = ['x', LONG, `-${phase}`, phase, `${LONG.slice(0, 39 - phase.length)}-${phase}`]

  it.each(names)('%s that nothing has is not updated or removed', (name) => {
    for (const action of ['update', 'delete'] as const) {
      const result = plan({ action, template, name, parameters }, snapshotOf(), sha256)
      expect(result).toMatchObject({
        ok: false,
        refusal: { problem: 'plan-blocked', findings: [{ rule: 'RESOURCE-UNKNOWN' }] },
      })
    }
  })

  it.each(names)('under the name %s is read or refused, and never thrown over', (name) => {
    const read = readCommand({ action: 'create', template, name, parameters }, null)
    if (name.length < 40) expect(read).toMatchObject({ ok: false })
    if (!read.ok) expect(read.refusal.problem).toBe('invalid-parameters')
  })

  it('is read under its own name', () => {
    const name = example?.name ?? ''
    expect(readCommand({ action: 'create', template, name, parameters }, null).ok).toBe(true)
  })
})

describe('a template of the operators', () => {
  const request = {
    action: 'create',
    template: 'price-book',
    name: 'rates',
    parameters: {},
  } as const
  const rulesFor = (slug: string) => {
    const read = readCommand(request, null, [], slug)
    return read.ok ? [] : (read.refusal.errors ?? []).map(({ rule }) => rule)
  }

  it('is refused to everybody else before its parameters are read', () => {
    expect(rulesFor('acme')).toEqual(['PLATFORM-ONLY'])
    expect(rulesFor(PLATFORM_SLUG)).not.toContain('PLATFORM-ONLY')
    const planned = plan(request, snapshotOf(), sha256)
    expect(planned).toMatchObject({ refusal: { findings: [{ rule: 'PLATFORM-ONLY' }] } })
  })
})

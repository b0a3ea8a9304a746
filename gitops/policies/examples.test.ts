// Everything that the catalogue renders, held against the policies: each template's examples and each phase of each
// system, for both engines. Nothing may block, and what is warned of is written down here, so that a new warning is seen.
import { describe, expect, it } from 'vitest'
import type { Template } from '../../schemas/template.ts'
import { exampleInput } from '../../templates/example-inputs.ts'
import { renderingPhases, templates } from '../../templates/index.ts'
import { render } from '../render.ts'
import { snapshotOf } from '../world.fixture.ts'
import { policyContext } from './context.ts'
import { judgePolicies } from './judge.ts'

const judged = (
  template: Template,
  example: Template['examples'][number],
  engine: 'argocd' | 'flux',
) => {
  const input = exampleInput(template, example, engine)
  const snapshot = snapshotOf({ clusters: [input.cluster] })
  return judgePolicies(render(template, input).objects, policyContext(input, template, snapshot))
}

const cases = [...templates, ...renderingPhases].flatMap((template) =>
  template.examples.map((example) => ({
    title: `${template.name} ${example.name}`,
    template,
    example,
  })),
)

/** All that any of it is warned of: images by tag and without attestation, made-up registries, a trial's database. */
const WARNINGS = ['IMG-DIGEST', 'IMG-REGISTRY', 'IMG-SIGNED', 'PG-HA']

describe('nothing blocks', () => {
  it.each(cases)('$title', ({ template, example }) => {
    for (const engine of ['argocd', 'flux'] as const) {
      const found = judged(template, example, engine)
      expect(found.filter(({ severity }) => severity === 'block')).toEqual([])
      for (const { rule, file } of found) expect(WARNINGS, file).toContain(rule)
    }
  })
})

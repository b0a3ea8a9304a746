// Whoever approves a phase of a system reads what the system's source contradicts, in the pull request and in PLAN.md.
import { describe, expect, it } from 'vitest'
import type { Plan } from '../../schemas/plan.ts'
import { exampleInput } from '../../templates/example-inputs.ts'
import { renderingPhases } from '../../templates/index.ts'
import { judgeContradictions } from '../contradictions/contradictions.ts'
import { readStoredPlan } from '../stored-plan.ts'
import { planned, rulesOf, snapshotOf, VM_REQUEST } from '../world.fixture.ts'
import { BODY_LIMIT_CHARACTERS, planBody, planDocument } from './body.ts'
import { plain } from './markdown.ts'

const URL = 'https://phoenix.example'
const CHANGE = { id: `chg_${'a'.repeat(26)}`, revision: 1 }
const HEADING = '## What the system’s source contradicts'

const planOf = (system: string): Plan => {
  const template = renderingPhases.find(({ name }) => name.startsWith(`${system}/`))
  const [example] = template?.examples ?? []
  if (!template || !example) throw new Error(`no phase of ${system}`)
  const { sites, cluster, identities } = exampleInput(template, example)
  const snapshot = snapshotOf({ sites, clusters: [cluster], basesOn: [cluster.name], identities })
  const { name, parameters } = example
  const request = { action: 'create' as const, template: template.name, name }
  return planned({ ...request, parameters: parameters as Record<string, unknown> }, snapshot).plan
}
/** Machines without end: the body has to leave rows out. */
const crowded = (plan: Plan): Plan => ({
  ...plan,
  placement: Array.from({ length: 5_000 }, (_, index) => ({
    ...{ name: `machine-${index}`, role: 'node', group: 'all', site: 'a', host: `a-${index}` },
    ...{ cores: 1, memoryMiB: 1, diskGiB: 1, vmId: index, address: '10.0.0.1' },
  })),
})

describe.each(['loc_az_hci', 'sankofa', 'smom-dbis-138', 'dbis_core', 'the_order'])(
  'a phase of %s',
  (system) => {
    const plan = planOf(system)
    const expected = judgeContradictions(system)
    const rules = new Set(rulesOf(expected))

    it('has them as data of their own, once, beside the findings of the change', () => {
      expect(plan.contradictions).toEqual(expected)
      expect(expected.length).toBeGreaterThan(10)
      for (const found of expected) expect(plan.findings).not.toContainEqual(found)
    })

    it('names every rule and how often, and says every sentence, in the pull request and PLAN.md', () => {
      for (const text of [planBody(plan, CHANGE, URL), planDocument(plan, CHANGE, URL)]) {
        expect(text.split(HEADING)).toHaveLength(2)
        for (const rule of rules) {
          const times = expected.filter((found) => found.rule === rule).length
          expect(text).toMatch(new RegExp(`^\\| ${rule} \\| .* \\| ${times} \\|$`, 'm'))
          expect(text).toContain(`[${rule}](${URL}/rules/${rule}?`)
        }
        for (const { message, fix } of expected) {
          expect(text).toContain(`| ${plain(message)} | ${plain(fix)} |`)
        }
      }
    })

    it('keeps the rules where the body has to be short, and PLAN.md keeps all of it', () => {
      const body = planBody(crowded(plan), CHANGE, URL)
      expect(body.length).toBeLessThanOrEqual(BODY_LIMIT_CHARACTERS)
      for (const rule of rules) expect(body).toContain(`| ${rule} |`)
      const whole = planDocument(crowded(plan), CHANGE, URL)
      for (const { message } of expected) expect(whole).toContain(plain(message))
    })
  },
)

it('what is no phase has none, nor does a plan that was stored before', () => {
  const { plan } = planned(VM_REQUEST, snapshotOf())
  expect(plan).not.toHaveProperty('contradictions')
  expect(planDocument(plan, CHANGE, URL)).not.toContain(HEADING)
  const { contradictions: _none, ...stored } = planOf('dbis_core')
  expect(planDocument(readStoredPlan(stored), CHANGE, URL)).not.toContain(HEADING)
})

it('nobody can change what the next plan says', () => {
  const first = judgeContradictions('dbis_core')
  const count = first.length
  first.pop()
  expect(judgeContradictions('dbis_core')).toHaveLength(count)
})

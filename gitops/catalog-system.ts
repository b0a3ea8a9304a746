// A system as the catalogue shows it: phases in order, rows with their sources, and two kinds of totals kept apart:
// those the source declares, and those its rows add up to. Neither is made from the other.
import * as z from 'zod'
import { Finding } from '../schemas/plan.ts'
import type { Block, Phase, System } from '../schemas/system.ts'
import { derivedTotals } from '../templates/index.ts'
import { judgeContradictions } from './contradictions/contradictions.ts'
import { precedents } from './rollout.ts'

const Range = z.strictObject({
  least: z.number(),
  /** Null: the source says "or more". */
  most: z.number().nullable(),
})
const SizeRange = Range.extend({ unit: z.string() })
const Sizes = z.strictObject({
  cores: Range.optional(),
  memory: SizeRange.optional(),
  disk: SizeRange.optional(),
})

const ComponentRow = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  basis: z.string(),
  count: Range,
  each: Sizes.optional(),
  /** Which of the two are not the source's numbers but derived from them. */
  derived: z.array(z.enum(['count', 'each'])).optional(),
  declared: Sizes.optional(),
  phase: z.string().nullable(),
  dependsOn: z.array(z.string()),
  exposure: z.string(),
  residency: z.string().optional(),
  backup: z.string().optional(),
  versionFloor: z.string().optional(),
  builtFrom: z.array(z.string()),
  source: z.string(),
  note: z.string().optional(),
})
export type ComponentRow = z.infer<typeof ComponentRow>

export const SystemDetail = z.strictObject({
  source: z.string(),
  durationWeeks: Range,
  /** Systems that must be healthy before this one is asked for. */
  requires: z.array(z.string()),
  /** As the source prints them; never computed. */
  declaredTotals: Sizes,
  /** Added up from the rows, for each basis by itself; GB and GiB are not added together. */
  derivedTotals: z.array(
    z.strictObject({
      basis: z.string(),
      units: Range,
      cores: Range,
      memory: z.array(SizeRange),
      disk: z.array(SizeRange),
    }),
  ),
  phases: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      duration: z.string(),
      after: z.array(z.string()),
      needs: z.array(z.string()),
      /** Templates its change is made of; empty where only people act. */
      templates: z.array(z.string()),
      tasks: z.array(
        z.strictObject({
          id: z.string(),
          title: z.string(),
          owner: z.string(),
          when: z.enum(['before', 'after']),
          after: z.array(z.string()),
          steps: z.array(z.string()),
          source: z.string(),
        }),
      ),
    }),
  ),
  components: z.array(ComponentRow),
  prerequisites: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      owner: z.string(),
      why: z.string(),
      leadTimeWeeks: Range.optional(),
      source: z.string(),
    }),
  ),
  /** Where its source contradicts itself, alone or together with the others: planning it reports the same. */
  contradictions: z.array(Finding),
  /** Names under `…/rollouts/{id}/documents/`. */
  documents: z.array(z.string()),
})
export type SystemDetail = z.infer<typeof SystemDetail>

/** The parameters of a system's first example, with every default. */
export const firstParameters = (system: System): unknown =>
  system.parameters.parse(system.examples[0]?.parameters ?? {})

/** The blocks that the first example puts into a phase. */
export const blocksOf = (system: System, phase: Phase): Block[] =>
  phase.blocks(firstParameters(system), system.name.replaceAll('_', '-'))

export const describeSystem = (system: System): SystemDetail => {
  const { source, durationWeeks, requires, declaredTotals, components, prerequisites } = system
  return {
    ...{ source, durationWeeks, requires, declaredTotals, components, prerequisites },
    derivedTotals: [...new Set(components.map(({ basis }) => basis))].map((basis) => ({
      basis,
      ...derivedTotals(components, [basis]),
    })),
    phases: system.phases.map((phase) => phaseDetail(system, phase)),
    contradictions: judgeContradictions(system.name),
    documents: Object.keys(system.documents),
  }
}

const phaseDetail = (system: System, phase: Phase): SystemDetail['phases'][number] => {
  const { id, title, duration, needs } = phase
  const parameters = firstParameters(system)
  return {
    ...{ id, title, duration, needs },
    after: precedents(system, phase),
    templates: [...new Set(blocksOf(system, phase).map(({ template }) => template.name))],
    tasks: phase.tasks.map(({ inputs: _form, steps, ...task }) => ({
      ...task,
      steps: steps({ name: system.name.replaceAll('_', '-'), parameters }),
    })),
  }
}

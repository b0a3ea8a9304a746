// Random inputs of a template: parameters from its own schema, names, tenants, both engines, guards on and off.
// Random parameters are tried first; where refinements refuse most of them, examples with random fields fill up.
import fc, { type Arbitrary } from 'fast-check'
import * as z from 'zod'
import { isReservedSlug, Slug } from '../../../schemas/ids.ts'
import type { Engine } from '../../../schemas/place.ts'
import type { Finding } from '../../../schemas/plan.ts'
import type { RenderInput, Template } from '../../../schemas/template.ts'
import { exampleInput, exampleSites } from '../../../templates/example-inputs.ts'
import {
  arbitraryFromSchema,
  type JsonSchema,
  membersOf,
  type Options,
} from './arbitrary-from-schema.ts'

export interface ParameterSet {
  name: string
  tenant: string
  engine: Engine
  guardsLifted: boolean
  parameters: unknown
}

/** A set, what was made of it, and what it takes to draw it again. */
export interface Drawn<Ready> {
  set: ParameterSet
  ready: Ready
  from: Arbitrary<ParameterSet>
  seed: number
  index: number
}

/** More machines than the addresses of the example sites. */
const MAX_MACHINES = 150
const CLUSTER = 'core'
const siteNames = exampleSites.map(({ name }) => name)

/** Properties whose values must be names that the example inventory knows. */
const known: Options['known'] = (property) =>
  /(?:^s|S)ites?$/.test(property) ? siteNames : property === 'cluster' ? [CLUSTER] : undefined

/** Words that some reader of YAML takes for something else than a string, or some system for a device. */
const AWKWARD = ['null', 'true', 'yes', 'no', 'on', 'off', 'y', 'n', 'nan', 'e1', 'con', 'x']
const [SLUG_PATTERN] = [z.toJSONSchema(Slug).pattern as string]

const slug = fc.oneof(
  { arbitrary: fc.stringMatching(new RegExp(SLUG_PATTERN), { size: 'max' }), weight: 4 },
  { arbitrary: fc.stringMatching(/^[a-z][a-z0-9-]{38}[a-z0-9]$/), weight: 3 },
  { arbitrary: fc.constantFrom(...AWKWARD), weight: 1 },
)

/** A phase's resource is called after the instance, which is at most 20 characters, and the phase. */
const nameOf = ({ kind, name }: Template): Arbitrary<string> =>
  kind === 'system-phase'
    ? slug.map((text) => `${text.slice(0, 20).replace(/-+$/, '')}-${name.split('/')[1]}`)
    : slug

const setOf = (template: Template, parameters: Arbitrary<unknown>): Arbitrary<ParameterSet> =>
  fc.record(
    {
      name: nameOf(template),
      tenant: slug.filter((text) => !isReservedSlug(text)),
      engine: fc.constantFrom<Engine[]>('argocd', 'flux'),
      guardsLifted: fc.boolean(),
      parameters,
    },
    { noNullPrototype: true },
  )

const schemaOf = ({ parameters }: Template): JsonSchema =>
  z.toJSONSchema(parameters, {
    io: 'input',
    target: 'draft-2020-12',
    unrepresentable: 'any',
  }) as JsonSchema

/** The input of a set, or why no plan would come to rendering it. */
export const inputOf = (
  template: Template,
  { name, tenant, engine, guardsLifted, parameters }: ParameterSet,
): { input: RenderInput<unknown> } | { refused: string } => {
  const parsed = template.parameters.safeParse(parameters)
  if (!parsed.success) return { refused: 'parameters' }
  // Only what is wrong with the name as such: parameters that must repeat it are drawn without it.
  const unfit = template.unfit?.(name, parsed.data) ?? []
  if (unfit.some(({ pointer }) => pointer === '/name')) return { refused: 'name' }
  const { vms, sites } = template.demand(name, parsed.data)
  if (!sites.every((site) => siteNames.includes(site))) return { refused: 'unknown site' }
  if (vms.length > MAX_MACHINES) return { refused: `more than ${MAX_MACHINES} machines` }
  const example = exampleInput(template, { name, parameters }, engine)
  const input = {
    ...example,
    tenant: { slug: tenant, repositoryUrl: `https://forge.example/phoenix/${tenant}.git` },
    cluster: { ...example.cluster, name: CLUSTER, owner: tenant },
    guardsLifted,
  }
  const block = template.findings(input).find(({ severity }: Finding) => severity === 'block')
  return block ? { refused: block.rule } : { input }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A copy with one field set, or taken away; null where no object is around it. */
const withField = (value: unknown, [key, ...path]: string[], field: unknown): unknown => {
  if (!isObject(value) || key === undefined) return null
  if (path.length > 0) {
    const inner = withField(value[key], path, field)
    return inner === null ? null : { ...value, [key]: inner }
  }
  const { [key]: _, ...others } = value
  return field === undefined ? others : { ...value, [key]: field }
}

interface Fields {
  tried: number
  kept: number
}

/** Around parameters whose fields are tried. */
const USUAL: Omit<ParameterSet, 'parameters'> = {
  name: 'example',
  tenant: 'dbis',
  engine: 'argocd',
  guardsLifted: false,
}

/** Examples with some fields replaced by random ones, one after the other, keeping what a plan still takes. */
const mended = (template: Template, fields: Fields): Arbitrary<unknown> => {
  const name = template.examples[0]?.name ?? USUAL.name
  const accepts = (parameters: unknown) =>
    'input' in inputOf(template, { ...USUAL, name, parameters })
  const bases = template.examples.map(({ parameters }) => {
    const full = template.parameters.parse(parameters)
    return accepts(full) ? full : parameters
  })
  const members = membersOf(schemaOf(template), { known })
  const byKey = new Map(members.map((member) => [member.path.join('/'), member]))
  const replacements = Object.fromEntries(
    [...byKey].map(([key, { optional, arbitrary }]) => [
      key,
      optional ? fc.option(arbitrary, { nil: undefined, freq: 9 }) : arbitrary,
    ]),
  )
  return fc
    .tuple(fc.constantFrom(...bases), fc.record(replacements, { requiredKeys: [] }))
    .map(([base, picked]) =>
      Object.entries(picked).reduce((value, [key, field]) => {
        const next = withField(value, byKey.get(key)?.path ?? [], field)
        fields.tried += 1
        if (next === null || !accepts(next)) return value
        fields.kept += 1
        return next
      }, base),
    )
}

/** Of the sets wanted, at least so many start from an example: deep parameters are seldom all valid at random. */
const MENDED_SHARE = 0.4
const BATCHES_AT_MOST = 10

export interface DrawnSets<Ready> {
  drawn: Drawn<Ready>[]
  /** Of random parameters, how many were accepted, in percent. */
  acceptedPercent: number
  /** Sets that are an example with random fields instead. */
  mended: number
  /** Of their random fields, how many could stay, in percent. */
  keptPercent: number
  /** How often, by reason. */
  refused: Record<string, number>
}

const percent = (part: number, whole: number): number =>
  whole === 0 ? 100 : Math.round((100 * part) / whole)

/** So many sets of a template, no two of one tenant, always the same ones for a seed. */
export const drawSets = <Ready>(
  template: Template,
  { wanted, seed }: { wanted: number; seed: number },
  prepare: (set: ParameterSet) => { refused: string } | { ready: Ready },
): DrawnSets<Ready> => {
  const drawn: Drawn<Ready>[] = []
  const tenants = new Set<string>()
  const refused: Record<string, number> = {}
  const take = (from: Arbitrary<ParameterSet>, batchSeed: number, upTo: number): number => {
    let accepted = 0
    for (const [index, set] of fc.sample(from, { seed: batchSeed, numRuns: wanted }).entries()) {
      const prepared = prepare(set)
      if ('refused' in prepared) {
        refused[prepared.refused] = (refused[prepared.refused] ?? 0) + 1
        continue
      }
      accepted += 1
      if (drawn.length >= upTo || tenants.has(set.tenant)) continue
      tenants.add(set.tenant)
      drawn.push({ set, ready: prepared.ready, from, seed: batchSeed, index })
    }
    return accepted
  }
  const random = setOf(template, arbitraryFromSchema(schemaOf(template), { known }))
  const accepted = take(random, seed, Math.round(wanted * (1 - MENDED_SHARE)))
  const fromRandom = drawn.length
  const fields = { tried: 0, kept: 0 }
  const repaired = setOf(template, mended(template, fields))
  for (let batch = 1; batch <= BATCHES_AT_MOST && drawn.length < wanted; batch++) {
    take(repaired, seed + batch, wanted)
  }
  return {
    drawn,
    acceptedPercent: percent(accepted, wanted),
    mended: drawn.length - fromRandom,
    keptPercent: percent(fields.kept, fields.tried),
    refused,
  }
}

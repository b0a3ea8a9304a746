// The catalogue as callers see it: templates and systems with parameters as JSON Schema, defaults, requests that work as
// printed, what is rendered, rules, and what they are priced by. The edge reaches templates through this file only.
import * as z from 'zod'
import { PLATFORM_SLUG } from '../schemas/ids.ts'
import type { PriceBook } from '../schemas/price-book.ts'
import type { Phase, System } from '../schemas/system.ts'
import type { Template } from '../schemas/template.ts'
import {
  FLEET,
  findSystem,
  findTemplate,
  phaseResourceName,
  phaseTemplateName,
  versionsOf as publishedVersions,
  standInBook,
  standInCredits,
  systems,
  templates,
  usualInstance,
} from '../templates/index.ts'
import { Prices, pricesOf } from './catalog-prices.ts'
import { RuleRow, rulesOf } from './catalog-rules.ts'
import { Sample, sampleOf } from './catalog-sample.ts'
import { blocksOf, describeSystem, SystemDetail } from './catalog-system.ts'

export {
  FLEET,
  findSystem,
  findTemplate,
  phaseResourceName,
  phaseTemplateName,
  standInBook,
  standInCredits,
  usualInstance,
}

export const TemplateSummary = z.strictObject({
  name: z.string(),
  /** The newest. */
  version: z.string(),
  title: z.string(),
  description: z.string(),
  /** What its resources are called in /resources; `system` for what is rolled out in phases. */
  kind: z.string(),
  /** Kinds of objects it renders. */
  renders: z.array(z.string()),
})
export type TemplateSummary = z.infer<typeof TemplateSummary>

/** To be sent as it is, with a credential. */
const ExampleRequest = z.strictObject({
  method: z.literal('POST'),
  path: z.string(),
  headers: z.record(z.string(), z.string()),
  body: z.record(z.string(), z.unknown()),
})
export type ExampleRequest = z.infer<typeof ExampleRequest>

export const TemplateDetail = TemplateSummary.extend({
  /** Newest first. */
  versions: z.array(z.string()),
  /** Whether it reaches beyond the tenant's namespace, which only a cluster's owner may ask for. */
  clusterWide: z.enum(['never', 'always', 'by parameters']),
  /** JSON Schema 2020-12 of what a request may send. */
  parameters: z.record(z.string(), z.unknown()),
  /** Top-level parameters that have a default, with it. */
  defaults: z.record(z.string(), z.unknown()),
  examples: z.array(
    z.strictObject({
      title: z.string(),
      name: z.string(),
      parameters: z.unknown(),
      request: ExampleRequest,
    }),
  ),
  rendered: Sample,
  /** Rules that only it can report. Every plan is held against the others of /rules as well. */
  rules: z.array(RuleRow),
  /** Of the first example. */
  prices: Prices,
  /** Null for what is one change. */
  system: SystemDetail.nullable(),
})
export type TemplateDetail = z.infer<typeof TemplateDetail>

/** Newest first; empty when there is no such template or system. */
export const versionsOf = (name: string): string[] => {
  const system = findSystem(name)
  return system ? [system.version] : publishedVersions(name)
}

const summarise = ({ name, version, title, description, kind, renders }: Template) => ({
  name,
  version,
  title,
  description,
  kind,
  renders,
})

const summariseSystem = (system: System): TemplateSummary => {
  const { name, version, title, description } = system
  const renders = system.phases.flatMap((phase) =>
    blocksOf(system, phase).flatMap(({ template }) => template.renders),
  )
  return { name, version, title, description, kind: 'system', renders: [...new Set(renders)] }
}

/** Templates and systems by name; the phases of a system are part of it and not listed. */
export const listTemplates = (): TemplateSummary[] =>
  [...templates.map(summarise), ...systems.map(summariseSystem)].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )

/** What a caller may leave out and gets: a field that parses from nothing. */
const defaultsOf = (parameters: z.ZodType): Record<string, unknown> => {
  if (!(parameters instanceof z.ZodObject)) return {}
  const fields = Object.entries<z.ZodType>(parameters.shape).flatMap(([field, schema]) => {
    const parsed = schema.safeParse(undefined)
    return parsed.success && parsed.data !== undefined ? [[field, parsed.data] as const] : []
  })
  return Object.fromEntries(fields)
}

export const isPhase = (name: string): boolean => findTemplate(name)?.kind === 'system-phase'

/** Who reads: what the requests name, so that they can be sent as they are. */
export interface CatalogueReader {
  /** The price book of the reader's jurisdiction; absent: the one that comes with Phoenix. */
  book?: PriceBook | null
  /** Slug. */
  tenant: string
  /** The cluster to name where there are several; null where that is not needed, or not known. */
  cluster: string | null
}

const requestOf = (
  { tenant }: CatalogueReader,
  list: 'changes' | 'rollouts',
  key: string,
  body: Record<string, unknown>,
): ExampleRequest => ({
  method: 'POST',
  path: `/v1/tenants/${tenant}/${list}`,
  headers: { 'Content-Type': 'application/json', 'Idempotency-Key': `example-${key}` },
  body,
})

/** With the reader's cluster where the form has a place for it and the example leaves it open. */
const placed = ({ cluster }: CatalogueReader, form: z.ZodType, parameters: unknown): unknown => {
  const hasPlace = form instanceof z.ZodObject && Object.hasOwn(form.shape, 'cluster')
  return cluster === null || !hasPlace ? parameters : { cluster, ...Object(parameters) }
}

const formOf = (parameters: z.ZodType) => ({
  parameters: z.toJSONSchema(parameters, { io: 'input', target: 'draft-2020-12' }),
  defaults: defaultsOf(parameters),
})

const REACH = { undefined: 'never', boolean: 'always', function: 'by parameters' } as const

const describeOne = (template: Template, reader: CatalogueReader): TemplateDetail => ({
  ...summarise(template),
  versions: versionsOf(template.name),
  clusterWide: REACH[typeof template.clusterWide as keyof typeof REACH],
  ...formOf(template.parameters),
  examples: template.examples.map((example, index) => {
    const { name } = example
    const parameters = placed(reader, template.parameters, example.parameters)
    const older = versionsOf(template.name)[0] !== template.version
    const version = older ? { version: template.version } : {}
    const body = { action: 'create', template: template.name, ...version, name, parameters }
    const tenant = template.records?.platform ? PLATFORM_SLUG : reader.tenant
    const request = requestOf(
      { ...reader, tenant },
      'changes',
      `${template.name}-${index + 1}`,
      body,
    )
    return { ...example, request }
  }),
  rendered: sampleOf(`${template.name} ${template.version}`, exampleParts(template)),
  rules: rulesOf([template]),
  prices: pricesOf(
    `${template.name} ${template.version}`,
    exampleParts(template),
    reader.book ?? standInBook,
  ),
  system: null,
})

const exampleParts = (template: Template) =>
  template.examples.slice(0, 1).map(({ name, parameters }) => ({ template, name, parameters }))

/** `loc_az_hci` is a name of the source, not one that DNS takes. */
const instanceName = ({ name }: System): string => name.replaceAll('_', '-')

/** What the first example makes of a phase. */
const partsOf = (system: System, { id, change }: Phase, name: string) => {
  const template = findTemplate(change?.template ?? phaseTemplateName(system.name, id))
  if (!template) return []
  if (change && template.parts) {
    const parameters = template.parameters.parse(change.parameters(name, null))
    return template.parts(parameters).map((part) => ({
      ...{ template: part.template, name: part.name, parameters: part.parameters },
    }))
  }
  const parameters = system.examples[0]?.parameters ?? {}
  return [{ template, name: phaseResourceName(name, id), parameters }]
}

const describeWhole = (system: System, reader: CatalogueReader): TemplateDetail => {
  const name = instanceName(system)
  const blocks = system.phases.flatMap((phase) => blocksOf(system, phase))
  const parts = system.phases
    .filter((phase) => blocksOf(system, phase).length > 0)
    .flatMap((phase) => partsOf(system, phase, name))
  const reaches = blocks.some(({ template }) => template.clusterWide !== undefined)
  return {
    ...summariseSystem(system),
    versions: versionsOf(system.name),
    clusterWide: reaches ? 'by parameters' : 'never',
    ...formOf(system.parameters),
    examples: system.examples.map(({ title, parameters }, index) => ({
      ...{ title, name, parameters },
      request: requestOf(reader, 'rollouts', `${name}-${index + 1}`, {
        ...{ system: system.name, name },
        parameters: placed(reader, system.parameters, parameters),
      }),
    })),
    rendered: sampleOf(`${system.name} ${system.version}`, parts),
    rules: rulesOf(blocks.map(({ template }) => template)),
    prices: pricesOf(`${system.name} ${system.version}`, parts, reader.book ?? standInBook),
    system: describeSystem(system),
  }
}

/** Null when there is no such template or system. */
export const describeTemplate = (
  name: string,
  reader: CatalogueReader,
  version?: string,
): TemplateDetail | null => {
  const system = findSystem(name, version)
  if (system) return describeWhole(system, reader)
  // A phase is a template too, and is nobody's to ask for.
  const offered = templates.some((candidate) => candidate.name === name)
  const template = offered ? findTemplate(name, version) : undefined
  return template ? describeOne(template, reader) : null
}

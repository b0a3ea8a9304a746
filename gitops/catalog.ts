// The catalogue as callers see it: each template's parameters as JSON Schema, its defaults, examples and what it renders.
// The edge reaches templates through this file only.
import * as z from 'zod'
import type { Template } from '../schemas/template.ts'
import {
  findSystem,
  findTemplate,
  phaseResourceName,
  phaseTemplateName,
  templates,
} from '../templates/index.ts'

export { findSystem, findTemplate, phaseResourceName, phaseTemplateName }

export const TemplateSummary = z.strictObject({
  name: z.string(),
  version: z.string(),
  title: z.string(),
  description: z.string(),
  /** What its resources are called in /resources. */
  kind: z.string(),
  /** Kinds of objects it renders. */
  renders: z.array(z.string()),
})
export type TemplateSummary = z.infer<typeof TemplateSummary>

export const TemplateDetail = TemplateSummary.extend({
  /** JSON Schema 2020-12 of what a request may send. */
  parameters: z.record(z.string(), z.unknown()),
  /** Top-level parameters that have a default, with it. */
  defaults: z.record(z.string(), z.unknown()),
  examples: z.array(
    z.strictObject({ title: z.string(), name: z.string(), parameters: z.unknown() }),
  ),
})
export type TemplateDetail = z.infer<typeof TemplateDetail>

const summarise = ({ name, version, title, description, kind, renders }: Template) => ({
  name,
  version,
  title,
  description,
  kind,
  renders,
})

export const listTemplates = (): TemplateSummary[] =>
  [...templates].sort((a, b) => (a.name < b.name ? -1 : 1)).map(summarise)

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

/** Null when there is no such template. */
export const describeTemplate = (name: string): TemplateDetail | null => {
  const template = findTemplate(name)
  if (!template) return null
  return {
    ...summarise(template),
    parameters: z.toJSONSchema(template.parameters, { io: 'input', target: 'draft-2020-12' }),
    defaults: defaultsOf(template.parameters),
    examples: template.examples,
  }
}

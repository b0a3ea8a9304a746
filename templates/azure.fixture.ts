// How tests of Azure templates render a template's first example with some parameters changed.
import { render } from '../gitops/render.ts'
import type { Manifest } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { findTemplate } from './index.ts'

const templateOf = (name: string) => {
  const template = findTemplate(name)
  if (!template) throw new Error(`no template ${name}`)
  return template
}

type More = Record<string, unknown>

export const parametersOf = (template: string): More => ({
  ...(templateOf(template).examples[0]?.parameters as More),
})

export const accepts = (template: string, more: More): boolean =>
  templateOf(template).parameters.safeParse({ ...parametersOf(template), ...more }).success

export const findingsOf = (template: string, more: More) => {
  const parameters = { ...parametersOf(template), ...more }
  return templateOf(template).findings(
    exampleInput(templateOf(template), { name: 'thing', parameters }),
  )
}

export const objectsOf = (
  template: string,
  more: More = {},
  { name = 'thing', tenant = 'dbis', guardsLifted = false } = {},
): Manifest[] => {
  const parameters = { ...parametersOf(template), ...more }
  const input = exampleInput(templateOf(template), { name, parameters })
  return render(templateOf(template), {
    ...input,
    tenant: { ...input.tenant, slug: tenant },
    guardsLifted,
  }).objects.map(({ manifest }) => manifest)
}

/** The specs of a kind, by name of the object. */
export const specsOf = (kind: string, objects: Manifest[]): Record<string, More> =>
  Object.fromEntries(
    objects
      .filter((object) => object.kind === kind)
      .map(({ metadata, spec }) => [metadata.name, spec as More]),
  )

// What an example renders to, in made-up surroundings, for the catalogue. Nothing is planned, reserved or written.
import * as z from 'zod'
import type { Template } from '../schemas/template.ts'
import { exampleInput } from '../templates/index.ts'
import { render } from './render.ts'

export const Sample = z.strictObject({
  /** What in it is not real. */
  madeUp: z.string(),
  files: z.array(z.strictObject({ path: z.string(), content: z.string() })),
  /** Files that are rendered and not shown. */
  more: z.int(),
})
export type Sample = z.infer<typeof Sample>

/** A template with the name and the parameters of an example. */
export interface ExamplePart {
  template: Template
  name: string
  parameters: unknown
}

const SHOWN = 10
const MADE_UP =
  'Rendered for a made-up tenant, cluster and sites: addresses, VM ids and node keys are none of yours. A preview of your own request shows the real ones.'

const samples = new Map<string, Sample>()

/** The first files of all parts, in the order in which they are written. Made once per name. */
export const sampleOf = (name: string, parts: ExamplePart[]): Sample => {
  const known = samples.get(name)
  if (known) return known
  const files = parts.flatMap(
    ({ template, ...example }) => render(template, exampleInput(template, example)).files,
  )
  const sample = {
    madeUp: MADE_UP,
    files: files.slice(0, SHOWN),
    more: Math.max(0, files.length - SHOWN),
  }
  samples.set(name, sample)
  return sample
}

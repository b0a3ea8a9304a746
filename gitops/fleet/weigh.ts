// What a region's files take of a pull request, and what its class takes of the record of the change, where it is shown
// once: counted for each kind of engine and each set of parameters.
import type { Cluster } from '../../schemas/place.ts'
import type { Template } from '../../schemas/template.ts'
import { render } from '../render.ts'
import type { Weight } from './groups.ts'

const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** Lines of a text that ends in a line break. */
export const linesOf = (text: string): number => text.split('\n').length - 1

/** Of plan.json: an entry of a file, and what a region has in it by itself. Of PLAN.md a few lines more. */
const LINES_PER_FILE = 7
const LINES_PER_REGION = 30

export const weigh = (
  template: Template,
  input: {
    tenant: { slug: string; repositoryUrl: string }
    name: string
    cluster: Cluster
    parameters: unknown
  },
): { each: Weight; once: Weight } => {
  const nowhere = { sites: [], placement: [], identities: [], guardsLifted: false }
  const { files } = render(template, { ...input, ...nowhere })
  const bytes = files.reduce((sum, { content }) => sum + bytesOf(content), 0)
  const lines = files.reduce((sum, { content }) => sum + linesOf(content), 0)
  const record = files.length * LINES_PER_FILE + LINES_PER_REGION
  const asked = JSON.stringify(input.parameters, null, 2)
  return {
    each: { files: files.length, bytes, lines: lines + record },
    // Its text in PLAN.md and in plan.json, and its parameters.
    once: {
      files: 0,
      bytes: 2 * bytes + bytesOf(asked),
      lines: lines + record + linesOf(asked),
    },
  }
}

// The committed examples are what the templates render today, byte for byte; `npm run examples` writes them anew.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { render } from '../gitops/render.ts'
import type { Template } from '../schemas/template.ts'
import { exampleInput } from './example-inputs.ts'
import { templates } from './index.ts'

const ROOT = join(import.meta.dirname, 'examples')

/** The leaf of a component is the same for both engines; one large example is enough. Records have no engine. */
const enginesOf = ({ name, records }: Template): ('argocd' | 'flux')[] =>
  name === 'besu-network' || records ? ['argocd'] : ['argocd', 'flux']

const cases = templates.flatMap((template) =>
  template.examples.flatMap((example) =>
    enginesOf(template).map((engine) => ({
      directory: `${ROOT}/${template.name}/${example.name}${template.records ? '' : `-${engine}`}`,
      files: render(template, exampleInput(template, example, engine)).files,
    })),
  ),
)

const filesBelow = (directory: string): string[] =>
  existsSync(directory)
    ? readdirSync(directory, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => `${entry.parentPath}/${entry.name}`)
    : []

describe.each(cases)('$directory', ({ directory, files }) => {
  it('equals what is rendered', async () => {
    for (const { path, content } of files) {
      await expect(content).toMatchFileSnapshot(`${directory}/${path}`)
    }
  })

  it('has nothing that is no longer rendered', () => {
    const rendered = new Set(files.map(({ path }) => `${directory}/${path}`))
    expect(filesBelow(directory).filter((file) => !rendered.has(file))).toEqual([])
  })
})

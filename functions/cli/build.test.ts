// The two bundles build, and each fits the runtime it is for.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { buildFunctions, buildWorker } from './build.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'phoenix-build-'))
})
afterAll(() => rm(folder, { recursive: true }))

it('bundles the Functions for any host: CommonJS, and the core left to the host', async () => {
  const { path } = await buildFunctions({ outfile: join(folder, 'index.cjs') })
  const text = await readFile(path, 'utf8')
  expect(text).toContain('require("@azure/functions-core")')
  expect(text).not.toContain('require("jose")')
  expect(text).not.toMatch(/[^.]import\s*\{/)
})

it('leaves laptop stand-ins out of the Functions bundle', async () => {
  const { metafile } = await buildFunctions({ outfile: join(folder, 'index.cjs') })
  const inputs = Object.keys(metafile.inputs)
  expect(inputs).toContain('functions/main.ts')
  expect(inputs.filter((input) => input.startsWith('functions/local/'))).toEqual([])
})

it('bundles a Worker as one module with its platform imports left outside', async () => {
  const entry = join(folder, 'worker.ts')
  const source = `import { createHash } from 'node:crypto'
    import { DurableObject } from 'cloudflare:workers'
    export class Thing extends DurableObject {}
    export default { fetch: () => new Response(createHash('sha256').digest('hex')) }`
  await writeFile(entry, source)
  const { path, metafile } = await buildWorker({ entry, outfile: join(folder, 'worker.js') })
  const [output] = Object.values(metafile.outputs)
  expect(output?.exports.sort()).toEqual(['Thing', 'default'])
  const imports = output?.imports.map((each) => each.path).sort()
  expect(imports).toEqual(['cloudflare:workers', 'node:crypto'])
  expect(await readFile(path, 'utf8')).toContain('export{')
})

it('rejects with the reason when the source does not build', async () => {
  const entry = join(folder, 'broken.ts')
  await writeFile(entry, `import { nothing } from './nowhere.ts'\nnothing()`)
  await expect(buildWorker({ entry, outfile: join(folder, 'broken.js') })).rejects.toThrow(
    /nowhere/,
  )
})

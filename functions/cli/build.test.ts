// The two bundles build, and each fits the runtime it is for.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
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

/** Minified, of each file: a host loads the second one when Azure is first needed. */
const BUNDLE_AT_MOST_BYTES = 600_000

it('keeps each file of the Functions below 600 kB, and Azure’s SDKs out of the one that every start loads', async () => {
  const { path, metafile, azureSdk } = await buildFunctions({ outfile: join(folder, 'index.cjs') })
  if (!azureSdk) throw new Error('nothing speaks to Azure')
  for (const file of [path, azureSdk.path])
    expect((await readFile(file)).length).toBeLessThan(BUNDLE_AT_MOST_BYTES)
  // Whoever needs more of them names it in functions/azure/sdk.ts and imports that.
  const sdks = Object.keys(metafile.inputs).filter((input) =>
    /node_modules\/@azure\/(?!functions)/.test(input),
  )
  expect(sdks).toEqual([])
  expect(Object.keys(azureSdk.metafile.inputs)).toContain('functions/azure/sdk.ts')
})

it('refuses to load Azure’s SDKs at every start', async () => {
  const entry = join(folder, 'eager.ts')
  const sdk = join(import.meta.dirname, '../azure/sdk.ts')
  await writeFile(
    entry,
    `import { DefaultAzureCredential } from '${sdk}'\nDefaultAzureCredential()`,
  )
  await expect(buildFunctions({ entry, outfile: join(folder, 'eager.cjs') })).rejects.toThrow(
    /import azure\/sdk.ts where it is needed/,
  )
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

it('puts the verifiers of the log into the Worker as they stand in the tree', async () => {
  const entry = join(folder, 'verifiers.ts')
  await writeFile(entry, 'export const texts = PHOENIX_VERIFIERS')
  const { path } = await buildWorker({ entry, outfile: join(folder, 'verifiers.mjs') })
  const { texts } = (await import(pathToFileURL(path).href)) as { texts: Record<string, string> }
  for (const name of ['verify-log.mjs', 'audit-log.mjs'])
    expect(texts[name]).toBe(await readFile(join(import.meta.dirname, name), 'utf8'))
})

it('rejects with the reason when the source does not build', async () => {
  const entry = join(folder, 'broken.ts')
  await writeFile(entry, `import { nothing } from './nowhere.ts'\nnothing()`)
  await expect(buildWorker({ entry, outfile: join(folder, 'broken.js') })).rejects.toThrow(
    /nowhere/,
  )
})

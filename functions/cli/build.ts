// `npm run build`: the two bundles of the product with esbuild, and what they weigh.
// The Worker's bundle is the same for plain workerd and Cloudflare; the Functions' bundle the same for func, Azure and the
// local host, with Azure's SDKs beside it. Builds every time: it takes a fraction of a second.
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'
import * as z from 'zod'
import { verifiersDefined } from './verifiers.ts'

const root = join(import.meta.dirname, '../..')
const Package = z.object({ version: z.string() })

export interface Bundle {
  /** Absolute path of the file written. */
  path: string
  metafile: Metafile
}

type Options = Omit<BuildOptions, 'metafile' | 'write'> & { outfile: string }

const bundle = async (options: Options): Promise<Bundle> => {
  const { version } = Package.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')))
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    bundle: true,
    minify: true,
    logLevel: 'silent',
    define: { PHOENIX_VERSION: JSON.stringify(version), ...verifiersDefined() },
    ...options,
    metafile: true,
    write: false,
  })
  const path = resolve(root, options.outfile)
  // Whoever starts from the same checkout at this moment reads the old bundle or the new one, never half of one.
  const draft = `${path}.${randomUUID()}`
  await mkdir(dirname(path), { recursive: true })
  for (const { contents } of outputFiles) await writeFile(draft, contents)
  await rename(draft, path)
  return { path, metafile }
}

/** Rejects with esbuild's messages when the source does not build. `entry` is relative to the root, `outfile` too or absolute. */
export const buildWorker = ({
  entry = 'edge-workers/main.ts',
  outfile = 'dist/edge-workers/worker.js',
} = {}): Promise<Bundle> =>
  bundle({
    entryPoints: [entry],
    outfile,
    format: 'esm',
    platform: 'neutral',
    target: 'es2024',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
  })

const AZURE_SDK = 'azure-sdk.cjs'
const AZURE_SDK_SOURCE = join(root, 'functions/azure/sdk.ts')

/** Leaves functions/azure/sdk.ts to a file beside the bundle. Who imports it at the top would load it at every start. */
const azureSdkBeside: Plugin = {
  name: 'azure-sdk-beside',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/sdk\.ts$/ }, ({ kind, importer, path, resolveDir }) => {
      if (kind === 'entry-point' || resolve(resolveDir, path) !== AZURE_SDK_SOURCE) return null
      if (kind === 'dynamic-import') return { path: `./${AZURE_SDK}`, external: true }
      return { errors: [{ text: `${importer}: import azure/sdk.ts where it is needed` }] }
    }),
}

export interface FunctionsBundle extends Bundle {
  /** Null: nothing in this bundle speaks to Azure. */
  azureSdk: Bundle | null
}

/** The bundle that package.json names as `main`. `@azure/functions-core` comes from whichever host loads it. */
export const buildFunctions = async ({
  entry = 'functions/main.ts',
  outfile = 'dist/functions/index.cjs',
} = {}): Promise<FunctionsBundle> => {
  const options: BuildOptions = {
    ...{ format: 'cjs', platform: 'node', target: 'node20', plugins: [azureSdkBeside] },
    external: ['@azure/functions-core'],
    // Every host can require; not every one lets a script import.
    supported: { 'dynamic-import': false },
  }
  const main = await bundle({ ...options, entryPoints: [entry], outfile })
  const needed = Object.values(main.metafile.outputs).some(({ imports }) =>
    imports.some(({ path }) => path === `./${AZURE_SDK}`),
  )
  const beside = join(dirname(outfile), AZURE_SDK)
  const azureSdk = needed
    ? await bundle({ ...options, entryPoints: [AZURE_SDK_SOURCE], outfile: beside })
    : null
  return { ...main, azureSdk }
}

const kib = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`

const packageOf = (path: string): string =>
  /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? 'phoenix'

/** One line for the bundle, one for its five heaviest packages. */
const describe = async ({ path, metafile }: Bundle): Promise<string> => {
  const bytes = await readFile(path)
  const weights = new Map<string, number>()
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [input, { bytesInOutput }] of Object.entries(inputs)) {
      const name = packageOf(input)
      weights.set(name, (weights.get(name) ?? 0) + bytesInOutput)
    }
  }
  const heaviest = [...weights]
    .sort(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([name, weight]) => `${name} ${kib(weight)}`)
  const [name] = Object.keys(metafile.outputs)
  return `${name}  ${kib(bytes.length)}, ${kib(gzipSync(bytes).length)} gzipped\n  ${heaviest.join(', ')}`
}

if (process.argv[1] === import.meta.filename) {
  const [worker, functions] = await Promise.all([buildWorker(), buildFunctions()])
  for (const built of [worker, functions, functions.azureSdk]) {
    if (built) console.log(await describe(built))
  }
}

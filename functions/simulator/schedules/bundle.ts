// The simulator and everything it runs, in one module: for a process without a test runner, and with a rule taken out of the
// product where somebody wants to see that this is caught. Nothing in the product knows of that.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { remembering } from './remembering.ts'

const root = join(import.meta.dirname, '../../..')

/** Text of a source file, which has to be there once, and what stands there instead. */
export interface Replacement {
  file: string
  find: string
  instead: string
}

const replacing = (replacements: readonly Replacement[]): Plugin => ({
  name: 'replacing',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const own = replacements.filter(({ file }) => file === relative(root, path))
      if (own.length === 0) return undefined
      let contents = await readFile(path, 'utf8')
      for (const { file, find, instead } of own) {
        if (contents.split(find).length !== 2) throw new Error(`${file} has not once: ${find}`)
        contents = contents.replace(find, () => instead)
      }
      return { contents, loader: 'ts' }
    })
  },
})

export type Simulator = typeof import('./simulate.ts')

let made = 0
/** Files below `dist`, so that they find the packages. */
const place = (): string => {
  made += 1
  return join(root, `dist/simulator-${process.pid}-${made}.mjs`)
}

/** Path of the module; whoever asked takes it away again. */
export const bundleSimulator = async (
  replacements: readonly Replacement[] = [],
  entry = 'functions/simulator/schedules/simulate.ts',
): Promise<string> => {
  const path = place()
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    ...{ bundle: true, write: false, logLevel: 'silent', platform: 'node', format: 'esm' },
    ...{ target: 'node22', jsx: 'automatic', jsxImportSource: 'hono/jsx' },
    alias: { 'cloudflare:workers': join(root, 'functions/simulator/cloudflare-workers.ts') },
    external: ['esbuild'],
    plugins: [remembering(root), replacing(replacements)],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  })
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, outputFiles[0]?.contents ?? '')
  return path
}

/** The simulator over the product without these rules. */
export const simulatorWithout = async (
  replacements: readonly Replacement[],
): Promise<Simulator> => {
  const path = await bundleSimulator(replacements)
  try {
    return (await import(pathToFileURL(path).href)) as Simulator
  } finally {
    await rm(path, { force: true })
  }
}

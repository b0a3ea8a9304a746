// Pure functions of the product whose answers the simulator remembers (remembered.ts): where it is bundled, whoever imports one of
// these modules gets it with memory. Each is the product's own, with whatever was taken out of it; the digest comes in as an
// argument and is always the same.
import { basename, join, relative } from 'node:path'
import type { Plugin } from 'esbuild'

/** Of each export what its answer depends on, out of its arguments. */
export const PURE: Readonly<Record<string, Record<string, string>>> = {
  'gitops/plan-again.ts': {
    renderAgain:
      '(request, { phase, placement, template }, snapshot) => [request, phase, placement, template, snapshot]',
    judgeAgain:
      '(request, { phase, placement, template }, snapshot) => [request, phase, placement, template, snapshot]',
  },
  'gitops/plan.ts': {
    plan: '(request, snapshot) => [request, snapshot]',
    readsDigest: '(snapshot, { name, version }) => [name, version, snapshot]',
  },
  'gitops/stored-plan.ts': {
    parsePlan: '(text) => text',
    parseSnapshot: '(text) => text',
  },
  'functions/local/node-identities.ts': {
    simulateIdentity: '(...names) => names',
  },
}

/** However they are imported. */
const NAMES = new RegExp(
  `/(?:${Object.keys(PURE)
    .map((file) => basename(file, '.ts'))
    .join('|')})\\.ts$`,
)
const REMEMBERED = join(import.meta.dirname, 'remembered.ts')

export const remembering = (root: string): Plugin => ({
  name: 'remembering',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: NAMES }, ({ path, resolveDir, namespace }) => {
      const found = join(resolveDir, path)
      // The module itself is asked for by the one that stands before it.
      if (namespace === 'remembering' || !(relative(root, found) in PURE)) return undefined
      return { path: found, namespace: 'remembering' }
    })
    onLoad({ filter: /./, namespace: 'remembering' }, ({ path }) => ({
      resolveDir: join(path, '..'),
      contents: [
        `import * as real from ${JSON.stringify(path)}`,
        `import { remembered } from ${JSON.stringify(REMEMBERED)}`,
        `export * from ${JSON.stringify(path)}`,
        ...Object.entries(PURE[relative(root, path)] ?? {}).map(
          ([name, keyOf]) => `export const ${name} = remembered(real.${name}, ${keyOf})`,
        ),
      ].join('\n'),
    }))
  },
})

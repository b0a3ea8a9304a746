// What Stryker runs in its copy of the tree: the tests of one module, in a thread that stays, and in the order in which
// modules.ts lists them: the first test that fails ends a mutant, so the quick ones come first.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import type { TestSequencer, TestSequencerConstructor, TestSpecification } from 'vitest/node'
import { keptWorker } from './kept-worker.ts'

const root = join(import.meta.dirname, '../../..')
const tests = process.env.MUTATION_TESTS?.split(' ') ?? []
const placeOf = ({ moduleId }: TestSpecification): number =>
  tests.findIndex((test) => moduleId.endsWith(test))

/** Vitest would take the files that took longest first. */
function asListed(): TestSequencer {
  return {
    shard: async (files) => files,
    sort: async (files) => files.toSorted((a, b) => placeOf(a) - placeOf(b)),
  }
}

/**
 * What the product keeps for as long as a process lives, by file: a statement that was built before the mutant was switched on
 * would run without it. Here it lives as long as the mutant.
 */
const KEPT: Record<string, [kept: RegExp, anew: string]> = {
  'edge-workers/actors/database.ts': [/built \?\?= build\(/, 'built = build('],
  'edge-workers/actors/tenant/bench.fixture.ts': [
    /'bench'/g,
    'String(globalThis.__stryker__?.activeMutant)',
  ],
  'edge-workers/actors/tenant/context.ts': [
    /changing\.(get|set)\(key/g,
    'changing.$1(String(globalThis.__stryker__?.activeMutant) + key',
  ],
}

export default defineConfig({
  root,
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  resolve: {
    alias: {
      'cloudflare:workers': join(root, 'functions/simulator/cloudflare-workers.ts'),
    },
  },
  plugins: [
    {
      name: 'built-anew',
      enforce: 'pre',
      transform(code, id) {
        const [, [kept, anew] = []] = Object.entries(KEPT).find(([file]) => id.endsWith(file)) ?? []
        if (kept === undefined || anew === undefined) return
        if (code.search(kept) < 0) throw new Error(`${id} keeps its statements in another way`)
        return code.replace(kept, anew)
      },
    },
    {
      name: 'kept-worker',
      configureVitest({ project: { config } }) {
        Object.assign(config, { pool: keptWorker.name, poolRunner: keptWorker })
      },
    },
  ],
  test: {
    isolate: false,
    sequence: { sequencer: asListed as unknown as TestSequencerConstructor },
    setupFiles: ['functions/simulator/put-back.ts'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 10_000,
    include: tests,
  },
})

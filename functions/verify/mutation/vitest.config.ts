// What Stryker runs in its copy of the tree: the tests of one module, in a thread that stays.
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { keptWorker } from './kept-worker.ts'

const root = join(import.meta.dirname, '../../..')

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
      name: 'kept-worker',
      configureVitest({ project: { config } }) {
        Object.assign(config, { pool: keptWorker.name, poolRunner: keptWorker })
      },
    },
  ],
  test: {
    isolate: false,
    setupFiles: ['functions/simulator/put-back.ts'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    testTimeout: 10_000,
    include: process.env.MUTATION_TESTS?.split(' ') ?? [],
  },
})

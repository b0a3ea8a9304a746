import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  resolve: {
    alias: {
      // Actors run in the tests' own process; on workerd the module is the runtime's.
      'cloudflare:workers': join(import.meta.dirname, 'functions/simulator/cloudflare-workers.ts'),
    },
  },
  test: {
    include: ['{schemas,templates,gitops,edge-workers,functions}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'dist/**', 'functions/verify/**'],
    // node:sqlite is behind no flag but still says it is experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Vitest would leave one core to itself.
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
})

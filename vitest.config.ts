import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

const shared = {
  exclude: ['**/node_modules/**', 'dist/**', 'functions/verify/**'],
  // node:sqlite is behind no flag but still says it is experimental.
  execArgv: ['--disable-warning=ExperimentalWarning'],
  testTimeout: 20_000,
  hookTimeout: 60_000,
}

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  resolve: {
    alias: {
      // Actors run in the tests' own process; on workerd the module is the runtime's.
      'cloudflare:workers': join(import.meta.dirname, 'functions/simulator/cloudflare-workers.ts'),
    },
  },
  test: {
    // Vitest would leave one core to itself.
    maxWorkers: availableParallelism(),
    projects: [
      {
        // Pure rooms keep no state: their modules are loaded once for many files, which saves a third of the time.
        extends: true,
        test: {
          ...shared,
          name: 'pure',
          isolate: false,
          include: ['{schemas,templates,gitops}/**/*.test.{ts,tsx}'],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'whole',
          include: ['{edge-workers,functions}/**/*.test.{ts,tsx}'],
        },
      },
    ],
  },
})

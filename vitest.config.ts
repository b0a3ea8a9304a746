import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { verifiersDefined } from './functions/cli/verifiers.ts'

const shared = {
  exclude: ['**/node_modules/**', 'dist/**', 'functions/verify/**'],
  // node:sqlite is behind no flag but still says it is experimental.
  execArgv: ['--disable-warning=ExperimentalWarning'],
  // Two cores may be busy with whatever else the machine does; no test waits for a clock.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 60_000 } },
}

/** Whoever puts another module in the place of one needs modules of his own. */
const replacing = readdirSync(join(import.meta.dirname, 'edge-workers'), { recursive: true })
  .map((file) => `edge-workers/${file}`)
  .filter((file) => /\.test\.tsx?$/.test(file))
  .filter((file) => readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('))

/** The whole edge in a plain process: these share its modules with the edge's own tests. */
const SIMULATED = 'functions/simulator/**/*.test.ts'

export default defineConfig({
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  // As the build does.
  define: verifiersDefined(),
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
          name: 'front',
          // Most of such a file's time was the loading of the Worker. State is kept by a world, and each test makes its own.
          isolate: false,
          setupFiles: ['functions/simulator/put-back.ts'],
          include: ['edge-workers/**/*.test.{ts,tsx}', SIMULATED],
          exclude: [...shared.exclude, ...replacing],
        },
      },
      {
        extends: true,
        test: {
          ...shared,
          name: 'whole',
          include: ['functions/**/*.test.{ts,tsx}', ...replacing],
          exclude: [...shared.exclude, SIMULATED],
        },
      },
    ],
  },
})

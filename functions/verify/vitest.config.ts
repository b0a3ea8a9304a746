// `npm run verify`: what is too slow for `npm test`. The fuzz of the templates runs in parts, so that two cores share it.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { verifiersDefined } from '../cli/verifiers.ts'
import { Tally } from './tally.ts'

const FUZZ = 'functions/verify/templates/fuzz.verify.ts'
/** Takes every core for as long as it is given. */
const LAST = 'functions/verify/simulate.verify.ts'
/** More parts than cores: templates are not equally heavy. */
const PARTS = 6

const root = join(import.meta.dirname, '../..')

export default defineConfig({
  root,
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  define: verifiersDefined(),
  resolve: {
    alias: {
      // Actors run in the tests' own process; on workerd the module is the runtime's.
      'cloudflare:workers': join(root, 'functions/simulator/cloudflare-workers.ts'),
    },
  },
  test: {
    reporters: ['default', new Tally()],
    // node:sqlite is behind no flag but still says it is experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // Vitest would leave one to itself.
    maxWorkers: availableParallelism(),
    // No test here waits for a clock; two cores that do all of this at once take what they take.
    testTimeout: 1_200_000,
    hookTimeout: 1_200_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'verify',
          include: ['functions/verify/**/*.{verify,test}.ts'],
          exclude: ['**/node_modules/**', FUZZ, LAST],
        },
      },
      {
        extends: true,
        test: { name: 'simulate', include: [LAST], sequence: { groupOrder: 1 } },
      },
      ...Array.from({ length: PARTS }, (_, index) => ({
        extends: true as const,
        test: {
          name: `fuzz ${index + 1} of ${PARTS}`,
          include: [FUZZ],
          provide: { part: { index, parts: PARTS } },
        },
      })),
    ],
  },
})

// Tests of the product over its source with a rule taken out: PLANTED says which, as JSON of replacements; PLANTED_APPLIED is the
// file that gets the name of each source that was changed. Used by simulate-planted.verify.ts alone.
import { appendFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { defineConfig } from 'vitest/config'
import type { Replacement } from '../../simulator/schedules/bundle.ts'

const root = join(import.meta.dirname, '../../..')
const { PLANTED = '[]', PLANTED_APPLIED: applied } = process.env
const replacements = JSON.parse(PLANTED) as Replacement[]
const ofFile = (id: string): Replacement[] =>
  replacements.filter(({ file }) => file === relative(root, id.split('?')[0] ?? ''))

export default defineConfig({
  root,
  oxc: { jsx: { runtime: 'automatic', importSource: 'hono/jsx' } },
  resolve: {
    alias: { 'cloudflare:workers': join(root, 'functions/simulator/cloudflare-workers.ts') },
  },
  plugins: [
    {
      name: 'replacing',
      enforce: 'pre',
      // What is kept from earlier runs was made from another text.
      configureVitest: ({ defineCacheKeyGenerator }) => {
        defineCacheKeyGenerator(({ id }) => (ofFile(id).length > 0 ? false : undefined))
      },
      transform: (code, id) => {
        const own = ofFile(id)
        if (own.length === 0) return null
        let changed = code
        for (const { file, find, instead } of own) {
          if (changed.split(find).length !== 2) throw new Error(`${file} has not once: ${find}`)
          changed = changed.replace(find, () => instead)
        }
        if (applied !== undefined) appendFileSync(applied, `${own[0]?.file}\n`)
        return changed
      },
    },
  ],
  test: {
    include: ['{schemas,templates,gitops,edge-workers,functions}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'dist/**', 'functions/verify/**'],
    execArgv: ['--disable-warning=ExperimentalWarning'],
    // As in vitest.config.ts; one process, because the judges of several rows run beside each other.
    isolate: false,
    setupFiles: ['functions/simulator/put-back.ts'],
    maxWorkers: 1,
    // No test waits for a clock; one that its bug lets wait for ever is red by then.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
})

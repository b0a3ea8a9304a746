// The two stand-alone verifiers of the log as text: builds put them into the Worker, which hands them out to whoever has no
// checkout (edge-workers/verifiers.ts).
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const NAMES = ['verify-log.mjs', 'audit-log.mjs']

/** What to define for esbuild and vite: JSON of texts by file name. */
export const verifiersDefined = (): { PHOENIX_VERIFIERS: string } => ({
  PHOENIX_VERIFIERS: JSON.stringify(
    Object.fromEntries(
      NAMES.map((name) => [name, readFileSync(join(import.meta.dirname, name), 'utf8')]),
    ),
  ),
})

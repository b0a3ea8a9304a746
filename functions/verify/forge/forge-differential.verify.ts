// The forge in memory against the local one at length: whatever kind of answer there is comes in these sequences, and every rule that
// is taken out of the forge in memory is seen. Other sequences each time, unless FORGE_SEED says which is the first.
import { rm } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { compareOnce } from '../../local/forge/differential.fixture.ts'
import { type Met, missing } from '../../simulator/forge-differential.ts'
import type { createMemoryForge } from '../../simulator/memory-forge.ts'
import { bundleSimulator } from '../../simulator/schedules/bundle.ts'
import { FORGE_BUGS, MEMORY_FORGE } from './planted-forge-bugs.ts'

const SEQUENCES = Number(process.env.FORGE_SEQUENCES ?? 40)
const STEPS = 80
/** A planted bug is seen in as many, the same each time, or missed. */
const [PLANTED_SEED, SEQUENCES_AT_MOST] = [1_000, 25]
const seed = Number(process.env.FORGE_SEED ?? Math.floor(Math.random() * 1e9))

it('answer the same to the same, whatever the answer', async () => {
  const all: Met = new Map()
  for (let at = 0; at < SEQUENCES; at += 1) {
    const met: Met = new Map()
    const found = await compareOnce({ seed: seed + at, steps: STEPS, met })
    expect(found, `FORGE_SEED=${seed + at}`).toBeNull()
    for (const [kind, times] of met) all.set(kind, (all.get(kind) ?? 0) + times)
  }
  const counts = [...all].map(([kind, times]) => `${kind} ${times}`).join(', ')
  console.log(`forges compared over ${SEQUENCES} sequences of ${STEPS} steps: ${counts}`)
  expect(missing(all)).toEqual([])
}, 1_800_000)

describe('a forge in memory where', () => {
  it.each(FORGE_BUGS)(
    '$what is seen',
    async ({ what, replace }) => {
      const path = await bundleSimulator(replace, MEMORY_FORGE)
      const planted = (await import(pathToFileURL(path).href).finally(() => rm(path))) as {
        createMemoryForge: typeof createMemoryForge
      }
      let seen: string | null = null
      for (let at = 0; at < SEQUENCES_AT_MOST && seen === null; at += 1) {
        const options = { seed: PLANTED_SEED + at, steps: STEPS, met: new Map() }
        const found = await compareOnce(options, planted.createMemoryForge)
        if (found) seen = `${found.step}, step ${at * STEPS + found.before.length}`
      }
      console.log(`  ${what}: ${seen ?? 'MISSED'}`)
      expect(seen).not.toBeNull()
    },
    600_000,
  )
})

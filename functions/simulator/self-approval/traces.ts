// Random traces of requests, pushes, links, approvals and merges, held against the truth after every step: nothing is promoted
// that nobody but its requesters and pushers approved.
import * as fc from 'fast-check'
import { vi } from 'vitest'
import { act, type Step, traceArbitrary } from './steps.ts'
import { type Asked, mayPromote } from './truth.ts'
import { createScenes, type Scene } from './world.ts'

export interface Figures {
  traces: number
  steps: number
  promoted: number
  mergedUnauthorised: number
  refused: number
  /** Approvals that were given by somebody who presented a credential, or had signed in by one. */
  byCredential: number
  /** Of these, by presenting it for the change. */
  presented: number
}

/** Longer than what work is put off for. */
const STEP_MILLISECONDS = 6_000

/** What the product says of its changes, read past everything that could hide something. */
const statesOf = ({ world }: Scene): Map<string, string> => {
  const sql = world.tenants.actors.get(world.tenantId)?.surroundings.storage.sql
  const rows = sql?.exec('SELECT id, state FROM changes').toArray() ?? []
  return new Map(rows.map(({ id, state }) => [String(id), String(state)]))
}

const BY_CREDENTIAL = new Set<Step['what']>([
  'approve by credential',
  'approve by a credential’s session',
])
const PROMOTED = new Set(['promoted', 'applying', 'applied', 'degraded'])

/** By what the product says, or because its files are in `live`, whatever the product says. */
const isPromoted = (state: string | undefined, live: string[], { name }: Asked): boolean =>
  PROMOTED.has(state ?? '') || live.some((path) => path.includes(name))

/** Merges are judged by what was true before the step that made them. */
const judge = (
  scene: Scene,
  verdicts: ReadonlyMap<Asked, boolean>,
  figures: Figures,
  said: string,
): void => {
  const { world, truth } = scene
  const states = statesOf(scene)
  const live = world.memory.filesOf('live')
  for (const asked of truth.asked) {
    const merged = world.memory.pulls[asked.number - 1]?.merged === true
    if (merged && asked.mayBePromoted === null) {
      asked.mayBePromoted = verdicts.get(asked) ?? false
      if (states.get(asked.id) === 'merged_unauthorised') figures.mergedUnauthorised += 1
    }
    if (asked.promoted || !isPromoted(states.get(asked.id), live, asked)) continue
    asked.promoted = true
    figures.promoted += 1
    if (asked.mayBePromoted !== true)
      throw new Error(`promoted without another’s approval: ${asked.name}, by «${said}»`)
  }
}

/** One trace in a world of its own. Throws when something is promoted that may not be. */
export const runTrace = async (
  scene: Scene,
  steps: readonly Step[],
  figures: Figures,
): Promise<void> => {
  const { world, truth } = scene
  figures.traces += 1
  for (const step of steps) {
    scene.now += STEP_MILLISECONDS
    vi.setSystemTime(scene.now)
    const verdicts = new Map(
      truth.asked.map((asked) => {
        const head = world.memory.pulls[asked.number - 1]?.headSha ?? ''
        return [asked, mayPromote(truth, asked, head)] as const
      }),
    )
    const outcome = await act(scene, step)
    figures.steps += 1
    if (outcome === 'refused') figures.refused += 1
    if (outcome === 'taken' && BY_CREDENTIAL.has(step.what)) figures.byCredential += 1
    if (outcome === 'taken' && step.what === 'approve by credential') figures.presented += 1
    await world.settle()
    judge(scene, verdicts, figures, step.what)
  }
}

/**
 * Fake time has to be on. A failure says its seed and its steps, shortened.
 * @param seed the same seed is the same traces.
 */
export const runTraces = async (numRuns: number, seed: number): Promise<Figures> => {
  const scenes = await createScenes()
  const figures = {
    ...{ traces: 0, steps: 0, promoted: 0, mergedUnauthorised: 0, refused: 0, byCredential: 0 },
    presented: 0,
  }
  await fc.assert(
    fc.asyncProperty(traceArbitrary, (steps) => runTrace(scenes.next(), steps, figures)),
    { numRuns, seed },
  )
  return figures
}

export const said = (figures: Figures, seed: number): string =>
  `self-approval, seed ${seed}: ${figures.traces} traces, ${figures.steps} steps, ${figures.promoted} promoted, ` +
  `${figures.mergedUnauthorised} merged_unauthorised, ${figures.refused} refused, ${figures.byCredential} approvals by credential, ` +
  `${figures.presented} of them presented`

// Where a resource is not what was approved: in Git beside Phoenix, or on a cluster.
import * as z from 'zod'

/** At most so many differences are named; `more` counts the rest. */
export const DIFFERENCES_SHOWN = 50

export const Difference = z.strictObject({
  /** `git`: main, past what Phoenix promoted. `live`: the branch itself. `cluster`: an engine says so. */
  where: z.enum(['git', 'live', 'cluster']),
  /** Path in the repository, or `<cluster>/<component>`, or the object as the engine names it. */
  what: z.string(),
  how: z.enum(['changed', 'added', 'removed', 'out-of-sync', 'degraded']),
  /** In our own words, or the engine's message. */
  message: z.string(),
})
export type Difference = z.infer<typeof Difference>

export const Drift = z.strictObject({
  since: z.iso.datetime(),
  /** The commit of main, or the revision of an engine, that was looked at. */
  at: z.string().nullable(),
  differences: z.array(Difference),
  more: z.int().min(0),
  simulated: z.boolean(),
})
export type Drift = z.infer<typeof Drift>

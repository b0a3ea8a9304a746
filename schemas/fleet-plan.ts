// What a plan says of a change in many regions: identical differences as classes, each once.
import * as z from 'zod'
import { Digest } from './ids.ts'

export const FleetFile = z.strictObject({
  /** `{cluster}` stands for the cluster's name. */
  path: z.string(),
  action: z.enum(['add', 'change', 'remove']),
  /** `by-name`: `{cluster}` and `{region}` in the text stand for the names of each; `as-is`: nothing stands for anything. */
  form: z.enum(['as-is', 'by-name']),
  /** The whole file; null where it goes. */
  content: z.string().nullable(),
  /** Lines that differ from what stood there, each with its sign; null where that is not known. */
  difference: z.string().nullable(),
})
export type FleetFile = z.infer<typeof FleetFile>

export const FleetClass = z.strictObject({
  digest: Digest,
  regions: z.array(
    z.strictObject({
      region: z.string(),
      cluster: z.string(),
      /** Digest of all files of the region as the commit has them. */
      outputs: Digest,
    }),
  ),
  files: z.array(FleetFile),
})
export type FleetClass = z.infer<typeof FleetClass>

/** Regions alike over all waves of a rollout, without their files. */
export const FleetSummary = z.strictObject({
  waves: z.int(),
  /** Regions that the request changes, and those that stand already as it wants them. */
  changed: z.int(),
  unchanged: z.int(),
  /** In how many ways regions change: the number of all classes. */
  ways: z.int(),
  /** The largest classes, with the first region of each by name. */
  classes: z.array(z.strictObject({ regions: z.int(), first: z.string() })),
})
export type FleetSummary = z.infer<typeof FleetSummary>

export const FleetPlan = z.strictObject({
  name: z.string(),
  /** Regions of the group that the change touches, and those that it leaves alone. */
  changed: z.int(),
  unchanged: z.int(),
  classes: z.array(FleetClass),
  /** Of a wave of a rollout: all its waves together, as they were planned when it was asked for. */
  ofRollout: FleetSummary.optional(),
})
export type FleetPlan = z.infer<typeof FleetPlan>

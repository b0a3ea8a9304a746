// The emergency brake: while it is on, `live` of no repository moves. One operator pulls it; m of n let it go.
import * as z from 'zod'

/** Different operators who have to lift it, of those there are; one of them may be who pulled it. */
export const LIFTS_NEEDED = 2

export const SetFreeze = z.strictObject({ reason: z.string().trim().min(1).max(500) })
export type SetFreeze = z.infer<typeof SetFreeze>

export const FreezeView = z.strictObject({
  frozen: z.boolean(),
  /** Of the freeze that is on; null while none is. */
  id: z.string().nullable(),
  reason: z.string().nullable(),
  since: z.iso.datetime().nullable(),
  by: z.string().nullable(),
  /** Operators who want it lifted, by pseudonym. */
  lifts: z.array(z.strictObject({ by: z.string(), at: z.iso.datetime() })),
  liftsNeeded: z.int(),
})
export type FreezeView = z.infer<typeof FreezeView>

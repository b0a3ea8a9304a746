// host.json as far as this host goes by it. What it does not know it refuses, so that nothing set there is ignored in silence.
// https://learn.microsoft.com/azure/azure-functions/functions-host-json
import * as z from 'zod'

/** hh:mm:ss, in milliseconds. */
const Span = z
  .string()
  .regex(/^\d{2}:[0-5]\d:[0-5]\d$/)
  .transform((text) => {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number)
    return (hours * 3600 + minutes * 60 + seconds) * 1000
  })

const Queues = z.strictObject({
  batchSize: z.int().min(1).max(32).default(16),
  maxDequeueCount: z.int().min(1).default(5),
  messageEncoding: z.enum(['base64', 'none']).default('base64'),
  /** Before a message that failed is tried again. */
  visibilityTimeout: Span.default(0),
})

export const HostJson = z.strictObject({
  version: z.literal('2.0'),
  /** A function that takes longer has failed. `-1`: as long as it likes. */
  functionTimeout: z.union([z.literal('-1').transform(() => null), Span]).default(30 * 60 * 1000),
  extensions: z
    .strictObject({
      http: z.strictObject({ routePrefix: z.string().default('api') }).prefault({}),
      queues: Queues.prefault({}),
    })
    .prefault({}),
  /** Extensions and where traces go are Azure's own affair: this host has what it has built in. */
  extensionBundle: z.unknown().optional(),
  logging: z.unknown().optional(),
})
export type HostJson = z.infer<typeof HostJson>

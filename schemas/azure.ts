// What a call of the Functions to Azure comes back with, whatever it asked for: Key Vault, Azure Resource Manager, Verified ID.
// A table of verbs is one concern: what is sent, what comes back where it went well, and the path of each.
import * as z from 'zod'

/**
 * `absent`, `conflict` and `refused` (what was sent does not fit) are answers. `denied`: our credential or its permissions are
 * wrong. `throttled` and `unreachable`: later, under the same operation. `target`: the field or the code that Azure names.
 */
export const AzureFault = z.strictObject({
  fault: z.enum(['absent', 'denied', 'conflict', 'refused', 'throttled', 'unreachable']),
  target: z
    .string()
    .regex(/^[A-Za-z0-9_.[\]-]{1,100}$/)
    .nullable(),
  retryAfterSeconds: z.int().min(0).nullable(),
})
export type AzureFault = z.infer<typeof AzureFault>

export type Azure<T> = { ok: true; value: T } | { ok: false; fault: AzureFault }

/** One row for each verb. */
export type Verbs = Record<string, { path: string; input: z.ZodType; output: z.ZodType }>

/**
 * Asks for one of them. Idempotent under its operation id: the same id with the same input answers the same. Throws Outage
 * where nobody answers or Azure asks to wait; Denied where it takes no credential of ours.
 */
export type Ask<Table extends Verbs> = <Verb extends keyof Table & string>(
  verb: Verb,
  operation: string,
  input: z.input<Table[Verb]['input']>,
) => Promise<Azure<z.output<Table[Verb]['output']>>>

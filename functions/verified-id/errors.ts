// What Microsoft's request service and admin interface answer when they do not do it: by status first, and by the documented
// envelope { error: { code, innererror: { code, target } } } where it has more to say.
import * as z from 'zod'
import { AzureError, faultOf, kindOf, unreachable as unreachableService } from '../azure/errors.ts'

const SERVICE = 'verified id'

const Envelope = z.looseObject({
  error: z.looseObject({
    innererror: z
      .looseObject({ code: z.string().optional(), target: z.string().optional() })
      .optional(),
  }),
})

/** `text`: the body, of whatever kind. */
export const errorOf = (
  { status, text, retryAfter }: { status: number; text: string; retryAfter: string | null },
  now: number,
): AzureError => {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {}
  const { code, target } = Envelope.safeParse(parsed).data?.error.innererror ?? {}
  const fault = code === 'transientError' && status !== 429 ? 'unreachable' : kindOf(status)
  return new AzureError(SERVICE, faultOf(fault, { target, retryAfter }, now), status)
}

/** Nobody answered, or not to the end, or not what was agreed. */
export const unreachable = (status: number | null, cause?: unknown): AzureError =>
  unreachableService(SERVICE, status, cause)

/** What is known without asking. */
export const refusal = (
  fault: 'absent' | 'denied' | 'conflict',
  status: number | null = null,
): AzureError => new AzureError(SERVICE, { fault, target: null, retryAfterSeconds: null }, status)

export const throttled = (retryAfterSeconds: number): AzureError =>
  new AzureError(SERVICE, { fault: 'throttled', target: null, retryAfterSeconds }, 429)

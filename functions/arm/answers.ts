// What Azure Resource Manager answers when it does not do it. Its envelope { error: { code, … } } is what makes an answer one of
// its own: a page of somebody in between with the same status says nothing about the resource.
import * as z from 'zod'
import type { AzureFault } from '../../schemas/azure.ts'
import { AzureError, faultOf, kindOf, unreachable as unreachableService } from '../azure/errors.ts'

export const SERVICE = 'Azure Resource Manager'

export interface Answer {
  status: number
  headers: Headers
  text: string
}

const ErrorOf = z.looseObject({ code: z.string() })
const Envelope = z.looseObject({ error: ErrorOf })

/** Codes that say more than the status under which they come, or that come in an operation, which has none. */
const byCode: Record<string, AzureFault['fault']> = {
  ...{ AuthorizationFailed: 'denied', LinkedAuthorizationFailed: 'denied' },
  ...{ InvalidAuthenticationToken: 'denied', InvalidAuthenticationTokenTenant: 'denied' },
  ...{ ResourceNotFound: 'absent', NotFound: 'absent', ResourceGroupNotFound: 'absent' },
  ...{ ParentResourceNotFound: 'absent', SubscriptionNotFound: 'absent' },
  ...{ Conflict: 'conflict', ScopeLocked: 'conflict', AnotherOperationInProgress: 'conflict' },
  ...{ TooManyRequests: 'throttled', SubscriptionRequestsThrottled: 'throttled' },
  ...{ InternalServerError: 'unreachable', ServerTimeout: 'unreachable' },
  ...{ GatewayTimeout: 'unreachable', ServiceUnavailable: 'unreachable' },
}
const kindOfCode = (code: string): AzureFault['fault'] | undefined =>
  Object.hasOwn(byCode, code) ? byCode[code] : undefined

export const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const unreachable = (status: number | null, cause?: unknown): AzureError =>
  unreachableService(SERVICE, status, cause)

/** `now` in milliseconds since 1970. */
export const errorOf = ({ status, headers, text }: Answer, now: number): AzureError => {
  const retryAfter = headers.get('retry-after')
  if (status === 429) return new AzureError(SERVICE, faultOf('throttled', { retryAfter }, now), 429)
  const { code } = Envelope.safeParse(jsonOf(text)).data?.error ?? {}
  if (code === undefined)
    return new AzureError(SERVICE, faultOf('unreachable', { retryAfter }, now), status)
  const ofStatus = kindOf(status)
  const fault = ofStatus === 'refused' ? (kindOfCode(code) ?? ofStatus) : ofStatus
  return new AzureError(SERVICE, faultOf(fault, { target: code, retryAfter }, now), status)
}

const PASSING: ReadonlySet<AzureFault['fault']> = new Set(['throttled', 'unreachable'])
/**
 * An operation that ended, and did not do it. `Canceled` is a conflict: somebody else ended it. So is what passes: this one is over, and
 * only another can do it.
 */
export const errorOfOperation = (status: string, error: unknown): AzureError => {
  const code = ErrorOf.safeParse(error).data?.code ?? status
  const kind = kindOfCode(code) ?? (status === 'Canceled' ? 'conflict' : 'refused')
  const fault = PASSING.has(kind) ? 'conflict' : kind
  return new AzureError(SERVICE, faultOf(fault, { target: code }, 0), null)
}

/** What is known without asking. */
export const refusal = (fault: 'absent' | 'denied' | 'conflict' | 'refused', target?: string) =>
  new AzureError(SERVICE, faultOf(fault, { target }, 0), null)

export const throttled = (seconds: number): AzureError =>
  new AzureError(
    SERVICE,
    { fault: 'throttled', target: null, retryAfterSeconds: Math.max(1, Math.ceil(seconds)) },
    429,
  )

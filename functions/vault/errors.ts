// What Key Vault answers when it does not do it: by status first, and by the inner code where that says more
// (learn.microsoft.com/azure/key-vault/general/rest-error-codes). Names, values and addresses in its messages stay there.
import * as z from 'zod'
import type { VaultTarget } from '../../schemas/vault.ts'
import { AzureError, faultOf, kindOf, unreachable } from '../azure/errors.ts'

export const SERVICE = 'key vault'

/** As the SDK reads Key Vault's envelope: `innererror` becomes `innerError`. */
const Envelope = z.looseObject({
  error: z.looseObject({
    code: z.string().nullish(),
    innerError: z.looseObject({ code: z.string().nullish() }).nullish(),
  }),
})

/** A 403 or a 409 that is an answer and no lack of a right. */
const targets: Record<string, VaultTarget> = {
  ...{ SecretDisabled: 'disabled', KeyDisabled: 'disabled', Disabled: 'disabled' },
  ...{ KeyNotYetValid: 'not-yet-valid', KeyExpired: 'expired', SecretExpired: 'expired' },
  ObjectIsDeletedButRecoverable: 'deleted',
  ObjectIsBeingDeleted: 'being-deleted',
  ObjectIsBeingRecovered: 'being-recovered',
}

/** As the SDK throws it: RestError of @azure/core-rest-pipeline. */
const Refused = z.looseObject({
  statusCode: z.int(),
  details: z.unknown().optional(),
  response: z.looseObject({
    headers: z.custom<{ get(name: string): string | undefined }>(),
  }),
})

export const refusal = (
  fault: 'absent' | 'denied' | 'conflict' | 'refused',
  target: VaultTarget | null = null,
  status: number | null = null,
): AzureError => new AzureError(SERVICE, { fault, target, retryAfterSeconds: null }, status)

export const throttled = (retryAfterSeconds: number): AzureError =>
  new AzureError(SERVICE, { fault: 'throttled', target: null, retryAfterSeconds }, null)

/** Of whatever was thrown on the way. `now` in milliseconds since 1970. */
export const errorOf = (thrown: unknown, now: number): AzureError => {
  if (thrown instanceof AzureError) return thrown
  const refused = Refused.safeParse(thrown)
  if (!refused.success) return unreachable(SERVICE, null, thrown)
  const { statusCode: status, details, response } = refused.data
  const { error } = Envelope.safeParse(details).data ?? {}
  const code = error?.innerError?.code ?? error?.code ?? ''
  const target = Object.hasOwn(targets, code) ? targets[code] : undefined
  if (target && (status === 403 || status === 409)) return refusal('conflict', target, status)
  const retryAfter = response.headers.get('retry-after') ?? null
  return new AzureError(SERVICE, faultOf(kindOf(status), { target: code, retryAfter }, now), status)
}

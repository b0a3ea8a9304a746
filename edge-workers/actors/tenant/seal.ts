// The seal of a change's record in Git: HMAC-SHA-256 under a key out of the platform's own. The same change has the same seal.
import { type RecordedChange, textSealed, textToSeal } from '../../../gitops/change-record.ts'
import type { Plan } from '../../../schemas/plan.ts'
import { deriveKey, equalInConstantTime, hex, hmacSha256 } from '../../digest.ts'
import type { TenantContext } from './context.ts'

type Context = Pick<TenantContext, 'env' | 'tenant'>

const macOf = ({ env }: Context, text: string): string =>
  `sha256:${hex(hmacSha256(deriveKey(env.PLATFORM_KEY, 'change-record'), text))}`

export const sealOf = (context: Context, change: RecordedChange, plan: Plan): string =>
  macOf(context, textToSeal(context.tenant().id, change, plan))

/** Whether these two, as they were read from Git, are what this installation wrote for this tenant. */
export const isSealed = (context: Context, read: { record: unknown; plan: string }): boolean => {
  const sealed = textSealed(context.tenant().id, read)
  return sealed !== null && equalInConstantTime(sealed.seal, macOf(context, sealed.text))
}
